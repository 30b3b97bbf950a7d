"""How much one person may hold, claim a day and lock: which limit is his, and whether there is room.

Counted in SQL each time, with his gate held, so that two at once cannot both have the last place. Claims are counted
from the ledger: what became of a claimed customer since makes no difference.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from oa_crm.clock import day_began
from oa_crm.errors import HoldingLimitReached, LockLimitReached
from oa_crm.hooks.ports import Who
from oa_crm.models import Contract, Customer, HoldingLimit, Ownership, table_of
from oa_crm.schemas import Holding
from oa_crm.services import people
from oa_crm.services.agreed import AGREED
from oa_crm.services.clashes import gate
from oa_crm.services.holding import gates, seats
from oa_crm.services.holding.ledger import Cause
from oa_crm.services.work import Work, who_is

Counted = tuple[Any, Sequence[Any]]
"""A table and the conditions on its rows."""
_SPECIFIC = {"member": 3, "role": 2, "department": 1, "everybody": 0}


@dataclass(frozen=True)
class Limits:
    """What bounds one person: his own limit, and the sums that he is part of."""

    own: Any | None
    sums: Sequence[Any]

    @property
    def on_holding(self) -> list[Any]:
        """Those that bound how many customers he holds."""
        return [one for one in (self.own, *self.sums) if one is not None and one.holding is not None]


def all_limits(work: Work) -> list[Any]:
    """Every limit of the company. One statement a unit."""
    if "holding_limits" not in work.policies:
        mine = select(table_of(HoldingLimit)).where(table_of(HoldingLimit).c.tenant_id == work.scope.tenant)
        work.policies["holding_limits"] = list(work.connection.execute(mine))
    found: list[Any] = work.policies["holding_limits"]
    return found


def of(work: Work, who: Who) -> Limits:
    """The limits of one person. Of several for him, that for fewest people holds; among equals, the widest."""
    mine = [one for one in all_limits(work) if _is_for(one, who)]
    own = [one for one in mine if not one.together]
    best = max(own, key=lambda one: (_SPECIFIC[one.subject_kind], *_width(one)), default=None)
    return Limits(best, [one for one in mine if one.together])


def make_room(work: Work, owner: str, ids: Iterable[UUID] = (), new: Sequence[Mapping[str, Any]] | None = None) -> None:
    """See that `owner` may hold these customers besides, or `new` ones of these facts; his gate stays held.

    Raises `holding_limit`. Customers that do not count by their own facts need no room.
    """
    bounds = _bounds(work, owner)
    if not bounds:
        return
    names = [gates.hold_of(owner)] + [gates.hold_of_departments()] * any(one.together for one in bounds)
    gates.wait_for(work, *names)
    ids = list(ids)
    asked = [held(work, one, owner) for one in bounds]
    asked += [] if new is not None else [_counted(work, one, owner, ids) for one in bounds]
    found = counts(work, asked)
    for at, one in enumerate(bounds):
        has = found[at]
        wanted = found[len(bounds) + at] if new is None else sum(counts_new(one, facts) for facts in new)
        if wanted and has + wanted > one.holding:
            raise HoldingLimitReached(owner=owner, limit=one.holding, held=has, together=one.together)


def too_many(work: Work, owner: str, ids: Select[Any]) -> Iterator[tuple[Any, int, int]]:
    """The limits that `owner` would be beyond with the customers whose ids a query names, each with how many he holds
    and how many would count besides. Whoever is to rely on it holds the gate."""
    for one in _bounds(work, owner):
        has, wanted = counts(work, [held(work, one, owner), _counted(work, one, owner, ids)])
        if wanted and has + wanted > one.holding:
            yield one, has, wanted


def _bounds(work: Work, owner: str) -> list[Any]:
    """The limits on what he holds, his own and those that he is part of."""
    if not all_limits(work):
        return []
    return of(work, who_is(work.connection, work.scope.tenant, owner).who).on_holding


def may_lock(work: Work, owner: str) -> None:
    """See that he may lock one more. Raises `lock_limit`."""
    own = of(work, who_is(work.connection, work.scope.tenant, owner).who).own
    if own is None or own.locks is None:
        return
    gates.wait_for(work, gates.hold_of(owner))
    locked = locks(work, owner)
    if locked >= own.locks:
        raise LockLimitReached(owner=owner, limit=own.locks, locked=locked)


def locks(work: Work, owner: str) -> int:
    """How many customers he locked."""
    table = table_of(Customer)
    mine = (table.c.owner_id == owner, table.c.merged_into.is_(None), table.c.locked_at.is_not(None))
    return counts(work, [(table, mine)])[0]


def claims_today(work: Work, owner: str, pool_id: UUID | None = None) -> Counted:
    """How many customers he claimed since midnight in the company's time zone, from one pool or from all."""
    table, began = table_of(Ownership), day_began(work.journal.now(), work.runtime.settings.time_zone)
    mine = [table.c.owner_id == owner, table.c.cause == Cause.CLAIM.value, table.c.since >= began]
    if pool_id is not None:
        before = table.alias("lay")
        # Where it lay before: the row before the claim's.
        of_pool = and_(before.c.tenant_id == table.c.tenant_id, before.c.customer_id == table.c.customer_id)
        lay = select(before.c.number).where(of_pool, before.c.number == table.c.number - 1, before.c.pool_id == pool_id)
        mine.append(lay.exists())
    return table, mine


def held(work: Work, limit: Any | None, owner: str) -> Counted:
    """How many customers he holds, or his department under a sum, as a limit counts them."""
    table = table_of(Customer)
    whose = table.c.owner_id == owner
    if limit is not None and limit.together:
        whose = table.c.owner_id.in_(people.of_department(work, limit.subject))
    return table, (whose, table.c.merged_into.is_(None), *_counting(limit))


def _counted(work: Work, limit: Any, owner: str, ids: list[UUID] | Select[Any]) -> Counted:
    """How many of these customers would count under the limit besides, once they are his."""
    table = table_of(Customer)
    theirs = (
        table.c.owner_id.in_(people.of_department(work, limit.subject)) if limit.together else table.c.owner_id == owner
    )
    others = or_(table.c.owner_id.is_(None), ~theirs)
    return table, (table.c.id.in_(ids), others, *_counting(limit, kept=False))


def counting_among(work: Work, limit: Any, rows: Sequence[Any]) -> set[UUID]:
    """Which of these customers, that nobody has, count under a limit once somebody has them. No statement, unless
    contracts matter."""
    ids = {row.id for row in rows if counts_new(limit, row._mapping)}
    if not ids or not limit.free.get("with_contract"):
        return ids
    c = table_of(Customer).c
    these = select(c.id).where(c.tenant_id == work.scope.tenant, c.id.in_(ids), *_counting(limit, kept=False))
    return set(work.connection.scalars(these))


def counts_new(limit: Any, facts: Mapping[str, Any]) -> bool:
    """Whether a customer that comes on file with these facts counts under the limit."""
    levels, statuses = limit.free.get("levels") or (), limit.free.get("statuses") or ()
    return facts["level"] not in levels and facts["status"] not in statuses


def counts(work: Work, wanted: Sequence[Counted]) -> list[int]:
    """So many rows of each table meet its conditions. One statement."""
    mine = [(table, and_(table.c.tenant_id == work.scope.tenant, *conditions)) for table, conditions in wanted]
    # A host's snapshot may be older than the gate. MariaDB takes no lock on a bare count.
    if gate.sees_old(work):
        rows = (select(table.c.tenant_id).where(these).with_for_update(read=True) for table, these in mine)
        return [len(work.connection.execute(one).all()) for one in rows]
    asked = [select(func.count()).select_from(table).where(these).scalar_subquery() for table, these in mine]
    return list(work.connection.execute(select(*asked)).one()) if asked else []


def _counting(limit: Any | None, *, kept: bool = True) -> list[ColumnElement[bool]]:
    """What counts under a limit. `kept` is false for customers that are to come: a lock goes with its owner."""
    table, free = table_of(Customer), (limit and limit.free) or {}
    conditions: list[ColumnElement[bool]] = []
    if free.get("levels"):
        conditions.append(or_(table.c.level.is_(None), table.c.level.not_in(free["levels"])))
    if free.get("statuses"):
        conditions.append(table.c.status.not_in(free["statuses"]))
    if free.get("locked") and kept:
        conditions.append(table.c.locked_at.is_(None))
    if free.get("with_contract"):
        contracts = table_of(Contract)
        signed = and_(contracts.c.tenant_id == table.c.tenant_id, contracts.c.customer_id == table.c.id)
        conditions.append(~select(contracts.c.id).where(signed, contracts.c.state.in_(AGREED)).exists())
    return conditions


def _is_for(limit: Any, who: Who) -> bool:
    return limit.subject_kind == "everybody" or seats.sits([(limit.subject_kind, limit.subject)], who)


def _width(limit: Any) -> tuple[float, ...]:
    """How much a limit allows, to choose the widest among equals."""
    open_ended = float("inf")
    return tuple(open_ended if value is None else value for value in (limit.holding, limit.claims_per_day, limit.locks))


def told(work: Work, who: Who) -> Holding:
    """What somebody holds and what he may."""
    own = of(work, who).own
    claimed, holds = counts(work, [claims_today(work, who.id), held(work, own, who.id)])
    a_day = own and own.claims_per_day
    return Holding(
        member_id=who.id,
        held=holds,
        holding_limit=own and own.holding,
        claimed_today=claimed,
        claims_per_day=a_day,
        claims_left=None if a_day is None else max(a_day - claimed, 0),
        locked=locks(work, who.id),
        lock_limit=own and own.locks,
    )
