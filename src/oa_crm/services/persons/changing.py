"""Facts of a person and of what he is at a customer change. Shared by contacts and by imports."""

from typing import Any
from uuid import UUID

from oa_crm.errors import InvalidInput
from oa_crm.hooks.payloads import ContactUpdated
from oa_crm.models import Contact, Post
from oa_crm.schemas import ContactPatch, PostPatch
from oa_crm.services.base import Service, differences
from oa_crm.services.persons import alike, facts, posts, reporting

_FOUND_BY = {"name", "mobile", "phones", "emails"}


def change_person(service: Service, id: UUID, patch: ContactPatch, override: str | None) -> None:
    """Everything that `contacts.update` does, in its savepoint."""
    work = service.work
    row = service.one(Contact, id, "write")
    service.fresh(Contact, row, patch.expected_version)
    values = facts.person(work, patch.changes())
    if "name" in values and values["name"] is None:
        raise InvalidInput.of("name", "contact_needs_a_name")
    changed = differences(row, values)
    after = {name: value for name, (_, value) in changed.items()}
    passed = _refuse_alike(service, row, after, override) if _FOUND_BY & set(after) else None
    if "name" in after:
        after["name_key"] = facts.name_key(after["name"])
    service.change(Contact, row, patch.expected_version, **after)
    _keep_phones(service, row, after)
    work.journal.record("contacts.update", "contact", id, changed, passed)
    if changed:
        _tell(service, id, [post.customer_id for post in posts.current(work, id)], changed)


def change_post(service: Service, id: UUID, patch: PostPatch) -> None:
    """Everything that `contacts.change_post` does, in its savepoint."""
    row = posts.held(service, id)
    service.fresh(Post, row, patch.expected_version)
    changed = differences(row, patch.changes())
    if "reports_to" in changed:
        reporting.check(service.work, row.customer_id, row.contact_id, changed["reports_to"][1])
    service.change(Post, row, patch.expected_version, **{name: after for name, (_, after) in changed.items()})
    told: dict[str, Any] = {"post_id": [id, id], **changed}
    service.work.journal.record("contacts.change_post", "contact", row.contact_id, told)
    if changed:
        _tell(service, row.contact_id, [row.customer_id], changed)


def set_primary(service: Service, id: UUID) -> None:
    """Everything that `contacts.set_primary` does, in its savepoint."""
    row = posts.held(service, id)
    posts.nobody_is_primary(service.work, row.customer_id)
    service.change(Post, posts.row(service, id), is_primary=1)
    told: dict[str, Any] = {"post_id": [id, id], "primary": [row.is_primary is not None, True]}
    service.work.journal.record("contacts.set_primary", "contact", row.contact_id, told)
    _tell(service, row.contact_id, [row.customer_id], ["primary"])


def _refuse_alike(service: Service, row: Any, after: dict[str, Any], override: str | None) -> str | None:
    """Somebody whom he was like before, and still is, keeps nobody from mending his number. At customers that the actor
    may not write to nobody looks: a refusal would tell who stands there, or that somebody has the number."""
    there = [post.customer_id for post in posts.current(service.work, row.id, "write")]
    posts.lock(service.work, there)
    name, numbers = after.get("name", row.name), facts.phone_keys(after.get("mobile"), after.get("phones"))
    key, emails = facts.name_key(name), facts.email_keys(after.get("emails"))
    looks = alike.Looks(
        name,
        key if key != row.name_key else "",
        sorted(set(numbers) - set(facts.phone_keys(row.mobile, row.phones))),
        sorted(set(emails) - set(facts.email_keys(row.emails))),
    )
    return alike.refuse(service.work, there, looks, override, leave_out=row.id)


def _keep_phones(service: Service, row: Any, after: dict[str, Any]) -> None:
    now = facts.phone_keys(after.get("mobile", row.mobile), after.get("phones", row.phones))
    facts.keep_phones(service.work, row.id, facts.phone_keys(row.mobile, row.phones), now)


def _tell(service: Service, id: UUID, customers: list[UUID], changed: Any) -> None:
    service.work.journal.emit(
        ContactUpdated, contact_id=id, customer_ids=tuple(customers), changed=tuple(sorted(changed))
    )
