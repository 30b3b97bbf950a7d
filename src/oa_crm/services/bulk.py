"""Many rows in one go: PostgreSQL gets them in one statement, the others row by row, as plain tuples.

`insert_rows` is the one to take: it inserts any rows of any table of ours, one or many. `insert_columns` is for what
there are dozens of to each thing, as the keys of a customer: it takes columns, and no row becomes a dictionary. What is
written at every look has `services/noted.py`.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any
from uuid import UUID

import pydantic_core
from sqlalchemy import Column, Connection, Dialect, Table, insert

from oa_crm.models.types import Json, PublicId
from oa_crm.services import raw

_MANY, _AT_ONCE = 50, 5000
_KINDS = {int: "bigint", str: "text", UUID: "uuid"}


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows of a table of ours, one at least, in their order; all have the same columns.

    SQLAlchemy does it where they are few, where Python has a default for what they leave out, and on PostgreSQL where a
    column is of a kind that few are of. Else they go as one JSON, which costs PostgreSQL's driver least, or as tuples.
    """
    way = _way(table, tuple(rows[0]), connection.dialect.name) if len(rows) >= _MANY else None
    if way is None:
        # Inline: nobody asks for the number that the database gave.
        connection.execute(insert(table).inline(), list(rows) if len(rows) > 1 else rows[0])
    else:
        way(connection, table, rows)


def insert_columns(connection: Connection, table: Table, columns: Mapping[str, Sequence[Any]]) -> None:
    """Insert rows of a table of ours. Values are whole numbers, texts and ids."""
    names = tuple(columns)
    if not columns[names[0]]:
        return
    if connection.dialect.name == "postgresql":
        kinds = tuple(_KINDS[type(values[0])] for values in columns.values())
        statement = _arrays(raw.full_name(connection, table), names, kinds)
        connection.exec_driver_sql(statement, tuple(map(raw.array, columns.values())))
        return
    plain = {name: _bytes(values) if isinstance(values[0], UUID) else values for name, values in columns.items()}
    _insert_tuples(connection, table, plain)


def _insert_json(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    columns = {name: table.c[name] for name in rows[0]}
    kinds = tuple((name, raw.kind(one)) for name, one in columns.items())
    statement = _in_order(raw.full_name(connection, table), kinds)
    texts = {name: one.type for name, one in columns.items() if isinstance(one.type, Json)}
    for at in range(0, len(rows), _AT_ONCE):
        some = [_told(row, texts, connection.dialect) for row in rows[at : at + _AT_ONCE]]
        connection.exec_driver_sql(statement, (pydantic_core.to_json(some).decode(),))


def _told(row: Mapping[str, Any], texts: Mapping[str, Json], dialect: Dialect) -> Mapping[str, Any]:
    """A row with what is kept as the text of JSON as that text."""
    return {**row, **{name: kind.process_bind_param(row[name], dialect) for name, kind in texts.items()}}


def _insert_ready(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    columns = {name: _ready(table.c[name], [row[name] for row in rows], connection.dialect) for name in rows[0]}
    _insert_tuples(connection, table, columns)


def _ready(column: Column[Any], values: Sequence[Any], dialect: Dialect) -> Sequence[Any]:
    """The values of a column as the driver takes them. Most of a unit's rows have one time, and one of few words."""
    if isinstance(column.type, PublicId):
        return _bytes(values)
    process = raw.bound(column, dialect)
    if process is None:
        return values
    if isinstance(column.type, Json):
        return [process(one) for one in values]
    known = {one: process(one) for one in set(values)}
    return [known[one] for one in values]


def _bytes(ids: Sequence[UUID | None]) -> list[bytes | None]:
    return [None if one is None else one.bytes for one in ids]


def _insert_tuples(connection: Connection, table: Table, columns: Mapping[str, Sequence[Any]]) -> None:
    """Values as the driver takes them."""
    statement = raw.of_tuples(connection, table, columns)
    rows = zip(*columns.values(), strict=True)
    while some := list(islice(rows, _AT_ONCE)):
        connection.exec_driver_sql(statement, some)


@lru_cache(maxsize=64)
def _way(table: Table, given: tuple[str, ...], database: str) -> Any:
    """How many rows of these columns are inserted; None where SQLAlchemy does it."""
    if any(one.default is not None for one in table.columns if one.name not in given):
        return None
    if database != "postgresql":
        return _insert_ready
    return _insert_json if all(raw.kind(table.c[name]) for name in given) else None


@lru_cache(maxsize=64)
def _arrays(table: str, names: tuple[str, ...], kinds: tuple[str, ...]) -> str:
    arrays = ", ".join(f"CAST(%s AS {kind}[])" for kind in kinds)
    return f"INSERT INTO {table} ({', '.join(names)}) SELECT * FROM unnest({arrays})"  # noqa: S608


@lru_cache(maxsize=64)
def _in_order(table: str, columns: tuple[tuple[str, str | None], ...]) -> str:
    names = ", ".join(f'"{name}"' for name, _ in columns)
    kinds = ", ".join(f'"{name}" {kind}' for name, kind in columns)
    rows = f"ROWS FROM (json_to_recordset(CAST(%s AS json)) AS ({kinds})) WITH ORDINALITY AS given ({names}, nth)"
    return f"INSERT INTO {table} ({names}) SELECT {names} FROM {rows} ORDER BY nth"  # noqa: S608
