"""A conversation is recorded: what was said, who took part, where it was. One row, written once."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import or_

from oa_crm.errors import FieldProblem, InvalidInput
from oa_crm.hooks.payloads import FollowUpLogged, LeadFollowedUp
from oa_crm.ids import new_id
from oa_crm.models import Customer, FollowUp, FollowUpContact, Member, Post, Project, table_of
from oa_crm.schemas import FollowUpIn, FollowUpOut
from oa_crm.services import planned, talks
from oa_crm.services.base import Service, first_facts
from oa_crm.services.leads import talking, telling
from oa_crm.services.work import Work


def log(service: Service, entry: FollowUpIn) -> FollowUpOut:
    """Everything that `followups.log` does, in its savepoint."""
    work = service.work
    now = work.journal.now()
    happened_at = entry.happened_at or now
    _fits(work, entry, happened_at, now)
    there = {name: list(getattr(entry, name)) or None for name in ("members", "met")}
    facts = {**entry.model_dump(exclude={"plan_id"}), **there, "happened_at": happened_at}
    row = {**facts, "id": new_id(), "created_at": now, "created_by": work.scope.actor.id}
    # First the row that others may hold too, then the one that refers to it: else two wait for each other.
    lead = _touch(service, entry, happened_at)
    if entry.plan_id is not None:
        planned.fits(service, entry.plan_id, entry.customer_id, entry.lead_id)
    _were_there(service, entry, happened_at)
    service.add(FollowUp, **row)
    service.add_many(
        FollowUpContact, [{"contact_id": one, "follow_up_id": row["id"]} for one in dict.fromkeys(entry.met)]
    )
    kind, about = ("customer", entry.customer_id) if entry.customer_id else ("lead", entry.lead_id)
    work.journal.record("followups.log", kind, str(about), first_facts({"follow_up": row["id"]}))
    _tell(work, entry, row["id"], lead)
    if entry.plan_id is not None:
        planned.done(service, entry.plan_id, row["id"], "followups.log")
        if entry.customer_id is not None:
            talks.in_step(work, entry.customer_id)
    return FollowUpOut.model_validate(row)


def _fits(work: Work, entry: FollowUpIn, happened_at: datetime, now: datetime) -> None:
    """What can be said of the entry alone."""
    settings, wrong = work.runtime.settings, list[FieldProblem]()
    if happened_at > now:
        wrong.append(FieldProblem.of("happened_at", "in_the_future"))
    if entry.ended_at is not None and not happened_at <= entry.ended_at <= now:
        wrong.append(FieldProblem.of("ended_at", "ends_when_it_cannot"))
    if (entry.customer_id is None) == (entry.lead_id is None):
        wrong.append(FieldProblem.of("customer_id", "customer_or_lead"))
    if entry.way not in settings.follow_up_ways:
        known = ", ".join(settings.follow_up_ways)
        wrong.append(FieldProblem.of("way", "unknown_way", given=entry.way, known=known))
    if entry.result is not None and entry.result not in settings.follow_up_results:
        known = ", ".join(settings.follow_up_results)
        wrong.append(FieldProblem.of("result", "unknown_result", given=entry.result, known=known))
    if (entry.latitude is None) != (entry.longitude is None):
        wrong.append(FieldProblem.of("latitude" if entry.latitude is None else "longitude", "half_a_point"))
    if entry.met and entry.customer_id is None:
        wrong.append(FieldProblem.of("met", "met_at_no_customer"))
    if wrong:
        raise InvalidInput(wrong)


def _touch(service: Service, entry: FollowUpIn, happened_at: datetime) -> Any:
    if entry.customer_id is not None:
        service.one(Customer, entry.customer_id, "write")
        _project_of_customer(service, entry)
        return talks.touch(service.work, entry.customer_id, happened_at, entry.next_contact_on, entry.plan_id)
    if entry.project_id is not None:
        raise InvalidInput.of("project_id", "project_of_another")
    assert entry.lead_id is not None
    return talking.talked(service, entry.lead_id, happened_at)


def _project_of_customer(service: Service, entry: FollowUpIn) -> None:
    if entry.project_id is not None:
        project = service.one(Project, entry.project_id)
        if project.customer_id != entry.customer_id:
            raise InvalidInput.of("project_id", "project_of_another")


def _were_there(service: Service, entry: FollowUpIn, happened_at: datetime) -> None:
    """Raises `InvalidInput` for somebody who is no member of ours, and for who did not stand at the customer then."""
    work, member, post = service.work, table_of(Member), table_of(Post)
    if entry.members:
        ours = set(
            work.connection.scalars(service.company_wide(Member, member.c.id).where(member.c.id.in_(entry.members)))
        )
        if unknown := [one for one in entry.members if one not in ours]:
            raise InvalidInput.of("members", "no_members", given=", ".join(unknown))
    if entry.met:
        day = happened_at.astimezone(ZoneInfo(work.runtime.settings.time_zone)).date()
        stood = (
            post.c.customer_id == entry.customer_id,
            post.c.contact_id.in_(entry.met),
            or_(post.c.started_on.is_(None), post.c.started_on <= day),
            or_(post.c.ended_on.is_(None), post.c.ended_on >= day),
        )
        there = set(work.connection.scalars(service.company_wide(Post, post.c.contact_id).where(*stood)))
        if set(entry.met) - there:
            raise InvalidInput.of("met", "stood_elsewhere_then")


def _tell(work: Work, entry: FollowUpIn, id: UUID, lead: Any) -> None:
    said = {"follow_up_id": id, "way": entry.way, "next_contact_on": entry.next_contact_on}
    if lead is not None:
        work.journal.emit(LeadFollowedUp, **telling.facts(lead), **said)
    else:
        work.journal.emit(FollowUpLogged, customer_id=entry.customer_id, project_id=entry.project_id, **said)
