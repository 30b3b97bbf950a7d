"""What becomes of plans by what is done elsewhere: a follow-up that one was for, another owner of the customer or lead.

A plan is done by somebody who may write there. So plans of a former owner go to the one after him, and end where there
is none; each change is told.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, func, select, update

from oa_crm.errors import IllegalState, InvalidInput
from oa_crm.hooks.payloads import PlanChanged
from oa_crm.models import Base, Customer, Lead, Plan, table_of
from oa_crm.services.among import among
from oa_crm.services.base import Service
from oa_crm.services.work import Work


def fits(service: Service, id: UUID, customer_id: UUID | None, lead_id: UUID | None) -> None:
    """Raises `InvalidInput` unless this plan is of that customer or lead, `NotFound` for none that the actor sees."""
    row = service.one(Plan, id, "write")
    of_lead = lead_id is not None and row.customer_id is None and row.lead_id == lead_id
    if not of_lead and (customer_id is None or row.customer_id != customer_id):
        raise InvalidInput.of("plan_id", "plan_of_another")


def done(service: Service, id: UUID, follow_up_id: UUID, operation: str) -> None:
    """This follow-up was what the plan was for. Of two that say so, the second is told `illegal_state`."""
    work, table = service.work, table_of(Plan)
    stamps = {"updated_at": work.journal.now(), "updated_by": work.scope.actor.id, "version": table.c.version + 1}
    open_one = and_(table.c.tenant_id == work.scope.tenant, table.c.id == id, table.c.state == "planned")
    ended = {"state": "done", "remind_at": None, "follow_up_id": follow_up_id, "ended_at": work.journal.now()}
    if work.connection.execute(update(table).where(open_one).values(**ended, **stamps)).rowcount != 1:
        state = work.connection.scalar(
            service.company_wide(Plan, table.c.state).where(table.c.id == id).with_for_update(read=True)
        )
        raise IllegalState(kind="plan", state=str(state), allowed=("planned",))
    row = work.connection.execute(service.company_wide(Plan).where(table.c.id == id)).one()
    tell(work, operation, row, "done", {"plan": [str(id), None]})


def hand_on(service: Service, model: type[Base], id: UUID, former: str | None, to: str) -> None:
    """The customer or lead came from `former` to another owner: what he had planned with it is the other's to do."""
    ids = [row.id for row in _open(service, model, [id]) if row.assignee_id == former]
    _change(service, ids, "plans.hand_on", "handed_on", {"assignee_id": [former, to]}, None, assignee_id=to)


def end(service: Service, model: type[Base], ids: Sequence[UUID], because: str) -> None:
    """Nobody is to follow these customers or leads up any more: their open plans are cancelled. Three statements at
    most, however many plans."""
    end_each(service, [row.id for row in _open(service, model, ids)], because)


def end_each(service: Service, ids: Sequence[UUID], because: str) -> None:
    """These open plans, which are held, are cancelled. Two statements at most."""
    ended = {"state": "cancelled", "remind_at": None, "ended_at": service.work.journal.now(), "ended_because": because}
    _change(service, ids, "plans.cancel", "cancelled", {}, because, **ended)


def _open(service: Service, model: type[Base], ids: Sequence[UUID]) -> Sequence[Any]:
    """Their open plans, held. The customers or leads are locked by whoever asks."""
    c = table_of(Plan).c
    work = service.work
    of_leads = and_(c.customer_id.is_(None), among(work, c.lead_id, ids))
    theirs = among(work, c.customer_id, ids) if model is Customer else of_leads
    query = service.company_wide(Plan, c.id, c.assignee_id).where(theirs, c.state == "planned")
    return work.connection.execute(query.order_by(c.id).with_for_update()).all()


def _change(
    service: Service, ids: Sequence[UUID], operation: str, change: str, changes: dict[str, list[Any]],
    reason: str | None, **values: Any,
) -> None:  # fmt: skip
    if not ids:
        return
    work, table = service.work, table_of(Plan)
    these = and_(table.c.tenant_id == work.scope.tenant, table.c.id.in_(ids))
    stamps = {"updated_at": work.journal.now(), "updated_by": work.scope.actor.id, "version": table.c.version + 1}
    work.connection.execute(update(table).where(these).values(**values, **stamps))
    changed = service.company_wide(Plan).where(these).order_by(table.c.id)
    for row in work.connection.execute(changed):
        after = None if change == "cancelled" else str(row.id)
        tell(work, operation, row, change, {"plan": [str(row.id), after], **changes}, reason)


def tell(
    work: Work, operation: str, row: Any, change: str, changes: dict[str, list[Any]], reason: str | None = None
) -> None:
    """The audit entry, of the customer or lead, and the event."""
    model, about = (Customer, row.customer_id) if row.customer_id is not None else (Lead, row.lead_id)
    work.journal.record(operation, model.KIND, about, changes, reason)
    facts = {field: getattr(row, field) for field in ("customer_id", "lead_id", "project_id", "assignee_id", "way")}
    work.journal.emit(
        PlanChanged,
        plan_id=row.id,
        **facts,
        change=change,
        due_at=row.due_at,
        follow_up_id=row.follow_up_id,
    )


def tell_handed_on(work: Work, former: Mapping[UUID, str], reason: Callable[[UUID], str | None]) -> None:
    """These plans, by id who had each, are another's now: tell of those that are. One statement."""
    if not former:
        return
    table = table_of(Plan)
    these = and_(table.c.tenant_id == work.scope.tenant, among(work, table.c.id, former))
    for row in work.connection.execute(select(table).where(these).order_by(table.c.id)):
        if row.assignee_id != former[row.id]:
            changes = {"plan": [str(row.id)] * 2, "assignee_id": [former[row.id], row.assignee_id]}
            tell(work, "plans.hand_on", row, "handed_on", changes, reason(row.id))


def counts(mine: Any, late: Any, today: Any) -> Any:
    """How many rows of a subquery are late, due today, and there are in all."""

    def of(condition: Any) -> Any:
        return func.sum(case((condition, 1), else_=0))

    return select(of(late).label("late"), of(today).label("today"), func.count().label("every")).select_from(mine)
