"""Posts: taking one, leaving one, being the primary contact. Each under the customer's lock."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from oa_crm.errors import InvalidInput
from oa_crm.models import Customer, Post, table_of
from oa_crm.schemas import PostOut
from oa_crm.services import access, days
from oa_crm.services.base import Service, must_be, shown
from oa_crm.services.work import Work

FACTS = ("title", "department", "role", "reports_to", "started_on")


def lock(work: Work, customers: Iterable[UUID]) -> None:
    """Lock customers against everybody who changes their people; in one order, so that two never wait in a ring."""
    table = table_of(Customer)
    ids = sorted(set(customers))
    query = select(table.c.id).where(table.c.tenant_id == work.scope.tenant, table.c.id.in_(ids)).order_by(table.c.id)
    work.connection.execute(query.with_for_update()).all()


def held(service: Service, id: UUID) -> Any:
    """A current post at a customer that is locked against everybody who changes its people."""
    found = service.one(Post, id, "write")
    lock(service.work, [found.customer_id])
    found = service.one(Post, id, "write", lock=True)
    must_be("post", found.status, "active")
    return found


def row(service: Service, id: UUID) -> Any:
    """A post as it is now, whoever asks."""
    return service.work.connection.execute(service.company_wide(Post).where(table_of(Post).c.id == id)).one()


def current(work: Work, contact_id: UUID, action: str | None = None) -> list[Any]:
    """The posts that a person has now; with `action` those at customers to whom the actor may do it."""
    table = table_of(Post)
    scoped = table.c.tenant_id == work.scope.tenant if action is None else access.visible(work, Post, action)
    query = select(table).where(scoped, table.c.contact_id == contact_id, table.c.is_current == 1)
    return list(work.connection.execute(query.order_by(table.c.id)))


def seen(work: Work, contacts: Iterable[UUID]) -> dict[UUID, tuple[PostOut, ...]]:
    """The posts that the actor may see, by person: current ones first, then the latest. One query."""
    table, ids = table_of(Post), list(contacts)
    if not ids:
        return {}
    query = select(table).where(access.visible(work, Post), table.c.contact_id.in_(ids))
    found: dict[UUID, list[PostOut]] = {}
    for row in work.connection.execute(query.order_by(table.c.is_current.is_(None), table.c.id.desc())):
        found.setdefault(row.contact_id, []).append(out(row))
    return {contact: tuple(posts) for contact, posts in found.items()}


def out(row: Any) -> PostOut:
    """A post as it is shown."""
    return shown(PostOut, row, primary=row.is_primary is not None)


def nobody_is_primary(work: Work, customer_id: UUID) -> None:
    """Take the mark from whoever has it."""
    table = table_of(Post)
    _touch(work, (table.c.customer_id == customer_id) & (table.c.is_primary == 1), is_primary=None)


def nobody_reports_to(work: Work, customer_id: UUID, contact_id: UUID) -> None:
    """Whoever reported to him there has no superior until somebody says who it is now."""
    table = table_of(Post)
    theirs = (table.c.customer_id == customer_id) & (table.c.is_current == 1) & (table.c.reports_to == contact_id)
    _touch(work, theirs, reports_to=None)


def not_to_come(work: Work, field: str, day: date | None) -> date:
    """The day, or today. Raises `InvalidInput` for one after tomorrow in UTC, which may be today elsewhere."""
    today = days.today(work)
    if day is not None and day > today + timedelta(days=1):
        raise InvalidInput.of(field, "day_to_come", day=day.isoformat())
    return day or today


def ends_after_it_began(field: str, began: date | None, on: date) -> None:
    """Raises `InvalidInput` for an end before the beginning."""
    if began is not None and on < began:
        raise InvalidInput.of(field, "ends_before_it_began", began=began.isoformat())


def _touch(work: Work, which: Any, **values: Any) -> None:
    table = table_of(Post)
    stamps = {"updated_at": work.journal.now(), "updated_by": work.scope.actor.id, "version": table.c.version + 1}
    work.connection.execute(
        update(table).where(table.c.tenant_id == work.scope.tenant, which).values(**values, **stamps)
    )
