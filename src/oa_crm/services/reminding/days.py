"""Reminders by days of the company: next contacts that are due or overdue, and customers that nobody followed up.

Each step is a range of an index: the days that reached it since the last run. Nothing walks through the base.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, exists, or_, select

from oa_crm.models import Customer, Plan, table_of
from oa_crm.schemas.reminders import ReminderRules
from oa_crm.services.days import began
from oa_crm.services.reminding import telling
from oa_crm.services.reminding.telling import Step
from oa_crm.services.work import Work

ONE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Range:
    """Customers that reached a step: `column` says when it began to count, from `low` on and before `high`."""

    what: str
    step: int
    manager: bool
    column: str
    low: Any
    high: Any


def ranges(work: Work, rules: ReminderRules, told_to: date, today: date) -> Iterator[Range]:
    """What became due in the days after `told_to`, up to today; of several steps that were reached, the last."""
    # A day that is still to come was told by a clock that was wrong; what was told then is not told again.
    told_to = told_to if told_to <= today else today - ONE
    for step, low, high in _days(sorted({0, *rules.overdue_days}), told_to, today):
        what, manager = ("overdue", step >= rules.overdue_manager_from) if step else ("due", False)
        yield Range(what, step, manager, "next_contact_on", low, high)
    for step, low, high in _days(sorted(set(rules.neglected_days)), told_to, today):
        manager = step >= rules.neglected_manager_from
        for column in ("last_follow_up_at", "owner_since"):
            yield Range("neglected", step, manager, column, began(work, low), began(work, high))


def _days(steps: Sequence[int], told_to: date, today: date) -> Iterator[tuple[int, date, date]]:
    """The days that reached each step since `told_to`, and did not reach the next one."""
    for at, step in enumerate(steps):
        back = timedelta(days=step)
        # What is due today is looked at by every run of today: it may have become so since the last one.
        low, high = min(told_to, today - ONE if step == 0 else told_to) - back + ONE, today - back + ONE
        if at + 1 < len(steps):
            low = max(low, today - timedelta(days=steps[at + 1]) + ONE)
        if low < high:
            yield step, low, high


def remind(work: Work, of: Range, limit: int, after: tuple[Any, UUID] | None) -> tuple[int, tuple[Any, UUID] | None]:
    """Tell of the next customers in a range; how many were told, and where to go on."""
    rows = list(work.connection.execute(_query(work, of, after).limit(limit)))
    given = telling.give(work, [_step(work, of, row) for row in rows])
    return given, (rows[-1].anchor, rows[-1].id) if len(rows) == limit else None


def _step(work: Work, of: Range, row: Any) -> Step:
    anchor = row.anchor if isinstance(row.anchor, datetime) else began(work, row.anchor)
    return Step(of.what, "customer", row.id, anchor, of.step, row.owner_id, of.manager, row.id, name=row.name)


def _query(work: Work, of: Range, after: tuple[Any, UUID] | None) -> Select[Any]:
    c = table_of(Customer).c
    column = c[of.column]
    held = (c.tenant_id == work.scope.tenant, c.owner_id.is_not(None), c.merged_into.is_(None))
    query = select(c.id, c.name, c.owner_id, column.label("anchor")).where(*held, column >= of.low, column < of.high)
    if after is not None:
        at, id = after
        query = query.where(column >= at, or_(column != at, c.id > id))
    return query.where(*_counts(work, of)).order_by(column, c.id)


def _counts(work: Work, of: Range) -> Iterator[Any]:
    """What else must be so."""
    c, plan = table_of(Customer).c, table_of(Plan).c
    if of.column == "last_follow_up_at":
        yield or_(c.owner_since.is_(None), c.owner_since <= c.last_follow_up_at)
    elif of.column == "owner_since":
        # Leads to the index of who has what since when: an owned customer is in no pool.
        yield c.pool_id.is_(None)
        yield or_(c.last_follow_up_at.is_(None), c.last_follow_up_at < c.owner_since)
    else:
        planned = and_(plan.tenant_id == c.tenant_id, plan.customer_id == c.id, plan.state == "planned")
        yield ~exists().where(planned, plan.tenant_id == work.scope.tenant, plan.due_on == c.next_contact_on)
