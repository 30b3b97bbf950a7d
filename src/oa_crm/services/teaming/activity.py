"""What others than its owner did for a customer, from the audit. Two statements a page beside the customer's own."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, literal, or_, true, union_all

from oa_crm.models import AuditEntry, Contract, Expense, Post, Project, kind_of, table_of
from oa_crm.schemas import AuditOut, Page
from oa_crm.services import cursors, entries, pages
from oa_crm.services.base import Service, shown
from oa_crm.services.timeline.rows import of_posts_where

NEWEST = 1000
"""Of each kind of thing at the customer, so many of the newest are looked at."""
_SORT = "activity"


def page(service: Service, customer: Any, member: str | None, after: str | None, limit: int | None) -> Page[AuditOut]:
    """Entries about the customer and what hangs on it, newest first."""
    table, size = table_of(AuditEntry), pages.size(service.work, limit)
    query = service.company_wide(AuditEntry).where(_about(service, customer), entries.for_others(service.work))
    if customer.owner_id is not None:
        query = query.where(table.c.actor_id != customer.owner_id)
    if member is not None:
        query = query.where(table.c.actor_id == member)
    if after is not None:
        told, _ = cursors.read(_SORT, after, 2)
        query = query.where(table.c.id < cursors.value(cursors.number, told))
    rows = list(service.work.connection.execute(query.order_by(table.c.id.desc()).limit(size + 1)))
    last = cursors.write(_SORT, [str(rows[size - 1].id), str(customer.id)]) if len(rows) > size else None
    return Page(items=tuple(shown(AuditOut, row, changes=_told(row)) for row in rows[:size]), next=last)


def _told(row: Any) -> dict[str, Any]:
    """What changed, without the customers that a person left to come here."""
    return {name: change for name, change in row.changes.items() if (row.kind, name) != ("contact", "left")}


def _about(service: Service, customer: Any) -> Any:
    ids: dict[str, list[str]] = defaultdict(list)
    ids["customer"].append(str(customer.id))
    for kind, id in service.work.connection.execute(union_all(*_things(service, customer))):
        ids[kind].append(str(id))
    table = table_of(AuditEntry)
    here = {"contact": of_posts_where(service, table_of(Post).c.customer_id == customer.id)}
    return or_(*(and_(table.c.kind == kind, table.c.thing_id.in_(those), here.get(kind, true()))
                 for kind, those in ids.items()))  # fmt: skip


def _things(service: Service, customer: Any) -> Iterator[Any]:
    """Kind and id of what is at the customer, as far as the actor sees it there."""
    for model in (Project, Contract, Expense):
        c = table_of(model).c
        newest = service.at_customer(model, customer, literal(kind_of(model)).label("kind"), c.id.label("id"))
        yield _some(newest, c.id, kind_of(model))
    c = table_of(Post).c
    persons = service.at_customer(Post, customer, literal("contact").label("kind"), c.contact_id.label("id"))
    yield _some(persons, c.id, "contact")


def _some(query: Any, id: Any, name: str) -> Any:
    # A subquery, since not every database takes an order inside a union.
    return query.order_by(id.desc()).limit(NEWEST).subquery(f"newest_{name}").select()
