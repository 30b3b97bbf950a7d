"""What is left of a field for those who do not see it openly. Which fields of an output those are, is found once a
class and unit."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel

from oa_crm.hooks.ports import Sight
from oa_crm.masks import Mask
from oa_crm.schemas.base import Out, Shows
from oa_crm.schemas.privacy import FIELDS, KEPT_AS, Shape
from oa_crm.services.sights.rights import all_open, strictest
from oa_crm.services.work import Work


def dimmed(work: Work, kind: type[BaseModel]) -> dict[str, tuple[Shape, Sight]]:
    """The fields of an output that the person does not see openly: how each is masked, and how he sees it."""
    known: dict[str, tuple[Shape, Sight]] | None = work.sights.get(kind)
    if known is None:
        known = work.sights[kind] = _dimmed(work, kind)
    return known


def _dimmed(work: Work, kind: type[BaseModel]) -> dict[str, tuple[Shape, Sight]]:
    told = _told(kind)
    if not told or all_open(work):
        return {}
    seen = ((name, fields, strictest(work, fields)) for name, fields in told.items())
    return {name: (_shape(fields), sight) for name, fields, sight in seen if sight is not Sight.OPEN}


def shown_as(shape: Shape, sight: Sight, value: Any) -> Any:
    """The value as somebody sees it who does not see it openly."""
    if sight is Sight.MASKED and shape is not None:
        return _masked(shape, value)
    # By their very type: money is a tuple, too.
    return type(value)() if type(value) in (tuple, list, dict) else None


def facts_seen(work: Work, kind: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts by their column as the person may see them: masked, or without the hidden ones."""
    if all_open(work):
        return dict(facts)
    return dict(_facts_seen(work, kind, facts))


def open_facts(work: Work, kind: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts by their column, None in place of what the person does not see openly."""
    hidden = (name for name in facts if strictest(work, _fields_of(kind, name)) is not Sight.OPEN)
    return {**facts, **dict.fromkeys(hidden)}


def _facts_seen(work: Work, kind: str, facts: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in facts.items():
        fields = _fields_of(kind, name)
        sight = strictest(work, fields)
        if sight is Sight.OPEN:
            yield name, value
        elif sight is Sight.MASKED and (shape := _shape(fields)) is not None:
            # The audit holds a fact before and after it.
            yield name, _masked(shape, value)


def _masked(shape: Shape, value: Any) -> Any:
    if type(value) in (tuple, list):
        return type(value)(_masked(shape, one) for one in value)
    if isinstance(shape, Mapping):
        return _masked_parts(shape, value)
    return shape.of(value) if isinstance(shape, Mask) and isinstance(value, str) else None


def _masked_parts(shape: Mapping[str, Mask], value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_copy(update={name: _masked(mask, getattr(value, name)) for name, mask in shape.items()})
    if isinstance(value, Mapping):
        return {name: _masked(shape[name], one) if name in shape else one for name, one in value.items()}
    return None


@cache
def _told(kind: type[BaseModel]) -> dict[str, tuple[str, ...]]:
    """The fields of an output that tell a field not everybody may see, with what they tell."""
    told: dict[str, tuple[str, ...]] = {}
    own = kind.KIND if issubclass(kind, Out) and kind.KIND else ""
    for name, field in kind.model_fields.items():
        if name in FIELDS.get(own, ()):
            told[name] = (f"{own}.{name}",)
        for one in field.metadata:
            if isinstance(one, Shows):
                told[name] = one.fields
    return told


@cache
def _fields_of(kind: str, column: str) -> tuple[str, ...]:
    if column in FIELDS.get(kind, ()):
        return (f"{kind}.{column}",)
    return KEPT_AS.get(kind, {}).get(column, ())


def _shape(fields: tuple[str, ...]) -> Shape:
    kind, field = fields[0].split(".")
    return FIELDS[kind][field]
