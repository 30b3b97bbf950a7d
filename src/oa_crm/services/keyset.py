"""Pages by any column, also by one that is empty for some rows: those come last, on every database.

Rows with a value and rows without are two ranges of one index; a page reads the first and, when that ends, the second.
So it costs two statements at most, and nothing is sorted that the index has in order.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select, union_all

from oa_crm.schemas.base import Page
from oa_crm.services import cursors
from oa_crm.services.latest import by_no_index
from oa_crm.services.picture import shown
from oa_crm.services.work import Work


@dataclass(frozen=True, slots=True)
class Order:
    """One order of a list: a column (none: by id alone), which way it runs, whether it may be empty."""

    column: str | None
    down: bool
    parse: Callable[[str], Any] = str
    nullable: bool = False


def read(
    work: Work,
    query: Select[Any],
    table: Any,
    sort: str,
    order: Order,
    after: str | None,
    limit: int,
    *,
    few: bool = False,
) -> list[Any]:
    """The rows of a page and one more, to know whether the list goes on. Of `few` all are read and sorted: no index of
    SQLite is to serve the order, which would lead past all others."""
    value, last = _place(sort, order, after)
    rows: list[Any] = []
    id = by_no_index(work, table.c.id) if few else table.c.id
    if order.column is None:
        return _some(work, query.where(*_beyond(id, last, order.down)), [id], order.down, limit + 1)
    column = by_no_index(work, table.c[order.column]) if few else table.c[order.column]
    filled = query.where(column.is_not(None)) if order.nullable else query
    if last is None or value is not None:
        beyond = filled if last is None else filled.where(_later(column, value, id, last, order.down))
        rows = _some(work, beyond, [column, id], order.down, limit + 1)
    if order.nullable and len(rows) <= limit:
        empty = query.where(column.is_(None), *(_beyond(id, last, True) if last and value is None else ()))
        rows += _some(work, empty, [id], True, limit + 1 - len(rows))
    return rows


def read_apart(
    work: Work, queries: Sequence[Select[Any]], table: Any, sort: str, order: Order, after: str | None, limit: int
) -> list[Any]:
    """The same in an order by id alone, of several queries that may have rows in common. Each is read as far as the
    page goes, so that no planner need choose between its index and the order's."""
    _, last = _place(sort, order, after)
    by = table.c.id.desc() if order.down else table.c.id
    beyond = _beyond(table.c.id, last, order.down)
    parts = [one.where(*beyond).order_by(by).limit(limit + 1).subquery(f"part_{at}") for at, one in enumerate(queries)]
    found = {row.id: row for row in work.connection.execute(union_all(*(select(one) for one in parts)))}
    return [found[id] for id in sorted(found, reverse=order.down)][: limit + 1]


def page(
    rows: list[Any], limit: int, schema: type[Any], sort: str, order: Order, **computed: Callable[[Any], Any]
) -> Page[Any]:
    """The page of `rows`."""
    items = tuple(shown(schema, row, **{name: how(row) for name, how in computed.items()}) for row in rows[:limit])
    if len(rows) <= limit:
        return Page(items=items)
    last = rows[limit - 1]
    return Page(items=items, next=cursors.write(sort, _key(order, last)))


def _some(work: Work, query: Select[Any], columns: list[Any], down: bool, limit: int) -> list[Any]:
    ordered = query.order_by(*(column.desc() if down else column for column in columns))
    return list(work.connection.execute(ordered.limit(limit)).all())


def _beyond(column: Any, value: Any, down: bool) -> list[ColumnElement[bool]]:
    return [] if value is None else [column < value if down else column > value]


def _later(column: Any, value: Any, id: Any, last: UUID, down: bool) -> ColumnElement[bool]:
    # The first part is implied by the second; it is what every planner makes a range of.
    within = column <= value if down else column >= value
    return and_(within, or_(column != value, id < last if down else id > last))


def _key(order: Order, row: Any) -> list[str]:
    if order.column is None:
        return [str(row.id)]
    value = getattr(row, order.column)
    told = "" if value is None else value.isoformat() if isinstance(value, date | datetime) else str(value)
    return [told, str(row.id)]


def _place(sort: str, order: Order, after: str | None) -> tuple[Any, UUID | None]:
    if after is None:
        return None, None
    *told, last = cursors.read(sort, after, 1 if order.column is None else 2)
    if not told or (order.nullable and not told[0]):
        return None, UUID(last)
    return cursors.value(order.parse, told[0]), UUID(last)
