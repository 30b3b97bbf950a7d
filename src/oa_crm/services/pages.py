"""Keyset pages: a list costs the same on its thousandth page as on its first.

Sort fields come from the service's own table of sorts; nothing a caller says becomes SQL.
"""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, and_, or_

from oa_crm.errors import InvalidInput
from oa_crm.schemas.base import Out, Page
from oa_crm.services import cursors
from oa_crm.services.picture import shown
from oa_crm.services.work import Work

T = TypeVar("T", bound=Out)


def newest_first(work: Work, query: Select[Any], table: Any, after: str | None, limit: int | None) -> Any:
    """Rows by id downwards. Ids are UUIDv7, so the newest come first."""
    if after is not None:
        (last,) = cursors.read("newest", after, 1)
        query = query.where(table.c.id < UUID(last))
    return _rows(work, query.order_by(table.c.id.desc()), limit)


def likeliest_first(work: Work, query: Select[Any], table: Any, after: str | None, limit: int | None) -> Any:
    """Pairs by likeness downwards."""
    if after is not None:
        told, first, second = cursors.read("likeness", after, 3)
        likeness, one, other = cursors.value(cursors.number, told), cursors.value(UUID, first), UUID(second)
        later = or_(table.c.one_id > one, and_(table.c.one_id == one, table.c.other_id > other))
        query = query.where(or_(table.c.likeness < likeness, and_(table.c.likeness == likeness, later)))
    return _rows(work, query.order_by(table.c.likeness.desc(), table.c.one_id, table.c.other_id), limit)


Keyed = Callable[[Any], list[str]]
_KEYS: dict[str, Keyed] = {
    "newest": lambda row: [str(row.id)],
    "likeness": lambda row: [str(row.likeness), str(row.one_id), str(row.other_id)],
}


def page(
    rows: list[Any], limit: int, schema: type[T], sort: str, *, key: Keyed | None = None, **computed: Any
) -> Page[T]:
    """The page of `rows`, of which one more than `limit` was read to know whether it goes on."""
    items = [shown(schema, row, **{name: how(row) for name, how in computed.items()}) for row in rows[:limit]]
    more = len(rows) > limit
    last = rows[limit - 1] if more else None
    return Page(items=tuple(items), next=cursors.write(sort, (key or _KEYS[sort])(last)) if more else None)


def size(work: Work, limit: int | None) -> int:
    """How many rows a page holds: as asked, within 1 to 500."""
    if limit is None:
        return work.runtime.settings.page_size
    if not 1 <= limit <= 500:
        raise InvalidInput.of("limit", "page_limit", limit=limit)
    return limit


def _rows(work: Work, query: Select[Any], limit: int | None) -> list[Any]:
    return list(work.connection.execute(query.limit(size(work, limit) + 1)).all())
