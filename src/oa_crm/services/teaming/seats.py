"""Seats as rows: which hold at a moment, how one begins and how one ends. A seat is never altered.

Whoever writes here holds the customer's or project's row.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.exc import IntegrityError

from oa_crm.errors import IllegalState, InvalidInput, NotFound
from oa_crm.hooks.ports import Reach
from oa_crm.ids import new_id
from oa_crm.models import Customer, Member, Project, TeamSeat, table_of
from oa_crm.schemas import TeamSeatOut, WorkingCalendar
from oa_crm.services.base import Service
from oa_crm.services.protection.calendars import Days
from oa_crm.services.work import Work, who_is

MODELS = {"customer": Customer, "project": Project}
KEPT = ("kind", "thing_id", "member_id", "level", "role", "until_on", "ends_at")


def holding(now: Any) -> ColumnElement[bool]:
    """The seats that give something at a moment, which may be past. The tenant is the caller's part."""
    c = table_of(TeamSeat).c
    begun = and_(c.since <= now, or_(c.ended_at.is_(None), c.ended_at > now))
    return and_(begun, or_(c.ends_at.is_(None), c.ends_at > now))


def with_member(service: Service, *more: Any) -> Any:
    """Seats with whether their member is still there."""
    seat, member = table_of(TeamSeat), table_of(Member)
    theirs = and_(member.c.tenant_id == seat.c.tenant_id, member.c.id == seat.c.member_id)
    active = func.coalesce(member.c.active, False).label("active")
    return service.company_wide(TeamSeat, seat, active, *more).select_from(seat.outerjoin(member, theirs))


def of_thing(kind: str, id: Any) -> ColumnElement[bool]:
    """The seats on one customer or project."""
    c = table_of(TeamSeat).c
    return and_(c.kind == kind, c.thing_id == id)


def out(row: Any) -> TeamSeatOut:
    return TeamSeatOut(**{name: getattr(row, name) for name in TeamSeatOut.model_fields})


def one(service: Service, id: UUID) -> TeamSeatOut:
    """A seat as it is now."""
    return out(service.work.connection.execute(with_member(service).where(table_of(TeamSeat).c.id == id)).one())


def found(service: Service, id: UUID) -> Any:
    """A seat on a thing that the actor sees. Raises `NotFound`."""
    query = service.company_wide(TeamSeat).where(table_of(TeamSeat).c.id == id)
    row = service.work.connection.execute(query).one_or_none()
    if row is None:
        raise NotFound("team_seat", id)
    try:
        service.one(MODELS[row.kind], row.thing_id)
    except NotFound:
        raise NotFound("team_seat", id) from None
    return row


def ends(work: Work, until: date | None) -> datetime | None:
    """The end of a day in the company. Raises `InvalidInput` for one that is over."""
    if until is None:
        return None
    end: datetime = Days(work.runtime.settings.time_zone, WorkingCalendar()).end(until)
    if end <= work.journal.now():
        raise InvalidInput.of("until", "until_is_over", until=until.isoformat())
    return end


def may_have(work: Work, kind: str, level: str, member: str, owner: str | None) -> None:
    """Raises `InvalidInput` for whom a seat would give nothing: the owner, who left, or whose post gives him no such
    right with things of his own."""
    if member == owner:
        raise InvalidInput.of("member_id", "owner_needs_no_seat", member=member)
    c = table_of(Member).c
    there = select(c.id).where(c.tenant_id == work.scope.tenant, c.id == member, c.active.is_(True))
    if work.connection.execute(there).first() is None:
        raise InvalidInput.of("member_id", "no_such_member", member=member)
    who = who_is(work.connection, work.scope.tenant, member).who
    if who.external or work.runtime.ports.authorizer.reach(who, level, kind) is Reach.NONE:
        raise InvalidInput.of("level", "seat_beyond_post", member=member, level=level, kind=kind)


def known_role(work: Work, role: str) -> None:
    """Raises `InvalidInput` for a role that the company does not have."""
    known = work.runtime.settings.team_roles
    if role not in known:
        raise InvalidInput.of("role", "unknown_team_role", role=role, known=", ".join(known))


def begin(service: Service, facts: Mapping[str, Any], reason: str | None) -> UUID:
    """A seat begins; nobody has two on one thing. Raises `InvalidInput`."""
    id, work = new_id(), service.work
    kept = {name: facts[name] for name in KEPT}
    try:
        with work.connection.begin_nested():
            service.add(
                TeamSeat, id=id, **kept, open=1, since=work.journal.now(), by_id=work.scope.actor.id, reason=reason
            )
    except IntegrityError:
        raise InvalidInput.of("member_id", "on_the_team", member=facts["member_id"]) from None
    work.seats_changed()
    return id


def end(service: Service, row: Any, how: str, reason: str | None, *, at: datetime | None = None) -> None:
    """A seat ends. Of two who end it one does; the other raises `IllegalState`."""
    work, table = service.work, table_of(TeamSeat)
    # A clock that was set back makes an interval of no length, never one that ends before it began.
    now = max(at or work.journal.now(), row.since)
    still = and_(table.c.tenant_id == work.scope.tenant, table.c.id == row.id, table.c.open == 1)
    said = {"ended_at": now, "ended_by": work.scope.actor.id, "ended_how": how, "ended_because": reason}
    if work.connection.execute(update(table).where(still).values(open=None, **said)).rowcount != 1:
        raise IllegalState(kind="team_seat", state="ended", allowed=("open",))
    work.seats_changed()


def room(service: Service, kind: str, thing_id: UUID, member: str) -> None:
    """Makes room for a seat: one that ran out is ended as what it is. Raises `InvalidInput` where there is none."""
    work, c = service.work, table_of(TeamSeat).c
    team = list(work.connection.execute(service.company_wide(TeamSeat).where(of_thing(kind, thing_id), c.open == 1)))
    now, mine = work.journal.now(), next((row for row in team if row.member_id == member), None)
    if mine is not None:
        if mine.ends_at is None or mine.ends_at > now:
            raise InvalidInput.of("member_id", "on_the_team", member=member)
        end(service, mine, "expired", None, at=mine.ends_at)
    most = work.runtime.settings
    if sum(row.ends_at is None or row.ends_at > now for row in team) >= most.team_size:
        raise InvalidInput.of("member_id", "team_is_full", most=most.team_size)
    his = service.company_wide(TeamSeat, func.count()).where(c.member_id == member, c.open == 1)
    if (work.connection.scalar(his) or 0) >= most.seats_at_most:
        raise InvalidInput.of("member_id", "too_many_seats", member=member, most=most.seats_at_most)


def told(facts: Mapping[str, Any]) -> str:
    """A seat in the words of the audit."""
    until = "" if facts["until_on"] is None else f", until {facts['until_on'].isoformat()}"
    return f"{facts['member_id']}: {facts['level']}, {facts['role']}{until}"
