"""Lists of customers: a filter, one of six orders, a page at a time."""

from datetime import date
from typing import Any

from sqlalchemy import Select

from oa_crm.models import Customer, table_of
from oa_crm.schemas import CustomerFilter, CustomerOut, Page
from oa_crm.services import access, cursors, custom, keyset, pages, reaching
from oa_crm.services.among import among
from oa_crm.services.base import Service
from oa_crm.services.customers.conditions import conditions
from oa_crm.services.keyset import Order
from oa_crm.services.latest import by_index, by_key
from oa_crm.services.work import Work

ORDERS = {
    "newest": Order(None, down=True),
    "oldest": Order(None, down=False),
    "name": Order("name", down=False),
    "updated": Order("updated_at", down=True, parse=cursors.moment),
    "last_follow_up": Order("last_follow_up_at", down=True, parse=cursors.moment, nullable=True),
    "next_contact": Order("next_contact_on", down=False, parse=date.fromisoformat, nullable=True),
}
_OF_ONES_OWN = (None, "name", "next_contact_on")
"""The orders in which an index has the customers of one owner."""


def matching(service: Service, wanted: CustomerFilter) -> Select[Any]:
    """The customers that the actor may see and that are as wanted, in no order."""
    query = service.select(Customer).where(*conditions(service.work, wanted))
    return custom.matching(service.work, query, Customer, wanted.custom)


def _rows(service: Service, wanted: CustomerFilter, order: Order, after: str | None, size: int) -> list[Any]:
    """The rows of a page and one more. SQLite without statistics walks the whole base for who sees his own and some by
    seats, so it is asked for each by itself."""
    table, work, apart = table_of(Customer), service.work, list[Select[Any]]()
    if _walks(work, order) and (ids := reaching.few(work)) is not None:
        his = by_key(matching(service, wanted).where(among(work, table.c.id, ids)), table)
        return keyset.read(work, his, table, wanted.sort, order, after, size, few=True)
    if order.column is None and work.connection.dialect.name == "sqlite":
        apart = service.select_apart(Customer)
    if len(apart) < 2:
        query = matching(service, wanted)
        if order.nullable and order.column and _is_all(work, wanted):
            # MariaDB would take the company's part of this index whole, and step over all that have no such time.
            query = by_index(query, table, ("tenant_id", order.column, "id"))
        return keyset.read(work, query, table, wanted.sort, order, after, size)
    as_wanted = list(conditions(work, wanted))
    queries = [custom.matching(work, one.where(*as_wanted), Customer, wanted.custom) for one in apart]
    return keyset.read_apart(work, queries, table, wanted.sort, order, after, size)


def _walks(work: Work, order: Order) -> bool:
    """Whether the list is read in the order of an index of the whole company, past all that the person does not see."""
    if access.sees_all(work, Customer):
        return False
    return len(reaching.reached(work)) > 1 or reaching.has_seats(work) or order.column not in _OF_ONES_OWN


def _is_all(work: Work, wanted: CustomerFilter) -> bool:
    """Whether the list is of every customer of the company."""
    return wanted == CustomerFilter(sort=wanted.sort) and access.sees_all(work, Customer)


def find(service: Service, wanted: CustomerFilter, after: str | None, limit: int | None) -> Page[CustomerOut]:
    """One page, in at most two statements, three for who sees few; text costs two more for each word, each category
    two, custom fields two at all."""
    size = pages.size(service.work, limit)
    if custom.is_custom(wanted.sort):
        found = custom.ordered(service.work, matching(service, wanted), Customer, wanted.sort, after, size)
        return pages.page(found, size, CustomerOut, wanted.sort, key=custom.key)
    order = ORDERS[wanted.sort]
    rows = _rows(service, wanted, order, after, size)
    return keyset.page(rows, size, CustomerOut, wanted.sort, order)
