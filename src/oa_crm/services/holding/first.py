"""The pool that every company has: made when the first customer needs one."""

from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from oa_crm.models import Customer, Pool, table_of
from oa_crm.services.base import Service
from oa_crm.services.holding import kept, ledger
from oa_crm.services.work import Work

NAME = "公海"


def first_pool(service: Service) -> UUID:
    """The first pool in order that takes customers. Two who need the first one at once make one."""
    work, table = service.work, table_of(Pool)
    mine = (table.c.tenant_id == work.scope.tenant) & (table.c.state == "open")
    found = work.connection.scalar(select(table.c.id).where(mine).order_by(table.c.position, table.c.id).limit(1))
    return found or _made(service)


def _made(service: Service) -> UUID:
    # One id for all who try, so that the key decides between them.
    id = uuid5(NAMESPACE_URL, f"oa_crm:first-pool:{service.work.scope.tenant}")
    empty: dict[str, list[object]] = {name: [] for name in ("admins", "members", "hidden", "routes")}
    try:
        with service.work.connection.begin_nested():
            service.add(Pool, id=id, name=NAME, position=1, state="open", **empty, **service.stamps())
    except IntegrityError:
        return id
    kept.forget(service.work)
    service.work.journal.record("pools.open", "pool", id, {"name": [None, NAME]})
    adopt(service.work, id)
    return id


def adopt(work: Work, pool_id: UUID) -> None:
    """Customers that nobody had before the company opened its first pool lie in it."""
    c = table_of(Customer).c
    nowhere = (c.tenant_id == work.scope.tenant) & c.owner_id.is_(None) & c.pool_id.is_(None) & c.merged_into.is_(None)
    # How long they have lain there is not changed by this.
    moved = update(table_of(Customer)).where(nowhere).values(pool_id=pool_id, owner_no=c.owner_no + 1)
    if work.connection.execute(moved).rowcount:
        there = (c.tenant_id == work.scope.tenant) & (c.pool_id == pool_id) & c.merged_into.is_(None)
        ledger.copy_where(work, there, ledger.Cause.MOVE)
