"""Versions: the first one, the next ones, the last one. Each is kept whole beside the present."""

from typing import Any
from uuid import UUID

from oa_crm.errors import IllegalState, InvalidInput
from oa_crm.ids import new_id
from oa_crm.models import Strategy, StrategyVersion, table_of
from oa_crm.schemas import StrategyIn, StrategyOut, StrategyRevision
from oa_crm.services import people, subjects
from oa_crm.services.base import Service, must_be
from oa_crm.services.strategies import readers, reading, steps, telling
from oa_crm.services.subjects import Subject

CONTENT = ("owner_id", "goal", "approach", "steps", "review_on")


def write(service: Service, data: StrategyIn) -> StrategyOut:
    """The first version."""
    subject = subjects.held(service, data.customer_id, data.project_id, states=("open",))
    _none_living(service, subject)
    owner = people.new_owner(service.work, "customer", data.owner_id)
    kept, last = steps.numbered(service, data.steps, (), 0)
    content = {
        "owner_id": owner, "goal": data.goal, "approach": data.approach, "steps": kept, "review_on": data.review_on,
    }  # fmt: skip
    id = new_id()
    ids = {"customer_id": subject.customer_id, "project_id": subject.project_id, subject.marker: 1}
    service.add(Strategy, id=id, **ids, **content, last_step=last, ticked={}, **service.stamps())
    changed = tuple(name for name, value in content.items() if value)
    return _keep(service, "strategies.write", id, subject, "written", changed, data.reason)


def revise(service: Service, id: UUID, revision: StrategyRevision) -> StrategyOut:
    """The next version."""
    row, subject = _held(service, id)
    service.fresh(Strategy, row, revision.expected_version)
    must_be("strategy", reading.state(row), "living")
    values, last = _wanted(service, row, revision)
    changes = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not changes:
        raise InvalidInput.of("(all)", "strategy_unchanged")
    service.change(Strategy, row, revision.expected_version, **changes, last_step=last)
    return _keep(service, "strategies.revise", id, subject, "revised", tuple(changes), revision.reason)


def retire(service: Service, id: UUID, reason: str, expected_version: int) -> StrategyOut:
    """The last version."""
    row, subject = _held(service, id)
    service.fresh(Strategy, row, expected_version)
    must_be("strategy", reading.state(row), "living")
    ended = {"ended_at": service.work.journal.now(), "ended_by": service.work.scope.actor.id, "ended_because": reason}
    service.change(Strategy, row, expected_version, **ended, **{subject.marker: None})
    return _keep(service, "strategies.retire", id, subject, "retired", (), reason)


def _held(service: Service, id: UUID) -> tuple[Any, Subject]:
    """A strategy that the actor may write, and what it is about, both locked."""
    seen = service.one(Strategy, id, "write")
    subject = subjects.held(service, None if seen.project_id else seen.customer_id, seen.project_id, states=("open",))
    row = service.one(Strategy, id, "write", lock=True)
    subjects.still_there(seen, row)
    return row, subject


def _none_living(service: Service, subject: Subject) -> None:
    # Behind the customer's lock; a locking read, since an older picture may lack the one that was written meanwhile.
    table = table_of(Strategy)
    about = table.c.customer_id if subject.project_id is None else table.c.project_id
    living = service.company_wide(Strategy, table.c.id).where(about == subject.id, table.c[subject.marker] == 1)
    if service.work.connection.execute(living.with_for_update(read=True)).first():
        raise IllegalState(kind="strategy", state="living", allowed=("retired",))


def _wanted(service: Service, row: Any, revision: StrategyRevision) -> tuple[dict[str, Any], int]:
    values = {name: value for name, value in revision.changes().items() if name in CONTENT}
    if "goal" in values and values["goal"] is None:
        raise InvalidInput.of("goal", "strategy_goal_taken_away")
    if "owner_id" in values:
        values["owner_id"] = people.new_owner(service.work, "customer", values["owner_id"])
    last = row.last_step
    if "steps" in values:
        values["steps"], last = steps.numbered(service, revision.steps, row.steps, row.last_step)
    return values, last


def _keep(
    service: Service, operation: str, id: UUID, subject: Subject, what: str, changed: tuple[str, ...], why: str | None
) -> StrategyOut:
    """Keep the present as a version, and tell of it."""
    table = table_of(Strategy)
    row = service.work.connection.execute(
        service.company_wide(Strategy).where(table.c.id == id).with_for_update(read=True)
    ).one()
    service.add(
        StrategyVersion,
        id=new_id(),
        strategy_id=id,
        number=row.version,
        what=what,
        **{name: getattr(row, name) for name in CONTENT},
        changed=list(changed),
        reason=why,
        at=service.work.journal.now(),
        by=service.work.scope.actor.id,
    )
    managers = readers.ask(service, row)
    telling.changed(service, operation, row, subject, what, changed, managers, why)
    return reading.whole(service, row)
