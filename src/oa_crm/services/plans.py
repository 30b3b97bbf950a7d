"""Plans: follow-ups that are due. One is done by logging the follow-up, in the same act; or it is cancelled.

A customer's next contact is the earliest day of what its latest follow-up said and of its open plans: every verb here
brings it in step.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from oa_crm.errors import InvalidInput
from oa_crm.ids import new_id
from oa_crm.models import Customer, Lead, Plan, Project, table_of
from oa_crm.schemas import Page
from oa_crm.schemas.plans import Agenda, PlanFilter, PlanIn, PlanOut, Rescheduling
from oa_crm.services import cursors, keyset, pages, people, planned, talks
from oa_crm.services.base import Service, as_id, first_facts, given, must_be, shown, words
from oa_crm.services.days import began, day_of

_BY_DUE = keyset.Order("due_at", down=False, parse=cursors.moment)


class Plans(Service):
    """What is due."""

    def plan(self, data: PlanIn | dict[str, Any], *, idempotency_key: str | None = None) -> PlanOut:
        """Plan a follow-up with a customer, or an open lead, whom the actor may write to; for himself or for a member
        within his reach who may write there as well. Raises `not_found`, `forbidden`, `invalid_input`."""
        wanted = given(PlanIn, data)
        return self.act("plans.plan", lambda: self._plan(wanted), given=wanted, answer=PlanOut, key=idempotency_key)

    def reschedule(self, id: UUID, to: Rescheduling | dict[str, Any], *, idempotency_key: str | None = None) -> PlanOut:
        """Give a plan another time, and say why. Raises `stale_version`, `illegal_state` for one that is over."""
        wanted = given(Rescheduling, to)
        return self.act(
            "plans.reschedule",
            lambda: self._reschedule(as_id(id), wanted),
            given={"id": id, "to": wanted},
            answer=PlanOut,
            key=idempotency_key,
        )

    def cancel(self, id: UUID, *, reason: str, expected_version: int, idempotency_key: str | None = None) -> PlanOut:
        """It will not be, and why. Raises `stale_version`, `illegal_state` for one that is over."""
        why = words("reason", reason, "reason_missing")
        return self.act(
            "plans.cancel",
            lambda: self._cancel(as_id(id), why, expected_version),
            given={"id": id, "reason": why, "expected_version": expected_version},
            answer=PlanOut,
            key=idempotency_key,
        )

    def get(self, id: UUID) -> PlanOut:
        """One plan. Raises `not_found`, also for one that the actor may not see."""
        return shown(PlanOut, self.one(Plan, as_id(id)))

    def find(
        self, where: PlanFilter | dict[str, Any] | None = None, *, after: str | None = None, limit: int | None = None
    ) -> Page[PlanOut]:
        """The plans of all customers and leads that the actor may see, the first due first."""
        wanted, table = given(PlanFilter, where or {}), table_of(Plan)
        fields = wanted.model_dump(exclude={"overdue"}, exclude_none=True)
        query = self.select(Plan).where(*(table.c[name] == value for name, value in fields.items()))
        if wanted.overdue:
            query = query.where(table.c.state == "planned", table.c.due_at < self.work.journal.now())
        return self._page(query, "plans", after, limit)

    def agenda(self, *, after: str | None = None, limit: int | None = None) -> Page[PlanOut]:
        """What the actor himself has to do, overdue first, then as it falls due."""
        return self._page(self._mine(), "agenda", after, limit)

    def due(self) -> Agenda:
        """How many plans of his own are overdue, due today, and later."""
        work = self.work
        now = work.journal.now()
        tomorrow = began(work, day_of(work, now) + timedelta(days=1))
        mine = self._mine().subquery()
        late, today = mine.c.due_at < now, (mine.c.due_at >= now) & (mine.c.due_at < tomorrow)
        counted = planned.counts(mine, late, today)
        row = work.connection.execute(counted).one()
        return Agenda(overdue=row.late or 0, today=row.today or 0, later=row.every - (row.late or 0) - (row.today or 0))

    def _mine(self) -> Any:
        table = table_of(Plan)
        return self.select(Plan).where(table.c.assignee_id == self.work.who.id, table.c.state == "planned")

    def _page(self, query: Any, sort: str, after: str | None, limit: int | None) -> Page[PlanOut]:
        size = pages.size(self.work, limit)
        rows = keyset.read(self.work, query, table_of(Plan), sort, _BY_DUE, after, size)
        found: Page[PlanOut] = keyset.page(rows, size, PlanOut, sort, _BY_DUE)
        return found

    def _plan(self, data: PlanIn) -> PlanOut:
        work = self.work
        if (data.customer_id is None) == (data.lead_id is None):
            raise InvalidInput.of("customer_id", "customer_or_lead")
        if data.way not in work.runtime.settings.follow_up_ways:
            known = ", ".join(work.runtime.settings.follow_up_ways)
            raise InvalidInput.of("way", "unknown_way", given=data.way, known=known)
        self._may_be_due(data.due_at)
        about = self._about(data)
        assignee = self._assignee(data, about)
        when = {"due_on": day_of(work, data.due_at), "remind_at": _remind_at(data.due_at, data.remind_before)}
        facts = {**data.model_dump(), "assignee_id": assignee, **when}
        id = new_id()
        self.add(Plan, id=id, **facts, moved=0, state="planned", **self.stamps())
        kept = first_facts({"plan": id, "assignee_id": assignee, "due_at": data.due_at})
        return self._told("plans.plan", id, "planned", kept)

    def _about(self, data: PlanIn) -> Any:
        """The customer or lead, held, so that its next contact follows in order."""
        if data.customer_id is not None:
            row = self.one(Customer, data.customer_id, "write", lock=True)
            if data.project_id is not None and self.one(Project, data.project_id).customer_id != row.id:
                raise InvalidInput.of("project_id", "project_of_another")
            return row
        if data.project_id is not None:
            raise InvalidInput.of("project_id", "project_of_another")
        assert data.lead_id is not None
        row = self.one(Lead, data.lead_id, "write", lock=True)
        must_be("lead", row.state, "new", "following")
        return row

    def _assignee(self, data: PlanIn, about: Any) -> str:
        model = Customer if data.customer_id is not None else Lead
        who = people.new_owner(self.work, model.KIND, data.assignee_id, field="assignee_id")
        if who != self.work.who.id:
            people.works_at(self.work, model, about.id, who, "assignee_id")
        return who

    def _may_be_due(self, due_at: datetime) -> None:
        if due_at <= self.work.journal.now():
            raise InvalidInput.of("due_at", "not_in_the_future")

    def _reschedule(self, id: UUID, to: Rescheduling) -> PlanOut:
        row = self._held(id, to.expected_version)
        self._may_be_due(to.due_at)
        before = row.remind_before if to.remind_before is None else to.remind_before
        when = {"due_on": day_of(self.work, to.due_at), "remind_at": _remind_at(to.due_at, before)}
        values = {"due_at": to.due_at, "remind_before": before, **when}
        self.change(Plan, row, to.expected_version, **values, moved=row.moved + 1)
        changed = {"plan": [str(id), str(id)], "due_at": [row.due_at, to.due_at]}
        return self._told("plans.reschedule", id, "rescheduled", changed, to.reason)

    def _cancel(self, id: UUID, why: str, expected_version: int) -> PlanOut:
        row = self._held(id, expected_version)
        ended = {"state": "cancelled", "remind_at": None, "ended_at": self.work.journal.now(), "ended_because": why}
        self.change(Plan, row, expected_version, **ended)
        return self._told("plans.cancel", id, "cancelled", {"plan": [str(id), None]}, why)

    def _held(self, id: UUID, expected_version: int) -> Any:
        """The plan, its customer or lead locked before it."""
        row = self.one(Plan, id, "write")
        model, about = (Customer, row.customer_id) if row.customer_id is not None else (Lead, row.lead_id)
        self.one(model, about, "write", lock=True)
        row = self.one(Plan, id, "write", lock=True)
        must_be("plan", row.state, "planned")
        self.fresh(Plan, row, expected_version)
        return row

    def _told(
        self, operation: str, id: UUID, change: str, changes: dict[str, list[Any]], reason: str | None = None
    ) -> PlanOut:
        row = self.work.connection.execute(self.company_wide(Plan).where(table_of(Plan).c.id == id)).one()
        if row.customer_id is not None:
            talks.in_step(self.work, row.customer_id)
        planned.tell(self.work, operation, row, change, changes, reason)
        return shown(PlanOut, row)


def _remind_at(due_at: datetime, minutes: int) -> datetime:
    return due_at - timedelta(minutes=minutes)
