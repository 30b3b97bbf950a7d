"""What the asker is told: who follows the customer, why it may be the same, and what he may do next.

Contact data is never told. Of a file that he may not open he hears only when it clashes, by the company's policy,
so that nobody lists the base by asking.
"""

from collections.abc import Sequence
from functools import partial
from itertools import islice
from typing import Any
from uuid import UUID

from oa_crm.duplicates import Draft, Score
from oa_crm.errors import DuplicateCustomer
from oa_crm.models import Customer
from oa_crm.schemas import CheckReport, DuplicatePolicyIn, Entrance, Hit, NextStep, Verdict
from oa_crm.services import access
from oa_crm.services.clashes import searches
from oa_crm.services.clashes.facts import with_owner
from oa_crm.services.clashes.judging import Judged, Worth, judged, judged_many
from oa_crm.services.clashes.verdicts import HARDNESS, clashes_from, hardest, policy_for, verdict_on
from oa_crm.services.prepared import Prepared
from oa_crm.services.work import Work

SHOWN = 5
_NOBODY = CheckReport(verdict=Verdict.CLEAR)
_HUSH = ("name", "masked", "department", "nothing")


def report(
    work: Work,
    draft: Draft,
    entrance: Entrance,
    *,
    leave_out: UUID | None = None,
    after_gate: bool = False,
    thorough: bool = False,
    only_clashes: bool = False,
) -> CheckReport:
    """Who on file may be the same as `draft`, the hardest verdict and the best score first. With `only_clashes`, what
    is clear has no hits: who puts a customer on file has no use for the related ones."""
    policy = policy_for(work, entrance).policy
    found = judged(
        work,
        draft,
        leave_out=leave_out,
        after_gate=after_gate,
        thorough=thorough,
        facts=partial(_told_of, work),
        worth=worth_by(work, policy) if only_clashes else None,
    )
    return _told(work, policy, draft, found)


def reports_of_many(
    work: Work, drafts: Sequence[Draft], entrance: Entrance, *, after_gate: bool = False, only_clashes: bool = False
) -> list[CheckReport]:
    """The same for many drafts, by a few statements for all of them."""
    policy = policy_for(work, entrance).policy
    worth = worth_by(work, policy) if only_clashes else None
    found = judged_many(work, drafts, after_gate=after_gate, facts=partial(_told_of, work), worth=worth)
    return [_told(work, policy, draft, those) for draft, those in zip(drafts, found, strict=True)]


def _told_of(work: Work) -> Prepared:
    """The facts that are compared, who follows each, and whether the asker may open it."""
    return with_owner(access.allowed_rows(work, work.who, Customer, "read"))


def worth_by(work: Work, policy: DuplicatePolicyIn) -> Worth:
    """What a policy has a verdict on."""

    def clashes(draft: Draft, on_file: Draft, score: Score) -> bool:
        return verdict_on(work, policy, draft, on_file, score) is not Verdict.CLEAR

    return Worth(clashes_from(policy), clashes)


def _told(work: Work, policy: DuplicatePolicyIn, draft: Draft, those: Sequence[Judged]) -> CheckReport:
    if not those:
        return _NOBODY
    found = [(verdict_on(work, policy, draft, one.draft, one.score), one) for one in those]
    found.sort(key=lambda one: -HARDNESS.index(one[0]))
    told = (one for one in found if one[1].row.may_open or one[0] is not Verdict.CLEAR)
    hits = tuple(_hit(work, policy, one, verdict) for verdict, one in islice(told, SHOWN))
    return CheckReport(verdict=hardest([verdict for verdict, _ in found]), hits=hits)


def blocking(
    work: Work, draft: Draft, entrance: Entrance, *, leave_out: UUID | None = None, after_gate: bool = False
) -> frozenset[UUID]:
    """The customers on file that block `draft`."""
    policy = policy_for(work, entrance).policy
    found = judged(work, draft, leave_out=leave_out, after_gate=after_gate)
    verdicts = ((one.customer_id, verdict_on(work, policy, draft, one.draft, one.score)) for one in found)
    return frozenset(id for id, verdict in verdicts if verdict is Verdict.BLOCK)


def refused(work: Work, draft: Draft, entrance: Entrance, found: CheckReport) -> DuplicateCustomer:
    """The error for a clash. It tells as much as a check does, so it counts as one."""
    searches.within_limit(work, entrance)
    searches.note(work, draft.name, entrance, found)
    return DuplicateCustomer(draft.name, found)


def _hit(work: Work, policy: DuplicatePolicyIn, one: Judged, verdict: Verdict) -> Hit:
    return Hit(
        customer_id=one.row.id if one.row.may_open else None,
        name=one.draft.name,
        **follower(work, policy, one.row),
        score=one.score.value,
        tier=one.score.tier.value,
        verdict=verdict,
        reasons=tuple(reason.text(work.scope.locale) for reason in one.score.reasons),
        codes=tuple(str(reason.code) for reason in one.score.reasons),
    )


def follower(work: Work, policy: DuplicatePolicyIn, row: Any) -> dict[str, Any]:
    """What is told of who follows a customer, and what may be done next; `row` has the columns of `with_owner`."""
    tell = "name" if row.may_open else _tells(work, policy)
    hushed = tell == "nothing" and work.who.external
    owner = row.owner_name or row.owner_id
    return {
        "owner_name": {"name": owner, "masked": masked(owner)}.get(tell),
        "department": row.department if tell != "nothing" else None,
        "pooled": row.owner_id is None and not hushed,
        "last_follow_up_at": None if hushed else row.last_follow_up_at,
        "next_steps": () if hushed else _next_steps(work, row),
    }


def _tells(work: Work, policy: DuplicatePolicyIn) -> str:
    if not work.who.external:
        return policy.tell_owner
    return max(policy.tell_owner, policy.tell_outsiders, key=_HUSH.index)


def masked(name: str | None) -> str | None:
    """A name that may be known by its first character alone."""
    return name and name[0] + "*" * (len(name) - 1)


def _next_steps(work: Work, row: Any) -> tuple[NextStep, ...]:
    steps = [NextStep.OPEN] if row.may_open else []
    if row.owner_id is None:
        steps.append(NextStep.CLAIM)
    elif row.owner_id != work.who.id:
        steps += [NextStep.APPLY_FOR_TRANSFER, NextStep.ASK_MANAGER]
    return tuple(steps)
