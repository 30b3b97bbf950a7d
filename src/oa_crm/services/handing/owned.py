"""What somebody can hold by a column that names him: one line a kind. Whatever has such a column joins by its line."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select

from oa_crm.models import (
    Contract,
    HelpRequest,
    Lead,
    Matter,
    Plan,
    Project,
    Strategy,
    View,
    table_of,
)
from oa_crm.models.types import PublicId, text
from oa_crm.services.handing.kinds import CUSTOMER, ITEM, HeldKind, Run
from oa_crm.services.strategies import passing
from oa_crm.services.work import Work


class Views(HeldKind):
    """Saved views. One whose name its receiver has given already gets a mark behind its name."""

    def renamed(self, sub: Any, receiver: Any, work: Work) -> ColumnElement[Any] | None:
        theirs = self.table.alias("theirs")
        taken = and_(
            theirs.c.tenant_id == work.scope.tenant, theirs.c.owner_id == receiver, theirs.c.name == sub.c.title
        )
        there = select(theirs.c.id).where(taken).exists()
        return case((there, sub.c.title), else_=literal(None, text(100)))

    def _set(self, run: Run) -> dict[Any, Any]:
        return {self.table.c.name: func.coalesce(self._marked(run), self.table.c.name)}

    def _reset(self, run: Run) -> dict[Any, Any]:
        return {self.table.c.name: self._named(run)}

    def still(self, run: Run) -> Any:
        """Unless the leaver gave its name to another one since."""
        his = self.table.alias("his")
        taken = and_(
            his.c.tenant_id == run.work.scope.tenant, his.c.owner_id == run.leaver, his.c.name == self._named(run)
        )
        return and_(super().still(run), ~select(his.c.id).where(taken).correlate(self.table, ITEM).exists())

    def _named(self, run: Run) -> ColumnElement[Any]:
        """The name that it had, unless it was given another one since."""
        name = self.table.c.name
        return case((and_(ITEM.c.kept.is_not(None), name == self._marked(run)), ITEM.c.kept), else_=name)

    def _marked(self, run: Run) -> ColumnElement[Any]:
        return func.substr(ITEM.c.kept, 1, 80, type_=text(100)).concat(run.name_mark)


class Duties(HeldKind):
    """What who has the customer or lead is to see to. It goes back unless that does not: who has that now is to see to
    it."""

    def still(self, run: Run) -> Any:
        return and_(super().still(run), self._with_what_it_is_of(run))

    def _with_what_it_is_of(self, run: Run) -> ColumnElement[bool]:
        """What it is of goes back, or never went."""
        given, of = ITEM.alias("given"), self.of(self.table)
        of_run = and_(given.c.tenant_id == run.work.scope.tenant, given.c.handover_id == run.id)
        there = select(given.c.thing_id).where(of_run, given.c.kind.in_((CUSTOMER.name, LEAD.name)))
        went = there.where(or_(given.c.thing_id == of, given.c.thing_id.in_(self._before())))
        back = there.where(given.c.thing_id == of, given.c.put_back.is_not(None))
        went_along, goes_back = (one.correlate(self.table, ITEM).exists() for one in (went, back))
        return or_(goes_back, ~went_along)

    def _before(self) -> tuple[Any, ...]:
        """What it was of when it was given."""
        return (ITEM.c.customer_id,)


class Plans(Duties):
    """What he planned, of customers and of leads."""

    def of(self, t: Any) -> ColumnElement[Any]:
        return func.coalesce(t.c.customer_id, t.c.lead_id, type_=PublicId())

    def _before(self) -> tuple[Any, ...]:
        return (*super()._before(), self.table.c.lead_id)


class Matters(Duties):
    """Key issues and needs that he is to see to."""

    def _his(self, leaver: str) -> Iterator[ColumnElement[bool]]:
        yield self.table.c.what.in_(("issue", "need"))  # its index leads with them
        yield from super()._his(leaver)


class Helping(HeldKind):
    """Requests for help that wait for him: that he took up, or that are asked of him by name. Whom it was asked of
    stays on the request; who helps is `helper_id`."""

    def more(self) -> list[Any]:
        return [self.table.c.helper_id.label("kept")]

    def _his(self, leaver: str) -> Iterator[ColumnElement[bool]]:
        t = self.table.c
        asked = and_(t.helper_id.is_(None), t.to_kind == "member", t.to_id == leaver)
        yield or_(t.helper_id == leaver, asked)
        yield t.state.in_(self.states)

    def _former(self, run: Run) -> Any:
        return ITEM.c.kept


class Leading(Duties):
    """Strategies that he answers for, as long as they can be revised. Who has it now is its next version, and whoever
    had not acknowledged the one before is asked for this one."""

    def give(self, run: Run) -> int:
        given = super().give(run)
        self._write_version(run, run.items(self.name))
        return given

    def put_back(self, run: Run) -> None:
        super().put_back(run)
        self._write_version(run, and_(run.items(self.name), ITEM.c.put_back.is_not(None)))

    def _his(self, leaver: str) -> Iterator[ColumnElement[bool]]:
        yield from super()._his(leaver)
        yield self._revised()

    def still(self, run: Run) -> Any:
        return and_(super().still(run), self._revised())

    def _with_what_it_is_of(self, run: Run) -> ColumnElement[bool]:
        """Of a project it goes with who has that, whoever has the customer."""
        return or_(self.table.c.project_id.is_not(None), super()._with_what_it_is_of(run))

    def _revised(self) -> ColumnElement[bool]:
        s, p = self.table, table_of(Project)
        is_open = select(p.c.id).where(p.c.tenant_id == s.c.tenant_id, p.c.id == s.c.project_id, p.c.state == "open")
        return and_(s.c.ended_at.is_(None), or_(s.c.project_id.is_(None), is_open.correlate(s).exists()))

    def _write_version(self, run: Run, items: ColumnElement[bool]) -> None:
        s = self.table
        these = and_(s.c.tenant_id == run.work.scope.tenant, s.c.id == ITEM.c.thing_id, items)
        passing.keep_versions(run.work, these, run.reason)


LEAD = HeldKind(model=Lead, title="company_name", states=("new", "following"), free=True)
_AT = (CUSTOMER,)

OWNED: tuple[HeldKind, ...] = (
    CUSTOMER,
    LEAD,
    HeldKind(model=Project, title="name", states=("open", "won"), follows=_AT),
    HeldKind(model=Contract, title="title", states=("draft", "in_approval", "rejected", "approved"), follows=_AT),
    Plans(model=Plan, title="purpose", owner="assignee_id", states=("planned",), follows=(CUSTOMER, LEAD), ends=True),
    Matters(model=Matter, title="words", owner="assignee_id", states=("open",), follows=_AT),
    Leading(model=Strategy, title="goal", follows=_AT),
    Helping(model=HelpRequest, title="title", owner="helper_id", states=("asked", "accepted"), needs_right=False),
    Views(model=View, title="name", needs_right=False),
)
"""Customers and leads first: what follows them goes after them."""
