"""The sweep: warn in stages, then recycle. A slice at a time, set-based, and a bad row stops nobody else.

What the columns say only leads to the rows. Each is held, its deadline is worked out from the facts once more, and
the UPDATE that takes it names owner, term and deadline: a stale job takes nothing, and a second run finds nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from oa_crm.database import means_busy
from oa_crm.models import Customer, table_of
from oa_crm.schemas.protection import SweepFailure, SweepKept, SweepOut
from oa_crm.services import cursors
from oa_crm.services.base import Service
from oa_crm.services.holding import routing
from oa_crm.services.protection import asking, facts, keeping, recycling, rules, runs, warning
from oa_crm.services.protection.reckoning import Reckoner, Verdict
from oa_crm.services.work import Work

_SORT = "sweep"
OPERATION = "pool.sweep"


@dataclass
class Sweep:
    """One slice at work, and what came of it so far."""

    service: Service
    reckoner: Reckoner
    now: datetime
    held: bool
    warned: int = 0
    recycled: int = 0
    corrected: int = 0
    failed: list[SweepFailure] = field(default_factory=list)
    kept: list[SweepKept] = field(default_factory=list)

    @property
    def work(self) -> Work:
        """The unit's."""
        return self.service.work


def sweep(service: Service, limit: int, after: str | None) -> SweepOut:
    """One slice of customers that are due to be warned or recycled, from `after` on."""
    work = service.work
    keeping.walk(work, limit)
    keeping.follow(work)
    reckoner, now = rules.hold(work).reckoner, work.journal.now()
    one = Sweep(service, reckoner, now, held=runs.begin(work, reckoner.rules, going_on=after is not None))
    due = _due(work, now, limit, after)
    _settle(one, [row.id for row in due])
    done = {"warned": one.warned, "recycled": one.recycled, "corrected": one.corrected}
    done |= {"failed": len(one.failed), "kept": len(one.kept)}
    work.journal.record(
        OPERATION, "protection", work.scope.tenant, {name: [None, value] for name, value in done.items()}
    )
    last = due[-1] if len(due) == limit else None
    return SweepOut(
        warned=one.warned,
        recycled=one.recycled,
        corrected=one.corrected,
        failed=tuple(one.failed),
        kept=tuple(one.kept),
        held=one.held,
        next=None if last is None else cursors.write(_SORT, [last.sweep_at.isoformat(), str(last.id)]),
    )


def _due(work: Work, now: datetime, limit: int, after: str | None) -> list[Any]:
    """The next that are due, held by us; what another sweep holds is that one's."""
    c = table_of(Customer).c
    query = select(c.id, c.sweep_at).where(c.tenant_id == work.scope.tenant, c.sweep_at <= now)
    if after is not None:
        told, id = cursors.read(_SORT, after, 2)
        at = cursors.value(cursors.moment, told)
        query = query.where(c.sweep_at >= at, or_(c.sweep_at != at, c.id > UUID(id)))
    query = query.order_by(c.sweep_at, c.id).limit(limit)
    if work.connection.dialect.name != "sqlite":
        query = query.with_for_update(skip_locked=True)
    return list(work.connection.execute(query))


def _settle(one: Sweep, ids: Sequence[UUID]) -> None:
    """All at once; where that fails, each half by itself, down to the row that cannot be done."""
    if not ids:
        return
    mark, before = one.work.journal.mark(), (one.warned, one.recycled, one.corrected, len(one.kept))
    try:
        with one.work.connection.begin_nested():
            _do(one, ids)
    except Exception as error:
        if means_busy(error):
            raise
        one.work.journal.back_to(mark)
        one.warned, one.recycled, one.corrected, kept = before
        del one.kept[kept:]
        if len(ids) == 1:
            one.failed.append(SweepFailure(customer_id=ids[0], error=f"{type(error).__name__}: {error}"[:500]))
            return
        half = len(ids) // 2
        _settle(one, ids[:half])
        _settle(one, ids[half:])


def _do(one: Sweep, ids: Sequence[UUID]) -> None:
    wrong: list[tuple[Any, Verdict]] = []
    warn: list[tuple[Any, Verdict, int]] = []
    take: list[tuple[Any, Verdict]] = []
    for row in facts.of(one.work, one.reckoner.rules.progress, ids):
        found = one.reckoner.verdict(row)
        stage = None if found.until is None else one.reckoner.stage_due(row, found.until, one.now)
        # A stage that was missed is not given on the night that takes: a run again would take what it just warned of.
        if _may_be_taken(one, row, found):
            take.append((row, found))
        elif stage is not None:
            warn.append((row, found, stage))
        else:
            wrong.append((row, found))
    one.corrected += keeping.write(one.work, [*wrong, *take])
    if warn:
        one.warned += warning.give(one.work, one.reckoner, warn, OPERATION)
    if take:
        one.recycled += _take(one, take)


def _take(one: Sweep, due: list[tuple[Any, Verdict]]) -> int:
    """Recycle those to whose going no plugin objects; the others stay due, and are asked about again."""
    pools = routing.routes(one.service, [row.id for row, _ in due])
    kept = asking.objected(one.service, due, pools)
    one.kept += kept
    stays = {told.customer_id for told in kept}
    going = [(row, found) for row, found in due if row.id not in stays]
    return recycling.take(one.service, one.reckoner.rules, going, pools, one.now, OPERATION) if going else 0


def _may_be_taken(one: Sweep, row: Any, found: Verdict) -> bool:
    if one.held or found.until is None or found.until > one.now:
        return False
    return one.reckoner.taken_from(row, found.until, one.now) <= one.now
