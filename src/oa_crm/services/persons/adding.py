"""A person goes on file: he is put there, or takes a post. Shared by contacts and by the conversion of leads."""

from typing import Any, NamedTuple
from uuid import UUID

from oa_crm.hooks.payloads import ContactAdded
from oa_crm.ids import new_id
from oa_crm.models import Contact, Customer, Post
from oa_crm.schemas import ContactIn, ContactMove
from oa_crm.services.base import Service, first_facts
from oa_crm.services.persons import alike, facts, posts, reporting


class Added(NamedTuple):
    """Who went on file, and what he is at the customer."""

    contact_id: UUID
    post_id: UUID


def add(service: Service, data: ContactIn, override: str | None) -> Added:
    """Everything that `contacts.create` does, in its savepoint."""
    work = service.work
    service.one(Customer, data.customer_id, "write")
    person = facts.person(work, data.model_dump(exclude={"customer_id", "primary", *posts.FACTS}))
    key, numbers = facts.name_key(data.name), facts.phone_keys(person["mobile"], person["phones"])
    posts.lock(work, [data.customer_id])
    looks = alike.Looks(data.name, key, numbers, facts.email_keys(person["emails"]))
    passed = alike.refuse(work, [data.customer_id], looks, override)
    id = new_id()
    reporting.check(work, data.customer_id, id, data.reports_to)
    service.add(Contact, id=id, name_key=key, **person, **service.stamps())
    facts.keep_phones(work, id, [], numbers)
    post = take_post(service, id, data, data.primary)
    work.journal.record("contacts.create", "contact", id, first_facts(as_told({**person, **post})), passed)
    tell_added(service, id, post)
    return Added(id, post["post_id"])


def take_post(service: Service, contact_id: UUID, data: ContactIn | ContactMove, primary: bool) -> dict[str, Any]:
    """He stands at the customer from now on."""
    if primary:
        posts.nobody_is_primary(service.work, data.customer_id)
    values = data.model_dump(include={"customer_id", *posts.FACTS})
    row = {**values, "contact_id": contact_id, "status": "active", "is_current": 1, "ended_on": None}
    post = {"id": new_id(), **row, "is_primary": 1 if primary else None}
    service.add(Post, **post, **service.stamps())
    return {**values, "post_id": post["id"], "primary": primary}


def tell_added(service: Service, contact_id: UUID, post: dict[str, Any], moved_from: tuple[UUID, ...] = ()) -> None:
    """Announce the post that he took."""
    service.work.journal.emit(
        ContactAdded,
        contact_id=contact_id,
        customer_id=post["customer_id"],
        post_id=post["post_id"],
        role=post["role"],
        primary=post["primary"],
        moved_from=moved_from,
    )


def as_told(values: dict[str, Any]) -> dict[str, Any]:
    """What the audit keeps of first facts: nothing that was left empty."""
    return {name: one for name, one in values.items() if one not in ([], None)}
