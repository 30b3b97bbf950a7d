"""The rules of companies as they were read lately, by their stamp. A stamp is never used again."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from uuid import UUID

_KEPT = 1000


@dataclass(frozen=True, slots=True)
class Rule:
    """The roles that see a field, see it masked, and may fill it in."""

    see: tuple[str, ...]
    edit: tuple[str, ...]
    masked: tuple[str, ...]


Rules = Mapping[str, Rule]
"""By "kind.field"."""


class Shelf:
    """The rules of the last thousand companies that somebody asked for."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, UUID], Rules] = OrderedDict()
        self._lock = Lock()

    def find(self, tenant: str, stamp: UUID) -> Rules | None:
        """What was read under this stamp."""
        with self._lock:
            if (found := self._kept.get((tenant, stamp))) is not None:
                self._kept.move_to_end((tenant, stamp))
            return found

    def keep(self, tenant: str, stamp: UUID, rules: Rules) -> Rules:
        """Keep what was read."""
        with self._lock:
            self._kept[(tenant, stamp)] = rules
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return rules
