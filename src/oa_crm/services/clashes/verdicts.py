"""The company's policy at an entrance, and what it makes of a score."""

from sqlalchemy import bindparam, select

from oa_crm.duplicates import Draft, Score, Tier
from oa_crm.models import DuplicatePolicy, table_of
from oa_crm.schemas import DuplicateCondition, DuplicatePolicyIn, DuplicatePolicyOut, Entrance, Verdict
from oa_crm.services.work import Work

DEFAULT = DuplicatePolicyIn()
HARDNESS = list(Verdict)
_POLICY = select(table_of(DuplicatePolicy)).where(
    DuplicatePolicy.tenant_id == bindparam("tenant"), DuplicatePolicy.entrance.in_(bindparam("ways", expanding=True))
)


def policy_for(work: Work, entrance: Entrance) -> DuplicatePolicyOut:
    """What holds at this entrance: its own policy, else the one for any, else the default."""
    if (known := work.policies.get(entrance)) is None:
        ways = [entrance, Entrance.ANY]
        rows = work.connection.execute(_POLICY, {"tenant": work.scope.tenant, "ways": ways}).all()
        row = max(rows, key=lambda one: one.entrance == entrance, default=None)
        known = DuplicatePolicyOut(entrance=entrance, policy=DEFAULT, version=0)
        if row is not None:
            policy = DuplicatePolicyIn(**row.policy)
            known = DuplicatePolicyOut(
                entrance=row.entrance,
                policy=policy,
                version=row.version,
                updated_at=row.updated_at,
                updated_by=row.updated_by,
            )
        work.policies[entrance] = known
    return known


def verdict_on(work: Work, policy: DuplicatePolicyIn, draft: Draft, on_file: Draft, score: Score) -> Verdict:
    """What follows for this one customer."""
    of_tier = {Tier.CERTAIN: policy.certain, Tier.SUSPECTED: policy.suspected, Tier.RELATED: policy.related}
    verdicts = [of_tier.get(score.tier, Verdict.CLEAR)]
    if policy.rules:
        said = {**work.runtime.matching.engine.parts(draft, on_file), "score": score.value}
        verdicts += [Verdict(rule.verdict) for rule in policy.rules if all(_holds(one, said) for one in rule.all_of)]
    return hardest(verdicts)


def hardest(verdicts: list[Verdict]) -> Verdict:
    """Block before warn before clear."""
    return max(verdicts, key=HARDNESS.index, default=Verdict.CLEAR)


def _holds(condition: DuplicateCondition, said: dict[str, float]) -> bool:
    return said.get(condition.matcher, 0.0) >= condition.at_least
