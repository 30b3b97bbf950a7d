"""What comes into a unit: nobody fills in, or finds by, a field that he does not see openly, nor writes a mask.

Done for every public method whose parameters are input schemas, so that no service can forget it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from inspect import Parameter, Signature, signature
from typing import Any, get_args, get_origin, get_type_hints

from oa_crm.errors import FieldProblem, InvalidInput
from oa_crm.hooks.ports import Sight
from oa_crm.masks import Mask
from oa_crm.schemas.base import In, Patch
from oa_crm.schemas.merges import MergePair
from oa_crm.schemas.privacy import FIELDS, Shape
from oa_crm.services import plain
from oa_crm.services.inputs import given, given_row
from oa_crm.services.sights.rights import all_open, right, strictest
from oa_crm.services.work import Work

Inputs = Mapping[str, tuple[type[In], bool]]


def asked(
    work: Work, method: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> tuple[tuple[Any, ...], Mapping[str, Any]]:
    """The arguments of a public method, inputs as their schemas. Raises `InvalidInput` for what is not the actor's."""
    taken, inputs = _inputs(method)
    if not inputs:
        return args, kwargs
    try:
        bound = taken.bind(None, *args, **kwargs)
    except TypeError:
        return args, kwargs  # which the call itself will say better
    for name, (schema, many) in inputs.items():
        value = bound.arguments.get(name)
        if value is not None or taken.parameters[name].default is Parameter.empty:
            bound.arguments[name] = (_many if many else _one)(work, schema, name, value)
    return bound.args[1:], bound.kwargs


def fit(work: Work, data: In, prefix: str = "") -> None:
    """Raises `InvalidInput` for an input that fills in or asks by a field that is not the actor's, or writes a mask."""
    if problems := list(_problems(work, data, prefix)):
        raise InvalidInput(problems)


def _one(work: Work, schema: type[In], name: str, value: Any) -> In:
    data: In = given(schema, value, name)
    fit(work, data)
    return data


def _many(work: Work, schema: type[In], name: str, values: Any) -> list[In]:
    rows = [given_row(schema, at, one) for at, one in enumerate(plain.many(name, values))]
    for at, row in enumerate(rows):
        fit(work, row, f"rows.{at}.")
    return rows


def _problems(work: Work, data: In, prefix: str) -> Iterator[FieldProblem]:
    free = all_open(work)
    fields = FIELDS.get(data.KIND or "", {})
    patch = isinstance(data, Patch)
    for name in sorted(data.model_fields_set):
        value = getattr(data, name)
        if name in fields and data.KIND and (value or patch):
            if not free and not right(work, data.KIND, name).edit:
                yield FieldProblem.of(f"{prefix}{name}", "not_yours_to_edit")
            elif _is_mask(fields[name], value):
                yield FieldProblem.of(f"{prefix}{name}", "is_a_mask")
        if not free and value is not None and strictest(work, data.FOUND_BY.get(name, ())) is not Sight.OPEN:
            yield FieldProblem.of(f"{prefix}{name}", "masked_field")
        if isinstance(value, In):
            yield from _problems(work, value, f"{prefix}{name}.")
    if isinstance(data, MergePair) and not free:
        yield from _choices(work, data, prefix)


def _choices(work: Work, pair: MergePair, prefix: str) -> Iterator[FieldProblem]:
    for name in pair.choices:
        if name in FIELDS["customer"] and not right(work, "customer", name).edit:
            yield FieldProblem.of(f"{prefix}choices.{name}", "not_yours_to_edit")


def _is_mask(shape: Shape, value: Any) -> bool:
    if isinstance(shape, Mask) and isinstance(value, str):
        return shape.known(value)
    if isinstance(value, tuple | list):
        return any(_is_mask(shape, one) for one in value)
    if isinstance(shape, Mapping):
        return any(_is_mask(mask, getattr(value, name, None)) for name, mask in shape.items())
    return False


@cache
def _inputs(method: Callable[..., Any]) -> tuple[Signature, Inputs]:
    """The parameters of a method that are input schemas, and which of them take many."""
    found: dict[str, tuple[type[In], bool]] = {}
    for name, hint in get_type_hints(method).items():
        if name == "return":
            continue
        for one in (hint, *get_args(hint)):
            many = get_origin(one) is Sequence
            for schema in get_args(get_args(one)[0]) if many else (one,):
                if isinstance(schema, type) and issubclass(schema, In):
                    found[name] = (schema, many)
    return signature(method), found
