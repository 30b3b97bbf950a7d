"""A file of follow-ups taken in, a slice in a short transaction each: history with its true authors and times.

What was taken in stays when a run is stopped; the same file goes on where it stopped, and no follow-up is there twice.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

from oa_crm.exchange import mapping, reading
from oa_crm.exchange.talk_columns import BY_NAME
from oa_crm.exchange.values import Reader
from oa_crm.schemas import ImportOptions, ImportOut, ImportPlan
from oa_crm.scope import Scope
from oa_crm.services import access
from oa_crm.services.base import Service
from oa_crm.services.imports import jobs, talks
from oa_crm.services.imports.rows import OUTCOMES, Given, Outcome
from oa_crm.services.work import Begin, Work
from oa_crm.settings import ExchangeSettings

OnProgress = Callable[[ImportOut], object]
WHAT = "follow_ups"
Row = tuple[int, reading.Cells]


def take_in(
    begin: Begin,
    settings: ExchangeSettings,
    scope: Scope,
    path: Path,
    wanted: ImportOptions,
    *,
    dry_run: bool,
    on_progress: OnProgress | None,
) -> ImportOut:
    """Take the file in; with `dry_run` decide the same and write nothing."""
    with begin(scope, read_only=True) as work:
        access.require(work, "write", "customer")
        job = _dry(work, path)
    with reading.rows(path, settings, wanted.sheet) as rows:
        first = list(islice(rows, mapping.FIRST))
        plan = mapping.plan(first, BY_NAME, wanted.columns)
        if not dry_run:
            with begin(scope) as work:
                options = wanted.model_dump(mode="json")
                job = jobs.begin(Service(work), path.name, _mark(path, scope, options), options, WHAT)
        left = (one for one in chain(first, rows) if one[0] > max(plan.heading_row, job.position))
        for some in _slices(left, settings.slice):
            with begin(scope, read_only=dry_run) as work:
                outcomes = talks.take(Service(work), _given(plan, some), job.id, dry=dry_run)
                if not dry_run:
                    job = jobs.advance(Service(work), job, some[-1][0], outcomes)
            job = _counted(job, some[-1][0], outcomes) if dry_run else job
            if on_progress is not None:
                on_progress(job)
    if dry_run:
        return job
    with begin(scope) as work:
        return jobs.finish(Service(work), job)


def _mark(path: Path, scope: Scope, options: dict[str, Any]) -> str:
    same = json.dumps([WHAT, reading.digest(path), scope.actor.id, options], sort_keys=True)
    return hashlib.sha256(same.encode()).hexdigest()


def _given(plan: ImportPlan, rows: Sequence[Row]) -> list[Given]:
    """What the rows say."""
    reader = Reader(plan.columns, BY_NAME)
    found = ((number, reader.told(cells)) for number, cells in rows)
    return [Given(number, told.facts, None, tuple(told.problems)) for number, told in found]


def _slices(rows: Iterator[Row], size: int) -> Iterator[list[Row]]:
    while some := list(islice(rows, size)):
        yield some


def _dry(work: Work, path: Path) -> ImportOut:
    counts = dict.fromkeys(OUTCOMES, 0)
    facts = {"file_name": path.name, "actor_id": work.scope.actor.id, "started_at": work.journal.now()}
    return ImportOut(id=None, state="dry_run", position=0, ended_at=None, what=WHAT, **facts, **counts)


def _counted(job: ImportOut, position: int, outcomes: Sequence[Outcome]) -> ImportOut:
    counts = {name: getattr(job, name) + sum(one.outcome == name for one in outcomes) for name in OUTCOMES}
    return job.model_copy(update={"position": position, **counts})
