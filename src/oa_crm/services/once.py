"""A value that is worked out once for each object, and kept with it.

`functools.cached_property` holds one lock for all objects of a class until Python 3.12: while one unit asked the
database who acts, those of all other threads waited.
"""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")


class once(Generic[Value]):  # noqa: N801
    """Keeps the answer in the `__dict__` of the object, which one thread works with."""

    def __init__(self, ask: Callable[[Any], Value]) -> None:
        self._ask, self.__doc__ = ask, ask.__doc__

    def __get__(self, one: Any, _: type | None = None) -> Value:
        value = one.__dict__[self._ask.__name__] = self._ask(one)
        return value
