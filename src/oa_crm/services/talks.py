"""What a customer's row keeps of what was said to it: when last, and when next.

The next contact is the earliest day of what the latest follow-up said and of the open plans. What was said before the
customer last lay in a pool says nothing of it: whoever has it since begins anew. Shared by follow-ups, plans, imports
and conversion.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, and_, bindparam, case, exists, func, select, update

from oa_crm.models import Customer, FollowUp, Ownership, Plan, table_of
from oa_crm.services.latest import OF_CUSTOMER, by_index
from oa_crm.services.work import Work


def touch(
    work: Work, customer_id: UUID, happened_at: datetime, next_contact_on: date | None, closing: UUID | None = None
) -> None:
    """Keep a talk of that time, unless a later one is kept. `closing` is a plan that it was for.

    Not an edit: the version stays, so that a colleague's open form does not go stale by a phone call.
    It writes in any case: the row's lock is what puts the customer's events in order.
    """
    table = table_of(Customer)
    mine = (table.c.tenant_id == work.scope.tenant) & (table.c.id == customer_id)
    later = table.c.last_follow_up_at > happened_at
    said = bindparam("next", next_contact_on, Date)
    plans = _first_planned(work, customer_id, closing)
    next_contact = case((later, table.c.next_contact_on), else_=_earliest(said, plans))
    latest = case((later, table.c.last_follow_up_at), else_=happened_at)
    # In this order: MariaDB works out each value from those that it has set before.
    told = (table.c.next_contact_on, next_contact), (table.c.last_follow_up_at, latest)
    work.connection.execute(update(table).where(mine).ordered_values(*told))


def in_step(work: Work, customer_id: UUID) -> None:
    """Bring the next contact in step with the latest follow-up and the open plans."""
    table, talk = table_of(Customer), table_of(FollowUp)
    theirs = (talk.c.tenant_id == work.scope.tenant) & (talk.c.customer_id == customer_id)
    mine = (table.c.tenant_id == work.scope.tenant) & (table.c.id == customer_id)
    earliest = _earliest(_latest_said(theirs), _first_planned(work, customer_id))
    work.connection.execute(update(table).where(mine).values(next_contact_on=earliest))


def catch_up_many(work: Work, ids: Sequence[UUID]) -> None:
    """Keep the latest of what was said to each of these customers, and bring their next contacts in step."""
    table, talk, plan = table_of(Customer), table_of(FollowUp), table_of(Plan)
    theirs = (talk.c.tenant_id == table.c.tenant_id) & (talk.c.customer_id == table.c.id)
    said = select(func.max(talk.c.happened_at)).where(theirs).scalar_subquery()
    open_ones = (plan.c.tenant_id == table.c.tenant_id) & (plan.c.customer_id == table.c.id)
    planned = select(func.min(plan.c.due_on)).where(open_ones, plan.c.state == "planned").scalar_subquery()
    kept = case((table.c.last_follow_up_at > said, table.c.last_follow_up_at), else_=said)
    mine = (table.c.tenant_id == work.scope.tenant) & table.c.id.in_(ids)
    told = {"next_contact_on": _earliest(_latest_said(theirs), planned), "last_follow_up_at": kept}
    work.connection.execute(update(table).where(mine).values(**told))


def _latest_said(theirs: Any) -> Any:
    """The next contact by the latest of these follow-ups; none where the customer lay in a pool after it."""
    talk, lay = table_of(FollowUp), table_of(Ownership)
    its_own = and_(lay.c.tenant_id == talk.c.tenant_id, lay.c.customer_id == talk.c.customer_id)
    pooled_since = exists().where(its_own, lay.c.owner_id.is_(None), lay.c.since > talk.c.happened_at)
    said = select(talk.c.next_contact_on).where(theirs, ~pooled_since)
    latest = said.order_by(talk.c.happened_at.desc(), talk.c.id.desc()).limit(1)
    return by_index(latest, talk, OF_CUSTOMER).scalar_subquery()


def _first_planned(work: Work, customer_id: UUID, without: UUID | None = None) -> Any:
    plan = table_of(Plan)
    open_ones = (plan.c.tenant_id == work.scope.tenant) & (plan.c.customer_id == customer_id)
    query = select(func.min(plan.c.due_on)).where(open_ones, plan.c.state == "planned")
    return (query if without is None else query.where(plan.c.id != without)).scalar_subquery()


def _earliest(one: Any, other: Any) -> Any:
    return case((one.is_(None), other), (other < one, other), else_=one)


def catch_up(work: Work, customer_id: UUID, lead_id: UUID) -> None:
    """Keep the latest of what was said to a lead that became this customer."""
    said = table_of(FollowUp)
    theirs = (said.c.tenant_id == work.scope.tenant) & (said.c.lead_id == lead_id)
    query = select(said.c.happened_at, said.c.next_contact_on).where(theirs)
    last = work.connection.execute(query.order_by(said.c.happened_at.desc(), said.c.id.desc()).limit(1)).one()
    touch(work, customer_id, last.happened_at, last.next_contact_on)
