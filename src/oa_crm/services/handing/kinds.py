"""What a handover does with a kind of thing: it finds what is held, gives it by one UPDATE, marks it and puts it back.
`owned` and `lists` have the kinds, a line each.

Held is what is to be done by its holder. What is over (a lost project, a finished contract) stays his, and what he said
and made stays his in any case: a handover changes who has a thing, never who wrote it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, false, func, literal, or_, select, update

from oa_crm.models import (
    Base,
    Customer,
    HandoverItem,
    kind_of,
    rights_of,
    table_of,
)
from oa_crm.models.types import PublicId, UtcDateTime, text
from oa_crm.services import access
from oa_crm.services.holding import ledger
from oa_crm.services.work import Work

ITEM = table_of(HandoverItem)
_STAMPS = ("version", "updated_at", "updated_by")


@dataclass(frozen=True)
class Run:
    """One handover that is executed or undone."""

    work: Work
    id: UUID
    leaver: str
    receivers: tuple[str, ...] = ()
    clock: str = "restart"
    pool_id: UUID | None = None
    reason: str | None = None
    gone: bool = False
    """Whether the leaver is no active member any more."""

    def items(self, *kinds: str) -> ColumnElement[bool]:
        """The condition for its items of some kinds."""
        mine = and_(ITEM.c.tenant_id == self.work.scope.tenant, ITEM.c.handover_id == self.id)
        return and_(mine, or_(false(), *(ITEM.c.kind == one for one in kinds)))

    @property
    def stamps(self) -> dict[str, Any]:
        """Who changes a row, and when."""
        return {"updated_at": self.work.journal.now(), "updated_by": self.work.scope.actor.id}

    @property
    def name_mark(self) -> str:
        """What tells a thing from one of the same name at its receiver."""
        return f" · {str(self.id)[-12:]}"


@dataclass(frozen=True, kw_only=True)
class HeldKind:
    """Rows of `model` whose column `owner` names who holds them, while they are in one of `states`.

    A thing goes with the customer or lead that it `follows` when that goes to somebody. One that `ends` never goes
    without it: it stays with one that stays, and ends with one that goes into a pool (`closing`). `free` ones may
    belong to nobody; for one that `needs_right` whoever receives it must be allowed to write such things. `keeps` are
    further columns of an item, by their names.
    """

    model: type[Base]
    title: str
    owner: str = "owner_id"
    state: str = "state"
    states: tuple[str, ...] = ()
    follows: tuple["HeldKind", ...] = ()
    ends: bool = False
    free: bool = False
    needs_right: bool = True
    keeps: tuple[str, ...] = ()

    @property
    def rights(self) -> str:
        """The kind whose rights its holder needs."""
        return rights_of(self.model)

    @property
    def name(self) -> str:
        """The word for the kind."""
        return kind_of(self.model)

    @property
    def table(self) -> Any:
        """Its table."""
        return table_of(self.model)

    def held(self, work: Work, leaver: str, *, every: bool = False) -> Select[Any]:
        """What the leaver holds within the actor's limits, as the columns that a split and an item need; with `every`
        also what those keep from him."""
        t = self.table
        region, level, joined = self._placed()
        columns = [t.c.id.label("thing_id"), self._customer(t).label("customer_id"), self.of(t).label("with_id"),
                   region.label("region"), level.label("level"), t.c[self.title].label("title")]  # fmt: skip
        mine = [
            t.c.tenant_id == work.scope.tenant,
            *self._his(leaver),
            *(() if every else within_limits(work, self.model)),
        ]
        return select(*columns, *(t.c[name] for name in _STAMPS), *self.more()).select_from(joined).where(*mine)

    def more(self) -> list[Any]:
        """Further columns that an item keeps, under its names."""
        return []

    def renamed(self, sub: Any, receiver: Any, work: Work) -> ColumnElement[Any] | None:
        """What the item keeps of what else is changed, or None."""
        return None

    def give(self, run: Run) -> int:
        """Give every item to its receiver, if it is as the item says; how many were."""
        t = self.table
        same = and_(self._joined(run), *self._his(run.leaver), t.c.version == ITEM.c.version)
        values = {t.c[self.owner]: ITEM.c.receiver_id, t.c.version: t.c.version + 1, **self._set(run)}
        stamps = {t.c[name]: value for name, value in run.stamps.items()}
        return int(run.work.connection.execute(update(t).where(same).values({**values, **stamps})).rowcount)

    def mark(self, run: Run) -> None:
        """Mark the items that are still where the handover put them."""
        still = and_(self._joined(run), self.still(run))
        edited = case((self.table.c.version == ITEM.c.version + 1, 1), else_=2)
        run.work.connection.execute(update(ITEM).where(still).values({ITEM.c.put_back: edited}))

    def put_back(self, run: Run) -> None:
        """Give the marked items back, with the stamps of those that nobody edited since."""
        t, now = self.table, run.stamps
        as_left = ITEM.c.put_back == 1
        stamps = {t.c[name]: case((as_left, ITEM.c[name]), else_=literal(now[name], t.c[name].type)) for name in now}
        values = {t.c[self.owner]: self._former(run), t.c.version: t.c.version + 1, **self._reset(run)}
        marked = and_(self._joined(run), ITEM.c.put_back.is_not(None))
        run.work.connection.execute(update(t).where(marked).values({**values, **stamps}))

    def told(self, run: Run, receiver: str | None) -> dict[str, list[Any]]:
        """What the audit says of one that `receiver` got."""
        return {self.owner: [run.leaver, receiver]}

    def _set(self, run: Run) -> dict[Any, Any]:
        return {}

    def _reset(self, run: Run) -> dict[Any, Any]:
        return {}

    def _former(self, run: Run) -> Any:
        """Whose it was."""
        return literal(run.leaver, text(64))

    def still(self, run: Run) -> Any:
        """Whether a thing is with its receiver, and still to be done: what was done or decided since is his."""
        there = self.table.c[self.owner].is_not_distinct_from(ITEM.c.receiver_id)
        return and_(there, self.table.c[self.state].in_(self.states)) if self.states else there

    def _joined(self, run: Run) -> ColumnElement[bool]:
        t = self.table
        return and_(t.c.tenant_id == run.work.scope.tenant, t.c.id == ITEM.c.thing_id, run.items(self.name))

    def _his(self, leaver: str) -> Iterator[ColumnElement[bool]]:
        yield self.table.c[self.owner] == leaver
        if self.states:
            yield self.table.c[self.state].in_(self.states)

    def _customer(self, t: Any) -> ColumnElement[Any]:
        return t.c.customer_id if "customer_id" in t.c else literal(None, PublicId())

    def of(self, t: Any) -> ColumnElement[Any]:
        """The id of what it follows."""
        return self._customer(t)

    def _placed(self) -> tuple[Any, Any, Any]:
        """Region, level, and where they come from: its own columns, or its customer's."""
        t, c = self.table, table_of(Customer)
        if "region" in t.c:
            return t.c.region, t.c.level if "level" in t.c else literal(None, text(20)), t
        if "customer_id" not in t.c:
            return literal(None, text(60)), literal(None, text(20)), t
        of_thing = and_(c.c.tenant_id == t.c.tenant_id, c.c.id == t.c.customer_id)
        return c.c.region, c.c.level, t.outerjoin(c, of_thing)


def within_limits(work: Work, model: type[Base]) -> list[ColumnElement[bool]]:
    """What keeps things of a kind, and what is at customers that are kept, from who hands over: he neither sees nor
    moves it."""
    own, t, c = access.limits_on(work, model), table_of(model), table_of(Customer)
    at_customers = access.limits_on(work, Customer) if model is not Customer and "customer_id" in t.c else []
    if not at_customers:
        return own
    theirs = select(c.c.id).where(c.c.tenant_id == work.scope.tenant, *at_customers)
    return [*own, or_(t.c.customer_id.is_(None), t.c.customer_id.in_(theirs))]


class Customers(HeldKind):
    """Customers: their ledger gets a beginning each, and their clock is set as the handover says."""

    def told(self, run: Run, receiver: str | None) -> dict[str, list[Any]]:
        pooled = {} if receiver is not None else {"pool_id": [None, str(run.pool_id)]}
        return {**super().told(run, receiver), **pooled}

    def more(self) -> list[Any]:
        c = self.table.c
        return [c.owner_since.label("since"), *(c[name] for name in self.keeps if name != "since")]

    def _customer(self, t: Any) -> ColumnElement[Any]:
        return t.c.id  # type: ignore[no-any-return]

    def _his(self, leaver: str) -> Iterator[ColumnElement[bool]]:
        yield from super()._his(leaver)
        yield self.table.c.merged_into.is_(None)

    def _set(self, run: Run) -> dict[Any, Any]:
        c = self.table.c
        turned = {c[name]: value for name, value in ledger.turned(run.work).items()}
        kept = func.coalesce(ITEM.c.clock_from, ITEM.c.since)
        clock = {} if run.clock == "restart" else {c.clock_from: kept}
        return {c.pool_id: ITEM.c.pool_id, **turned, **clock, **self._next_contact(None)}

    def still(self, run: Run) -> Any:
        c = self.table.c
        there = and_(super().still(run), c.pool_id.is_not_distinct_from(ITEM.c.pool_id))
        return and_(there, c.owner_no == ITEM.c.owner_no + 1, c.merged_into.is_(None))

    def _reset(self, run: Run) -> dict[Any, Any]:
        c = self.table.c
        turned = {c[name]: value for name, value in ledger.turned(run.work).items()}
        # He was warned of a deadline that is still to come; of one that passed meanwhile he is warned anew.
        to_come = ITEM.c.warned_for > literal(run.work.journal.now(), UtcDateTime())
        warned = {
            c[name]: case((to_come, ITEM.c[name]), else_=None) for name in ("warned_for", "warned_days", "warned_at")
        }
        anew = self._next_contact(ITEM.c.next_contact_on)
        return {
            c.pool_id: None,
            **turned,
            **warned,
            **anew,
            c.locked_at: ITEM.c.locked_at,
            c.clock_from: func.coalesce(ITEM.c.clock_from, ITEM.c.since),
        }

    def _next_contact(self, day: Any) -> dict[Any, Any]:
        """Nobody calls a customer in the pool: what was said of the next contact and planned is over."""
        next_on = self.table.c.next_contact_on
        return {next_on: case((ITEM.c.receiver_id.is_(None), day), else_=next_on)}


CUSTOMER = Customers(
    model=Customer,
    title="name",
    free=True,
    keeps=("owner_no", "since", "clock_from", "locked_at", "warned_for", "warned_days", "warned_at", "next_contact_on"),
)
