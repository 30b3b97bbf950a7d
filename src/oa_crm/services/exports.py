"""Customers on their way out: within the actor's scope, as he may see them, counted and logged before the first leaves.

`customers` is where a row of an export is made. One statement gives them all, so they are of one moment, and they
are read as they are written: memory does not grow with them.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from oa_crm.errors import ExportLimit
from oa_crm.hooks.payloads import CustomersExported
from oa_crm.ids import new_id
from oa_crm.models import Customer, ExportDay, table_of
from oa_crm.schemas import CustomerFilter, CustomerOut
from oa_crm.services import access, looking, showing
from oa_crm.services.base import Service, shown
from oa_crm.services.customers import finding
from oa_crm.services.upsert import upsert

_AT_ONCE = 500


def begin(service: Service, wanted: CustomerFilter, fields: tuple[str, ...], format: str) -> tuple[UUID, int]:
    """Count what will go out, on the person's day, and say so in audit and journal; its id, and how many rows.

    Raises `forbidden`, and `export_limit` when it is more than he may take out today.
    """
    work = service.work
    access.require(work, "read", "customer")
    rows = finding.matching(service, wanted).order_by(None).subquery()
    count = work.connection.scalar(select(func.count()).select_from(rows)) or 0
    _book(service, count)
    id, said = new_id(), wanted.model_dump(mode="json", exclude_unset=True)
    changes: dict[str, list[Any]] = {"rows": [None, count], "fields": [None, list(fields)], "where": [None, said]}
    work.journal.record("exchange.export_customers", "export", id, changes)
    looking.exported(work, "customer", fields, count, detail=f"customers.{format}")
    work.journal.emit(CustomersExported, export_id=id, rows=count, fields=fields, format=format)
    return id, count


def customers(service: Service, wanted: CustomerFilter, most: int) -> Iterator[CustomerOut]:
    """The customers, oldest first, as the actor may see them; at most as many as were counted."""
    table = table_of(Customer)
    query = finding.matching(service, wanted).order_by(table.c.id).limit(most)
    for row in service.work.connection.execute(query.execution_options(yield_per=_AT_ONCE)):
        yield showing.seen(service.work, shown(CustomerOut, row))


def _book(service: Service, count: int) -> None:
    """Add to the person's day, locked until we are done; the system has no limit."""
    work, table = service.work, table_of(ExportDay)
    scope, limit = work.scope, work.runtime.settings.exchange.exported_rows_a_day
    today = {"tenant_id": scope.tenant, "actor_id": scope.actor.id, "day": work.journal.now().date()}
    upsert(work.connection, table, today, {"taken": table.c.taken + count}, taken=count)
    mine = service.company_wide(ExportDay, table.c.taken)
    mine = mine.where(table.c.actor_id == today["actor_id"], table.c.day == today["day"])
    taken = work.connection.scalar(mine.with_for_update()) or 0
    if taken > limit and not scope.actor.is_system:
        raise ExportLimit(actor=scope.actor.id, limit=limit, left=max(0, limit - (taken - count)), asked=count)
