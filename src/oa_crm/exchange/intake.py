"""A file on its way in, whatever its rows are: a slice in a short transaction each, so that people go on working.

What was taken in stays when a run is stopped; the same file, taken in by the same person in the same way, goes on
where it stopped, and no row is taken in twice. A dry run decides the same and writes nothing.
"""

import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from oa_crm.errors import Busy
from oa_crm.exchange import answer_book, mapping, places, reading
from oa_crm.exchange.kinds import Kind, Known
from oa_crm.exchange.places import Target
from oa_crm.exchange.reading import Cells
from oa_crm.exchange.values import Reader
from oa_crm.schemas import ImportOptions, ImportOut, ImportPlan
from oa_crm.scope import Scope
from oa_crm.services import access
from oa_crm.services.base import Service
from oa_crm.services.imports import jobs
from oa_crm.services.imports.rows import CREATED, OUTCOMES, UPDATED, Given, How, Outcome, members_by_name, told
from oa_crm.services.work import Begin, Work
from oa_crm.settings import ExchangeSettings

OnProgress = Callable[[ImportOut], object]
_TRIES, _PAUSE = 5, 0.05


class Row(NamedTuple):
    """A row, its number, and its place among those that are taken in: most come as they stand in the file."""

    place: int
    number: int
    cells: Cells


@dataclass(frozen=True)
class _Source:
    """A file that is open: its plan, and the rows below the headings."""

    plan: ImportPlan
    known: Known
    rows: Iterator[Row]

    @property
    def headings(self) -> dict[str, str]:
        """What stands above each field."""
        return mapping.headings(self.plan.columns)


class Intake:
    """One file, one kind, one person."""

    def __init__(
        self, begin: Begin, settings: ExchangeSettings, kind: Kind, scope: Scope, path: Path, wanted: ImportOptions
    ) -> None:
        self._begin, self._settings, self._kind = begin, settings, kind
        self._scope, self._path, self._wanted = scope, path, wanted

    def take_in(self, *, dry_run: bool, answers: Target | None, on_progress: OnProgress | None) -> ImportOut:
        """Take the file in; with `dry_run` decide the same and write nothing."""
        if answers is not None:
            places.target(answers, "answers")
        with ExitStack() as stack:
            file = self._opened(stack)
            if dry_run:
                return self._tried(file, answers, on_progress)
            job = self._taken_in(file, on_progress)
        if answers is not None and job.id is not None:
            self.answer(job.id, answers)
        return job

    def answer(self, import_id: UUID, to: Target) -> int:
        """Write the rows of an import that did not simply go on file, with what is wrong in each; how many."""
        count = 0
        with ExitStack() as stack:
            file = self._opened(stack, as_it_stands=True)
            work = stack.enter_context(self._begin(self._scope, read_only=True))
            held_back = jobs.held_back(Service(work), import_id)
            book = stack.enter_context(self._book(to, file))
            for row in held_back:
                cells = next((one.cells for one in file.rows if one.number == row.at_row), [])
                problems = [problem for problem, _ in told(row.problems, self._scope.locale)]
                book.row(row.at_row, cells, row.outcome, problems)
                count += 1
        return count

    def _opened(self, stack: ExitStack, *, as_it_stands: bool = False) -> _Source:
        with self._begin(self._scope, read_only=True) as work:
            access.require(work, "write", "customer")
            known = self._kind.columns(work)
        rows = stack.enter_context(self._rows())
        first = list(islice(rows, mapping.FIRST))
        plan = mapping.plan(first, known, self._wanted.columns, self._kind.needed)
        last = () if as_it_stands else self._behind(plan)
        return _Source(plan, known, _in_order(_below(plan, chain(first, rows)), last))

    def _rows(self) -> AbstractContextManager[Iterator[tuple[int, Cells]]]:
        return reading.rows(self._path, self._settings, self._wanted.sheet)

    def _behind(self, plan: ImportPlan) -> Sequence[int]:
        if self._kind.behind is None:
            return ()
        with self._rows() as rows:
            return self._kind.behind(plan, _below(plan, rows))

    def _taken_in(self, file: _Source, on_progress: OnProgress | None) -> ImportOut:
        options = self._wanted.model_dump(mode="json")
        with self._begin(self._scope) as work:
            job = jobs.begin(Service(work), self._path.name, self._mark(options), options, self._kind.what)
        left = (row for row in file.rows if row.place > job.position)
        for rows in _slices(left, self._settings.slice):
            job = self._until_not_busy(file, job, rows)
            if on_progress is not None:
                on_progress(job)
        with self._begin(self._scope) as work:
            return jobs.finish(Service(work), job)

    def _mark(self, options: dict[str, Any]) -> str:
        """What the very same import has and no other."""
        same = [self._kind.what, reading.digest(self._path), self._scope.actor.id, options]
        return hashlib.sha256(json.dumps(same, sort_keys=True).encode()).hexdigest()

    def _until_not_busy(self, file: _Source, job: ImportOut, rows: Sequence[Row]) -> ImportOut:
        for attempt in range(_TRIES):
            try:
                with self._begin(self._scope) as work:
                    outcomes = self._slice(work, file, rows, self._how(job.id))
                    return jobs.advance(
                        Service(work), job, rows[-1].place, outcomes, mapping.headings(file.plan.columns)
                    )
            except Busy:
                if attempt == _TRIES - 1:
                    raise
                time.sleep(_PAUSE * 2**attempt)
        raise AssertionError("unreachable")

    def _tried(self, file: _Source, answers: Target | None, on_progress: OnProgress | None) -> ImportOut:
        """A dry run. What it knows of the slices before, it keeps in `seen`."""
        how = self._how(None, {})
        with ExitStack() as stack:
            book = None if answers is None else stack.enter_context(self._book(answers, file))
            with self._begin(self._scope, read_only=True) as work:
                out = self._dry(work)
            for rows in _slices(file.rows, self._settings.slice):
                with self._begin(self._scope, read_only=True) as work:
                    outcomes = self._slice(work, file, rows, how)
                out = _counted(out, rows[-1].place, outcomes)
                for row, one in zip(rows, outcomes, strict=True):
                    if book is not None and one.outcome not in (CREATED, UPDATED):
                        book.row(row.number, row.cells, one.outcome, one.problems)
                if on_progress is not None:
                    on_progress(out)
        return out

    def _how(self, import_id: UUID | None, seen: dict[Any, Any] | None = None) -> How:
        reason = self._wanted.reason or f"import of {self._path.name}"
        return How(self._wanted.on_duplicate, reason[:500], import_id, seen)

    def _slice(self, work: Work, file: _Source, rows: Sequence[Row], how: How) -> list[Outcome]:
        return self._kind.take(Service(work), _given(work, file, rows), how)

    def _book(self, to: Target, file: _Source) -> Any:
        return answer_book.opened(to, file.plan.columns, file.known, self._scope.locale)

    def _dry(self, work: Work) -> ImportOut:
        return ImportOut(
            id=None,
            state="dry_run",
            file_name=self._path.name,
            actor_id=work.scope.actor.id,
            position=0,
            **dict.fromkeys(OUTCOMES, 0),
            started_at=work.journal.now(),
            ended_at=None,
            what=self._kind.what,
        )


def _given(work: Work, file: _Source, rows: Iterable[Row]) -> list[Given]:
    """What the rows say, with ids where the names of members stand."""
    reader = Reader(file.plan.columns, file.known)
    found = [(row.number, reader.told(row.cells)) for row in rows]
    ids = members_by_name(work, [one for _, told in found for one in reader.people(told)])
    for _, one in found:
        reader.with_people(one, ids)
    return [Given(number, one.facts, one.decision, tuple(one.problems)) for number, one in found]


def _below(plan: ImportPlan, rows: Iterable[tuple[int, Cells]]) -> Iterator[tuple[int, Cells]]:
    return ((number, cells) for number, cells in rows if number > plan.heading_row)


def _in_order(rows: Iterable[tuple[int, Cells]], behind: Sequence[int]) -> Iterator[Row]:
    """The rows, those that come behind all others kept until then."""
    kept, waiting, last = set(behind), dict[int, Cells](), 0
    for number, cells in rows:
        last = number
        if number in kept:
            waiting[number] = cells
        else:
            yield Row(number, number, cells)
    for place, number in enumerate(behind, start=last + 1):
        yield Row(place, number, waiting[number])


def _slices(rows: Iterator[Row], size: int) -> Iterator[list[Row]]:
    while some := list(islice(rows, size)):
        yield some


def _counted(out: ImportOut, position: int, outcomes: Sequence[Outcome]) -> ImportOut:
    counts = Counter(one.outcome for one in outcomes)
    return out.model_copy(
        update={"position": position, **{name: getattr(out, name) + counts[name] for name in OUTCOMES}}
    )
