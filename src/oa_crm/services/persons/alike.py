"""Two people of one customer who may be one: of the same name, or with the same number or e-mail address."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from oa_crm.errors import DuplicateContact
from oa_crm.models import Contact, ContactPhone, Post, table_of
from oa_crm.services.base import words
from oa_crm.services.persons import facts
from oa_crm.services.work import Work

_TOLD = 20


@dataclass(frozen=True)
class Looks:
    """By what a person is known. `key` is the name's, `phones` and `emails` are keys as well."""

    name: str
    key: str
    phones: Sequence[str] = ()
    emails: Sequence[str] = ()


def refuse(
    work: Work, customers: Iterable[UUID], looks: Looks, override: str | None, leave_out: UUID | None = None
) -> str | None:
    """Raises `DuplicateContact` for somebody alike at one of the customers, unless a reason is given; returns the
    reason when it was needed. Whoever asks may write to the customers, so nothing is told that he may not see."""
    found = _alike(work, list(customers), looks, leave_out)
    if not found:
        return None
    if override is None or not override.strip():
        raise DuplicateContact(looks.name, found)
    return words("override_reason", override, "zero_character")


def _alike(work: Work, customers: list[UUID], looks: Looks, leave_out: UUID | None) -> list[dict[str, str]]:
    persons, posts, numbers = table_of(Contact), table_of(Post), table_of(ContactPhone)
    there = select(posts.c.contact_id).where(
        posts.c.tenant_id == work.scope.tenant, posts.c.customer_id.in_(customers), posts.c.is_current == 1
    )
    same, phones = list[Any](), looks.phones
    if looks.key:
        same.append(persons.c.name_key == looks.key)
    if phones:
        mine = select(numbers.c.contact_id).where(numbers.c.tenant_id == work.scope.tenant, numbers.c.phone.in_(phones))
        same.append(persons.c.id.in_(mine))
    if looks.emails:
        # A list in a column is compared here: so few people stand at one customer.
        same.append(persons.c.emails.is_not(None))
    if not same:
        return []
    known = (persons.c[name] for name in ("id", "name", "name_key", "mobile", "phones", "emails"))
    query = select(*known).where(persons.c.tenant_id == work.scope.tenant, persons.c.id.in_(there), or_(*same))
    if leave_out is not None:
        query = query.where(persons.c.id != leave_out)
    # A locking read sees what was committed also where the host's transaction keeps to an older picture.
    rows = work.connection.execute(query.order_by(persons.c.id).with_for_update(read=True))
    alike = ((row, how) for row in rows if (how := same_as(looks, row)))
    return [{"id": str(row.id), "name": row.name, "same": how} for row, how in alike][:_TOLD]


def same_as(looks: Looks, row: Any) -> str | None:
    """What somebody on file has in common: "name", "phone" or "email"; None for nothing."""
    if looks.key and row.name_key == looks.key:
        return "name"
    if set(looks.phones) & set(facts.phone_keys(row.mobile, row.phones)):
        return "phone"
    return "email" if set(looks.emails) & set(facts.email_keys(row.emails)) else None
