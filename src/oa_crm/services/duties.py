"""What somebody has to do with a customer: his open plans, the open key issues and needs that he is to see to, and the
strategy that he answers for. Each names him by a column, while it is open.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, literal, select, update

from oa_crm.hooks.payloads import MatterChanged
from oa_crm.models import PREFIX, Base, Matter, Plan, Strategy, table_of
from oa_crm.models.types import text
from oa_crm.services import planned
from oa_crm.services.among import among
from oa_crm.services.strategies import passing
from oa_crm.services.work import Work

Reasons = Callable[[UUID], str | None]


@dataclass(frozen=True, slots=True)
class Duty:
    """Rows of `model` whose column `who` names who is to see to them, as long as `is_open`. One that has `versions` has
    another one for each who answers for it; where a file has `one` alone, another one is set aside."""

    model: type[Base]
    who: str
    is_open: ColumnElement[bool]
    tell: Callable[[Work, Mapping[UUID, str], Reasons], None]
    versions: bool = False
    one: bool = False

    @property
    def table(self) -> Any:
        """Its table."""
        return table_of(self.model)

    @property
    def link(self) -> str:
        """The name of its link to the customer."""
        return f"{self._word}.customer_id"

    @property
    def counted(self) -> str:
        """What those are counted as that change hands."""
        return f"{self._word}.{self.who}"

    @property
    def _word(self) -> str:
        return str(self.table.name).removeprefix(PREFIX)

    def give(self, work: Work, to: Mapping[UUID, str], reason: str | None, *, raised: bool = False) -> None:
        """Give each of these, which are held, to whom it is to be; `raised` is a change of the row as any other. Three
        statements at most."""
        t = self.table
        these = self._these(work, to)
        whose = case(*((among(work, t.c.id, ids), literal(who, text(64))) for who, ids in _by_receiver(to)))
        values: dict[str, Any] = {self.who: whose}
        if raised or self.versions:
            values |= {"updated_at": work.journal.now(), "updated_by": work.scope.actor.id, "version": t.c.version + 1}
        work.connection.execute(update(t).where(these).values(values))
        if self.versions:
            passing.keep_versions(work, these, reason)

    def _these(self, work: Work, ids: Collection[UUID]) -> ColumnElement[bool]:
        return and_(self.table.c.tenant_id == work.scope.tenant, among(work, self.table.c.id, ids))


def _by_receiver(to: Mapping[UUID, str]) -> list[tuple[str, list[UUID]]]:
    return [(who, [id for id, one in to.items() if one == who]) for who in sorted(set(to.values()))]


def _tell_matters(work: Work, former: Mapping[UUID, str], reason: Reasons) -> None:
    for row in _rows(work, Matter, former):
        if row.assignee_id != former[row.id]:
            changes = {row.what: [str(row.id)] * 2, "assignee_id": [former[row.id], row.assignee_id]}
            work.journal.record(f"{row.what}s.hand_on", "customer", row.customer_id, changes, reason(row.id))
            facts = {one: getattr(row, one) for one in ("what", "customer_id", "project_id", "state", "weight")}
            said = {**facts, "assignee_id": row.assignee_id, "change": "handed_on"}
            work.journal.emit(MatterChanged, matter_id=row.id, **said)


def _tell_strategies(work: Work, former: Mapping[UUID, str], reason: Reasons) -> None:
    for row in _rows(work, Strategy, former):
        if row.owner_id != former[row.id]:
            changes = {"owner_id": [former[row.id], row.owner_id], "version": [row.version - 1, row.version]}
            work.journal.record("strategies.hand_on", "strategy", row.id, changes, reason(row.id))


def _rows(work: Work, model: type[Base], ids: Collection[UUID]) -> Any:
    if not ids:
        return ()
    table = table_of(model)
    these = and_(table.c.tenant_id == work.scope.tenant, among(work, table.c.id, ids))
    return work.connection.execute(select(table).where(these).order_by(table.c.id))


PLAN = Duty(Plan, "assignee_id", table_of(Plan).c.state == "planned", planned.tell_handed_on)
MATTER = Duty(
    Matter,
    "assignee_id",
    and_(table_of(Matter).c.what.in_(("issue", "need")), table_of(Matter).c.state == "open"),
    _tell_matters,
)
STRATEGY = Duty(
    Strategy, "owner_id", table_of(Strategy).c.living_customer == 1, _tell_strategies, versions=True, one=True
)
KINDS = (PLAN, MATTER, STRATEGY)


def hand_on(work: Work, customer_id: UUID, former: str, to: str, reason: str) -> None:
    """The customer, which is locked, came from `former` to another owner: so do the issues and needs that he was to see
    to, and the strategy. Plans are told by `planned`."""
    for duty in (MATTER, STRATEGY):
        t = duty.table
        his = and_(t.c.tenant_id == work.scope.tenant, t.c.customer_id == customer_id, t.c[duty.who] == former)
        ids = list(work.connection.scalars(select(t.c.id).where(his, duty.is_open).order_by(t.c.id).with_for_update()))
        if ids:
            duty.give(work, dict.fromkeys(ids, to), reason, raised=True)
            duty.tell(work, dict.fromkeys(ids, former), lambda _: reason)
