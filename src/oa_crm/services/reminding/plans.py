"""Reminders of plans: before one is due, and after each step that it is overdue. `remind_at` leads to them."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update

from oa_crm.models import Plan, table_of
from oa_crm.schemas.reminders import ReminderRules
from oa_crm.services.reminding import telling
from oa_crm.services.reminding.telling import Step
from oa_crm.services.work import Work


def remind(work: Work, rules: ReminderRules, limit: int) -> tuple[int, int, bool]:
    """Tell of the next plans; how many were due, how many overdue, and whether there may be more."""
    now = work.journal.now()
    rows = _held(work, now, limit)
    steps = [one for row in rows if (one := _step(row, rules, now)) is not None]
    due = telling.give(work, [one for one in steps if one.what == "due"])
    overdue = telling.give(work, [one for one in steps if one.what == "overdue"])
    _set_next(work, [{"row": row.id, "at": _next(row, rules, now)} for row in rows])
    return due, overdue, len(rows) == limit


def _held(work: Work, now: datetime, limit: int) -> list[Any]:
    c = table_of(Plan).c
    query = select(table_of(Plan)).where(c.tenant_id == work.scope.tenant, c.remind_at <= now)
    return list(work.connection.execute(query.order_by(c.remind_at, c.id).limit(limit).with_for_update()))


def _days(rules: ReminderRules) -> list[int]:
    return sorted(set(rules.overdue_days))


def _step(row: Any, rules: ReminderRules, now: datetime) -> Step | None:
    """What to say of it now: only the last step that it reached, after a pause."""
    if row.state != "planned":
        return None
    over = [days for days in _days(rules) if row.due_at + timedelta(days=days) <= now]
    step = over[-1] if over else 0
    return Step(
        "overdue" if over else "due",
        "plan",
        row.id,
        row.due_at,
        step,
        row.assignee_id,
        bool(over) and step >= rules.overdue_manager_from,
        row.customer_id,
        row.lead_id,
    )


def _next(row: Any, rules: ReminderRules, now: datetime) -> datetime | None:
    if row.state != "planned":
        return None
    ahead = (row.due_at + timedelta(days=days) for days in _days(rules))
    return next((at for at in ahead if at > now), None)


def _set_next(work: Work, rows: list[dict[str, Any]]) -> None:
    table = table_of(Plan)
    mine = (table.c.tenant_id == work.scope.tenant) & (table.c.id == bindparam("row", type_=table.c.id.type))
    if rows:
        work.connection.execute(update(table).where(mine).values(remind_at=bindparam("at")), rows)
