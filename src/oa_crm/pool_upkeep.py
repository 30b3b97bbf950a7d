"""`crm.pool`: upkeep of a company's pool that is too long for one unit. For a nightly job.

Each slice has its own short transaction, so that people go on working meanwhile; what was done stays done when a run
is stopped, and two runs at once take each customer once.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from oa_crm.errors import Busy
from oa_crm.schemas.protection import SweepFailure, SweepKept, SweepOut
from oa_crm.scope import Scope
from oa_crm.services import access, plain
from oa_crm.services.holding import stranded
from oa_crm.services.pool import Pool
from oa_crm.services.protection import keeping
from oa_crm.services.work import Work

_TRIES = 8
Done = TypeVar("Done")


@dataclass(frozen=True, slots=True)
class PoolSwept:
    """What a run did: customers whose owners were `warned`, that were `recycled`, that `failed` and were passed over;
    `recomputed` deadlines after a change of the rules. `held`: recycling waits, for time had made a jump. `kept`: those
    that are due and stay, for a plugin objects. `brought_back`: customers that lay in a pool that was dropped."""

    warned: int
    recycled: int
    recomputed: int
    failed: tuple[SweepFailure, ...]
    held: bool
    kept: tuple[SweepKept, ...] = ()
    brought_back: int = 0


class PoolUpkeep:
    """Runs for a scope whose actor may administer protection: a CRM administrator, or the system."""

    def __init__(self, begin: Callable[[Scope], AbstractContextManager[Work]]) -> None:
        self._begin = begin

    def sweep(self, scope: Scope, *, slice: int = 500) -> PoolSwept:
        """Bring deadlines up to date with the rules, then warn and recycle everything that is due. Customers that an
        older version left in a pool that was dropped lie in an open one again.

        Harmless to repeat, to interrupt and to run twice at once. `slice` customers are one transaction.
        Raises `forbidden`.
        """
        recomputed, brought_back = self.recompute(scope, slice=slice), self._bring_back(scope, slice)
        warned = recycled = 0
        failed: list[SweepFailure] = []
        kept: list[SweepKept] = []
        after, held = None, False
        while True:
            done = self._patiently(scope, partial(_sweep, limit=slice, after=after))
            warned, recycled, after, held = warned + done.warned, recycled + done.recycled, done.next, done.held
            failed += done.failed
            kept += done.kept
            if after is None:
                return PoolSwept(warned, recycled, recomputed, tuple(failed), held, tuple(kept), brought_back)

    def recompute(self, scope: Scope, *, slice: int = 500) -> int:
        """Work out the deadlines anew that a change of the rules left waiting; how many customers were looked at.

        Goes on where an interrupted run stopped. Raises `forbidden`.
        """
        plain.above_zero("slice", slice)
        looked_at = 0
        while True:
            done = self._patiently(scope, partial(_walk, slice=slice))
            if done is None:
                return looked_at
            looked_at += done

    def _bring_back(self, scope: Scope, slice: int) -> int:
        done = 0
        while some := self._patiently(scope, partial(_stranded, limit=slice)):
            done += some
        return done

    def _patiently(self, scope: Scope, do: Callable[[Work], Done]) -> Done:
        """One slice. People at work may be in its way for a moment; a night's run does not end for that."""
        for _ in range(_TRIES - 1):
            try:
                with self._begin(scope) as work:
                    return do(work)
            except Busy:
                continue
        with self._begin(scope) as work:
            return do(work)


def _sweep(work: Work, limit: int, after: str | None) -> SweepOut:
    return Pool(work).sweep(limit=limit, after=after)


def _stranded(work: Work, limit: int) -> int:
    access.require(work, "administer", "protection")
    return stranded.bring_back(Pool(work), limit)


def _walk(work: Work, slice: int) -> int | None:
    access.require(work, "administer", "protection")
    return keeping.walk(work, slice)
