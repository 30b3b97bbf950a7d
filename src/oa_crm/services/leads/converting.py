"""A lead becomes a customer, with contact and project, in one act: all of it or nothing."""

from typing import Any
from uuid import UUID

from sqlalchemy import update

from oa_crm.errors import InvalidInput
from oa_crm.hooks.payloads import LeadConverted
from oa_crm.models import Contact, Customer, FollowUp, Lead, Plan, table_of
from oa_crm.schemas import ContactIn, ConversionOut, CustomerIn, Entrance, LeadConversion, ProjectIn
from oa_crm.services import beginning, talks
from oa_crm.services.base import Service, must_be
from oa_crm.services.customers import creating
from oa_crm.services.leads.telling import OPEN, budget, facts, out, read_back
from oa_crm.services.persons import adding, posts


def convert(service: Service, id: UUID, data: LeadConversion, override: str | None) -> ConversionOut:
    """Everything that `leads.convert` does, in its savepoint."""
    row = service.one(Lead, id, "write")
    must_be("lead", row.state, *OPEN)
    _fits(data)
    # This decides between two who convert at once: the second finds another version.
    service.change(Lead, row, data.expected_version, state="converted")
    owner = row.owner_id or service.work.who.id
    customer_id = _customer(service, row, owner, data, override)
    became = {
        "customer_id": customer_id,
        "contact_id": _contact(service, row, customer_id, data, override),
        "project_id": _project(service, row, owner, customer_id, data),
    }
    moved = _take_along(service, row, customer_id)
    table = table_of(Lead)
    mine = (table.c.tenant_id == service.work.scope.tenant) & (table.c.id == id)
    service.work.connection.execute(update(table).where(mine).values(**became))
    return _told(service, row, became, moved, into_existing=data.into is not None)


def facts_of_customer(row: Any) -> dict[str, Any]:
    """What a lead says of the customer that it may become."""
    same = {name: getattr(row, name) for name in ("industry", "region", "phone", "email", "source")}
    return {"name": row.company_name, **same}


def _fits(data: LeadConversion) -> None:
    for field in ("customer_name", "credit_code"):
        if data.into is not None and getattr(data, field) is not None:
            raise InvalidInput.of(field, "fact_of_a_new_customer")
    if data.contact_id is not None and data.into is None:
        raise InvalidInput.of("contact_id", "contact_without_customer")
    if data.project_name is not None and not data.project:
        raise InvalidInput.of("project_name", "name_of_no_project")


def _customer(service: Service, row: Any, owner: str, data: LeadConversion, override: str | None) -> UUID:
    if data.into is not None:
        # Held, so that nothing is led to a file that is merged away meanwhile.
        return UUID(str(service.one(Customer, data.into, "write", lock=True).id))
    given = {**facts_of_customer(row), "owner_id": owner, "credit_code": data.credit_code}
    if data.customer_name is not None:
        given["name"] = data.customer_name
    return creating.create(service, CustomerIn(**given), override, Entrance.CONVERT).id


def _contact(service: Service, row: Any, customer_id: UUID, data: LeadConversion, override: str | None) -> UUID | None:
    if data.contact_id is not None:
        service.one(Contact, data.contact_id)
        if customer_id not in [post.customer_id for post in posts.current(service.work, data.contact_id)]:
            raise InvalidInput.of("contact_id", "contact_elsewhere")
        return data.contact_id
    if row.person_name is None:
        return None
    emails = () if row.email is None else (row.email,)
    # Whoever is first at a new customer is the one to turn to.
    person = {"name": row.person_name, "mobile": row.phone, "emails": emails, "primary": data.into is None}
    return adding.add(service, ContactIn(customer_id=customer_id, **person), override)


def _project(service: Service, row: Any, owner: str, customer_id: UUID, data: LeadConversion) -> UUID | None:
    if not data.project:
        return None
    hoped = budget(row)
    return beginning.begin(
        service,
        ProjectIn(
            customer_id=customer_id,
            name=data.project_name or data.customer_name or row.company_name,
            owner_id=owner,
            currency=row.currency,
            expected=None if hoped is None else hoped.amount,
        ),
    )


def _take_along(service: Service, row: Any, customer_id: UUID) -> int:
    """What was said to the lead was said to the customer: it stays as it is, and is found at both. So are its plans."""
    work, said = service.work, table_of(FollowUp)
    theirs = (said.c.tenant_id == work.scope.tenant) & (said.c.lead_id == row.id)
    unmoved = update(said).where(theirs, said.c.customer_id.is_(None))
    moved = work.connection.execute(unmoved.values(customer_id=customer_id))
    plan = table_of(Plan)
    plans = (plan.c.tenant_id == work.scope.tenant) & (plan.c.lead_id == row.id) & plan.c.customer_id.is_(None)
    planned = work.connection.execute(update(plan).where(plans).values(customer_id=customer_id)).rowcount
    if moved.rowcount:
        talks.catch_up(work, customer_id, row.id)
    if planned:
        talks.in_step(work, customer_id)
    return int(moved.rowcount)


def _told(service: Service, row: Any, became: dict[str, Any], moved: int, *, into_existing: bool) -> ConversionOut:
    changes: dict[str, list[Any]] = {name: [None, one] for name, one in became.items() if one is not None}
    changes["state"] = [row.state, "converted"]
    service.work.journal.record("leads.convert", "lead", row.id, changes)
    now = read_back(service, row.id)
    service.work.journal.emit(LeadConverted, **facts(now), **became, into_existing=into_existing, follow_ups=moved)
    return ConversionOut(lead=out(now), follow_ups=moved)
