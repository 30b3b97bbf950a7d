"""Requests to enter a stage: who moves a project asks, and somebody else lets it in or does not."""

from typing import Any
from uuid import UUID

from sqlalchemy import and_, false, select, update

from oa_crm.errors import IllegalState, InvalidInput, NotFound
from oa_crm.hooks.payloads import StageEntryDecided, StageEntryRequested
from oa_crm.hooks.ports import Reach
from oa_crm.ids import new_id
from oa_crm.models import Member, Project, StageRequest, table_of
from oa_crm.schemas.pipelines import StageRequestIn, StageRequestOut
from oa_crm.services import access
from oa_crm.services.base import Service, must_be, shown, words
from oa_crm.services.piping import courses

KIND = "stage_request"
STATES = ("requested", "granted", "refused", "used")


def request(service: Service, project_id: UUID, wanted: StageRequestIn) -> StageRequestOut:
    """Ask to enter a stage ahead that asks for a grant. Of an open request nobody makes a second."""
    work = service.work
    project, course = courses.with_project(service, project_id, "write")
    must_be("project", project.state, "open")
    asking = [one.key for one in course.between(project.stage, course.keys[-1]) if one.gates.approval]
    if wanted.to not in asking:
        raise InvalidInput.of("to", "no_grant_needed", stage=wanted.to, known=", ".join(asking) or "-")
    if (held := _alive(service, project, wanted.to)) is not None:
        raise IllegalState(kind=KIND, state=held.state, allowed=("refused", "used"))
    id = new_id()
    where = {"project_id": project.id, "pipeline_id": course.id, "stage": wanted.to}
    stamp = {"state": "requested", "requested_at": work.journal.now(), "requested_by": work.scope.actor.id}
    service.add(StageRequest, id=id, **where, **stamp, reason=wanted.reason)
    work.journal.record("projects.ask_entry", KIND, id, {"stage": [project.stage, wanted.to]}, wanted.reason)
    asked = {"requested_by": work.scope.actor.id, "manager_id": _manager(service, project.owner_id)}
    work.journal.emit(StageEntryRequested, **about(project, id, wanted.to), reason=wanted.reason, **asked)
    return read(service, id)


def decide(service: Service, operation: str, id: UUID, state: str, comment: str | None) -> StageRequestOut:
    """Let it in or not. Two who decide at once: the request's own state says who was first."""
    work, asked = service.work, read(service, id)
    access.require(work, "approve", "project")
    if asked.requested_by == work.scope.actor.id:
        raise access.refusal(work, "approve", "project", "nobody grants his own request")
    note = None if comment is None else words("comment", comment, "empty_comment")
    table = table_of(StageRequest)
    mine = and_(_decidable(service), table.c.id == id, table.c.state == "requested")
    stamp = {"decided_at": work.journal.now(), "decided_by": work.scope.actor.id, "comment": note}
    if work.connection.execute(update(table).where(mine).values(state=state, **stamp)).rowcount != 1:
        raise IllegalState(kind=KIND, state=_now(service, id), allowed=("requested",))
    work.journal.record(operation, KIND, id, {"state": ["requested", state]}, note)
    query = service.company_wide(Project).where(table_of(Project).c.id == asked.project_id)
    project = work.connection.execute(query).one()
    facts = {"requested_by": asked.requested_by, "granted": state == "granted", "comment": note}
    work.journal.emit(StageEntryDecided, **about(project, id, asked.stage), **facts)
    return read(service, id)


def read(service: Service, id: UUID) -> StageRequestOut:
    """One request. Raises `NotFound` for those who neither asked nor decide."""
    table = table_of(StageRequest)
    row = service.work.connection.execute(select(table).where(seen(service), table.c.id == id)).one_or_none()
    if row is None:
        raise NotFound(KIND, id)
    return shown(StageRequestOut, row)


def seen(service: Service) -> Any:
    """His own, and those of people whom he may decide for."""
    table, scope = table_of(StageRequest), service.work.scope
    own = and_(table.c.tenant_id == scope.tenant, table.c.requested_by == scope.actor.id)
    return own | _decidable(service)


def about(project: Any, id: UUID, stage: str) -> dict[str, Any]:
    """What both events tell."""
    facts = {"customer_id": project.customer_id, "name": project.name, "owner_id": project.owner_id}
    return {"project_id": project.id, **facts, "entry_id": id, "stage": stage}


def _decidable(service: Service) -> Any:
    table, who = table_of(StageRequest), service.work.who
    reach = service.work.runtime.ports.authorizer.reach(who, "approve", "project")
    if reach is Reach.NONE and not who.is_system:
        return false()
    mine = table.c.tenant_id == who.tenant
    if who.is_system:
        return mine
    people = select(Member.id).where(Member.tenant_id == who.tenant, access.members_within(who, reach))
    return and_(mine, table.c.requested_by.in_(people))


def _alive(service: Service, project: Any, stage: str) -> Any:
    c = table_of(StageRequest).c
    here = and_(c.project_id == project.id, c.pipeline_id == project.pipeline_id, c.stage == stage)
    alive = service.company_wide(StageRequest).where(here, c.state.in_(("requested", "granted")))
    return service.work.connection.execute(alive.with_for_update(read=True)).first()


def _now(service: Service, id: UUID) -> str:
    table = table_of(StageRequest)
    query = service.company_wide(StageRequest, table.c.state).where(table.c.id == id).with_for_update(read=True)
    return str(service.work.connection.scalar(query))


def _manager(service: Service, owner: str) -> str | None:
    table = table_of(Member)
    mine = select(table.c.manager_id).where(table.c.tenant_id == service.work.scope.tenant, table.c.id == owner)
    manager: str | None = service.work.connection.scalar(mine)
    return manager
