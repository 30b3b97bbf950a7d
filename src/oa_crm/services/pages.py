"""Keyset pages: a list costs the same on its thousandth page as on its first.

A cursor is opaque to the caller and holds the sort and the last row's key. Sort fields come from the
service's own table of sorts; nothing a caller says becomes SQL.
"""

import base64
import binascii
import json
from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, and_, or_

from oa_crm.errors import InvalidInput
from oa_crm.schemas.base import Out, Page
from oa_crm.services.base import shown
from oa_crm.services.work import Work

T = TypeVar("T", bound=Out)


def newest_first(work: Work, query: Select[Any], table: Any, after: str | None, limit: int | None) -> Any:
    """Rows by id downwards. Ids are UUIDv7, so the newest come first."""
    if after is not None:
        (last,) = _read("newest", after, 1)
        query = query.where(table.c.id < UUID(last))
    return _rows(work, query.order_by(table.c.id.desc()), limit)


def by_name(work: Work, query: Select[Any], table: Any, after: str | None, limit: int | None) -> Any:
    """Rows by name upwards, by code point."""
    if after is not None:
        name, last = _read("name", after, 2)
        later = and_(table.c.name == name, table.c.id > UUID(last))
        query = query.where(or_(table.c.name > name, later))
    return _rows(work, query.order_by(table.c.name, table.c.id), limit)


def likeliest_first(work: Work, query: Select[Any], table: Any, after: str | None, limit: int | None) -> Any:
    """Pairs by likeness downwards."""
    if after is not None:
        likeness, one, other = _read("likeness", after, 3)
        later = or_(table.c.one_id > UUID(one), and_(table.c.one_id == UUID(one), table.c.other_id > UUID(other)))
        query = query.where(or_(table.c.likeness < int(likeness), and_(table.c.likeness == int(likeness), later)))
    return _rows(work, query.order_by(table.c.likeness.desc(), table.c.one_id, table.c.other_id), limit)


Keyed = Callable[[Any], list[str]]
_KEYS: dict[str, Keyed] = {
    "newest": lambda row: [str(row.id)],
    "name": lambda row: [row.name, str(row.id)],
    "likeness": lambda row: [str(row.likeness), str(row.one_id), str(row.other_id)],
}


def page(
    rows: list[Any], limit: int, schema: type[T], sort: str, *, key: Keyed | None = None, **computed: Any
) -> Page[T]:
    """The page of `rows`, of which one more than `limit` was read to know whether it goes on."""
    items = [shown(schema, row, **{name: how(row) for name, how in computed.items()}) for row in rows[:limit]]
    more = len(rows) > limit
    last = rows[limit - 1] if more else None
    return Page(items=tuple(items), next=_write(sort, (key or _KEYS[sort])(last)) if more else None)


def size(work: Work, limit: int | None) -> int:
    """How many rows a page holds: as asked, within 1 to 500."""
    if limit is None:
        return work.runtime.settings.page_size
    if not 1 <= limit <= 500:
        raise InvalidInput.of("limit", "page_limit", limit=limit)
    return limit


def read_cursor(sort: str, cursor: str, fields: int) -> list[str]:
    """What a cursor of this sort holds. Raises `InvalidInput` for one of another list."""
    return _read(sort, cursor, fields)


def _rows(work: Work, query: Select[Any], limit: int | None) -> list[Any]:
    return list(work.connection.execute(query.limit(size(work, limit) + 1)).all())


def _write(sort: str, key: list[str]) -> str:
    return base64.urlsafe_b64encode(json.dumps([sort, *key]).encode()).decode()


def _read(sort: str, cursor: str, fields: int) -> list[str]:
    try:
        kept_sort, *key = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        if kept_sort == sort and len(key) == fields and all(isinstance(one, str) for one in key):
            UUID(key[-1])
            # No database takes these, so no list of ours ever gave them out.
            if b"\0" not in "".join(key).encode():
                return list(key)
    except (ValueError, TypeError, RecursionError, binascii.Error):
        pass
    raise InvalidInput.of("after", "foreign_cursor")
