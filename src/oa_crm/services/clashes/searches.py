"""Who looked for whom: kept, and limited per person, so that nobody lists the base by asking.

A search is written with its unit, or after it when the unit only reads or is taken back. Where another holds
SQLite's write lock just then, it waits in memory for the next writer: a search never waits for an import.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select
from sqlalchemy.exc import SQLAlchemyError

from oa_crm.database import ensure_begun
from oa_crm.errors import TooManySearches
from oa_crm.hooks.ports import Reach
from oa_crm.models import DuplicateSearch
from oa_crm.schemas import CheckReport, Entrance
from oa_crm.services.work import Work

_AN_HOUR = timedelta(hours=1)
_LIGHT = {"busy_timeout": 0, "synchronous": 1}
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


def within_limit(work: Work, entrance: Entrance, more: int = 1) -> None:
    """Raises `too_many_searches` when `more` searches go beyond the person's hour.

    The system has no limit, nor has an import by somebody who administers duplicates.
    """
    scope, limit = work.scope, work.runtime.settings.searches_per_hour
    if scope.actor.is_system or (entrance is Entrance.IMPORT and _administers(work)):
        return
    since = work.journal.now() - _AN_HOUR
    asked = {"tenant": scope.tenant, "actor": scope.actor.id, "since": since, "limit": limit}
    waiting = (*work.searches, *work.runtime.matching.unwritten_searches)
    unwritten = sum(
        (one["tenant_id"], one["actor_id"]) == (scope.tenant, scope.actor.id) and one["at"] > since for one in waiting
    )
    if (work.connection.scalar(_COUNT, asked) or 0) + unwritten + more > limit:
        raise TooManySearches(limit=limit, actor=scope.actor.id)


def _administers(work: Work) -> bool:
    return work.runtime.ports.authorizer.reach(work.who, "administer", "duplicate") is not Reach.NONE


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
    """Write what the unit noted in the transaction of `connection`.

    It stays noted until `work.searches` is cleared: when the commit fails, it is written apart.
    """
    _insert(connection, work.searches)


def take_waiting(work: Work) -> None:
    """Note also what waited for a writer. For a unit that ends its transaction itself: a host may take his back."""
    waiting = work.runtime.matching.unwritten_searches
    while waiting:
        work.searches.append(waiting.popleft())


def write_apart(work: Work, connection: Connection) -> None:
    """Write what is still noted in a transaction of its own. Where that cannot be, the searches wait in memory."""
    if not work.searches:
        return
    try:
        with _lightly(connection):
            _insert(connection, work.searches)
    except (SQLAlchemyError, sqlite3.Error):
        work.runtime.matching.unwritten_searches.extend(work.searches)
    work.searches.clear()


def _insert(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(DuplicateSearch), rows)


@contextmanager
def _lightly(connection: Connection) -> Iterator[None]:
    """A transaction that waits neither for a lock of SQLite's nor for the disk: a crash may cost the last searches."""
    if connection.dialect.name != "sqlite":
        with connection.begin():
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
            yield
        return
    # The driver's own: a pragma is no statement of a transaction, and this is done at every check.
    driver: Any = connection.connection.driver_connection
    before = {name: driver.execute(f"PRAGMA {name}").fetchone()[0] for name in _LIGHT}
    _set(driver, _LIGHT)
    try:
        with connection.begin():
            ensure_begun(connection)
            yield
    finally:
        _set(driver, before)


def _set(driver: Any, pragmas: Mapping[str, int]) -> None:
    for name, value in pragmas.items():
        driver.execute(f"PRAGMA {name} = {int(value)}")
