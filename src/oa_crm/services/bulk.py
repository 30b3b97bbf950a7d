"""Many narrow rows in one go, without a dictionary for each: the keys of a customer are fifty rows.

Columns come as lists of equal length. PostgreSQL gets them as arrays in one statement, the others as plain tuples.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Table

from oa_crm.models import SCHEMA_TOKEN


def insert_columns(connection: Connection, table: Table, columns: Mapping[str, Sequence[Any]]) -> None:
    """Insert rows of a table of ours. Values are whole numbers, texts and ids."""
    names = tuple(columns)
    if not columns[names[0]]:
        return
    schema = (connection.get_execution_options().get("schema_translate_map") or {}).get(SCHEMA_TOKEN)
    quote = connection.dialect.identifier_preparer.quote
    full = table.name if schema is None else f"{quote(schema)}.{table.name}"
    if connection.dialect.name == "postgresql":
        kinds = tuple(_KINDS[type(values[0])] for values in columns.values())
        connection.exec_driver_sql(_arrays(full, names, kinds), tuple(list(values) for values in columns.values()))
        return
    mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
    plain = ([one.bytes for one in values] if isinstance(values[0], UUID) else values for values in columns.values())
    connection.exec_driver_sql(_tuples(full, names, mark), list(zip(*plain, strict=True)))


_KINDS = {int: "bigint", str: "text", UUID: "uuid"}


# The statements hold no input: names of our own tables and columns, and marks for parameters.
@lru_cache(maxsize=64)
def _tuples(table: str, names: tuple[str, ...], mark: str) -> str:
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join(mark for _ in names)})"  # noqa: S608


@lru_cache(maxsize=64)
def _arrays(table: str, names: tuple[str, ...], kinds: tuple[str, ...]) -> str:
    arrays = ", ".join(f"CAST(%s AS {kind}[])" for kind in kinds)
    return f"INSERT INTO {table} ({', '.join(names)}) SELECT * FROM unnest({arrays})"  # noqa: S608
