"""Many rows in one go. PostgreSQL gets them in one statement, the others get them row by row, as plain tuples.

`insert_columns` takes narrow rows as columns, without a dictionary for each, as the keys of a customer are; they
become arrays. `insert_rows` takes rows of any of our types, which become one JSON: it costs the driver least.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any
from uuid import UUID

import pydantic_core
from sqlalchemy import Column, Connection, Dialect, Integer, Table, insert

from oa_crm.models import SCHEMA_TOKEN
from oa_crm.models.types import Json, PublicId, UtcDateTime

_MANY, _AT_ONCE = 50, 5000
# So few do not wake the garbage collector by themselves, which looks through all that a host has in memory.
_TUPLES = 500


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows of a table of ours, in their order; all have the same columns, and what they leave out has no default
    but the database's. A few go as they always do."""
    if len(rows) < _MANY:
        connection.execute(insert(table), list(rows))
    elif connection.dialect.name == "postgresql":
        _insert_json(connection, table, rows)
    else:
        _insert_ready(connection, table, rows)


def insert_whole(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """The same for columns of any type: PostgreSQL gets what is not narrow as it always does."""
    if len(rows) < _MANY or connection.dialect.name == "postgresql" or _left_to_python(table, frozenset(rows[0])):
        connection.execute(insert(table), list(rows) if len(rows) > 1 else rows[0])
    else:
        _insert_ready(connection, table, rows)


@lru_cache(maxsize=64)
def _left_to_python(table: Table, given: frozenset[str]) -> bool:
    """Whether a column that is not given has a default which is no matter of the database's."""
    return any(one.default is not None for one in table.columns if one.name not in given)


def _insert_ready(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    columns = {name: _ready(table.c[name], [row[name] for row in rows], connection.dialect) for name in rows[0]}
    _insert_tuples(connection, table, columns)


def insert_few(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert a few rows of any of our types as plain tuples, for what is written at every look."""
    given = [_plain(table, rows[0], row, connection.dialect) for row in rows]
    names = tuple(connection.dialect.identifier_preparer.quote(name) for name in rows[0])
    mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
    statement = _tuples(_full_name(connection, table), names, mark)
    connection.exec_driver_sql(statement, given if len(given) > 1 else given[0])


def insert_unhurried(connection: Connection, table: Table, row: Mapping[str, Any]) -> None:
    """Insert one row on PostgreSQL, and let the commit not wait for the disk: one way to the server for both."""
    statement = _quietly(_full_name(connection, table), tuple((name, _kind(table.c[name])) for name in row))
    connection.exec_driver_sql(statement, _plain(table, row, row, connection.dialect))


def _plain(table: Table, names: Iterable[str], row: Mapping[str, Any], dialect: Dialect) -> tuple[Any, ...]:
    processes = ((row[name], _bound(table.c[name], dialect)) for name in names)
    return tuple(value if process is None else process(value) for value, process in processes)


def _insert_json(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    columns = {name: table.c[name] for name in rows[0]}
    statement = _in_order(_full_name(connection, table), tuple((name, _kind(one)) for name, one in columns.items()))
    texts = {name: one.type for name, one in columns.items() if isinstance(one.type, Json)}
    for at in range(0, len(rows), _AT_ONCE):
        some = [_told(row, texts, connection.dialect) for row in rows[at : at + _AT_ONCE]]
        connection.exec_driver_sql(statement, (pydantic_core.to_json(some).decode(),))


def _told(row: Mapping[str, Any], texts: Mapping[str, Json], dialect: Dialect) -> Mapping[str, Any]:
    """A row with what is kept as the text of JSON as that text."""
    return {**row, **{name: kind.process_bind_param(row[name], dialect) for name, kind in texts.items()}}


def _kind(column: Column[Any]) -> str:
    """The widest type of its kind: what is too long for the column is refused, and not cut as by a cast to its own."""
    if isinstance(column.type, PublicId):
        return "uuid"
    if isinstance(column.type, UtcDateTime):
        return "timestamptz"
    return "bigint" if isinstance(column.type, Integer) else "text"


def insert_columns(connection: Connection, table: Table, columns: Mapping[str, Sequence[Any]]) -> None:
    """Insert rows of a table of ours. Values are whole numbers, texts and ids."""
    names = tuple(columns)
    if not columns[names[0]]:
        return
    full = _full_name(connection, table)
    if connection.dialect.name == "postgresql":
        kinds = tuple(_KINDS[type(values[0])] for values in columns.values())
        connection.exec_driver_sql(_arrays(full, names, kinds), tuple(list(values) for values in columns.values()))
        return
    plain = {name: _bytes(values) if isinstance(values[0], UUID) else values for name, values in columns.items()}
    _insert_tuples(connection, table, plain)


def _insert_tuples(connection: Connection, table: Table, columns: Mapping[str, Sequence[Any]]) -> None:
    """Values as the driver takes them."""
    mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
    names = tuple(connection.dialect.identifier_preparer.quote(name) for name in columns)
    statement = _tuples(_full_name(connection, table), names, mark)
    rows = zip(*columns.values(), strict=True)
    while some := list(islice(rows, _TUPLES)):
        connection.exec_driver_sql(statement, some)


def _ready(column: Column[Any], values: Sequence[Any], dialect: Dialect) -> Sequence[Any]:
    """The values of a column as the driver takes them. Most of a unit's rows have one time, and one of few words."""
    if isinstance(column.type, PublicId):
        return _bytes(values)
    process = _bound(column, dialect)
    if process is None:
        return values
    if isinstance(column.type, Json):
        return [process(one) for one in values]
    known = {one: process(one) for one in set(values)}
    return [known[one] for one in values]


def _bound(column: Column[Any], dialect: Dialect) -> Any:
    """What makes a value of a column one that the driver takes, or None where it takes it as it is."""
    return column.type.dialect_impl(dialect).bind_processor(dialect)


def _bytes(ids: Sequence[UUID | None]) -> list[bytes | None]:
    return [None if one is None else one.bytes for one in ids]


def _full_name(connection: Connection, table: Table) -> str:
    schema = (connection.get_execution_options().get("schema_translate_map") or {}).get(SCHEMA_TOKEN)
    quote = connection.dialect.identifier_preparer.quote
    return table.name if schema is None else f"{quote(schema)}.{table.name}"


_KINDS = {int: "bigint", str: "text", UUID: "uuid"}


# The statements hold no input: names of our own tables and columns, and marks for parameters.
@lru_cache(maxsize=64)
def _tuples(table: str, names: tuple[str, ...], mark: str) -> str:
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join(mark for _ in names)})"  # noqa: S608


@lru_cache(maxsize=64)
def _arrays(table: str, names: tuple[str, ...], kinds: tuple[str, ...]) -> str:
    arrays = ", ".join(f"CAST(%s AS {kind}[])" for kind in kinds)
    return f"INSERT INTO {table} ({', '.join(names)}) SELECT * FROM unnest({arrays})"  # noqa: S608


@lru_cache(maxsize=64)
def _in_order(table: str, columns: tuple[tuple[str, str], ...]) -> str:
    names = ", ".join(f'"{name}"' for name, _ in columns)
    kinds = ", ".join(f'"{name}" {kind}' for name, kind in columns)
    rows = f"ROWS FROM (json_to_recordset(CAST(%s AS json)) AS ({kinds})) WITH ORDINALITY AS given ({names}, nth)"
    return f"INSERT INTO {table} ({names}) SELECT {names} FROM {rows} ORDER BY nth"  # noqa: S608


@lru_cache(maxsize=64)
def _quietly(table: str, columns: tuple[tuple[str, str], ...]) -> str:
    names = ", ".join(f'"{name}"' for name, _ in columns)
    values = ", ".join(f"CAST(%s AS {kind})" for _, kind in columns)
    return f"INSERT INTO {table} ({names}) SELECT {values} FROM set_config('synchronous_commit', 'off', true)"  # noqa: S608
