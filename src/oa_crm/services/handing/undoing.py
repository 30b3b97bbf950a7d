"""A handover taken back: whatever is still where it put it goes back to the one who had it, as it was.

What went on since (to another owner, into another file, closed by a decision) stays where it is and is told.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from oa_crm.models import Customer, table_of
from oa_crm.schemas.handovers import HandoverLeft
from oa_crm.services.handing import closing, giving, helping, records, since
from oa_crm.services.handing.kinds import ITEM, Run
from oa_crm.services.handing.lists import KINDS
from oa_crm.services.holding import ledger
from oa_crm.services.protection import keeping

TOLD = 200


@dataclass(frozen=True, slots=True)
class TakenBack:
    """How many of each kind were put back, and how many of what came since went along; what was left (the first
    two hundred), and how many."""

    restored: dict[str, int]
    handed_on: dict[str, int]
    left: tuple[HandoverLeft, ...]
    left_counts: dict[str, int]


def take_back(run: Run, executed_at: datetime, reason: str) -> TakenBack:
    """Put back what is as it was left."""
    names = _hold_customers(run)
    for kind in KINDS:
        kind.mark(run)
    for kind in KINDS:
        kind.put_back(run)
        records.write(run, kind, "handover.undo", reason, back=True)
    ledger.copy_where(run.work, giving.of_items(run, back=True), ledger.Cause.HANDOVER, reason)
    giving.carry_extensions(run, None, reason, back=True)
    keeping.recompute_those(run.work, giving.ids(run, back=True))
    records.announce(run, names, reason, back=True)
    records.announce_leads(run, back=True)
    closing.begin_again(run, reason)
    helping.end_own(run, reason)
    helping.begin_again(run, reason)
    handed_on = since.hand_on(run, executed_at, reason)
    return TakenBack(_counted(run, back=True), handed_on, _left(run), _counted(run, back=False))


def _hold_customers(run: Run) -> dict[UUID, str]:
    c = table_of(Customer).c
    theirs = select(c.id, c.name).where(giving.of_items(run)).order_by(c.id)
    return {row.id: row.name for row in run.work.connection.execute(theirs.with_for_update())}


def _counted(run: Run, *, back: bool) -> dict[str, int]:
    mine = (ITEM.c.tenant_id == run.work.scope.tenant) & (ITEM.c.handover_id == run.id)
    marked = ITEM.c.put_back.is_not(None) if back else ITEM.c.put_back.is_(None)
    rows = run.work.connection.execute(select(ITEM.c.kind, func.count()).where(mine, marked).group_by(ITEM.c.kind))
    found: dict[str, int] = {row[0]: row[1] for row in rows}
    return {kind: found[kind] for kind in (*(one.name for one in KINDS), helping.KIND) if kind in found}


def _left(run: Run) -> tuple[HandoverLeft, ...]:
    mine = (ITEM.c.tenant_id == run.work.scope.tenant) & (ITEM.c.handover_id == run.id) & ITEM.c.put_back.is_(None)
    query = select(ITEM.c.kind, ITEM.c.thing_id).where(mine).order_by(ITEM.c.kind, ITEM.c.thing_id).limit(TOLD)
    return tuple(HandoverLeft(kind=row.kind, id=row.thing_id) for row in run.work.connection.execute(query))
