"""The company's policy at an entrance, and what it makes of a score."""

import math
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, or_, select

from oa_crm.duplicates import Draft, Score, Tier
from oa_crm.duplicates.score import CERTAIN, RELATED, SUSPECTED
from oa_crm.models import DuplicatePolicy, table_of
from oa_crm.schemas import DuplicateCondition, DuplicatePolicyIn, DuplicatePolicyOut, Entrance, Verdict
from oa_crm.services.prepared import Prepared
from oa_crm.services.work import Work

DEFAULT = DuplicatePolicyIn()
HARDNESS = list(Verdict)
_TABLE = table_of(DuplicatePolicy)
_NAMED = (_TABLE.c.entrance, _TABLE.c.policy, _TABLE.c.version, _TABLE.c.updated_at, _TABLE.c.updated_by)
_HERE = and_(
    _TABLE.c.tenant_id == bindparam("tenant"),
    or_(_TABLE.c.entrance == bindparam("entrance"), _TABLE.c.entrance == Entrance.ANY.value),
)
_POLICY = Prepared(select(*_NAMED).where(_HERE))


def policy_for(work: Work, entrance: Entrance) -> DuplicatePolicyOut:
    """What holds at this entrance: its own policy, else the one for any, else the default."""
    if (known := work.policies.get(entrance)) is None:
        asked = {"tenant": work.scope.tenant, "entrance": entrance.value}
        known = work.policies[entrance] = _of(entrance, _POLICY.rows(work.connection, asked))
    return known


def beside(count: ColumnElement[int]) -> Prepared:
    """A number, and beside it the policies that `learnt` takes: what every check asks first, in one statement."""
    one = select(count.label("many")).subquery("counted")
    return Prepared(select(one.c.many, *_NAMED).select_from(one.outerjoin(_TABLE, _HERE)))


def learnt(work: Work, entrance: Entrance, rows: Sequence[Any]) -> None:
    """Keep the policy of an entrance for the rest of the unit; a row without one has None for its entrance."""
    work.policies[entrance] = _of(entrance, [row for row in rows if row.entrance is not None])


def _of(entrance: Entrance, rows: Sequence[Any]) -> DuplicatePolicyOut:
    row = max(rows, key=lambda one: one.entrance == entrance, default=None)
    if row is None:
        return DuplicatePolicyOut(entrance=entrance, policy=DEFAULT, version=0)
    return DuplicatePolicyOut(
        entrance=row.entrance,
        policy=DuplicatePolicyIn(**row.policy),
        version=row.version,
        updated_at=row.updated_at,
        updated_by=row.updated_by,
    )


def verdict_on(work: Work, policy: DuplicatePolicyIn, draft: Draft, on_file: Draft, score: Score) -> Verdict:
    """What follows for this one customer."""
    of_tier = {Tier.CERTAIN: policy.certain, Tier.SUSPECTED: policy.suspected, Tier.RELATED: policy.related}
    verdicts = [of_tier.get(score.tier, Verdict.CLEAR)]
    if policy.rules:
        said = {**work.runtime.matching.engine.parts(draft, on_file), "score": score.value}
        verdicts += [Verdict(rule.verdict) for rule in policy.rules if all(_holds(one, said) for one in rule.all_of)]
    return hardest(verdicts)


def clashes_from(policy: DuplicatePolicyIn) -> float:
    """The score below which nobody clashes. A rule may be about less than the score."""
    if policy.rules:
        return 0.0
    tiers = {RELATED: policy.related, SUSPECTED: policy.suspected, CERTAIN: policy.certain}
    return min((score for score, verdict in tiers.items() if verdict is not Verdict.CLEAR), default=math.inf)


def hardest(verdicts: list[Verdict]) -> Verdict:
    """Block before warn before clear."""
    return max(verdicts, key=HARDNESS.index, default=Verdict.CLEAR)


def _holds(condition: DuplicateCondition, said: dict[str, float]) -> bool:
    return said.get(condition.matcher, 0.0) >= condition.at_least
