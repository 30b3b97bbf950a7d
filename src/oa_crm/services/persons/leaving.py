"""A post comes to its end; it stays on file as left."""

from datetime import date
from typing import Any
from uuid import UUID

from oa_crm.hooks.payloads import ContactLeft
from oa_crm.models import Post
from oa_crm.schemas import LeaveIn
from oa_crm.services.base import Service
from oa_crm.services.persons import posts


def leave(service: Service, post_id: UUID, leave: LeaveIn, field: str = "on") -> None:
    """Everything that `contacts.leave` does, in its savepoint; `field` is what the day was told by."""
    row = posts.held(service, post_id)
    service.fresh(Post, row, leave.expected_version)
    end(service, row, posts.not_to_come(service.work, field, leave.on), field)
    service.work.journal.record("contacts.leave", "contact", row.contact_id, as_told(row), leave.reason)


def end(service: Service, row: Any, on: date, field: str) -> UUID:
    """End a post; the customer that was left."""
    posts.ends_after_it_began(field, row.started_on, on)
    service.change(Post, row, status="left", ended_on=on, is_current=None, is_primary=None)
    posts.nobody_reports_to(service.work, row.customer_id, row.contact_id)
    service.work.journal.emit(
        ContactLeft, contact_id=row.contact_id, customer_id=row.customer_id, post_id=row.id, ended_on=on
    )
    return UUID(str(row.customer_id))


def as_told(post: Any) -> dict[str, list[Any]]:
    """What the audit keeps of a post that ended."""
    return {
        "post_id": [post.id, post.id],
        "status": ["active", "left"],
        "customer_id": [post.customer_id, None],
    }
