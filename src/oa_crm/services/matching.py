"""What one CRM keeps in memory for its duplicate checks. Lost at the end of the process without harm."""

import time
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar

from oa_crm.duplicates import BUILT_IN, Engine
from oa_crm.hooks.matching import DuplicateMatcher
from oa_crm.hooks.ports import Reach, Who

_AT_MOST, _FOR = 20_000, 3600.0
One = TypeVar("One", bound=Hashable)


class Remembered(Generic[One]):
    """What was found out, remembered for an hour. Bounded; one of a kind per CRM."""

    def __init__(self) -> None:
        self._until: dict[One, float] = {}
        self._adding = Lock()

    def __contains__(self, one: One) -> bool:
        # Most are not there, and the clock need not be asked.
        until = self._until.get(one)
        return until is not None and until > time.monotonic()

    def add(self, one: One) -> None:
        """Remember one; when there are too many, the oldest goes."""
        # The oldest is not to be looked for while another thread puts one in.
        with self._adding:
            self._until.pop(one, None)
            self._until[one] = time.monotonic() + _FOR
            if len(self._until) > _AT_MOST:
                del self._until[next(iter(self._until))]


CommonKeys = Remembered[int]
"""Weak keys that many share: they are not probed."""


@dataclass(frozen=True, slots=True)
class Matching:
    """The engine; the weak keys to pass over; whose keys are all there; who sees, with what he is and as far as he
    reaches, so few customers that type-ahead begins with these; who was counted and sees more than that, and more than
    are listed by their ids."""

    engine: Engine
    common_keys: CommonKeys = field(default_factory=CommonKeys)
    keyed_tenants: set[str] = field(default_factory=set)
    who_sees_few: Remembered[tuple[Who, Reach]] = field(default_factory=Remembered)
    who_sees_many: Remembered[tuple[Who, Reach]] = field(default_factory=Remembered)
    whose_lists_are_long: Remembered[tuple[Who, Reach]] = field(default_factory=Remembered)

    @classmethod
    def of(cls, more: Sequence[DuplicateMatcher]) -> "Matching":
        """The built-in matchers and those of plugins."""
        return cls(Engine((*BUILT_IN, *more)))
