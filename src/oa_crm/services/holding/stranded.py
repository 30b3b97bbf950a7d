"""Customers that lie in a pool that was dropped: older versions left some there, where nobody finds or claims them.

They go to the pool that took its customers over, as far as the audit knows one that is open; else each into the one
that it falls into. How long they have lain in a pool is not changed by this.
"""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, literal, select, update

from oa_crm.models import AuditEntry, Customer, Pool, table_of
from oa_crm.services.among import among
from oa_crm.services.base import Service
from oa_crm.services.holding import kept, ledger, moving, routing
from oa_crm.services.holding.ledger import Cause
from oa_crm.services.work import Work

_BECAUSE = "pool dropped"


def bring_back(service: Service, limit: int) -> int:
    """Move the next of them into open pools; how many. Two statements where there are none."""
    work, c = service.work, table_of(Customer).c
    dropped = _dropped(work)
    if not dropped:
        return 0
    here = and_(c.tenant_id == work.scope.tenant, among(work, c.pool_id, dropped), c.owner_id.is_(None))
    lying = select(table_of(Customer)).where(here, c.merged_into.is_(None)).order_by(c.id).limit(limit)
    if not work.connection.execute(lying.with_only_columns(c.id).limit(1)).first():
        return 0
    # Pools before customers, as who drops a pool locks them.
    open_ = {one.id for one in kept.open_pools(work, "read")}
    rows = work.connection.execute(lying.with_for_update()).all()
    into = _into(service, rows, open_)
    if rows:
        _move(work, into)
    for row in rows:
        moving.tell(service, row, {"owner_id": None, "pool_id": into[row.id]}, Cause.MOVE, _BECAUSE)
    return len(rows)


def _dropped(work: Work) -> list[UUID]:
    p = table_of(Pool)
    return list(work.connection.scalars(select(p.c.id).where(p.c.tenant_id == work.scope.tenant, p.c.state != "open")))


def _into(service: Service, rows: Collection[Any], open_: Collection[UUID]) -> dict[UUID, UUID]:
    heirs = _heirs(service.work, {row.pool_id for row in rows}, open_)
    fall = [row.id for row in rows if row.pool_id not in heirs]
    falls = routing.routes(service, fall) if fall else {}
    return {row.id: heirs.get(row.pool_id) or falls[row.id] for row in rows}


def _heirs(work: Work, pools: Collection[UUID], open_: Collection[UUID]) -> dict[UUID, UUID]:
    """The open pool that took over what lay in each of these, from one to the next."""
    a = table_of(AuditEntry)
    drops = and_(a.c.tenant_id == work.scope.tenant, a.c.kind == Pool.KIND, a.c.operation == "pools.drop")
    said = work.connection.execute(select(a.c.thing_id, a.c.changes).where(drops))
    took = {UUID(row.thing_id): row.changes["into"][1] for row in said}
    found = {}
    for pool in pools:
        heir: UUID | None = pool
        while heir is not None and heir not in open_:
            # Each was dropped once and into one that was open then, so that this has an end.
            heir = None if took.get(heir) is None else UUID(took[heir])
        if heir is not None:
            found[pool] = heir
    return found


def _move(work: Work, into: Mapping[UUID, UUID]) -> None:
    c = table_of(Customer).c
    each = [(among(work, c.id, [id for id, to in into.items() if to == pool]), pool) for pool in set(into.values())]
    where = case(*((these, literal(pool, c.pool_id.type)) for these, pool in each))
    these = and_(c.tenant_id == work.scope.tenant, among(work, c.id, into))
    moved = update(table_of(Customer)).where(these).values(pool_id=where, owner_no=c.owner_no + 1)
    work.connection.execute(moved)
    ledger.keep(work, into, Cause.MOVE, _BECAUSE)
