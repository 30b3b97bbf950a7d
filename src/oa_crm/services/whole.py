"""Whole numbers that callers give beside schemas: how many, which version, which step. True is none, nor is text."""

from collections.abc import Callable, Mapping
from functools import wraps
from inspect import signature
from typing import Any

from oa_crm.errors import InvalidInput


def numbers(method: Callable[..., Any]) -> Callable[..., Any]:
    """The method, which raises `InvalidInput` for a whole number that is none. One that takes none stays as it is."""
    taken = signature(method).parameters.values()
    places = {one.name: at for at, one in enumerate(taken) if one.annotation in (int, int | None)}
    if not places:
        return method

    @wraps(method)
    def asked(*args: Any, **kwargs: Any) -> Any:
        for name, at in places.items():
            _whole(name, _given(name, at, args, kwargs))
        return method(*args, **kwargs)

    return asked


def _given(name: str, at: int, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    return kwargs[name] if name in kwargs else args[at] if at < len(args) else None


def _whole(name: str, value: object) -> None:
    # What is left out is none, and the call itself says where it must not be.
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise InvalidInput.of(name, "not_whole", given=repr(value))
