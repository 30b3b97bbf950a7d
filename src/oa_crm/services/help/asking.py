"""What the asker does: he asks, closes, and asks again."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select, true

from oa_crm.errors import InvalidInput
from oa_crm.hooks.payloads import HelpAsked
from oa_crm.hooks.ports import Who
from oa_crm.ids import new_id
from oa_crm.models import Department, HelpRequest, Member, table_of
from oa_crm.schemas import HelpIn, HelpOut
from oa_crm.services import days, people, shown_facts, subjects
from oa_crm.services.base import Service
from oa_crm.services.help import telling
from oa_crm.services.work import who_is

OWED = ("asked", "accepted")
_WAYS = {"member": "member_id", "department": "department_id", "role": "role"}


def ask(service: Service, data: HelpIn) -> HelpOut:
    """Keep a request, with the facts that go with it."""
    if service.work.scope.actor.is_system:
        raise InvalidInput.of("actor", "owner_missing")
    subject = subjects.held(service, data.customer_id, data.project_id)
    _not_past(service, data.due_on)
    kind, to = _addressee(data)
    who = _who(service, kind, to)
    shown = shown_facts.picture(service, subject, data.show, who)
    id = new_id()
    about = {"customer_id": subject.customer_id, "project_id": subject.project_id}
    asked = {"title": data.title, "question": data.question, "to_kind": kind, "to_id": to}
    due = {"due_on": data.due_on, "open_due": data.due_on}
    service.add(HelpRequest, id=id, **about, **asked, **due, shown=shown, state="asked", **service.stamps())
    row = _read(service, id)
    telling.entered(service, "help.ask", row, "asked", data.question)
    _tell(service, row, again=False)
    return telling.out(service, row)


def close(service: Service, id: UUID, reason: str | None) -> HelpOut:
    """Nothing more is owed."""
    service.one(HelpRequest, id, "write")
    row = telling.moved(service, id, (*OWED, "declined", "answered"), true(), state="closed", open_due=None)
    telling.entered(service, "help.close", row, "closed", reason)
    return telling.out(service, row)


def reopen(service: Service, id: UUID, reason: str, due_on: date | None) -> HelpOut:
    """Ask again: of who took it up and is still there, or anew of all who were asked."""
    seen = service.one(HelpRequest, id, "write")
    due = due_on or max(seen.due_on, days.today(service.work))
    _not_past(service, due)
    still_there = people.whos(service.work, [seen.helper_id]) if seen.helper_id is not None else {}
    helper = next(iter(still_there), None)
    if helper is None:
        _who(service, seen.to_kind, seen.to_id)
    anew = {"state": "asked" if helper is None else "accepted", "helper_id": helper, "due_on": due, "open_due": due}
    same = table_of(HelpRequest).c.version == seen.version
    row = telling.moved(service, id, ("declined", "answered", "closed"), same, **anew)
    telling.entered(service, "help.reopen", row, "reopened", reason)
    _tell(service, row, again=True)
    return telling.out(service, row)


def _addressee(data: HelpIn) -> tuple[str, str]:
    given = [(kind, value) for kind, name in _WAYS.items() if (value := getattr(data, name)) is not None]
    if len(given) != 1:
        raise InvalidInput.of("member_id", "one_addressee")
    return given[0]


def _who(service: Service, kind: str, to: str) -> Who:
    """Whom the facts are shown to: the member, or the least that anybody of the department or role may see."""
    work = service.work
    if kind == "member":
        people.a_member(work, to, "member_id")
        return who_is(work.connection, work.scope.tenant, to).who
    if kind == "role":
        if not _meant(service, kind, to):
            raise InvalidInput.of("role", "nobody_has_role", role=to)
        return Who(work.scope.tenant, "-", (to,))
    table = table_of(Department)
    there = select(table.c.id).where(table.c.tenant_id == work.scope.tenant, table.c.id == to)
    if work.connection.execute(there).first() is None:
        raise InvalidInput.of("department_id", "no_such_department", department=to)
    return Who(work.scope.tenant, "-", ())


def _meant(service: Service, kind: str, to: str) -> tuple[str, ...]:
    """The active members of a department or a role. Outsiders are asked by name alone."""
    table = table_of(Member)
    query = select(table.c.id, table.c.roles).where(
        table.c.tenant_id == service.work.scope.tenant, table.c.active.is_(True), table.c.external.is_(False)
    )
    if kind == "department":
        query = query.where(table.c.department_id == to)
    rows = service.work.connection.execute(query.order_by(table.c.id))
    return tuple(row.id for row in rows if kind == "department" or to in row.roles)


def _tell(service: Service, row: Any, *, again: bool) -> None:
    members = (row.helper_id or row.to_id,)
    asked = members if row.helper_id or row.to_kind == "member" else _meant(service, row.to_kind, row.to_id)
    facts = telling.facts(service, row)
    told = {"to_kind": row.to_kind, "to_id": row.to_id, "asked": asked, "again": again}
    service.work.journal.emit(HelpAsked, **facts, **told)


def _not_past(service: Service, day: date) -> None:
    if day < days.today(service.work):
        raise InvalidInput.of("due_on", "day_is_past")


def _read(service: Service, id: UUID) -> Any:
    query = service.company_wide(HelpRequest).where(table_of(HelpRequest).c.id == id)
    return service.work.connection.execute(query).one()
