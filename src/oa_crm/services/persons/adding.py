"""A person goes on file: he is put there, or takes a post. Shared by contacts, by the conversion of leads, and by
imports, which put many there at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from oa_crm.hooks.payloads import ContactAdded
from oa_crm.ids import new_id
from oa_crm.models import Contact, Customer, Post
from oa_crm.schemas import ContactIn, ContactMove
from oa_crm.services.base import Service, first_facts
from oa_crm.services.persons import alike, facts, posts, reporting
from oa_crm.services.persons.alike import Looks


@dataclass(frozen=True)
class New:
    """Somebody who is going on file: what came, and his facts as they are kept."""

    id: UUID
    post_id: UUID
    data: ContactIn
    person: dict[str, Any]
    looks: Looks


def add(service: Service, data: ContactIn, override: str | None) -> UUID:
    """Everything that `contacts.create` does, in its savepoint; the person's id."""
    person = facts.person(service.work, data.model_dump(exclude={"customer_id", "primary", *posts.FACTS}))
    new = New(new_id(), new_id(), data, person, looks_of(person))
    enter(service, new, override)
    return new.id


def looks_of(person: Mapping[str, Any]) -> Looks:
    """By what a person of these facts, as they are kept, is known."""
    numbers, emails = facts.phone_keys(person["mobile"], person["phones"]), facts.email_keys(person["emails"])
    return Looks(person["name"], facts.name_key(person["name"]), numbers, emails)


def enter(service: Service, new: New, override: str | None) -> None:
    """The same for somebody whose facts are as they are kept."""
    work, customer = service.work, new.data.customer_id
    service.one(Customer, customer, "write")
    posts.lock(work, [customer])
    passed = alike.refuse(work, [customer], new.looks, override)
    reporting.check(work, customer, new.id, new.data.reports_to)
    put(service, [new])
    tell(service, new, passed)


def put(service: Service, new: Sequence[New]) -> None:
    """Write people who were accepted, each on his own or all at once, under the locks of their customers."""
    stamps = service.stamps()
    service.add_many(Contact, [{"id": one.id, "name_key": one.looks.key, **one.person, **stamps} for one in new])
    facts.add_phones(service.work, {one.id: one.looks.phones for one in new})
    for one in new:
        if one.data.primary:
            posts.nobody_is_primary(service.work, one.data.customer_id)
    service.add_many(Post, [{**_post(one.id, one.post_id, one.data, one.data.primary), **stamps} for one in new])


def tell(service: Service, new: New, passed: str | None) -> None:
    """Keep and announce that he went on file."""
    post = {**_standing(new.data), "post_id": new.post_id, "primary": new.data.primary}
    told = first_facts(as_told({**new.person, **post}))
    service.work.journal.record("contacts.create", "contact", new.id, told, passed)
    tell_added(service, new.id, post)


def take_post(service: Service, contact_id: UUID, data: ContactMove) -> dict[str, Any]:
    """He stands at the customer from now on."""
    if data.primary:
        posts.nobody_is_primary(service.work, data.customer_id)
    id = new_id()
    service.add(Post, **_post(contact_id, id, data, data.primary), **service.stamps())
    return {**_standing(data), "post_id": id, "primary": data.primary}


def _post(contact_id: UUID, id: UUID, data: ContactIn | ContactMove, primary: bool) -> dict[str, Any]:
    row = {**_standing(data), "contact_id": contact_id, "status": "active", "is_current": 1, "ended_on": None}
    return {"id": id, **row, "is_primary": 1 if primary else None}


def _standing(data: ContactIn | ContactMove) -> dict[str, Any]:
    return data.model_dump(include={"customer_id", *posts.FACTS})


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
