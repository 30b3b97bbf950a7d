"""The index of values, kept in step with the rows of the things, and by which unique fields have one winner."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, and_, delete, insert, or_, select
from sqlalchemy.exc import IntegrityError

from oa_crm.errors import FieldProblem, InvalidInput
from oa_crm.models import CustomValue, table_of
from oa_crm.schemas.custom import Custom, Plain
from oa_crm.schemas.custom_types import converted, keys
from oa_crm.services.custom.accepting import Accepted
from oa_crm.services.custom.definitions import definitions
from oa_crm.services.custom_sets import Definitions, Field
from oa_crm.services.work import Work

Row = dict[str, Any]


def keep(work: Work, kind: str, accepted: Iterable[tuple[UUID, Accepted]]) -> None:
    """Index the values of things whose rows were just written, set-based.

    Call it after the row's conditional update, which decides between two editors. Raises `InvalidInput` for a value
    of a unique field that another thing has.
    """
    changed = [(id, one.touched) for id, one in accepted if one.changes]
    if not changed:
        return
    known = definitions(work, kind, writing=True)
    _forget(work, kind, [(id, name) for id, values in changed for name in values])
    rows = [
        row
        for id, values in changed
        for name, value in values.items()
        if value is not None
        for row in index_rows(work, known.fields[name], id, value)
    ]
    write(work, kind, rows)


def reindex(work: Work, kind: str, stored: Mapping[UUID, Custom | None]) -> None:
    """Index these things anew by what their rows hold now; one that holds nothing any more is found by nothing.

    For acts that set whole rows, such as a merge. Raises `InvalidInput` for a value of a unique field that is taken.
    """
    known, table = definitions(work, kind, writing=True), table_of(CustomValue)
    if not known.fields:
        return
    these = and_(table.c.tenant_id == work.scope.tenant, table.c.kind == kind, table.c.thing_id.in_(list(stored)))
    work.connection.execute(delete(table).where(these))
    rows = [row for id, values in stored.items() for row in _whole(work, known, id, values or {})]
    write(work, kind, rows)


def _whole(work: Work, known: Definitions, id: UUID, values: Custom) -> Iterator[Row]:
    for name, value in values.items():
        if (field := known.fields.get(name)) is not None:
            with suppress(ValueError, TypeError):
                # What a field of another type left there stays on the row, and is no key.
                yield from index_rows(work, field, id, converted(field.facts, value))


def index_rows(work: Work, field: Field, id: UUID, value: Plain) -> list[Row]:
    """The rows of one value."""
    mark = 1 if field.facts.unique else None
    return [
        {
            "tenant_id": work.scope.tenant,
            "kind": field.kind,
            "field": field.name,
            "thing_id": id,
            "position": position,
            "text_key": key.text,
            "number_key": key.number,
            "date_key": key.day,
            "unique_mark": mark,
        }
        for position, key in enumerate(keys(field.facts, value))
    ]


def write(work: Work, kind: str, rows: list[Row]) -> None:
    """Insert rows of the index; `InvalidInput` names the unique fields whose value is taken."""
    unique = [row for row in rows if row["unique_mark"]]
    with _unless_taken(work, kind, unique):
        for some in (unique, [row for row in rows if not row["unique_mark"]]):
            if some:
                work.connection.execute(insert(CustomValue), some)


@contextmanager
def _unless_taken(work: Work, kind: str, unique: list[Row]) -> Any:
    if not unique:
        yield
        return
    try:
        with work.connection.begin_nested():
            yield
    except IntegrityError:
        taken = _taken(work.connection, work.scope.tenant, kind, unique)
        raise InvalidInput(
            [FieldProblem.of(f"custom.{name}", "value_taken", given=value) for name, value in sorted(taken)]
        ) from None


def _taken(connection: Connection, tenant: str, kind: str, unique: list[Row]) -> set[tuple[str, str]]:
    """Which of them others have, or several of these at once."""
    table, wanted = table_of(CustomValue), [(row["field"], row["text_key"]) for row in unique]
    these = or_(*(and_(table.c.field == name, table.c.text_key == key) for name, key in set(wanted)))
    held = select(table.c.field, table.c.text_key).where(
        table.c.tenant_id == tenant, table.c.kind == kind, table.c.unique_mark == 1, these
    )
    found = {(row.field, row.text_key) for row in connection.execute(held.with_for_update(read=True))}
    return found | {one for one in wanted if wanted.count(one) > 1} or set(wanted)


def _forget(work: Work, kind: str, of: list[tuple[UUID, str]]) -> None:
    table = table_of(CustomValue)
    by_field: Mapping[str, list[UUID]] = {
        name: [id for id, other in of if other == name] for name in {name for _, name in of}
    }
    these = or_(*(and_(table.c.field == name, table.c.thing_id.in_(ids)) for name, ids in by_field.items()))
    work.connection.execute(delete(table).where(table.c.tenant_id == work.scope.tenant, table.c.kind == kind, these))
