"""Whether the values on file fit a changed definition, so that no change loses any. Counts, and shows examples."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, select

from oa_crm.errors import InvalidInput
from oa_crm.models import CustomValue, table_of
from oa_crm.schemas.custom import Plain
from oa_crm.schemas.custom_types import converted
from oa_crm.services.custom.accepting import validated
from oa_crm.services.custom.kinds import kind_named
from oa_crm.services.custom_sets import Definitions, Field
from oa_crm.services.work import Work

_SLICE = 1000
_EXAMPLES = 3
_SHAPES = ("type", "decimals", "currency", "max_length", "to")


def reshaped(before: Field, after: Field) -> bool:
    """Whether values on file may mean something else now, so that they are looked at and indexed anew."""
    lost = set(before.facts.options) - set(after.facts.options)
    return bool(lost) or any(getattr(before.facts, name) != getattr(after.facts, name) for name in _SHAPES)


def require_fitting(work: Work, before: Field, known: Definitions) -> None:
    """Raises `InvalidInput` with a count and examples when values on file do not fit the field as `known` has it."""
    after = known.fields[before.name]
    misfits, examples = 0, list[str]()
    for value in _values(work, before):
        problems, _ = validated(known, {after.name: converted(after.facts, value)})
        misfits += bool(problems)
        if problems and len(examples) < _EXAMPLES:
            examples.append(_said(value))
    if misfits:
        raise InvalidInput.of(_blamed(before, after), "values_do_not_fit", count=misfits, examples="; ".join(examples))


def require_different(work: Work, field: Field) -> None:
    """Raises `InvalidInput` with a count and examples when things share a value of a field that is to be unique."""
    table = table_of(CustomValue)
    mine = and_(table.c.tenant_id == work.scope.tenant, table.c.kind == field.kind, table.c.field == field.name)
    shared = select(table.c.text_key, func.count().label("many")).where(mine).group_by(table.c.text_key)
    shared = shared.having(func.count() > 1)
    rows = work.connection.execute(shared.order_by(table.c.text_key).limit(_EXAMPLES)).all()
    if rows:
        many = work.connection.scalar(select(func.count()).select_from(shared.subquery()))
        examples = "; ".join(f"{row.text_key} ({row.many})" for row in rows)
        raise InvalidInput.of("unique", "values_shared", count=many, examples=examples)


def any_value(work: Work, field: Field) -> bool:
    """Whether any thing has a value of the field."""
    return bool(_slice(work, field, None, 1))


def _values(work: Work, field: Field) -> Iterator[Plain]:
    """Every value of the field on file, read in slices by the index."""
    after: UUID | None = None
    while things := _slice(work, field, after):
        after = things[-1].id
        yield from (value for one in things if (value := (one.custom or {}).get(field.name)) is not None)


def _slice(work: Work, field: Field, after: UUID | None, limit: int = _SLICE) -> list[Any]:
    thing, value = table_of(kind_named(field.kind)), table_of(CustomValue)
    indexed = and_(
        value.c.tenant_id == work.scope.tenant,
        value.c.kind == field.kind,
        value.c.field == field.name,
        value.c.position == 0,
    )
    query = select(thing.c.id, thing.c.custom).join(value, value.c.thing_id == thing.c.id)
    query = query.where(thing.c.tenant_id == work.scope.tenant, indexed)
    if after is not None:
        query = query.where(thing.c.id > after)
    # Locking, since a host's transaction may read a snapshot from before the last values.
    query = query.order_by(thing.c.id).limit(limit).with_for_update(read=True)
    return list(work.connection.execute(query).all())


def _blamed(before: Field, after: Field) -> str:
    changed = [name for name in _SHAPES if getattr(before.facts, name) != getattr(after.facts, name)]
    return changed[0] if changed else "options"


def _said(value: Plain) -> str:
    if isinstance(value, dict):
        return f"{value['amount']} {value['currency']}"
    return ", ".join(value) if isinstance(value, list) else value[:60]
