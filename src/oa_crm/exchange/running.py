"""`crm.exchange`: a file of customers taken in, a slice in a short transaction each, so that people go on working.

What was taken in stays when a run is stopped; the same file, taken in by the same person in the same way, goes on
where it stopped, and no row goes on file twice. A dry run decides the same and writes nothing.
"""

import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any
from uuid import UUID

from oa_crm.errors import Busy, InvalidInput
from oa_crm.exchange import answer_book, mapping, reading, talks_in
from oa_crm.exchange.column import Column
from oa_crm.exchange.columns import all_columns
from oa_crm.exchange.sheets import Target
from oa_crm.exchange.values import Reader
from oa_crm.schemas import ImportOptions, ImportOut, ImportPlan
from oa_crm.scope import Scope
from oa_crm.services import access
from oa_crm.services.base import Service, given
from oa_crm.services.fields import Fields
from oa_crm.services.imports import jobs
from oa_crm.services.imports.rows import CREATED, OUTCOMES, UPDATED, Given, Outcome, members_by_name, told
from oa_crm.services.imports.slices import Slice
from oa_crm.services.work import Begin, Work
from oa_crm.settings import ExchangeSettings

OnProgress = Callable[[ImportOut], object]
_TRIES, _PAUSE = 5, 0.05
Rows = Iterator[tuple[int, reading.Cells]]


@dataclass(frozen=True)
class _Source:
    """A file that is open: its plan, and the rows below the headings."""

    path: Path
    plan: ImportPlan
    known: Mapping[str, Column]
    rows: Rows


class FileExchange:
    """Imports, for any actor who may write customers, by his rights."""

    def __init__(self, begin: Begin, settings: ExchangeSettings) -> None:
        self._begin, self._settings = begin, settings

    def import_customers(
        self,
        scope: Scope,
        path: Path | str,
        options: ImportOptions | dict[str, Any] | None = None,
        *,
        dry_run: bool = False,
        answers: Target | None = None,
        on_progress: OnProgress | None = None,
    ) -> ImportOut:
        """Take in a workbook (xlsx) or CSV file of customers; each row is checked as `customers.create` would be.

        Rows that cannot be taken, and clashes that the options hold back, stay out and are told in `answers`, a
        workbook of them. `on_progress` is called after each slice. A stopped import goes on with the same call.
        Raises `invalid_input` for a file or options that cannot be taken, before anything is written; `forbidden`;
        `busy` when others kept a slice from being written five times; `too_many_searches` like a check.
        """
        wanted, source = given(ImportOptions, options or {}), Path(path)
        if wanted.on_duplicate == "create" and wanted.reason is None:
            raise InvalidInput.of("reason", "create_without_reason")
        with ExitStack() as stack:
            file = self._opened(stack, scope, source, wanted)
            if dry_run:
                return self._tried(scope, file, wanted, answers, on_progress)
            job = self._taken_in(scope, file, wanted, on_progress)
        if answers is not None and job.id is not None:
            self.answers(scope, job.id, path, answers, wanted)
        return job

    def import_follow_ups(
        self,
        scope: Scope,
        path: Path | str,
        options: ImportOptions | dict[str, Any] | None = None,
        *,
        dry_run: bool = False,
        on_progress: OnProgress | None = None,
    ) -> ImportOut:
        """Take in a workbook or CSV file of follow-ups: history with its true authors and times. (Feature 4 of the
        mission: the file is complete.)

        Each row names a customer whom the actor may write to, a time that is past, and an author within his reach,
        himself if it names none. Rows that cannot be taken stay out (`unit.exchange.held_back`); what is on file
        already is skipped. No event tells of each follow-up. Of the options, `columns` and `sheet` count. Raises like
        `import_customers`.
        """
        wanted = given(ImportOptions, options or {})
        more: Any = {"dry_run": dry_run, "on_progress": on_progress}
        return talks_in.take_in(self._begin, self._settings, scope, Path(path), wanted, **more)

    def answers(
        self,
        scope: Scope,
        import_id: UUID,
        path: Path | str,
        to: Target,
        options: ImportOptions | dict[str, Any] | None = None,
    ) -> int:
        """Write the rows of an import that did not simply go on file, with what is wrong in each; how many.

        `path` is the file that was taken in; the CRM does not keep it. Raises `not_found` for another's import.
        """
        wanted, count = given(ImportOptions, options or {}), 0
        with ExitStack() as stack:
            file = self._opened(stack, scope, Path(path), wanted)
            work = stack.enter_context(self._begin(scope, read_only=True))
            held_back = jobs.held_back(Service(work), import_id)
            book = stack.enter_context(answer_book.opened(to, file.plan.columns, file.known, scope.locale))
            for row in held_back:
                cells = next((cells for number, cells in file.rows if number == row.at_row), [])
                book.row(row.at_row, cells, row.outcome, told(row.problems, scope.locale))
                count += 1
        return count

    def _opened(self, stack: ExitStack, scope: Scope, path: Path, wanted: ImportOptions) -> _Source:
        with self._begin(scope, read_only=True) as work:
            access.require(work, "write", "customer")
            known = columns_of(work)
        rows = stack.enter_context(reading.rows(path, self._settings, wanted.sheet))
        first = list(islice(rows, mapping.FIRST))
        plan = mapping.plan(first, known, wanted.columns)
        below = ((number, cells) for number, cells in chain(first, rows) if number > plan.heading_row)
        return _Source(path, plan, known, below)

    def _taken_in(
        self, scope: Scope, file: _Source, wanted: ImportOptions, on_progress: OnProgress | None
    ) -> ImportOut:
        options = wanted.model_dump(mode="json")
        same = json.dumps([reading.digest(file.path), scope.actor.id, options], sort_keys=True)
        mark = hashlib.sha256(same.encode()).hexdigest()
        with self._begin(scope) as work:
            job = jobs.begin(Service(work), file.path.name, mark, options)
        left = ((number, cells) for number, cells in file.rows if number > job.position)
        for rows in _slices(left, self._settings.slice):
            job = self._until_not_busy(scope, file, wanted, job, rows)
            if on_progress is not None:
                on_progress(job)
        with self._begin(scope) as work:
            job = jobs.finish(Service(work), job)
        return job

    def _until_not_busy(
        self, scope: Scope, file: _Source, wanted: ImportOptions, job: ImportOut, rows: Sequence[Any]
    ) -> ImportOut:
        for attempt in range(_TRIES):
            try:
                with self._begin(scope) as work:
                    outcomes = _slice(work, file, wanted).take(_given(work, file, rows))
                    return jobs.advance(Service(work), job, rows[-1][0], outcomes)
            except Busy:
                if attempt == _TRIES - 1:
                    raise
                time.sleep(_PAUSE * 2**attempt)
        raise AssertionError("unreachable")

    def _tried(
        self,
        scope: Scope,
        file: _Source,
        wanted: ImportOptions,
        answers: Target | None,
        on_progress: OnProgress | None,
    ) -> ImportOut:
        """A dry run. Rows of one slice are compared in full, rows of different slices by equal names and numbers."""
        seen: dict[int, int] = {}
        with ExitStack() as stack:
            book = None
            if answers is not None:
                opened = answer_book.opened(answers, file.plan.columns, file.known, scope.locale)
                book = stack.enter_context(opened)
            with self._begin(scope, read_only=True) as work:
                out = _dry(work, file)
            for rows in _slices(file.rows, self._settings.slice):
                with self._begin(scope, read_only=True) as work:
                    outcomes = _slice(work, file, wanted, seen).take(_given(work, file, rows))
                out = _counted(out, rows[-1][0], outcomes)
                for (number, cells), one in zip(rows, outcomes, strict=True):
                    if book is not None and one.outcome not in (CREATED, UPDATED):
                        book.row(number, cells, one.outcome, one.problems)
                if on_progress is not None:
                    on_progress(out)
        return out


def columns_of(work: Work) -> dict[str, Column]:
    """The columns of a customer as this person sees them."""
    return all_columns(Fields(work).of("customer"))


def _slice(work: Work, file: _Source, wanted: ImportOptions, seen: dict[int, int] | None = None) -> Slice:
    reason = wanted.reason or f"import of {file.path.name}"
    return Slice(Service(work), wanted.on_duplicate, reason[:500], seen)


def _given(work: Work, file: _Source, rows: Sequence[tuple[int, reading.Cells]]) -> list[Given]:
    """What the rows say, with ids where the names of members stand."""
    reader = Reader(file.plan.columns, file.known)
    found = [(number, reader.told(cells)) for number, cells in rows]
    ids = members_by_name(work, [one for _, told in found for one in reader.people(told)])
    for _, one in found:
        reader.with_people(one, ids)
    return [Given(number, one.facts, one.decision, tuple(one.problems)) for number, one in found]


def _slices(rows: Rows, size: int) -> Iterator[list[tuple[int, reading.Cells]]]:
    while some := list(islice(rows, size)):
        yield some


def _dry(work: Work, file: _Source) -> ImportOut:
    return ImportOut(
        id=None,
        state="dry_run",
        file_name=file.path.name,
        actor_id=work.scope.actor.id,
        position=0,
        **dict.fromkeys(OUTCOMES, 0),
        started_at=work.journal.now(),
        ended_at=None,
    )


def _counted(out: ImportOut, position: int, outcomes: Sequence[Outcome]) -> ImportOut:
    counts = Counter(one.outcome for one in outcomes)
    return out.model_copy(
        update={"position": position, **{name: getattr(out, name) + counts[name] for name in OUTCOMES}}
    )
