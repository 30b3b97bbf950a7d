"""Filters by custom fields, through the typed index. A field that one sees masked or not at all filters nothing."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from oa_crm.errors import FieldProblem, InvalidInput
from oa_crm.hooks.ports import Sight
from oa_crm.models import Base, CustomRebuild, CustomValue, kind_of, table_of
from oa_crm.schemas.custom import CustomMatch
from oa_crm.schemas.custom_types import RANGED, Key, found_by, keys
from oa_crm.services.custom.accepting import validated
from oa_crm.services.custom.definitions import definitions
from oa_crm.services.custom.rights import right, shown_fields
from oa_crm.services.custom_sets import Definitions, Field
from oa_crm.services.work import Work

_ASKS = frozenset(CustomMatch.model_fields)


def matching(work: Work, query: Select[Any], model: type[Base], wanted: Mapping[str, Any]) -> Select[Any]:
    """The query, narrowed to the things whose custom fields are as wanted.

    A value stands for equality (of a multi-choice: that it is among the chosen); else any of `equals`, `any_of`,
    `at_least`, `at_most`, as in `CustomMatch`. Raises `InvalidInput` for a field that cannot be filtered by.
    """
    if not wanted:
        return query
    kind, table = kind_of(model), table_of(model)
    fields = [usable(work, kind, name) for name in wanted]
    not_rebuilt(work, fields)
    known = definitions(work, kind)
    for one in fields:
        for condition in _conditions(known, one, wanted[one.name]):
            query = query.where(table.c.id.in_(_having(work, one).where(condition)))
    return query


def usable(work: Work, kind: str, name: str) -> Field:
    """The field of that name, if this person may find and sort by it."""
    visible = shown_fields(work, definitions(work, kind).active)
    at = f"custom.{name}"
    if name not in visible:
        raise InvalidInput.of(at, "unknown_field", known=", ".join(visible) or "-")
    if right(work, visible[name]).sight is Sight.MASKED:
        raise InvalidInput.of(at, "masked_field")
    if not found_by(visible[name].facts):
        raise InvalidInput.of(at, "text_too_long_to_find", length=visible[name].facts.max_length)
    return visible[name]


def not_rebuilt(work: Work, fields: list[Field]) -> None:
    """Raises `InvalidInput` while the index of one of them is being made anew: it would leave things out."""
    table = table_of(CustomRebuild)
    running = select(table.c.field).where(
        table.c.tenant_id == work.scope.tenant,
        table.c.kind == fields[0].kind,
        table.c.field.in_([one.name for one in fields]),
    )
    if names := sorted(work.connection.scalars(running)):
        raise InvalidInput([FieldProblem.of(f"custom.{name}", "index_being_made") for name in names])


def column(field: Field) -> ColumnElement[Any]:
    """The key column by which the field sorts."""
    table = table_of(CustomValue)
    if field.facts.type in ("number", "money"):
        return table.c.number_key
    return table.c.date_key if field.facts.type == "date" else table.c.text_key


def key_of(field: Field, key: Key) -> int | date | str | None:
    """The value of that column."""
    if field.facts.type in ("number", "money"):
        return key.number
    return key.day if field.facts.type == "date" else key.text


def _having(work: Work, field: Field) -> Select[Any]:
    table = table_of(CustomValue)
    return select(table.c.thing_id).where(
        table.c.tenant_id == work.scope.tenant, table.c.kind == field.kind, table.c.field == field.name
    )


def _conditions(known: Definitions, field: Field, wanted: Any) -> list[ColumnElement[bool]]:
    match = _match(wanted)
    by = column(field)
    found: list[ColumnElement[bool]] = []
    if match.equals is not None:
        found += [by == key for key in _keys(known, field, match.equals)]
    if match.any_of:
        found.append(by.in_([key for one in match.any_of for key in _keys(known, field, one)]))
    bounds = [("at_least", match.at_least), ("at_most", match.at_most)]
    for name, bound in ((name, bound) for name, bound in bounds if bound is not None):
        if field.facts.type not in RANGED:
            raise InvalidInput.of(f"custom.{field.name}", "no_range", type=field.facts.type)
        found += [by >= key if name == "at_least" else by <= key for key in _keys(known, field, bound)]
    if not found:
        raise InvalidInput.of(f"custom.{field.name}", "nothing_to_match")
    return found


def _match(wanted: Any) -> CustomMatch:
    if isinstance(wanted, Mapping) and wanted and set(wanted) <= _ASKS:
        return CustomMatch(**wanted)
    return CustomMatch(equals=wanted)


def _keys(known: Definitions, field: Field, value: Any) -> list[Any]:
    listed = [value] if field.facts.type == "multi_choice" and not isinstance(value, list) else value
    problems, taken = validated(known, {field.name: listed})
    if problems:
        raise InvalidInput(problems)
    plain = taken[field.name]
    if plain is None:
        raise InvalidInput.of(f"custom.{field.name}", "nothing_to_match")
    return [key_of(field, key) for key in keys(field.facts, plain)]
