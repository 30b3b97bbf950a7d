"""Customers, contacts and follow-ups on their way out: within the actor's scope, as he may see them, counted and logged
before the first leaves.

`customers` and `contacts` are where a row of an export is made. One statement gives them all, so they are of one
moment, and they are read as they are written: memory does not grow with them.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select

from oa_crm.errors import ExportLimit
from oa_crm.hooks.payloads import CustomersExported
from oa_crm.ids import new_id
from oa_crm.models import Customer, ExportDay, FollowUp, Lead, Member, Post, table_of
from oa_crm.schemas import ContactFilter, CustomerFilter, CustomerOut, FollowUpOut
from oa_crm.schemas.base import In
from oa_crm.schemas.contacts import ContactLine
from oa_crm.schemas.followups import FollowUpFilter
from oa_crm.services import access, looking, showing
from oa_crm.services.base import Service, shown
from oa_crm.services.customers import finding
from oa_crm.services.followups import finding as saying
from oa_crm.services.persons import finding as persons
from oa_crm.services.upsert import upsert

_AT_ONCE = 500


def begin_customers(service: Service, wanted: CustomerFilter, fields: tuple[str, ...], format: str) -> tuple[UUID, int]:
    """Count what will go out, on the person's day, and say so in audit and journal; its id, and how many rows.

    Raises `forbidden`, and `export_limit` when it is more than he may take out today.
    """
    rows = finding.matching(service, wanted).order_by(None)
    return _begin(service, "customers", "customer", rows, _said(wanted), fields, format)


def customers(service: Service, wanted: CustomerFilter, most: int) -> Iterator[CustomerOut]:
    """The customers, oldest first, as the actor may see them; at most as many as were counted."""
    table = table_of(Customer)
    query = finding.matching(service, wanted).order_by(table.c.id).limit(most)
    for row in service.work.connection.execute(query.execution_options(yield_per=_AT_ONCE)):
        yield showing.seen(service.work, shown(CustomerOut, row))


def begin_contacts(service: Service, wanted: ContactFilter, fields: tuple[str, ...], format: str) -> tuple[UUID, int]:
    """The same for people at customers, who count towards the same day."""
    rows = persons.standing(service, wanted)
    return _begin(service, "contacts", "contact", rows, _said(wanted), fields, format)


def contacts(service: Service, wanted: ContactFilter, most: int) -> Iterator[ContactLine]:
    """The people, those of one customer together, as the actor may see them; at most as many as were counted."""
    posts, query = table_of(Post).c, persons.with_names(service, persons.standing(service, wanted))
    query = query.order_by(posts.customer_id, posts.id).limit(most)
    for row in service.work.connection.execute(query.execution_options(yield_per=_AT_ONCE)):
        primary = row.is_primary is not None if row.status == "active" else None
        yield showing.seen(service.work, shown(ContactLine, row, primary=primary))


def begin_follow_ups(
    service: Service, wanted: FollowUpFilter, fields: tuple[str, ...], format: str
) -> tuple[UUID, int]:
    """The same for follow-ups, which count towards the same day."""
    rows, said = saying.matching(service, wanted), _said(wanted, without={"text"})
    return _begin(service, "follow_ups", "follow_up", rows, said, fields, format)


def follow_ups(service: Service, wanted: FollowUpFilter, most: int) -> Iterator[FollowUpOut]:
    """The follow-ups, as they were said, the first one first, as the actor may see them; at most as many as were
    counted, some at a time: memory does not grow with them."""
    c, last = table_of(FollowUp).c, None
    query = saying.matching(service, wanted).order_by(c.happened_at, c.id)
    while most > 0:
        rest = query if last is None else query.where(_after(c, last))
        rows = service.work.connection.execute(rest.limit(min(most, _AT_ONCE))).all()
        # Without what was added to them: no column tells of that.
        for row in rows:
            yield showing.seen(service.work, shown(FollowUpOut, row))
        if len(rows) < _AT_ONCE:
            return
        most, last = most - len(rows), rows[-1]


def _after(c: Any, last: Any) -> Any:
    return and_(c.happened_at >= last.happened_at, or_(c.happened_at != last.happened_at, c.id > last.id))


def names(service: Service, said: Iterable[FollowUpOut]) -> dict[Any, str]:
    """What the customers, leads and authors of these follow-ups are called."""
    found: dict[Any, str] = {}
    for model, of, called in (
        (Customer, "customer_id", "name"),
        (Lead, "lead_id", "company_name"),
        (Member, "created_by", "name"),
    ):
        c = table_of(model).c
        ids = sorted({id for one in said if (id := getattr(one, of)) is not None})
        for at in range(0, len(ids), _AT_ONCE):
            query = service.company_wide(model, c.id, c[called]).where(c.id.in_(ids[at : at + _AT_ONCE]))
            found |= {row[0]: row[1] for row in service.work.connection.execute(query)}
    return found


def _begin(
    service: Service, what: str, kind: str, rows: Select[Any], said: Any, fields: tuple[str, ...], format: str
) -> tuple[UUID, int]:
    work = service.work
    access.require(work, "read", "customer")
    count = work.connection.scalar(select(func.count()).select_from(rows.subquery())) or 0
    _book(service, count)
    id = new_id()
    changes: dict[str, list[Any]] = {"rows": [None, count], "fields": [None, list(fields)], "where": [None, said]}
    work.journal.record(f"exchange.export_{what}", "export", id, changes)
    looking.exported(work, kind, fields, count, detail=f"{what}.{format}")
    work.journal.emit(CustomersExported, export_id=id, rows=count, fields=fields, format=format, what=what)
    return id, count


def _said(wanted: In, without: Collection[str] = ()) -> Any:
    """A filter as the audit keeps it."""
    return wanted.model_dump(mode="json", exclude_unset=True, exclude=set(without))


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
