"""Customers come from pools to who claims them: his room is counted once, and one UPDATE takes all that he gets.

Each is decided in the order of their ids, as if they were claimed one after the other; what keeps one from him leaves
the others alone. Gates come before rows, so nobody waits in a ring. Of many who want one, its row decides who has it.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select, update

from oa_crm.errors import ClaimTooEarly, CrmError, IllegalState, NotFound
from oa_crm.models import Customer, table_of
from oa_crm.services import access, people
from oa_crm.services.base import Service
from oa_crm.services.holding import kept, ledger, moving
from oa_crm.services.holding.first import first_pool
from oa_crm.services.holding.ledger import Cause
from oa_crm.services.holding.room import Lying, Room
from oa_crm.services.work import Work

Refused = dict[UUID, CrmError]


def claim(service: Service, id: UUID) -> Any:
    """The actor takes a customer out of a pool that is his; the row as it is then."""
    kept.must_run_one(service.work, "claim")
    for error in claim_each(service, [id]).values():
        raise error
    return moving.read_back(service, id)


def claim_each(service: Service, ids: Sequence[UUID]) -> Refused:
    """The actor takes these customers; what kept which of them from him. A constant number of statements, besides one
    for each customer of a pool with a cooldown and what plugins ask."""
    refused: Refused = {}
    lying = _lying(service, ids, refused)
    if lying:
        room, taken = Room(service.work, service.work.who, lying), []
        # Whose hands are full waits for nobody's row.
        fitting = [one for one in lying if _passes(refused, one, room.must_hold)]
        for row, pool in _still(service, fitting, refused):
            if _passes(refused, (row, pool), lambda *one: _ask(service, room, *one)):
                room.taken(row, pool)
                taken.append(row)
        _take(service, taken, refused)
    return refused


def why_not(service: Service, ids: Sequence[UUID]) -> Refused:
    """Why these customers are not to be had, for each. Who may not know of one learns that there is none."""
    c, told = table_of(Customer).c, dict[UUID, CrmError]()
    if not ids:
        return told
    seen = service.select(Customer).with_only_columns(c.id, c.owner_id).where(c.id.in_(ids))
    for id, owner in service.work.connection.execute(seen):
        told[id] = IllegalState(kind="customer", state="owned" if owner else "in_pool", allowed=("in_pool",))
    if hidden := [id for id in ids if id not in told]:
        merged = service.company_wide(Customer, c.id).where(c.id.in_(hidden), c.merged_into.is_not(None))
        elsewhere = set(service.work.connection.scalars(merged))
        told |= {id: _moved_on(service, id) if id in elsewhere else NotFound("customer", id) for id in hidden}
    return told


def _moved_on(service: Service, id: UUID) -> CrmError:
    try:
        row = service.one(Customer, id)
    except CrmError as error:
        return error
    return IllegalState(kind="customer", state="owned" if row.owner_id else "in_pool", allowed=("in_pool",))


def _lying(service: Service, ids: Sequence[UUID], refused: Refused) -> list[Lying]:
    """Those of these customers that nobody has and that he may claim now, with their pools, in the order of ids."""
    found = []
    rows = _free(service, ids)
    refused |= why_not(service, [id for id in ids if id not in rows])
    for id in sorted(rows):
        try:
            found.append((rows[id], _open_to(service, rows[id])))
        except CrmError as error:
            refused[id] = error
    return found


def _free(service: Service, ids: Sequence[UUID]) -> dict[UUID, Any]:
    table = table_of(Customer)
    free = and_(access.nobodys(service.work, Customer), *access.still_there(Customer), table.c.id.in_(ids))
    rows = service.work.connection.execute(select(table).where(free)).all()
    if any(row.pool_id is None for row in rows):
        first_pool(service)
        rows = service.work.connection.execute(select(table).where(free)).all()
    return {row.id: row for row in rows}


def _open_to(service: Service, row: Any) -> Any:
    """The pool of a customer, if it may be claimed from by the actor, and now."""
    work = service.work
    pool = moving.placed(service, row, "claim")
    people.new_owner(work, "customer", None)
    if not kept.member_of(work, pool):
        raise moving.not_his(service, pool)
    if not kept.admin_of(work, pool):
        _not_too_early(work, row, pool)
    return pool


def _not_too_early(work: Work, row: Any, pool: Any) -> None:
    now = work.journal.now()
    waited = row.owner_since + timedelta(hours=pool.wait_hours or 0)
    if pool.wait_hours and waited > now:
        raise ClaimTooEarly(until=waited, because="waiting")
    left = ledger.last_end(work, row.id, work.who.id) if pool.cooldown_days else None
    if left is not None and left + timedelta(days=pool.cooldown_days) > now:
        raise ClaimTooEarly(until=left + timedelta(days=pool.cooldown_days), because="cooldown")


def _passes(refused: Refused, one: Lying, law: Callable[[Any, Any], None]) -> bool:
    try:
        law(*one)
    except CrmError as error:
        refused[one[0].id] = error
        return False
    return True


def _ask(service: Service, room: Room, row: Any, pool: Any) -> None:
    room.must_hold(row, pool)
    moving.ask_plugins(service, row, _his(service), Cause.CLAIM, None)


def _his(service: Service) -> dict[str, Any]:
    return {"owner_id": service.work.who.id, "pool_id": None}


def _still(service: Service, lying: Sequence[Lying], refused: Refused) -> list[Lying]:
    """Those that are still as they were read, held in the order of their ids; the others went to somebody else. For one
    alone its UPDATE says so."""
    work, table = service.work, table_of(Customer)
    if len(lying) < 2 or work.connection.dialect.name == "sqlite":
        return list(lying)
    query = service.company_wide(Customer, table.c.id, table.c.owner_no, table.c.merged_into)
    these = query.where(table.c.id.in_([row.id for row, _ in lying])).order_by(table.c.id).with_for_update()
    now = {row.id: row for row in work.connection.execute(these)}
    held = [
        (row, pool)
        for row, pool in lying
        if (there := now[row.id]).owner_no == row.owner_no and there.merged_into is None
    ]
    refused |= why_not(service, [row.id for row, _ in lying if row.id not in {one.id for one, _ in held}])
    return held


def _take(service: Service, rows: Sequence[Any], refused: Refused) -> None:
    """The one UPDATE, and what each of them owes."""
    if not rows:
        return
    work, table = service.work, table_of(Customer)
    stamps = {"updated_at": work.journal.now(), "updated_by": work.scope.actor.id, "version": table.c.version + 1}
    values = {**_his(service), **ledger.turned(work), **stamps}
    if work.connection.execute(update(table).where(_as_read(work, rows)).values(values)).rowcount != len(rows):
        if len(rows) > 1:
            raise AssertionError(f"of {len(rows)} customers that are held some are not as they were read")
        refused |= why_not(service, [rows[0].id])
        return
    ledger.keep(work, [row.id for row in rows], Cause.CLAIM)
    for row in rows:
        moving.tell(service, row, _his(service), Cause.CLAIM, None)


def _as_read(work: Work, rows: Sequence[Any]) -> Any:
    """These customers, each in the same interval as it was read."""
    c, terms = table_of(Customer).c, defaultdict[int, list[UUID]](list)
    for row in rows:
        terms[row.owner_no].append(row.id)
    same = or_(*(and_(c.owner_no == number, c.id.in_(ids)) for number, ids in terms.items()))
    ids = [row.id for row in rows]
    return and_(c.tenant_id == work.scope.tenant, c.id.in_(ids), c.merged_into.is_(None), same)
