"""Teams: who helps with a customer or a project, how long and how far, and whose the credit for a project is."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, or_

from oa_crm.errors import IllegalState, InvalidInput
from oa_crm.models import Customer, Project, TeamSeat, table_of
from oa_crm.schemas import (
    AuditOut,
    CreditIn,
    CreditOut,
    MySeat,
    Page,
    TeamLeaveIn,
    TeamSeatIn,
    TeamSeatOut,
    TeamSeatPatch,
)
from oa_crm.services import access, pages
from oa_crm.services.base import Service, as_id, given, must_be
from oa_crm.services.teaming import activity, credit, seats, telling

_CREDITED = ("open", "won", "lost", "invalid")


class Teams(Service):
    """Seats on teams, and shares of credit.

    To hand out seats and to divide credit takes the right `team` on the thing: its owner has it, and who stands above
    him. A seat gives to read or to write, and nothing else: who helps hands out nothing.
    """

    def join(self, data: TeamSeatIn | dict[str, Any], *, idempotency_key: str | None = None) -> TeamSeatOut:
        """Put a member on the team of a customer or project.

        Raises `invalid_input` for one who is on it, owns it, left or may not do so with things of his own, for a day
        that is over, a role that is none and a full team; `illegal_state` for a customer in a pool, `forbidden` and
        `not_found`. Nobody gives a level that he has not himself.
        """
        wanted = given(TeamSeatIn, data)
        return self.act("teams.join", lambda: self._join(wanted), given=wanted, answer=TeamSeatOut, key=idempotency_key)

    def adjust(
        self, seat_id: UUID, patch: TeamSeatPatch | dict[str, Any], *, idempotency_key: str | None = None
    ) -> TeamSeatOut:
        """Change level, role or last day of a seat: it ends, and the next one begins, with an id of its own.

        Raises `illegal_state` for a seat that ended, also when somebody changed it meanwhile, and what `join` raises.
        """
        wanted = given(TeamSeatPatch, patch)
        return self.act(
            "teams.adjust",
            lambda: self._adjust(as_id(seat_id), wanted),
            given={"seat_id": seat_id, "patch": wanted},
            answer=TeamSeatOut,
            key=idempotency_key,
        )

    def leave(
        self, seat_id: UUID, leave: TeamLeaveIn | dict[str, Any], *, idempotency_key: str | None = None
    ) -> TeamSeatOut:
        """Leave a team, or take somebody off it: a member leaves of his own will, others go by who hands out seats.

        Raises `invalid_input` for who has a share of the project's credit, unless `split` divides it anew without
        him; `illegal_state` for a seat that ended, `stale_version`, `forbidden` and `not_found`.
        """
        wanted = given(TeamLeaveIn, leave)
        return self.act(
            "teams.leave",
            lambda: self._leave(as_id(seat_id), wanted),
            given={"seat_id": seat_id, "leave": wanted},
            answer=TeamSeatOut,
            key=idempotency_key,
        )

    def of(self, kind: str, thing_id: UUID, *, at: datetime | None = None) -> tuple[TeamSeatOut, ...]:
        """The team of a customer or project that the actor sees, now or as it was at a moment; those longest on it
        come first. Raises `not_found`, and `invalid_input` for another kind or a time without zone."""
        thing = self.one(_model(kind), as_id(thing_id))
        now = self.work.journal.now() if at is None else _moment(at)
        c = table_of(TeamSeat).c
        query = seats.with_member(self).where(seats.of_thing(kind, thing.id), seats.holding(now))
        if at is None:
            query = query.where(c.open == 1)
        return tuple(seats.out(row) for row in self.work.connection.execute(query.order_by(c.since, c.id)))

    def history(
        self, kind: str, thing_id: UUID, *, after: str | None = None, limit: int | None = None
    ) -> Page[TeamSeatOut]:
        """Every seat that there was on a thing, the newest first: who joined, by whom, what changed, who left and why.
        Raises `not_found`."""
        thing, table = self.one(_model(kind), as_id(thing_id)), table_of(TeamSeat)
        query = seats.with_member(self).where(seats.of_thing(kind, thing.id))
        rows = pages.newest_first(self.work, query, table, after, limit)
        return pages.page(rows, pages.size(self.work, limit), TeamSeatOut, "newest")

    def mine(self, *, after: str | None = None, limit: int | None = None) -> Page[MySeat]:
        """The actor's seats that give him something now, the newest first."""
        who, seat = self.work.who, table_of(TeamSeat)
        project, customer = table_of(Project), table_of(Customer)
        work_on = and_(
            seat.c.kind == "project", project.c.tenant_id == seat.c.tenant_id, project.c.id == seat.c.thing_id
        )
        at = case((seat.c.kind == "project", project.c.customer_id), else_=seat.c.thing_id)
        of = and_(customer.c.tenant_id == seat.c.tenant_id, customer.c.id == at)
        called = case((seat.c.kind == "project", project.c.name), else_=customer.c.name).label("called")
        held = (seat, called, customer.c.name.label("customer"))
        query = self.company_wide(TeamSeat, *held).select_from(seat.outerjoin(project, work_on).join(customer, of))
        given = or_(seat.c.kind == "project", customer.c.owner_id.is_not(None))
        within = (*access.limits_on(self.work, Customer), *_of_projects(access.limits_on(self.work, Project)))
        query = query.where(seat.c.member_id == who.id, seat.c.open == 1, seats.holding(self.work.journal.now()))
        query = query.where(given, *within)
        rows = pages.newest_first(self.work, query, seat, after, limit)
        return pages.page(rows, pages.size(self.work, limit), MySeat, "newest")

    def activity(
        self, customer_id: UUID, *, member_id: str | None = None, after: str | None = None, limit: int | None = None
    ) -> Page[AuditOut]:
        """What others than its owner did for a customer and what hangs on it, the newest first; of one member if he is
        named. For the owner and who stands above him: raises `forbidden` for others, and `not_found`."""
        return activity.page(self, self.one(Customer, as_id(customer_id), "team"), member_id, after, limit)

    def shares(self, project_id: UUID, *, at: datetime | None = None) -> CreditOut:
        """How the credit of a project is divided, now or at a moment. Raises `not_found`, and `invalid_input` for a
        time without zone."""
        return credit.present(self, self.one(Project, as_id(project_id)), None if at is None else _moment(at))

    def share_history(self, project_id: UUID, *, after: str | None = None, limit: int | None = None) -> Page[CreditOut]:
        """Every division of a project's credit, the newest first. Raises `not_found`."""
        return credit.page(self, self.one(Project, as_id(project_id)), after, limit)

    def set_shares(
        self, project_id: UUID, split: CreditIn | dict[str, Any], *, idempotency_key: str | None = None
    ) -> CreditOut:
        """Divide the credit of a project anew, all of it at once, among its owner and those on its team.

        Raises `invalid_input` for shares that do not sum to exactly 100 or are a stranger's, `stale_version`,
        `illegal_state` for a project that is settled, `forbidden` and `not_found`.
        """
        wanted = given(CreditIn, split)
        return self.act(
            "teams.set_shares",
            lambda: self._set_shares(as_id(project_id), wanted),
            given={"project_id": project_id, "split": wanted},
            answer=CreditOut,
            key=idempotency_key,
        )

    def _join(self, wanted: TeamSeatIn) -> TeamSeatOut:
        thing = self._administered(wanted.kind, wanted.thing_id, wanted.level)
        facts = wanted.model_dump(exclude={"until", "reason"}) | {"until_on": wanted.until}
        self._sound(facts, thing)
        facts["ends_at"] = seats.ends(self.work, wanted.until)
        seats.room(self, wanted.kind, thing.id, wanted.member_id)
        seat = seats.one(self, seats.begin(self, facts, wanted.reason))
        self._record("teams.join", seat, [None, seats.told(facts)], wanted.reason)
        telling.joined(self, seat, thing, wanted.reason)
        return seat

    def _adjust(self, id: UUID, patch: TeamSeatPatch) -> TeamSeatOut:
        row = seats.found(self, id)
        if row.ends_at is not None and row.ends_at <= self.work.journal.now():
            raise IllegalState(kind="team_seat", state="ended", allowed=("open",))
        before = dict(row._mapping)
        wanted = patch.model_dump(exclude_unset=True, exclude={"reason"})
        after = before | {name: value for name, value in wanted.items() if name != "until" and value is not None}
        thing = self._administered(row.kind, row.thing_id, after["level"])
        if "until" in wanted:
            after |= {"until_on": wanted["until"], "ends_at": seats.ends(self.work, wanted["until"])}
        self._sound(after, thing)
        seats.end(self, row, "changed", patch.reason)
        seat = seats.one(self, seats.begin(self, after, patch.reason))
        self._record("teams.adjust", seat, [seats.told(before), seats.told(after)], patch.reason)
        return seat

    def _leave(self, id: UUID, leave: TeamLeaveIn) -> TeamSeatOut:
        row = seats.found(self, id)
        himself = row.member_id == self.work.who.id
        thing = self.one(_model(row.kind), row.thing_id, "read" if himself else "team", lock=True)
        if row.kind == "project":
            self._give_up(row, thing, leave)
        elif leave.split is not None:
            raise InvalidInput.of("split", "no_credit_of_customers")
        seats.end(self, row, "left" if himself else "removed", leave.reason)
        seat = seats.one(self, id)
        self._record("teams.leave", seat, [seats.told(dict(row._mapping)), None], leave.reason)
        telling.left(self, seat, thing, seat.ended_how or "", leave.reason)
        return seat

    def _give_up(self, row: Any, project: Any, leave: TeamLeaveIn) -> None:
        """The credit of who leaves goes to others in the same act, by who may divide it."""
        if leave.split is not None:
            project = self.one(Project, project.id, "team")
            must_be("project", project.state, *_CREDITED)
            credit.set_split(self, "teams.leave", project, leave.split, without=row.member_id)
        elif credit.holds(credit.present(self, project), row.member_id):
            raise InvalidInput.of("split", "has_a_share", member=row.member_id)

    def _set_shares(self, project_id: UUID, wanted: CreditIn) -> CreditOut:
        project = self.one(Project, project_id, "team", lock=True)
        must_be("project", project.state, *_CREDITED)
        return credit.set_split(self, "teams.set_shares", project, wanted)

    def _administered(self, kind: str, id: UUID, level: str) -> Any:
        """The thing, locked, if seats of this level on it are the actor's to give. Nobody gives what he has not."""
        model = _model(kind)
        thing = self.one(model, id, "team", lock=True)
        self.one(model, id, level)
        if thing.owner_id is None:
            raise IllegalState(kind=kind, state="in_pool", allowed=("owned",))
        return thing

    def _sound(self, facts: dict[str, Any], thing: Any) -> None:
        seats.known_role(self.work, facts["role"])
        seats.may_have(self.work, facts["kind"], facts["level"], facts["member_id"], thing.owner_id)

    def _record(self, operation: str, seat: TeamSeatOut, change: list[Any], reason: str | None) -> None:
        self.work.journal.record(operation, seat.kind, seat.thing_id, {"team": change}, reason)


def _of_projects(limits: Iterable[Any]) -> Iterator[Any]:
    return (or_(table_of(TeamSeat).c.kind != "project", one) for one in limits)


def _model(kind: str) -> Any:
    if kind not in seats.MODELS:
        raise InvalidInput.of("kind", "unknown_kind", kind=kind, known=", ".join(seats.MODELS))
    return seats.MODELS[kind]


def _moment(at: datetime) -> datetime:
    if not isinstance(at, datetime) or at.tzinfo is None:
        raise InvalidInput.of("at", "without_time_zone", given=str(at))
    return at
