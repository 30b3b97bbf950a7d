"""What is noted beside a unit's work, written at every look: by statements of our own, since SQLAlchemy's way to one
row costs more than the row. `services/asides.py` says when.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Table

from oa_crm.services import raw


def insert_few(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert a few rows, as plain tuples."""
    given = [_plain(table, rows[0], row, connection.dialect) for row in rows]
    connection.exec_driver_sql(raw.of_tuples(connection, table, rows[0]), given if len(given) > 1 else given[0])


def insert_unhurried(connection: Connection, table: Table, row: Mapping[str, Any]) -> None:
    """Insert one row on PostgreSQL, and let the commit not wait for the disk: one way to the server for both."""
    kinds = tuple((name, raw.kind(table.c[name])) for name in row)
    statement = _quietly(raw.full_name(connection, table), kinds)
    connection.exec_driver_sql(statement, _plain(table, row, row, connection.dialect))


def _plain(table: Table, names: Iterable[str], row: Mapping[str, Any], dialect: Dialect) -> tuple[Any, ...]:
    processes = ((row[name], raw.bound(table.c[name], dialect)) for name in names)
    return tuple(value if process is None else process(value) for value, process in processes)


@lru_cache(maxsize=64)
def _quietly(table: str, columns: tuple[tuple[str, str | None], ...]) -> str:
    names = ", ".join(f'"{name}"' for name, _ in columns)
    values = ", ".join(f"CAST(%s AS {kind})" for _, kind in columns)
    return f"INSERT INTO {table} ({names}) SELECT {values} FROM set_config('synchronous_commit', 'off', true)"  # noqa: S608
