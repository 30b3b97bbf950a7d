"""Who looked for whom: kept, and limited per person, so that nobody lists the base by asking.

A search is written with its unit, or after it when the unit only reads or is taken back. Where another holds
SQLite's write lock just then, it waits in memory for the next writer: a search never waits for an import.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select
from sqlalchemy.exc import OperationalError

from oa_crm.database import ensure_begun
from oa_crm.errors import TooManySearches
from oa_crm.models import DuplicateSearch
from oa_crm.schemas import CheckReport, Entrance
from oa_crm.services.work import Work

_AN_HOUR = timedelta(hours=1)
_RECENT = (
    select(DuplicateSearch.id)
    .where(
        DuplicateSearch.tenant_id == bindparam("tenant"),
        DuplicateSearch.actor_id == bindparam("actor"),
        DuplicateSearch.at > bindparam("since"),
    )
    .limit(bindparam("limit"))
    .subquery()
)
_COUNT = select(func.count()).select_from(_RECENT)


def within_limit(work: Work) -> None:
    """Raises `too_many_searches` when the person used his hour up. The system has no limit."""
    scope, limit = work.scope, work.runtime.settings.searches_per_hour
    if scope.actor.is_system:
        return
    since = work.journal.now() - _AN_HOUR
    asked = {"tenant": scope.tenant, "actor": scope.actor.id, "since": since, "limit": limit}
    waiting = (*work.searches, *work.runtime.matching.unwritten_searches)
    unwritten = sum(
        (one["tenant_id"], one["actor_id"]) == (scope.tenant, scope.actor.id) and one["at"] > since for one in waiting
    )
    if (work.connection.scalar(_COUNT, asked) or 0) + unwritten >= limit:
        raise TooManySearches(limit=limit, actor=scope.actor.id)


def note(work: Work, name: str, entrance: Entrance, report: CheckReport) -> None:
    """Remember a search until the end of the unit."""
    scope = work.scope
    work.searches.append(
        {
            "tenant_id": scope.tenant,
            "at": work.journal.now(),
            "actor_id": scope.actor.id,
            "request_id": scope.request_id,
            "entrance": entrance.value,
            "name": name[:200],
            "verdict": report.verdict.value,
            "shown": len(report.hits),
        }
    )


def write(work: Work, connection: Connection) -> None:
    """Write what the unit noted, and what waited for a writer, in the transaction of `connection`."""
    rows = [*work.searches, *_taken(work)]
    work.searches.clear()
    _insert(connection, rows)


def write_apart(work: Work, connection: Connection) -> None:
    """The same in a transaction of its own. Where it would have to wait, the searches wait in memory."""
    if not work.searches:
        return
    rows, waiting = list(work.searches), work.runtime.matching.unwritten_searches
    work.searches.clear()
    try:
        with connection.begin(), _impatient(connection):
            ensure_begun(connection)
            _insert(connection, rows)
    except OperationalError:
        waiting.extend(rows)


def _taken(work: Work) -> list[dict[str, Any]]:
    waiting, taken = work.runtime.matching.unwritten_searches, []
    while waiting:
        taken.append(waiting.popleft())
    return taken


def _insert(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(DuplicateSearch), rows)


@contextmanager
def _impatient(connection: Connection) -> Iterator[None]:
    """On SQLite, fail at once where somebody else writes."""
    if connection.dialect.name != "sqlite":
        yield
        return
    patience = connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one()
    connection.exec_driver_sql("PRAGMA busy_timeout = 0")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {int(patience)}")
