"""What one CRM keeps in memory for its duplicate checks. Lost at the end of the process without harm."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from oa_crm.duplicates import BUILT_IN, Engine
from oa_crm.hooks.matching import DuplicateMatcher

_COMMON_AT_MOST, _COMMON_FOR = 20_000, 3600.0


class CommonKeys:
    """Weak keys that many share, remembered for an hour: they are not probed. Bounded; one per CRM."""

    def __init__(self) -> None:
        self._until: dict[int, float] = {}

    def __contains__(self, hash: int) -> bool:
        # Most are not there, and the clock need not be asked.
        until = self._until.get(hash)
        return until is not None and until > time.monotonic()

    def add(self, hash: int) -> None:
        """Remember one; when there are too many, the oldest goes."""
        self._until.pop(hash, None)
        self._until[hash] = time.monotonic() + _COMMON_FOR
        if len(self._until) > _COMMON_AT_MOST:
            self._until.pop(next(iter(self._until)), None)


@dataclass(frozen=True, slots=True)
class Matching:
    """The engine; the weak keys to pass over; whose keys are all there."""

    engine: Engine
    common_keys: CommonKeys = field(default_factory=CommonKeys)
    keyed_tenants: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, more: Sequence[DuplicateMatcher]) -> "Matching":
        """The built-in matchers and those of plugins."""
        return cls(Engine((*BUILT_IN, *more)))
