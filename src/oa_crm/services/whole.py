"""Whole numbers that callers give beside schemas: how many, which version, which step. True is none, nor is text."""

from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Any

from oa_crm.errors import InvalidInput


def numbers(method: Callable[..., Any]) -> Callable[..., Any]:
    """The method, which raises `InvalidInput` for a whole number that is none. One that takes none stays as it is."""
    taken = list(enumerate(signature(method).parameters.values()))
    places = {one.name: (at, one.annotation is not int) for at, one in taken if one.annotation in (int, int | None)}
    if not places:
        return method

    @wraps(method)
    def asked(*args: Any, **kwargs: Any) -> Any:
        for name, (at, optional) in places.items():
            if name in kwargs or at < len(args):
                _whole(name, kwargs[name] if name in kwargs else args[at], optional=optional)
        return method(*args, **kwargs)

    return asked


def _whole(name: str, value: object, *, optional: bool) -> None:
    if not (value is None and optional) and (isinstance(value, bool) or not isinstance(value, int)):
        raise InvalidInput.of(name, "not_whole", given=repr(value))
