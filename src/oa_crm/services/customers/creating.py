"""A customer goes on file, or many at once: in `put` and `tell` both write the same rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from oa_crm.duplicates import Draft
from oa_crm.hooks.drafts import CustomerDraft
from oa_crm.hooks.payloads import CustomerCreated
from oa_crm.ids import new_id
from oa_crm.models import Customer
from oa_crm.schemas import CustomerIn, CustomerOut, Entrance
from oa_crm.services import clashes, classes, custom, people
from oa_crm.services.base import Service, first_facts
from oa_crm.services.customers import clashing, grouping, keeping
from oa_crm.services.customers.facts import settled
from oa_crm.services.holding import ledger, limits
from oa_crm.services.protection.first import first
from oa_crm.services.work import Work

_ASKED = ("name", "owner_id", "industry", "region", "credit_code", "source")
_CAUSES = {Entrance.IMPORT: ledger.Cause.IMPORT, Entrance.CONVERT: ledger.Cause.CONVERT}
_TOLD = ("kind", "parent_id", "level", "source")
NewOwner = Callable[[Work, str, str | None], str]


@dataclass(frozen=True, slots=True)
class New:
    """A customer that may go on file as far as input, rights and plugins are asked; the check is still to come."""

    id: UUID
    data: CustomerIn
    facts: dict[str, Any]
    custom: custom.Accepted
    draft: Draft


def create(service: Service, data: CustomerIn, override: str | None, entrance: Entrance) -> CustomerOut:
    """Everything that `customers.create` does, in its savepoint."""
    work, new = service.work, accepted(service, data)
    clashes.wait_for_equals(work, new.draft)
    overrode = clashing.refuse(work, new.id, data, new.draft, override, entrance)
    top = grouping.top_for(service, None, data.parent_id)
    with clashing.unless_taken(work, new.facts, new.draft, entrance):
        (row,) = put(service, [new], entrance, top)
    tell(service, [new], {new.id: overrode})
    return CustomerOut(**row)


def accepted(service: Service, data: CustomerIn, new_owner: NewOwner = people.new_owner) -> New:
    """Ask everything but the check. Raises `forbidden`, `invalid_input` and `vetoed`."""
    work = service.work
    owner = new_owner(work, "customer", data.owner_id)
    taken = custom.accept(work, "customer", data.custom)
    facts = {**settled(work, data.model_dump(exclude={"custom"})), "owner_id": owner}
    _ask_plugins(service, facts)
    return New(new_id(), data, facts, taken, clashes.row_draft(facts))


def put(service: Service, new: Sequence[New], entrance: Entrance, top: UUID | None = None) -> list[dict[str, Any]]:
    """Write rows, numbers, tags, levels and who has them; the rows. `top` is the topmost of the group they go to.

    Raises `holding_limit` for owners who may hold no more. The database refuses a number that another customer has.
    """
    work = service.work
    _make_room(work, new)
    stamps = {"last_follow_up_at": None, "next_contact_on": None, "pool_id": None, **service.stamps()}
    stamps |= ledger.begun(work)
    rows = [{"id": one.id, "group_id": top, **one.facts, **stamps, "custom": one.custom.stored} for one in new]
    first(work, rows)
    service.add_many(Customer, rows)
    keeping.keep(work, {one.id: one.facts for one in new})
    classes.entered(work, {one.id: one.facts["level"] for one in new})
    ledger.begin(work, rows, _CAUSES.get(entrance, ledger.Cause.CREATE))
    return rows


def _make_room(work: Work, new: Sequence[New]) -> None:
    """Owners in the order of their ids, so that two who do so never wait for each other."""
    for owner in sorted({one.facts["owner_id"] for one in new}):
        limits.make_room(work, owner, new=[one.facts for one in new if one.facts["owner_id"] == owner])


def tell(service: Service, new: Sequence[New], overrode: Mapping[UUID, str | None]) -> None:
    """Write the keys and the index of custom fields; say in audit and journal that they are on file."""
    work = service.work
    clashes.keep(work, [(one.id, one.draft) for one in new])
    custom.keep(work, "customer", [(one.id, one.custom) for one in new])
    for one in new:
        _say(work, one, overrode.get(one.id))


def _say(work: Work, new: New, overrode: str | None) -> None:
    facts = new.facts
    changes = first_facts(_said(facts)) | new.custom.changes
    work.journal.record("customers.create", "customer", new.id, changes, overrode)
    work.journal.emit(
        CustomerCreated,
        customer_id=new.id,
        name=new.data.name,
        owner_id=facts["owner_id"],
        industry=facts["industry"],
        region=facts["region"],
        credit_code=facts["credit_code"],
        overrode_clash=overrode,
        **{name: facts[name] for name in _TOLD},
        tags=tuple(facts["tags"]),
    )


def _said(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts without empty lists, which say nothing of a new customer."""
    return {name: value for name, value in facts.items() if value != []}


def _ask_plugins(service: Service, facts: dict[str, Any]) -> None:
    work = service.work
    # An import has a customer a third of a millisecond, and most companies have nobody to ask.
    if not work.runtime.dispatcher.manager.implementers("check_customer_creation"):
        return
    draft = CustomerDraft(**{name: facts[name] for name in _ASKED})
    work.runtime.dispatcher.check_customer_creation(service.check_context(), draft, work.plugin_active)
