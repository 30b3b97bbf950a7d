"""The company's pools as they are: which are open, whose they are."""

from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import select

from oa_crm.errors import FieldProblem, IllegalState, InvalidInput, NotFound
from oa_crm.hooks.ports import Reach
from oa_crm.models import Pool, table_of
from oa_crm.services import access
from oa_crm.services.holding import seats
from oa_crm.services.work import Work

Held = Literal["read", "write"]
_KNOWN = "open_pools"


def open_pools(work: Work, held: Held | None = None) -> list[Any]:
    """The pools that take customers, in their order. One statement. Held to read they stay open until we are done,
    held to write nobody else drops one."""
    table = table_of(Pool)
    mine = select(table).where(table.c.tenant_id == work.scope.tenant, table.c.state == "open")
    in_order = mine.order_by(table.c.position, table.c.id)
    return list(work.connection.execute(in_order if held is None else in_order.with_for_update(read=held == "read")))


def known(work: Work) -> list[Any]:
    """The same as the unit read them first; for acts that fail when the pool of a customer is another one meanwhile."""
    if _KNOWN not in work.policies:
        work.policies[_KNOWN] = open_pools(work)
    pools: list[Any] = work.policies[_KNOWN]
    return pools


def forget(work: Work) -> None:
    """The pools were just changed."""
    work.policies.pop(_KNOWN, None)


def pool_of(work: Work, row: Any) -> Any:
    """The open pool that a customer lies in. Raises `illegal_state` for one that was dropped."""
    for read_again in (False, True):
        if read_again:  # it may be younger than what we know
            forget(work)
        for one in known(work):
            if one.id == row.pool_id:
                return one
    raise IllegalState(kind="pool", state="dropped", allowed=("open",))


def one_open(work: Work, id: UUID, field: str = "pool_id") -> Any:
    """An open pool, which stays open until we are done. Raises `invalid_input`."""
    table = table_of(Pool)
    mine = select(table).where(table.c.tenant_id == work.scope.tenant, table.c.id == id, table.c.state == "open")
    row = work.connection.execute(mine.with_for_update(read=True)).one_or_none()
    if row is None:
        raise InvalidInput.of(field, "no_such_pool")
    return row


def must_be_there(work: Work, named: Mapping[str, UUID]) -> None:
    """Each of these is a pool of the company, open or dropped, by the field that names it. Raises `invalid_input`."""
    if named:
        table, wanted = table_of(Pool), set(named.values())
        mine = select(table.c.id).where(table.c.tenant_id == work.scope.tenant, table.c.id.in_(wanted))
        missing = wanted - set(work.connection.scalars(mine))
        if missing:
            raise InvalidInput([FieldProblem.of(at, "unknown_pool") for at, id in named.items() if id in missing])


def a_pool(work: Work, id: UUID) -> Any:
    """A pool, open or dropped, locked. Raises `not_found`."""
    table = table_of(Pool)
    mine = select(table).where(table.c.tenant_id == work.scope.tenant, table.c.id == id)
    row = work.connection.execute(mine.with_for_update()).one_or_none()
    if row is None:
        raise NotFound("pool", id)
    return row


def member_of(work: Work, pool: Any) -> bool:
    """Whether customers of this pool are the actor's to claim. A pool without members is everybody's but outsiders'."""
    return seats.takes(pool.members, work.who) or admin_of(work, pool)


def admin_of(work: Work, pool: Any) -> bool:
    """Whether the actor runs this pool: he has a seat among its admins, or administers all pools. No outsider does."""
    if work.who.external:
        return False
    return seats.sits(pool.admins, work.who) or administers(work)


def must_run_one(work: Work, action: str) -> None:
    """Raises `forbidden` for who may not do `action` with customers and runs no pool either."""
    if not any(admin_of(work, one) for one in known(work)):
        access.require(work, action, "customer")


def administers(work: Work) -> bool:
    """Whether the actor administers all pools."""
    return work.runtime.ports.authorizer.reach(work.who, "administer", "pool") is not Reach.NONE
