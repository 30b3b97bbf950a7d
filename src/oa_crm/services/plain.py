"""What callers give beside schemas: text, ids, whole numbers, days, moments, yes or no, and lists of these.

Each is looked at by the annotation of its parameter, in one place, so that what is none of its kind is told by its name
and never reaches a database. What a value may say is its service's own matter.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import wraps
from inspect import signature
from math import isfinite
from types import NoneType
from typing import Any, get_args, get_origin
from uuid import UUID

from oa_crm.errors import InvalidInput
from oa_crm.schemas.base import unkeepable

Look = Callable[[str, Any], Any]
_LONGEST_SHOWN = 80
_LONGEST_NUMBER = 1000
"""Bits: what a float can still hold."""


def values(method: Callable[..., Any]) -> Callable[..., Any]:
    """The method, which raises `InvalidInput` for a plain value that is none of its kind; an id as text becomes one."""
    taken = enumerate(signature(method).parameters.values())
    looks = {one.name: (at, look) for at, one in taken if (look := _look(one.annotation))}
    if not looks:
        return method

    @wraps(method)
    def asked(*args: Any, **kwargs: Any) -> Any:
        given = list(args)
        for name, (at, look) in looks.items():
            if name in kwargs:
                kwargs[name] = look(name, kwargs[name])
            elif at < len(given):
                given[at] = look(name, given[at])
        return method(*given, **kwargs)

    return asked


def as_id(value: UUID | str, field: str = "id") -> UUID:
    """An id, also when it was given as text. Raises `InvalidInput` for what is none."""
    try:
        return value if isinstance(value, UUID) else UUID(value)
    except (ValueError, TypeError, AttributeError):
        raise InvalidInput.of(field, "not_an_id", given=said(value)) from None


def text(name: str, value: Any) -> str:
    """Text that a database keeps. Raises `InvalidInput` for what is none, also for None."""
    if not isinstance(value, str):
        raise InvalidInput.of(name, "not_text", given=said(value))
    if code := unkeepable(value):
        raise InvalidInput.of(name, code)
    return value


def whole(name: str, value: Any) -> int:
    """A whole number. Raises `InvalidInput` for what is none, also for true."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidInput.of(name, "not_whole", given=said(value))
    return int(_countable(name, value))


def above_zero(name: str, value: Any) -> int:
    """How many, at least one. Raises `InvalidInput`."""
    if whole(name, value) < 1:
        raise InvalidInput.of(name, "not_positive", given=value)
    return int(value)


def many(name: str, value: Any) -> Any:
    """Several, which can be counted, also of an iterator. Raises `InvalidInput` for what is none, also for one text."""
    if isinstance(value, Iterator):
        return tuple(value)
    if not isinstance(value, Collection) or isinstance(value, str | bytes | Mapping):
        raise InvalidInput.of(name, "not_many", given=said(value))
    return value


def _look(annotation: Any) -> Look | None:
    """How a value of this annotation is looked at; None for one that is not plain."""
    inside = get_args(annotation)
    if get_origin(annotation) in (Sequence, Collection) or (get_origin(annotation) is tuple and Ellipsis in inside):
        return _many_text if inside[0] is str else many
    if NoneType not in inside:
        return _LOOKS.get(annotation)
    kinds = tuple(one for one in inside if one is not NoneType)
    look = _look(kinds[0]) if len(kinds) == 1 else _LOOKS.get(frozenset(kinds))
    return look and (lambda name, value: None if value is None else look(name, value))


def _id(name: str, value: Any) -> UUID:
    return as_id(value, name)


def _text(name: str, value: Any) -> Any:
    return None if value is None else text(name, value)  # what is missing, its service says better


def _number(name: str, value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise InvalidInput.of(name, "no_number", given=said(value))
    if not isinstance(value, int) and not isfinite(value):
        raise InvalidInput.of(name, "no_number", given=said(value))
    return _countable(name, value)


def _countable(name: str, value: Any) -> Any:
    """A number that can be said in a message and compared with a broken one."""
    if isinstance(value, int) and value.bit_length() > _LONGEST_NUMBER:
        raise InvalidInput.of(name, "beyond_counting")
    return value


def _yes_or_no(name: str, value: Any) -> Any:
    if not isinstance(value, bool):
        raise InvalidInput.of(name, "not_yes_or_no", given=said(value))
    return value


def _day(name: str, value: Any) -> Any:
    if isinstance(value, datetime) or not isinstance(value, date):
        raise InvalidInput.of(name, "not_a_day", given=said(value))
    return value


def _moment(name: str, value: Any) -> Any:
    if not isinstance(value, datetime) or value.utcoffset() is None:
        raise InvalidInput.of(name, "not_a_moment", given=said(value))
    try:
        value.astimezone(UTC)
    except OverflowError:  # before the first or after the last year where the company's time is kept
        raise InvalidInput.of(name, "beyond_the_calendar", given=said(value)) from None
    return value


def _day_or_moment(name: str, value: Any) -> Any:
    return (_moment if isinstance(value, datetime) else _day)(name, value)


def _many_text(name: str, value: Any) -> Any:
    if isinstance(value, str):
        return (text(name, value),)  # one is meant, not its letters
    several = many(name, value)
    for at, one in enumerate(several):
        text(f"{name}.{at}", one)
    return several


def said(value: object) -> str:
    """The value as a message shows it: short, and in characters that can be sent."""
    if isinstance(value, int):
        value = value if value.bit_length() <= _LONGEST_NUMBER else hex(value)  # Python writes no longer ones otherwise
    told = ascii(value) if isinstance(value, str) and not value.isprintable() else repr(value)
    return told if len(told) <= _LONGEST_SHOWN else f"{told[:_LONGEST_SHOWN]}…"


_LOOKS: dict[Any, Look] = {
    UUID: _id,
    str: _text,
    int: whole,
    float: _number,
    bool: _yes_or_no,
    date: _day,
    datetime: _moment,
    date | datetime: _day_or_moment,
    frozenset((date, datetime)): _day_or_moment,
}
