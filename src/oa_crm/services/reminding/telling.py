"""Telling: each step of each thing once, to who has it and, where the rules say so, to his manager. Whoever may not see
the customer or lead any more is told nothing of it.

What was told is found by its own unique key, read as committed; a run again tells nothing twice.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from oa_crm.hooks.payloads import CustomerNeglected, FollowUpDue, FollowUpOverdue
from oa_crm.ids import new_id
from oa_crm.models import Base, Customer, Lead, Member, Reminder, table_of
from oa_crm.services import access, people
from oa_crm.services.work import Work


@dataclass(frozen=True, slots=True)
class Step:
    """One reminder to give: of a plan, or of a customer; `name` is a customer's where it is neglected."""

    what: str
    kind: str
    thing_id: UUID
    anchor: datetime
    step: int
    member_id: str
    manager: bool
    customer_id: UUID | None
    lead_id: UUID | None = None
    name: str = ""

    @property
    def model(self) -> type[Base]:
        """What it is about: a customer, or a lead that is none yet."""
        return Lead if self.customer_id is None else Customer

    @property
    def about(self) -> UUID:
        """The id of that."""
        id = self.customer_id or self.lead_id
        assert id is not None
        return id

    @property
    def key(self) -> tuple[UUID, str, datetime, int]:
        """What it is told once by."""
        return self.thing_id, self.what, self.anchor, self.step


def give(work: Work, steps: Sequence[Step]) -> int:
    """Tell those that were not told; how many. As many statements for ten as for ten thousand of the same people."""
    told = _told(work, {one.thing_id for one in steps})
    new = list({one.key: one for one in steps if one.key not in told}.values())
    managers = _managers(work, {one.member_id for one in new if one.manager}) if new else {}
    sees = _seeing(work, new, managers)
    new = [one for one in new if sees(one.member_id, one)]
    if not new:
        return 0
    rows = [_row(work, one, _manager(one, managers, sees)) for one in new]
    work.connection.execute(insert(Reminder), rows)
    for one, row in zip(new, rows, strict=True):
        _emit(work, one, row)
    return len(new)


def _told(work: Work, things: Collection[UUID]) -> set[tuple[Any, ...]]:
    c = table_of(Reminder).c
    mine = (c.tenant_id == work.scope.tenant) & c.thing_id.in_(sorted(things))
    query = select(c.thing_id, c.what, c.anchor, c.step).where(mine)
    # As committed: a snapshot may not show what another run told just before it let us go on.
    return {tuple(row) for row in work.connection.execute(query.with_for_update(read=True))} if things else set()


def _managers(work: Work, members: Iterable[str]) -> dict[str, str | None]:
    c = table_of(Member).c
    mine = (c.tenant_id == work.scope.tenant) & c.id.in_(sorted(members))
    return {row.id: row.manager_id for row in work.connection.execute(select(c.id, c.manager_id).where(mine))}


def _seeing(work: Work, steps: Sequence[Step], managers: Mapping[str, str | None]) -> Callable[[str, Step], bool]:
    """Whether somebody sees what a step is about. A member who left is not asked about: his manager hears of it."""
    about: dict[str, dict[type[Base], set[UUID]]] = defaultdict(lambda: defaultdict(set))
    for one in steps:
        for member in filter(None, (one.member_id, managers.get(one.member_id))):
            about[member][one.model].add(one.about)
    active = people.whos(work, list(about)) if about else {}
    seen = {
        (id, model): access.seen_among(work, model, ids, who)
        for id, who in sorted(active.items())
        for model, ids in about[id].items()
    }
    return lambda member, one: member not in active or one.about in seen[member, one.model]


def _manager(one: Step, managers: Mapping[str, str | None], sees: Callable[[str, Step], bool]) -> str | None:
    manager = managers.get(one.member_id) if one.manager else None
    return manager if manager is not None and sees(manager, one) else None


def _row(work: Work, one: Step, manager: str | None) -> dict[str, Any]:
    told = {name: getattr(one, name) for name in ("what", "kind", "thing_id", "anchor", "step", "member_id")}
    return {"id": new_id(), "tenant_id": work.scope.tenant, **told, "manager_id": manager, "at": work.journal.now()}


def _emit(work: Work, one: Step, row: dict[str, Any]) -> None:
    who = {"manager_id": row["manager_id"]}
    if one.what == "neglected":
        whose = {"customer_id": one.customer_id, "name": one.name, "owner_id": one.member_id}
        work.journal.emit(CustomerNeglected, **whose, **who, days=one.step, since=one.anchor)
        return
    about = {"plan_id": one.thing_id if one.kind == "plan" else None, "customer_id": one.customer_id}
    facts: dict[str, Any] = {
        "reminder_id": row["id"],
        **about,
        "lead_id": one.lead_id,
        "member_id": one.member_id,
        "due": one.anchor,
    }
    if one.what == "due":
        work.journal.emit(FollowUpDue, **facts)
    else:
        work.journal.emit(FollowUpOverdue, **facts, **who, days=one.step)
