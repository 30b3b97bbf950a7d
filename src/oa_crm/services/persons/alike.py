"""Two people of one customer who may be one: of the same name, or with the same number."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from oa_crm.errors import DuplicateContact
from oa_crm.models import Contact, ContactPhone, Post, table_of
from oa_crm.services.base import words
from oa_crm.services.work import Work

_TOLD = 20


def refuse(
    work: Work,
    customers: Iterable[UUID],
    name: str,
    key: str,
    phones: list[str],
    override: str | None,
    leave_out: UUID | None = None,
) -> str | None:
    """Raises `DuplicateContact` for somebody alike at one of the customers, unless a reason is given; returns the
    reason when it was needed. Whoever asks may write to the customers, so nothing is told that he may not see."""
    found = _alike(work, list(customers), key, phones, leave_out)
    if not found:
        return None
    if override is None or not override.strip():
        raise DuplicateContact(name, [_told(one, key) for one in found])
    return words("override_reason", override, "zero_character")


def _told(row: Any, key: str) -> dict[str, str]:
    return {"id": str(row.id), "name": row.name, "same": "name" if row.name_key == key else "phone"}


def _alike(work: Work, customers: list[UUID], key: str, phones: list[str], leave_out: UUID | None) -> list[Any]:
    persons, posts, numbers = table_of(Contact), table_of(Post), table_of(ContactPhone)
    there = select(posts.c.contact_id).where(
        posts.c.tenant_id == work.scope.tenant, posts.c.customer_id.in_(customers), posts.c.is_current == 1
    )
    same = [persons.c.name_key == key]
    if phones:
        mine = select(numbers.c.contact_id).where(numbers.c.tenant_id == work.scope.tenant, numbers.c.phone.in_(phones))
        same.append(persons.c.id.in_(mine))
    query = select(persons.c.id, persons.c.name, persons.c.name_key).where(
        persons.c.tenant_id == work.scope.tenant, persons.c.id.in_(there), or_(*same)
    )
    if leave_out is not None:
        query = query.where(persons.c.id != leave_out)
    # A locking read sees what was committed also where the host's transaction keeps to an older picture.
    return list(work.connection.execute(query.order_by(persons.c.id).limit(_TOLD).with_for_update(read=True)))
