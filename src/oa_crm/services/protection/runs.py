"""When a company was swept last. A clock that was set wrong, or a job that stood still, costs nobody a customer.

After a jump of the clock, in either direction, and after a pause, a sweep only warns until the notice is over.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, insert, select, update
from sqlalchemy.exc import IntegrityError

from oa_crm.models import Customer, ProtectionRun, table_of
from oa_crm.schemas.protection import ProtectionRules
from oa_crm.services.work import Work

_SLACK = timedelta(minutes=10)


def begin(work: Work, rules: ProtectionRules, *, going_on: bool) -> bool:
    """Keep that a sweep runs now; whether recycling is held. A slice that goes on only asks."""
    now = work.journal.now()
    if going_on:
        return held_until(work, now, rules) is not None
    table = table_of(ProtectionRun)
    mine = table.c.tenant_id == work.scope.tenant
    row = work.connection.execute(select(table).where(mine).with_for_update()).one_or_none()
    if row is None:
        return _first(work, now)
    held = _held(row, now, rules)
    if row.swept_at - now > _SLACK:
        _unwarn(work, now)
    work.connection.execute(update(table).where(mine).values(swept_at=now, held_until=held))
    return held is not None


def _unwarn(work: Work, now: datetime) -> None:
    """What a clock that was ahead warned of was no warning: it is given when it is time, and no notice counts from a
    day that is to come."""
    c = table_of(Customer).c
    warned = dict.fromkeys(("warned_for", "warned_days", "warned_at"))
    ahead = and_(c.tenant_id == work.scope.tenant, c.warned_at > now)
    work.connection.execute(update(table_of(Customer)).where(ahead).values(sweep_at=now, **warned))


def held_until(work: Work, now: datetime, rules: ProtectionRules) -> datetime | None:
    """Before when a sweep that runs now, and those after it, recycle nothing; None if nothing holds them."""
    table = table_of(ProtectionRun)
    row = work.connection.execute(select(table).where(table.c.tenant_id == work.scope.tenant)).one_or_none()
    return None if row is None else _held(row, now, rules)


def _held(row: Any, now: datetime, rules: ProtectionRules) -> datetime | None:
    if not -_SLACK <= now - row.swept_at <= timedelta(days=rules.pause_days):
        return now + timedelta(days=rules.notice_days)
    held: datetime | None = row.held_until
    return held if held is not None and held > now else None


def _first(work: Work, now: datetime) -> bool:
    row = {"tenant_id": work.scope.tenant, "swept_at": now, "held_until": None}
    try:
        with work.connection.begin_nested():
            work.connection.execute(insert(ProtectionRun), row)
    except IntegrityError:
        return True  # another sweep began at this moment; what it leaves is the next one's
    return False
