"""Taking values in: validated by the kind's model, as far as this person may fill them in.

What is wrong names `custom.<field>`, everything at once. A value that stays as it is on file is not asked again.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import select

from oa_crm.errors import FieldProblem, InvalidInput
from oa_crm.models import Member, table_of
from oa_crm.schemas.base import told
from oa_crm.schemas.custom import Custom, Plain
from oa_crm.services import access
from oa_crm.services.custom.definitions import definitions
from oa_crm.services.custom.kinds import kind_named
from oa_crm.services.custom.rights import right, shown_fields
from oa_crm.services.custom_sets import Definitions, Field
from oa_crm.services.work import Work


@dataclass(frozen=True)
class Accepted:
    """Values that were taken: `stored` for the thing's row, `changes` as the audit keeps them."""

    stored: Custom | None
    changes: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def column(self) -> dict[str, Custom | None]:
        """What to set on the row of an edit; nothing when nothing changes."""
        return {"custom": self.stored} if self.changes else {}

    @property
    def touched(self) -> dict[str, Plain | None]:
        """The fields that change, with their new value or None."""
        return {name.removeprefix("custom."): after for name, (_, after) in self.changes.items()}


def accept(work: Work, kind: str, values: Mapping[str, Any]) -> Accepted:
    """The values of a new thing, defaults filled in.

    Raises `InvalidInput` for every field that is unknown, not the person's to fill in, wrong, or missing.
    """
    known = definitions(work, kind, writing=True)
    if not known.fields and not values:
        return Accepted(None)
    problems, taken = _taken(work, known, values, {})
    problems += [_missing(one) for one in known.active if _lacks(work, one, values)]
    _refuse(problems)
    defaults = {one.name: one.facts.default for one in known.active if one.facts.default is not None}
    return _accepted({}, {**{name: value for name, value in defaults.items() if name not in taken}, **taken})


def amend(work: Work, kind: str, held: Custom | None, values: Mapping[str, Any]) -> Accepted:
    """What an edit makes of the values on file; None takes a value away. Retired fields keep theirs.

    Raises `InvalidInput` like `accept`, and for a required field that would be emptied.
    """
    before = held or {}
    if not values:
        return Accepted(held)
    known = definitions(work, kind, writing=True)
    problems, taken = _taken(work, known, values, before)
    emptied = [known.fields[name] for name, value in taken.items() if value is None]
    _refuse([*problems, *(_missing(one) for one in emptied if one.facts.required)])
    return _accepted(before, taken)


def _accepted(before: Custom, taken: Mapping[str, Any]) -> Accepted:
    changed = {name: value for name, value in taken.items() if before.get(name) != value}
    after = {name: value for name, value in {**before, **changed}.items() if value is not None}
    changes = {f"custom.{name}": [before.get(name), value] for name, value in changed.items()}
    return Accepted(after or None, changes)


def _lacks(work: Work, one: Field, values: Mapping[str, Any]) -> bool:
    """Whether a required field was left out by somebody who could have filled it in."""
    facts = one.facts
    if not facts.required or facts.default is not None:
        return facts.required and one.name in values and values[one.name] is None
    return values.get(one.name) is None and right(work, one).edit


def _missing(one: Field) -> FieldProblem:
    return FieldProblem.of(f"custom.{one.name}", "custom_missing", label=one.name, hint=one.hint)


def _refuse(problems: list[FieldProblem]) -> None:
    if problems:
        raise InvalidInput(problems)


def _taken(
    work: Work, known: Definitions, values: Mapping[str, Any], before: Custom
) -> tuple[list[FieldProblem], dict[str, Plain | None]]:
    """What is wrong with the values, and those that are right in their plain form."""
    problems = list(_not_theirs(work, known, values))
    blamed = {one.field.removeprefix("custom.") for one in problems}
    new = {name: value for name, value in values.items() if name not in blamed and before.get(name) != value}
    wrong, taken = validated(known, new)
    fine = {name: value for name, value in taken.items() if before.get(name) != value}
    return [*problems, *wrong, *_retired(known, fine, before), *_unknown(work, known, fine)], fine


def _not_theirs(work: Work, known: Definitions, values: Mapping[str, Any]) -> Iterator[FieldProblem]:
    visible = shown_fields(work, known.active)
    for name in values:
        if name not in visible:
            yield FieldProblem.of(f"custom.{name}", "unknown_field", known=", ".join(visible) or "-")
        elif not right(work, visible[name]).edit:
            yield FieldProblem.of(f"custom.{name}", "not_yours_to_edit")


def validated(known: Definitions, values: Mapping[str, Any]) -> tuple[list[FieldProblem], dict[str, Plain | None]]:
    """The problems that the model finds, and the plain form of what is right. All names must be active fields."""
    if not values:
        return [], {}
    problems: list[FieldProblem] = []
    try:
        found = known.model.model_validate(values)
    except ValidationError as wrong:
        problems = [_told(known, error) for error in wrong.errors()]
        blamed = {str(error["loc"][0]) for error in wrong.errors()}
        rest = {name: value for name, value in values.items() if name not in blamed}
        found = known.model.model_validate(rest)
    return problems, {name.removesuffix("_"): _plain(known, name, value) for name, value in _set(found)}


def _set(found: Any) -> Iterator[tuple[str, Any]]:
    for name in type(found).model_fields:
        if name in found.model_fields_set:
            yield name, getattr(found, name)


def _plain(known: Definitions, name: str, value: Any) -> Plain | None:
    if value is None or value == ():
        return None
    return known.fields[name.removesuffix("_")].plain(value)


def _told(known: Definitions, error: Any) -> FieldProblem:
    name = str(error["loc"][0])
    return told(f"custom.{'.'.join(map(str, error['loc']))}", error, known.fields[name].hint)


def _retired(known: Definitions, taken: Mapping[str, Any], before: Custom) -> Iterator[FieldProblem]:
    """Options that are no longer to be chosen; what has one keeps it."""
    for name, value in taken.items():
        codes, held = _codes(value), _codes(before.get(name))
        facts = known.fields[name].facts
        gone = [code for code in codes if code in facts.retired_options and code not in held]
        if gone and facts.type in ("choice", "multi_choice"):
            left = ", ".join(code for code in facts.options if code not in facts.retired_options)
            yield FieldProblem.of(f"custom.{name}", "option_retired", option=", ".join(gone), known=left)


def _codes(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def _unknown(work: Work, known: Definitions, taken: Mapping[str, Any]) -> Iterator[FieldProblem]:
    """Members and things that are not there, or not for this person: one query for each kind of them."""
    members = _of_type(known, taken, "member")
    found = _members(work, set(members.values())) if members else set()
    for name, value in members.items():
        if value not in found:
            yield FieldProblem.of(f"custom.{name}", "unknown_member", given=value)
    references = _of_type(known, taken, "reference")
    seen = _things(work, {(str(known.fields[name].facts.to), value) for name, value in references.items()})
    for name, value in references.items():
        if (known.fields[name].facts.to, value) not in seen:
            yield FieldProblem.of(f"custom.{name}", "unknown_reference", given=value)


def _of_type(known: Definitions, taken: Mapping[str, Any], type: str) -> dict[str, str]:
    return {name: value for name, value in taken.items() if value and known.fields[name].facts.type == type}


def _members(work: Work, ids: Iterable[str]) -> set[str]:
    table = table_of(Member)
    active = select(table.c.id).where(
        table.c.tenant_id == work.scope.tenant, table.c.id.in_(ids), table.c.active.is_(True)
    )
    return set(work.connection.scalars(active))


def _things(work: Work, wanted: set[tuple[str, str]]) -> set[tuple[str, str]]:
    found = set()
    for kind in sorted({kind for kind, _ in wanted}):
        model = kind_named(kind)
        table = table_of(model)
        ids = [UUID(id) for to, id in wanted if to == kind]
        seen = select(table.c.id).where(access.visible(work, model), table.c.id.in_(ids))
        found |= {(kind, str(id)) for id in work.connection.scalars(seen)}
    return found
