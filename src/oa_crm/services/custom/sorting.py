"""Lists by a custom field: keyset pages over its index, and after them the things without a value, newest first.

At most two queries a page. Downwards ("-custom:grade"), the things without a value still come last.
"""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, exists, null, or_

from oa_crm.errors import InvalidInput
from oa_crm.models import Base, CustomValue, kind_of, table_of
from oa_crm.schemas.custom_types import sorted_by
from oa_crm.services import cursors
from oa_crm.services.custom.finding import column, not_rebuilt, usable
from oa_crm.services.custom_sets import Field
from oa_crm.services.work import Work

PREFIX = "custom:"


def key(row: Any) -> list[str]:
    """What the cursor after this row holds."""
    value = row.sort_key
    return ["" if value is None else "=" + _text(value), str(row.id)]


def is_custom(sort: str) -> bool:
    """Whether a sort is by a custom field."""
    return sort.removeprefix("-").startswith(PREFIX)


def ordered(work: Work, query: Select[Any], model: type[Base], sort: str, after: str | None, size: int) -> list[Any]:
    """The rows of a page of `size`, one more than it holds when it goes on. Raises `InvalidInput` for a field that this
    person cannot sort by."""
    field = usable(work, kind_of(model), sort.removeprefix("-").removeprefix(PREFIX))
    if not sorted_by(field.facts):
        raise InvalidInput.of("sort", "not_sortable", field=field.name)
    not_rebuilt(work, [field])
    wanted = size + 1
    last = None if after is None else cursors.read(sort, after, 2)
    rows: list[Any] = []
    if last is None or last[0]:
        rows = _valued(work, query, model, field, sort.startswith("-"), last, wanted)
        last = None
    if len(rows) < wanted:
        rows += _without(work, query, model, field, last, wanted - len(rows))
    return rows


def _valued(
    work: Work, query: Select[Any], model: type[Base], field: Field, down: bool, last: list[str] | None, limit: int
) -> list[Any]:
    table, value, by = table_of(model), table_of(CustomValue), column(field)
    of_field = and_(value.c.tenant_id == work.scope.tenant, value.c.kind == field.kind, value.c.field == field.name)
    query = query.add_columns(by.label("sort_key")).join(value, value.c.thing_id == table.c.id).where(of_field)
    if last is not None:
        key, id = _value(field, last[0][1:]), UUID(last[1])
        later = by < key if down else by > key
        query = query.where(or_(later, and_(by == key, value.c.thing_id > id)))
    query = query.order_by(by.desc() if down else by, value.c.thing_id)
    return list(work.connection.execute(query.limit(limit)).all())


def _without(
    work: Work, query: Select[Any], model: type[Base], field: Field, last: list[str] | None, limit: int
) -> list[Any]:
    table, value = table_of(model), table_of(CustomValue)
    has = exists().where(
        value.c.tenant_id == work.scope.tenant,
        value.c.kind == field.kind,
        value.c.field == field.name,
        value.c.thing_id == table.c.id,
    )
    query = query.add_columns(null().label("sort_key")).where(~has)
    if last is not None:
        query = query.where(table.c.id < UUID(last[1]))
    return list(work.connection.execute(query.order_by(table.c.id.desc()).limit(limit)).all())


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _value(field: Field, text: str) -> Any:
    if field.facts.type in ("number", "money"):
        return cursors.value(cursors.number, text)
    return cursors.value(date.fromisoformat, text) if field.facts.type == "date" else text
