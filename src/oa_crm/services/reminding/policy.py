"""When a company reminds, and how far its runs are; held while somebody tells."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from oa_crm.errors import StaleVersion
from oa_crm.models import ReminderPolicy, table_of
from oa_crm.schemas.reminders import ReminderChange, ReminderRules
from oa_crm.services.days import day_of
from oa_crm.services.work import Work


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules, their version, and the day up to which everything is told."""

    rules: ReminderRules
    version: int
    told_to: date


def read(work: Work) -> Policy:
    """The rules as they are."""
    return _policy(work, _row(work, select(table_of(ReminderPolicy))))


def hold(work: Work) -> Policy:
    """The rules, held until we are done: another run waits for us."""
    query = select(table_of(ReminderPolicy)).with_for_update()
    row = _row(work, query)
    if row is None:
        # The first run tells of what falls due from today on, not of years of neglect at once.
        first = {"version": 0, "document": None, "told_to": _yesterday(work)}
        try:
            with work.connection.begin_nested():
                work.connection.execute(insert(ReminderPolicy), {"tenant_id": work.scope.tenant, **first})
        except IntegrityError:
            pass  # another run made it at this moment
        row = _row(work, query)
    return _policy(work, row)


def told(work: Work, to: date) -> None:
    """Everything up to this day is told."""
    work.connection.execute(update(ReminderPolicy).where(_mine(work)).values(told_to=to))


def set_rules(work: Work, wanted: ReminderChange) -> Policy:
    """Set the rules as they were read. Raises `StaleVersion`."""
    held = hold(work)
    if held.version != wanted.expected_version:
        state = held.rules.model_dump(mode="json")
        raise StaleVersion(kind="reminder", expected=wanted.expected_version, current=held.version, state=state)
    document, version = wanted.rules.model_dump(mode="json"), held.version + 1
    work.connection.execute(update(ReminderPolicy).where(_mine(work)).values(document=document, version=version))
    return Policy(wanted.rules, version, held.told_to)


def _mine(work: Work) -> Any:
    return table_of(ReminderPolicy).c.tenant_id == work.scope.tenant


def _row(work: Work, query: Any) -> Any:
    return work.connection.execute(query.where(_mine(work))).one_or_none()


def _policy(work: Work, row: Any) -> Policy:
    if row is None:
        return Policy(ReminderRules(), 0, _yesterday(work))
    return Policy(ReminderRules(**(row.document or {})), row.version, row.told_to or _yesterday(work))


def _yesterday(work: Work) -> date:
    return day_of(work, work.journal.now()) - timedelta(days=1)
