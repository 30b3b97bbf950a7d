"""What a customer is, was, and how it came to be that."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from oa_crm.errors import InvalidInput
from oa_crm.models import ClassChange, Customer, table_of
from oa_crm.schemas import Page
from oa_crm.schemas.classes import LEVEL, ClassChangeOut, ClassesOut, ClassOut
from oa_crm.services import pages
from oa_crm.services.base import Service
from oa_crm.services.classes import states, trees
from oa_crm.services.classes.states import NOTHING, Standing


def of(service: Service, id: UUID, as_of: datetime | None) -> ClassesOut:
    """What a customer that the actor may see is, by its rows, or was, by its history."""
    if as_of is not None and as_of.tzinfo is None:
        raise InvalidInput.of("as_of", "without_time_zone", given=repr(as_of))
    row = service.one(Customer, id)
    if as_of is None:
        standings = states.present(service.work, [row])[id]
    else:
        standings = states.recorded(service.work, [id], as_of)[id]
    return _told(service, row, standings, as_of)


def present(service: Service, id: UUID) -> ClassesOut:
    """What a customer is that was just changed: whoever changes it may not see it afterwards."""
    row = service.work.connection.execute(service.company_wide(Customer).where(table_of(Customer).c.id == id)).one()
    return _told(service, row, states.present(service.work, [row])[id], None)


def history(service: Service, id: UUID, tree: str | None, after: str | None, limit: int | None) -> Page[ClassChangeOut]:
    """The changes of a customer and of the files that were merged into it, newest first."""
    service.one(Customer, id)
    table, customer = table_of(ClassChange), table_of(Customer)
    merged = select(customer.c.id).where(
        customer.c.tenant_id == service.work.scope.tenant, customer.c.merged_into == id
    )
    query = service.company_wide(ClassChange).where(or_(table.c.customer_id == id, table.c.customer_id.in_(merged)))
    if tree is not None:
        query = query.where(table.c.tree == tree)
    rows = pages.newest_first(service.work, query, table, after, limit)
    return pages.page(rows, pages.size(service.work, limit), ClassChangeOut, "newest")


def _told(service: Service, row: Any, standings: Mapping[str, Standing], as_of: datetime | None) -> ClassesOut:
    known = trees.load(service.work)
    level = standings.get(LEVEL, NOTHING)
    categories = []
    for name, tree in known.items():
        standing = standings.get(name, NOTHING)
        if standing != NOTHING:
            node = tree.named(standing.value)
            labels = None if node is None else node.labels
            told = ClassOut(tree=name, category=standing.value, labels=labels, pinned=standing.pinned)
            categories.append(told)
    return ClassesOut(
        customer_id=row.id,
        version=row.version,
        as_of=as_of,
        level=level.value,
        level_pinned=level.pinned,
        categories=tuple(categories),
    )
