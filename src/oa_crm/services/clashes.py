"""The duplicate check over the company's base: keys stored and probed, candidates scored, the answer told.

The judging is in `oa_crm.duplicates`; here it meets the tables. It looks at the whole company, since a clash
with a customer one may not see is still a clash; what it shows of that customer is who follows it.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, delete, func, insert, select

from oa_crm.duplicates import CreditCodeError, Draft, Key, Score, Tier, clean, keys, score
from oa_crm.errors import InvalidInput
from oa_crm.models import Customer, Department, DuplicateKey, Member, table_of
from oa_crm.schemas import CheckReport, Hit, Verdict
from oa_crm.services import access
from oa_crm.services.work import Work

_STRONG_ROWS, _WEAK_ROWS = 600, 3000
_SCORED, _SHOWN = 50, 5
_VERDICTS = {Tier.CERTAIN: Verdict.BLOCK, Tier.SUSPECTED: Verdict.WARN}


def credit_code(code: str | None) -> str | None:
    """The code in its one written form; raises `InvalidInput` when it cannot be right."""
    if code is None or not code.strip():
        return None
    try:
        return clean(code)
    except CreditCodeError as exc:
        raise InvalidInput.of("credit_code", exc.code, **exc.params) from exc


def report(work: Work, draft: Draft, *, leave_out: UUID | None = None) -> CheckReport:
    """Who on file may be the same as `draft`, best first, and what follows from it."""
    found = _scored(work, draft, leave_out)
    hits = tuple(_hit(work, row, judged) for judged, row in found[:_SHOWN])
    verdict = _VERDICTS.get(found[0][0].tier, Verdict.CLEAR) if found else Verdict.CLEAR
    return CheckReport(verdict=verdict, hits=hits)


def store_keys(work: Work, customer_id: UUID, draft: Draft) -> None:
    """Keep the keys of a new customer; in hash order, so that two writers lock in the same order."""
    tenant = work.scope.tenant
    hashes = sorted({key.hash for key in keys(draft, tenant)})
    rows = [{"tenant_id": tenant, "key_hash": one, "customer_id": customer_id} for one in hashes]
    if rows:
        work.connection.execute(insert(DuplicateKey), rows)


def replace_keys(work: Work, customer_id: UUID, draft: Draft) -> None:
    """Keep the keys of a customer whose name or numbers changed."""
    table = table_of(DuplicateKey)
    mine = and_(table.c.tenant_id == work.scope.tenant, table.c.customer_id == customer_id)
    work.connection.execute(delete(DuplicateKey).where(mine))
    store_keys(work, customer_id, draft)


def _scored(work: Work, draft: Draft, leave_out: UUID | None) -> list[tuple[Score, Any]]:
    ids = _candidates(work, keys(draft, work.scope.tenant))
    rows = work.connection.execute(_shown_to(work, ids)).all() if ids else []
    judged = [
        (score(draft, Draft(row.name, (), row.credit_code, row.phone)), row) for row in rows if row.id != leave_out
    ]
    kept = [one for one in judged if one[0].tier is not Tier.NONE]
    return sorted(kept, key=lambda one: (-one[0].value, one[1].name, str(one[1].id)))


def _candidates(work: Work, probes: Iterable[Key]) -> list[UUID]:
    strong = sorted(key.hash for key in probes if key.strong)
    weak = sorted(key.hash for key in probes if not key.strong)
    votes: Counter[UUID] = Counter()
    for id, agreeing in _agreeing(work, strong, 1, _STRONG_ROWS):
        votes[id] += 3 * agreeing
    # One pair of characters in common is no likeness: it takes two in five of them.
    for id, agreeing in _agreeing(work, weak, max(2, round(0.4 * len(weak))), _WEAK_ROWS):
        votes[id] += agreeing
    return [id for id, _ in votes.most_common(_SCORED)]


def _agreeing(work: Work, hashes: list[int], at_least: int, cap: int) -> Iterable[tuple[UUID, int]]:
    """Customers who share at least so many of these keys, with how many; `cap` bounds the rows looked at."""
    if len(hashes) < at_least:
        return ()
    given = {"tenant": work.scope.tenant, "hashes": hashes, "at_least": at_least, "cap": cap}
    return [(row[0], row[1]) for row in work.connection.execute(_SHARING, given)]


def _sharing() -> Any:
    key = table_of(DuplicateKey)
    mine = and_(key.c.tenant_id == bindparam("tenant"), key.c.key_hash.in_(bindparam("hashes", expanding=True)))
    seen = select(key.c.customer_id).where(mine).limit(bindparam("cap")).subquery()
    shared = func.count()
    query = select(seen.c.customer_id, shared).group_by(seen.c.customer_id)
    return query.having(shared >= bindparam("at_least")).order_by(shared.desc()).limit(_SCORED)


# Built once: putting a statement together costs as much as running it.
_SHARING = _sharing()


def _shown_to(work: Work, ids: list[UUID]) -> Any:
    customer, member, department = table_of(Customer), table_of(Member), table_of(Department)
    owner = and_(member.c.tenant_id == customer.c.tenant_id, member.c.id == customer.c.owner_id)
    of = and_(department.c.tenant_id == member.c.tenant_id, department.c.id == member.c.department_id)
    return (
        select(
            customer.c.id,
            customer.c.name,
            customer.c.credit_code,
            customer.c.phone,
            customer.c.owner_id,
            customer.c.last_follow_up_at,
            member.c.name.label("owner_name"),
            department.c.name.label("department"),
            access.allowed_rows(work, work.who, Customer, "read").label("may_open"),
        )
        .select_from(customer.outerjoin(member, owner).outerjoin(department, of))
        .where(customer.c.tenant_id == work.scope.tenant, customer.c.id.in_(ids))
    )


def _hit(work: Work, row: Any, judged: Score) -> Hit:
    return Hit(
        customer_id=row.id if row.may_open else None,
        name=row.name,
        owner_name=row.owner_name or row.owner_id,
        department=row.department,
        last_follow_up_at=row.last_follow_up_at,
        score=judged.value,
        tier=judged.tier.value,
        reasons=tuple(reason.text(work.scope.locale) for reason in judged.reasons),
    )
