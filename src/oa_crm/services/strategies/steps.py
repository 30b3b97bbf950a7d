"""Next steps: numbered once and for good, so that one is the same step in every version; ticked off by entries."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from oa_crm.errors import FieldProblem, IllegalState, InvalidInput
from oa_crm.ids import new_id
from oa_crm.models import Member, Strategy, StrategyMark, table_of
from oa_crm.schemas import StepIn, StrategyOut
from oa_crm.services import access
from oa_crm.services.base import Service, must_be
from oa_crm.services.strategies import reading

Kept = list[dict[str, Any]]


def numbered(service: Service, given: Sequence[StepIn], before: Sequence[Any], last: int) -> tuple[Kept, int]:
    """The list as it is kept, and the highest number that was ever given. Raises `InvalidInput` for a number that is
    no step's or stands twice, and for who is no member."""
    known = {one["no"] for one in before}
    kept: Kept = []
    for at, one in enumerate(given):
        if one.no is None:
            last += 1
        elif one.no not in known:
            raise InvalidInput.of(f"steps.{at}.no", "unknown_step", known=", ".join(map(str, sorted(known))) or "-")
        else:
            known.discard(one.no)
        due = None if one.due_on is None else one.due_on.isoformat()
        kept.append({"no": one.no or last, "what": one.what, "who_id": one.who_id, "due_on": due})
    _members(service, given, {one["who_id"] for one in before})
    return kept, last


def tick(service: Service, id: UUID, step: int, done: bool, note: str | None) -> StrategyOut:
    """Keep a mark on a step, under the strategy's lock."""
    row = service.one(Strategy, id, lock=True)
    must_be("strategy", reading.state(row), "living")
    found = next((one for one in row.steps if one["no"] == step), None)
    if found is None:
        known = ", ".join(str(one["no"]) for one in row.steps)
        raise InvalidInput.of("step", "unknown_step", known=known or "-")
    if found["who_id"] != service.work.scope.actor.id:
        _may_write(service, id)
    if (str(step) in row.ticked) == done:
        state, other = ("done", "open") if done else ("open", "done")
        raise IllegalState(kind="step", state=state, allowed=(other,))
    now, me = service.work.journal.now(), service.work.scope.actor.id
    service.add(StrategyMark, id=new_id(), strategy_id=id, step=step, done=done, note=note, at=now, by=me)
    ticked = {no: mark for no, mark in row.ticked.items() if no != str(step)}
    if done:
        ticked[str(step)] = {"at": now, "by": me}
    _keep(service, id, ticked)
    service.work.journal.record("strategies.tick", "strategy", id, {f"step.{step}": [not done, done]}, note)
    return reading.whole(service, service.one(Strategy, id, lock=True))


def _keep(service: Service, id: UUID, ticked: dict[str, Any]) -> None:
    """Behind the strategy's lock. Not an edit: the version stays, so that a colleague's open form does not go stale."""
    table = table_of(Strategy)
    mine = (table.c.tenant_id == service.work.scope.tenant) & (table.c.id == id)
    service.work.connection.execute(update(table).where(mine).values(ticked=ticked))


def _may_write(service: Service, id: UUID) -> None:
    """Raises `Forbidden` unless the actor may write the strategy that he sees."""
    mine = service.select(Strategy, "write").where(table_of(Strategy).c.id == id)
    if service.work.connection.execute(mine).first() is None:
        raise access.out_of_reach(service.work, "write", "customer")


def _members(service: Service, given: Sequence[StepIn], known: set[str | None]) -> None:
    named = {one.who_id for one in given if one.who_id is not None} - known
    if not named:
        return
    table = table_of(Member)
    there = select(table.c.id).where(
        table.c.tenant_id == service.work.scope.tenant, table.c.id.in_(named), table.c.active.is_(True)
    )
    found = set(service.work.connection.scalars(there))
    problems = [
        FieldProblem.of(f"steps.{at}.who_id", "owner_out_of_reach", owner=one.who_id)
        for at, one in enumerate(given)
        if one.who_id in named - found
    ]
    if problems:
        raise InvalidInput(problems)
