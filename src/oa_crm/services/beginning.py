"""A sales project begins. Shared by projects and by the conversion of leads."""

from uuid import UUID

from oa_crm.hooks.payloads import ProjectCreated
from oa_crm.ids import new_id
from oa_crm.models import Customer, Project
from oa_crm.schemas import ProjectIn
from oa_crm.services import custom, people, stages
from oa_crm.services.amounts import optional_money
from oa_crm.services.base import Service, first_facts
from oa_crm.services.piping import courses


def begin(service: Service, data: ProjectIn) -> UUID:
    """Everything that `projects.create` does, in its savepoint; the project's id."""
    work = service.work
    owner = people.new_owner(work, "project", data.owner_id)
    service.one(Customer, data.customer_id)
    currency = data.currency or work.runtime.settings.default_currency
    expected = optional_money("expected", data.expected, currency)
    course = courses.for_new(service, owner, data.type)
    first = course.keys[0]
    facts = {
        "name": data.name,
        "customer_id": data.customer_id,
        "owner_id": owner,
        "type": data.type,
        **courses.standing(course, first, work.journal.now()),
        "currency": currency,
        "expected_minor": None if expected is None else expected.minor,
        "expected_close_on": data.expected_close_on,
    }
    id = new_id()
    taken = custom.accept(work, "project", data.custom)
    service.add(Project, id=id, **facts, custom=taken.stored, **service.stamps())
    custom.keep(work, "project", [(id, taken)])
    stages.keep(work, id, None, first, course=course)
    told = {name: value for name, value in facts.items() if name not in ("stalls_at", "board_rank")}
    work.journal.record("projects.create", "project", id, first_facts(told) | taken.changes)
    work.journal.emit(
        ProjectCreated,
        project_id=id,
        customer_id=data.customer_id,
        name=data.name,
        owner_id=owner,
        stage=first,
        expected=expected,
    )
    return id
