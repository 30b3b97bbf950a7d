"""What companies keep for everybody, as it was read lately, by its stamp. A stamp is never used again."""

from collections import OrderedDict
from threading import Lock
from typing import Generic, TypeVar
from uuid import UUID

Kept = TypeVar("Kept")
_KEPT = 1000


class Shelf(Generic[Kept]):
    """That of the last thousand companies that somebody asked for."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, UUID], Kept] = OrderedDict()
        self._lock = Lock()

    def find(self, tenant: str, stamp: UUID) -> Kept | None:
        """What was read under this stamp."""
        with self._lock:
            if (found := self._kept.get((tenant, stamp))) is not None:
                self._kept.move_to_end((tenant, stamp))
            return found

    def keep(self, tenant: str, stamp: UUID, read: Kept) -> Kept:
        """Keep what was read."""
        with self._lock:
            self._kept[(tenant, stamp)] = read
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return read
