"""Customers of a pool given out one by one: in turn, or to whoever holds fewest. Whose hands are full is passed over.

The turn is kept by the ledger itself: next is whoever was assigned one longest ago.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import chain
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, true

from oa_crm.errors import HoldingLimitReached, IllegalState, InvalidInput, NotFound, Vetoed
from oa_crm.hooks.ports import Reach
from oa_crm.models import Customer, Ownership, table_of
from oa_crm.schemas import DistributionIn, DistributionOut, Passed
from oa_crm.services import access, people
from oa_crm.services.base import Service
from oa_crm.services.holding import kept, moving, seats
from oa_crm.services.holding.ledger import Cause
from oa_crm.services.work import Work

_LOOKS = 5
"""How many times as many as are wanted are looked at, where nobody may have those that lie longest."""


def distribute(service: Service, wanted: DistributionIn, give: Callable[[UUID, str], None]) -> DistributionOut:
    """Give out what lies longest. `give` assigns one customer in a savepoint of its own."""
    work = service.work
    kept.must_run_one(work, "assign")
    pool = kept.one_open(work, wanted.pool_id)
    if not kept.admin_of(work, pool) and not moving.stands_above(work):
        raise moving.not_his(service, pool, "assign")
    named = [(one.kind, one.id) for one in wanted.among]
    found = _candidates(work, named or pool.members, everybody=kept.admin_of(work, pool))
    turn = _in_turn(work, wanted.way, found)
    given: dict[UUID, str] = {}
    passed: dict[str, str] = {}
    pages = _longest(work, wanted.pool_id, wanted.most)
    first = next(pages)
    for id in chain(first, chain.from_iterable(pages)):
        if not turn or len(given) == wanted.most:
            break
        _give_to_next(turn, passed, given, id, give)
    told = tuple(Passed(member_id=one, because=why) for one, why in sorted(passed.items()))
    _record(work, wanted, given, passed)
    return DistributionOut(given=given, passed=told, left=len(first) - len(given))


def _give_to_next(
    turn: list[str], passed: dict[str, str], given: dict[UUID, str], id: UUID, give: Callable[[UUID, str], None]
) -> None:
    """Those to whom a plugin objects keep their turn. One that nobody may have, or that somebody took meanwhile, is
    given to nobody."""
    waits: list[str] = []
    while turn:
        member = turn.pop(0)
        try:
            give(id, member)
        except HoldingLimitReached as full:
            passed[member] = full.code
        except Vetoed:
            waits.append(member)
        except (IllegalState, NotFound):
            waits.append(member)
            break
        else:
            given[id] = member
            turn.append(member)
            break
    turn[:0] = waits


def _candidates(work: Work, among: Iterable[Any], *, everybody: bool) -> list[str]:
    """The people of these seats who may claim customers, so may hold some; a manager's own people."""
    among, asked = list(among), work.runtime.ports.authorizer.reach
    reached = None if everybody else set(people.within(work, "write", "customer"))
    found = [
        one.id
        for one in seats.people(work)
        if seats.takes(among, one)
        and (reached is None or one.id in reached)
        and asked(one, "claim", "customer") is not Reach.NONE
    ]
    if not found:
        raise InvalidInput.of("among", "nobody_to_give_to")
    return found


def _in_turn(work: Work, way: str, members: list[str]) -> list[str]:
    """Who comes first: who was assigned one longest ago, or who holds fewest; then in the order of ids."""
    if way == "load":
        held = _held(work, members)
        return sorted(members, key=lambda one: (held[one], one))
    table = table_of(Ownership)
    last = select(table.c.owner_id, func.max(table.c.since)).where(
        table.c.tenant_id == work.scope.tenant, table.c.owner_id.in_(members), table.c.cause == Cause.ASSIGN.value
    )
    when: dict[str, datetime] = {row[0]: row[1] for row in work.connection.execute(last.group_by(table.c.owner_id))}
    never = datetime.min.replace(tzinfo=work.journal.now().tzinfo)
    return sorted(members, key=lambda one: (when.get(one, never), one))


def _held(work: Work, members: list[str]) -> Counter[str]:
    table = table_of(Customer)
    theirs = (table.c.tenant_id == work.scope.tenant) & table.c.owner_id.in_(members) & table.c.merged_into.is_(None)
    rows = work.connection.execute(select(table.c.owner_id, func.count()).where(theirs).group_by(table.c.owner_id))
    return Counter({row[0]: row[1] for row in rows})


def _longest(work: Work, pool_id: UUID, most: int) -> Iterator[list[UUID]]:
    """Those that lie longest, then the next ones: pages of `most`, each read when it is asked for."""
    table = table_of(Customer)
    since, id = table.c.owner_since, table.c.id
    there = and_(access.nobodys(work, Customer), table.c.pool_id == pool_id, table.c.merged_into.is_(None))
    query = select(id, since).where(there).order_by(since, id).limit(most)
    after: ColumnElement[bool] = true()
    for _ in range(_LOOKS):
        rows = work.connection.execute(query.where(after)).all()
        yield [row.id for row in rows]
        if len(rows) < most:
            return
        last = rows[-1]
        after = and_(since >= last.owner_since, or_(since != last.owner_since, id > last.id))


def _record(work: Work, wanted: DistributionIn, given: dict[UUID, str], passed: dict[str, str]) -> None:
    """Who got how many, and why each of the others got none, stands in the audit of the pool."""
    changes: dict[str, list[Any]] = {
        f"given.{member}": [None, many] for member, many in Counter(given.values()).items()
    }
    changes |= {f"passed.{member}": [None, why] for member, why in passed.items()}
    work.journal.record("pool.distribute", "pool", wanted.pool_id, changes | {"way": [None, wanted.way]}, wanted.reason)
