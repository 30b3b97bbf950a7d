"""A customer goes on file."""

from typing import Any

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

_ASKED = ("name", "owner_id", "industry", "region", "credit_code", "source")
_CAUSES = {Entrance.IMPORT: ledger.Cause.IMPORT, Entrance.CONVERT: ledger.Cause.CONVERT}
_TOLD = ("kind", "parent_id", "level", "source")


def create(service: Service, data: CustomerIn, override: str | None, entrance: Entrance) -> CustomerOut:
    """Everything that `customers.create` does, in its savepoint."""
    work = service.work
    owner = people.new_owner(work, "customer", data.owner_id)
    taken = custom.accept(work, "customer", data.custom)
    facts = {**settled(work, data.model_dump(exclude={"custom"})), "owner_id": owner}
    limits.make_room(work, owner, new=[facts])
    _ask_plugins(service, facts)
    draft = clashes.row_draft(facts)
    clashes.wait_for_equals(work, draft)
    id = new_id()
    overrode = clashing.refuse(work, id, data, draft, override, entrance)
    top = grouping.top_for(service, None, data.parent_id)
    row = {"id": id, "group_id": top, "last_follow_up_at": None, "next_contact_on": None, **facts, **service.stamps()}
    row |= {"custom": taken.stored, "pool_id": None, **ledger.begun(work)}
    with clashing.unless_taken(work, facts, draft, entrance):
        service.add(Customer, **row)
        keeping.keep(work, id, facts)
    classes.entered(work, {id: facts["level"]})
    ledger.keep(work, [id], _CAUSES.get(entrance, ledger.Cause.CREATE))
    clashes.keep(work, [(id, draft)])
    custom.keep(work, "customer", [(id, taken)])
    work.journal.record("customers.create", "customer", id, first_facts(_said(facts)) | taken.changes, overrode)
    work.journal.emit(
        CustomerCreated,
        customer_id=id,
        name=data.name,
        owner_id=owner,
        industry=facts["industry"],
        region=facts["region"],
        credit_code=facts["credit_code"],
        overrode_clash=overrode,
        **{name: facts[name] for name in _TOLD},
        tags=tuple(facts["tags"]),
    )
    return CustomerOut(**row)


def _said(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts without empty lists, which say nothing of a new customer."""
    return {name: value for name, value in facts.items() if value != []}


def _ask_plugins(service: Service, facts: dict[str, Any]) -> None:
    work, draft = service.work, CustomerDraft(**{name: facts[name] for name in _ASKED})
    work.runtime.dispatcher.check_customer_creation(service.check_context(), draft, work.plugin_active)
