"""`crm.duplicates`: work on a company's whole base that is too long for one unit. Keys built anew, and a scan.

Each slice has its own short transaction, so that people go on working meanwhile; what was done stays done when a run
is stopped, and the next one goes on from there.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from oa_crm.duplicates import Candidate, Engine
from oa_crm.duplicates.explain import explain
from oa_crm.errors import InvalidInput
from oa_crm.exchange import pair_book
from oa_crm.scope import Scope
from oa_crm.services import access, plain, showing
from oa_crm.services.clashes import pairs, rebuilding, scanning
from oa_crm.services.work import Begin, Work


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: customers `done`, `found` pairs or swept keys so far, whether it is `finished`."""

    done: int
    found: int
    finished: bool


OnProgress = Callable[[Progress], object]


class WholeBase:
    """Runs for a scope whose actor may administer duplicates: a CRM administrator, or the system."""

    def __init__(self, engine: Engine, begin: Begin) -> None:
        self._engine, self._begin = engine, begin

    def explain(self, one: Candidate | str, other: Candidate | str, locale: str = "en") -> str:
        """Two customers or names taken apart, their score and every reason, by the matchers of this CRM."""
        for field, given in (("one", one), ("other", other)):
            if not hasattr(given, "name"):
                plain.text(field, given)
        return explain(self._engine, one, other, locale)

    def rebuild(self, scope: Scope, *, slice: int = 500, on_progress: OnProgress | None = None) -> Progress:
        """Give every customer of the company the keys that the matchers make now.

        Needed after a new version of a matcher, and when a plugin brings one. Checks go on answering meanwhile.
        `slice` customers are one transaction. Raises `forbidden`.
        """
        return _run(self._rebuilt(scope, plain.above_zero("slice", slice)), on_progress)

    def scan(
        self,
        scope: Scope,
        *,
        full: bool = False,
        shard: int = 0,
        shards: int = 1,
        slice: int = 200,
        on_progress: OnProgress | None = None,
    ) -> Progress:
        """Look through the whole base for customers that may be one; `unit.duplicates.pairs` has what was found.

        Goes on where an interrupted scan stopped; else looks at what was put on file or changed since the last
        scan, or with `full` at everybody. Two processes share the work as `shard` 0 and 1 of `shards=2`.
        Raises `forbidden`.
        """
        if plain.above_zero("shards", shards) and not 0 <= plain.whole("shard", shard) < shards:
            raise InvalidInput.of("shard", "unknown_shard", shard=shard, shards=shards)
        return _run(self._scanned(scope, full, shard, shards, plain.above_zero("slice", slice)), on_progress)

    def workbook(self, scope: Scope, path: Path | str, *, at_least: float = 0.75) -> int:
        """Write the pairs that scans found, of which the actor may see both, to an Excel file; how many they are.

        Needs the extra `oa-crm[excel]`. Raises `forbidden`.
        """
        with self._work(scope, read_only=True) as work:
            told = (showing.seen(work, one) for one in pairs.stream(work, at_least))
            return pair_book.write(told, path, scope.locale)

    def _rebuilt(self, scope: Scope, slice: int) -> Iterator[Progress]:
        done = swept = 0
        stale = True
        while stale:
            with self._work(scope) as work:
                stale, rekeyed = rebuilding.rekey(work, slice)
            done += rekeyed
            yield Progress(done, swept, finished=False)
        for part in range(rebuilding.SWEEPS):
            with self._work(scope) as work:
                swept += rebuilding.sweep(work, part)
        yield Progress(done, swept, finished=True)

    def _scanned(self, scope: Scope, full: bool, shard: int, shards: int, slice: int) -> Iterator[Progress]:
        with self._work(scope) as work:
            scan = scanning.begin(work, shard, shards, full=full)
        while scan.ended_at is None:
            with self._work(scope, read_only=True) as work:
                looked = scanning.look(work, scan, slice)
            with self._work(scope) as work:
                scan = scanning.advance(work, scan, looked)
            yield Progress(scan.looked_at, scan.found, finished=scan.ended_at is not None)

    def _work(self, scope: Scope, *, read_only: bool = False) -> AbstractContextManager[Work]:
        return _allowed(self._begin, scope, read_only)


@contextmanager
def _allowed(begin: Begin, scope: Scope, read_only: bool) -> Iterator[Work]:
    with begin(scope, read_only=read_only) as work:
        access.require(work, "administer", "duplicate")
        yield work


def _run(steps: Iterator[Progress], on_progress: OnProgress | None) -> Progress:
    last = Progress(0, 0, finished=True)
    for last in steps:
        if on_progress is not None:
            on_progress(last)
    return last
