"""What an INSERT needs that goes past SQLAlchemy: the table's name, marks, and values as the driver takes them.

The statements hold no input: names of our own tables and columns, and marks for parameters.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Column, Connection, Dialect, Integer, Table

from oa_crm.models import SCHEMA_TOKEN
from oa_crm.models.types import Json, PublicId, UtcDateTime, long_text

_TEXT = type(long_text())
_ESCAPED = re.compile(r'["\\]')


def full_name(connection: Connection, table: Table) -> str:
    """The table's name, with the schema that is ours on this connection."""
    schema = (connection.get_execution_options().get("schema_translate_map") or {}).get(SCHEMA_TOKEN)
    quote = connection.dialect.identifier_preparer.quote
    return table.name if schema is None else f"{quote(schema)}.{table.name}"


def of_tuples(connection: Connection, table: Table, names: Iterable[str]) -> str:
    """The INSERT of a plain tuple with these columns."""
    quote = connection.dialect.identifier_preparer.quote
    mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
    return _of_tuples(full_name(connection, table), tuple(quote(name) for name in names), mark)


def array(values: Sequence[int] | Sequence[str] | Sequence[UUID]) -> str:
    """Values, one at least, as PostgreSQL writes an array, for a mark that is cast to its type. The driver would look
    at each by itself, which takes it ten times as long."""
    if isinstance(values[0], str):
        texts = cast(Sequence[str], values)
        if _ESCAPED.search("".join(texts)):
            texts = [_ESCAPED.sub(r"\\\g<0>", one) for one in texts]
        return '{"' + '","'.join(texts) + '"}'
    if isinstance(values[0], UUID):
        return "{" + ",".join([one.hex for one in cast(Sequence[UUID], values)]) + "}"
    return "{" + ",".join(map(str, values)) + "}"


def bound(column: Column[Any], dialect: Dialect) -> Any:
    """What makes a value of a column one that the driver takes, or None where it takes it as it is."""
    return column.type.dialect_impl(dialect).bind_processor(dialect)


def kind(column: Column[Any]) -> str | None:
    """PostgreSQL's widest type of the column's kind: what is too long for the column is refused, and not cut as by a
    cast to its own. None for kinds that few of our columns are of."""
    if isinstance(column.type, PublicId):
        return "uuid"
    if isinstance(column.type, UtcDateTime):
        return "timestamptz"
    if isinstance(column.type, Integer):
        return "bigint"
    return "text" if isinstance(column.type, Json | _TEXT) else None


@lru_cache(maxsize=64)
def _of_tuples(table: str, names: tuple[str, ...], mark: str) -> str:
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join(mark for _ in names)})"  # noqa: S608
