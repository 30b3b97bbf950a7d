"""The index of a field made anew from the rows of the things: a slice at a time, set-based, resumable.

A thing is locked while it is indexed, so whoever changes it meanwhile waits, and indexes what he wrote.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, delete, select, update

from oa_crm.models import Base, CustomRebuild, CustomValue, table_of
from oa_crm.schemas import IndexProgress
from oa_crm.schemas.custom import Custom, Plain
from oa_crm.schemas.custom_types import converted
from oa_crm.services.custom.accepting import validated
from oa_crm.services.custom.keeping import index_rows, write
from oa_crm.services.custom.kinds import kind_named
from oa_crm.services.custom_sets import Definitions, Field
from oa_crm.services.upsert import upsert
from oa_crm.services.work import Work


def begin(work: Work, field: Field) -> None:
    """Say that the index of the field is not to be asked until it is made anew."""
    values = {"after": None, "done": 0, "started_at": work.journal.now()}
    upsert(work.connection, table_of(CustomRebuild), _which(work, field), values)


def running(work: Work, kind: str) -> set[str]:
    """The fields of a kind whose index is being made."""
    table = table_of(CustomRebuild)
    return set(
        work.connection.scalars(
            select(table.c.field).where(table.c.tenant_id == work.scope.tenant, table.c.kind == kind)
        )
    )


def go_on(work: Work, known: Definitions, field: Field, slice: int) -> IndexProgress:
    """Index the next things; the last call takes the mark away."""
    table = table_of(CustomRebuild)
    mine = and_(*(table.c[name] == value for name, value in _which(work, field).items()))
    row = work.connection.execute(select(table).where(mine).with_for_update()).one_or_none()
    if row is None:
        return IndexProgress(done=0, finished=True)
    things = _things(work, kind_named(field.kind), row.after, slice)
    _index(work, known, field, things)
    done = row.done + len(things)
    if len(things) < slice:
        work.connection.execute(delete(table).where(mine))
        return IndexProgress(done=done, finished=True)
    work.connection.execute(update(table).where(mine).values(after=things[-1].id, done=done))
    return IndexProgress(done=done, finished=False)


def mark_unique(work: Work, field: Field, *, unique: bool) -> None:
    """Let the constraint hold for the field, or no longer, in one statement. Raises `IntegrityError` for equals."""
    table = table_of(CustomValue)
    work.connection.execute(update(table).where(_of(work, field)).values(unique_mark=1 if unique else None))


def _index(work: Work, known: Definitions, field: Field, things: list[Any]) -> None:
    """Take away what the index says of these things, and write what their rows say."""
    if not things:
        return
    table = table_of(CustomValue)
    gone = delete(table).where(_of(work, field), table.c.thing_id.in_([one.id for one in things]))
    work.connection.execute(gone)
    fitting = {one.id: _fitting(known, field, one.custom) for one in things}
    rows = [row for id, value in fitting.items() if value is not None for row in index_rows(work, field, id, value)]
    if rows:
        write(work, field.kind, rows)
    stored = {one.id: (one.custom or {}).get(field.name) for one in things}
    other = [one for one in things if fitting[one.id] not in (None, stored[one.id])]
    _rewrite(work, field, other, fitting)


def _fitting(known: Definitions, field: Field, custom: Custom | None) -> Plain | None:
    """The value as the definition has it now. One that a plugin's new definition does not take stays unindexed."""
    if (value := (custom or {}).get(field.name)) is None:
        return None
    problems, taken = validated(known, {field.name: converted(field.facts, value)})
    return None if problems else taken[field.name]


def _rewrite(work: Work, field: Field, things: list[Any], fitting: dict[UUID, Plain | None]) -> None:
    """Give values of an earlier type the form of this one. No edit: they stay what they are."""
    if not things:
        return
    table = table_of(kind_named(field.kind))
    mine = and_(table.c.tenant_id == work.scope.tenant, table.c.id == bindparam("thing"))
    rows = [{"thing": one.id, "new": {**one.custom, field.name: fitting[one.id]}} for one in things]
    work.connection.execute(update(table).where(mine).values(custom=bindparam("new")), rows)


def _things(work: Work, model: type[Base], after: UUID | None, limit: int) -> list[Any]:
    table = table_of(model)
    query = select(table.c.id, table.c.custom).where(table.c.tenant_id == work.scope.tenant)
    if "merged_into" in table.c:
        query = query.where(table.c.merged_into.is_(None))
    if after is not None:
        query = query.where(table.c.id > after)
    return list(work.connection.execute(query.order_by(table.c.id).limit(limit).with_for_update()).all())


def _which(work: Work, field: Field) -> dict[str, str]:
    return {"tenant_id": work.scope.tenant, "kind": field.kind, "field": field.name}


def _of(work: Work, field: Field) -> Any:
    table = table_of(CustomValue)
    return and_(*(table.c[name] == value for name, value in _which(work, field).items()))
