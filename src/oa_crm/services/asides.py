"""What is noted beside a unit's work: searches, and who was shown personal data. Rows of logs that a read writes, too.

They are written with their unit, or after it when it is taken back, one statement a log. On SQLite a unit that only
reads is over first, and where another holds the write lock just then, they wait in memory for the next writer: a look
never waits for an import.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from oa_crm.database import ensure_begun
from oa_crm.models import table_of
from oa_crm.services.noted import insert_few, insert_unhurried
from oa_crm.services.work import Work

_LIGHT = {"busy_timeout": 0, "synchronous": 1}


def write(work: Work, connection: Connection) -> None:
    """Write what the unit noted in the transaction of `connection`.

    It stays noted until the unit has committed: when the commit fails, it is written apart.
    """
    for model, rows in work.noted.items():
        if rows:
            insert_few(connection, table_of(model), rows)


def take_waiting(work: Work) -> None:
    """Note also what waited for a writer. For a unit that ends its transaction itself: a host may take his back."""
    waiting = work.runtime.unwritten
    while waiting:
        work.note(*waiting.popleft())


def end_reading(work: Work, connection: Connection) -> None:
    """End the transaction of a unit that only read, and what it noted with it: one way to the server and back for both.

    SQLite would have to wait for its writer; what cannot be written here is left to `write_apart`.
    """
    if connection.dialect.name == "sqlite" or not any(work.noted.values()):
        return
    try:
        _write_unhurried(work, connection)
        connection.commit()
    except SQLAlchemyError:
        connection.rollback()
    else:
        work.noted.clear()


def write_apart(work: Work, connection: Connection) -> None:
    """Write what is still noted in a transaction of its own. Where that cannot be, it waits in memory."""
    if not any(work.noted.values()):
        return
    try:
        with _lightly(connection):
            _write_unhurried(work, connection)
    except (SQLAlchemyError, sqlite3.Error):
        work.runtime.unwritten.extend((model, row) for model, rows in work.noted.items() for row in rows)
    work.noted.clear()


@contextmanager
def _lightly(connection: Connection) -> Iterator[None]:
    """A transaction that waits neither for a lock of SQLite's nor for the disk: a crash may cost the last rows."""
    if connection.dialect.name != "sqlite":
        with connection.begin():
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


def _write_unhurried(work: Work, connection: Connection) -> None:
    """Write what the unit noted; PostgreSQL's commit does not wait for the disk then."""
    if connection.dialect.name == "postgresql":
        rows = [(model, row) for model, those in work.noted.items() for row in those]
        if len(rows) == 1:
            insert_unhurried(connection, table_of(rows[0][0]), rows[0][1])
            return
        connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
    write(work, connection)


def _set(driver: Any, pragmas: Mapping[str, int]) -> None:
    for name, value in pragmas.items():
        driver.execute(f"PRAGMA {name} = {int(value)}")
