"""The customers in the pools, as those see them who may claim them: no way to reach anybody, and nothing that the pool
hides. Those that lie longest come first."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select

from oa_crm.errors import NotFound
from oa_crm.models import Customer, table_of
from oa_crm.schemas import CustomerFilter, Page, PooledCustomer, PoolFilter
from oa_crm.schemas.pools import HIDEABLE
from oa_crm.services import access, cursors, keyset, pages
from oa_crm.services.base import Service
from oa_crm.services.customers.conditions import conditions
from oa_crm.services.holding import kept
from oa_crm.services.work import Work

_ORDER = keyset.Order("owner_since", down=False, parse=cursors.moment)
_SORT = "longest"


def page(service: Service, wanted: PoolFilter, after: str | None, limit: int | None) -> Page[PooledCustomer]:
    """A page of the pools that are the actor's, or of one of them. Two statements."""
    work, table = service.work, table_of(Customer)
    kept.must_run_one(work, "claim")
    pools = [one for one in kept.known(work) if kept.member_of(work, one)]
    if wanted.pool_id is not None and not any(one.id == wanted.pool_id for one in pools):
        raise NotFound("pool", wanted.pool_id)
    mine = {one.id: one for one in pools if wanted.pool_id in (None, one.id)}
    query = select(table).where(
        access.nobodys(work, Customer),
        *access.still_there(Customer),
        table.c.pool_id.in_(list(mine)),
        *_facts(work, wanted, mine),
    )
    size = pages.size(work, limit)
    rows = keyset.read(work, query, table, _SORT, _ORDER, after, size)
    items = tuple(_told(work, row, mine[row.pool_id]) for row in rows[:size])
    more = len(rows) > size
    last = [rows[size - 1].owner_since.isoformat(), str(rows[size - 1].id)] if more else []
    return Page(items=items, next=cursors.write(_SORT, last) if more else None)


def _facts(work: Work, wanted: PoolFilter, mine: dict[UUID, Any]) -> Iterator[Any]:
    """The conditions of a filter. By what a pool hides nobody finds its customers."""
    for name, value in wanted.model_dump(exclude={"pool_id"}, exclude_none=True).items():
        shown_in = [id for id, pool in mine.items() if name.removesuffix("s") not in pool.hidden]
        yield and_(table_of(Customer).c.pool_id.in_(shown_in), *conditions(work, CustomerFilter(**{name: value})))


def _told(work: Work, row: Any, pool: Any) -> PooledCustomer:
    everything = kept.admin_of(work, pool)
    facts = {name: getattr(row, name) if everything or name not in pool.hidden else None for name in HIDEABLE}
    wait = timedelta(hours=0 if everything else pool.wait_hours or 0)
    return PooledCustomer(
        id=row.id, pool_id=pool.id, pooled_since=row.owner_since, claimable_from=row.owner_since + wait, **facts
    )
