"""`crm.files`: upkeep of what attachments left in the store. For a nightly job, like `crm.relay.retain()`.

A file's content is written before its row commits, so that no row ever lacks it. What a rolled-back unit left behind
has no row; it is taken away once it is older than the grace period, in which a unit that still works must end.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from uuid import UUID

from sqlalchemy import Engine, select, update

from oa_crm.clock import Clock
from oa_crm.database import transaction
from oa_crm.errors import InvalidInput
from oa_crm.hooks.ports import FileStore
from oa_crm.models import File, table_of
from oa_crm.services import plain
from oa_crm.settings import FileSettings

_SLICE = 500
_DAYS = 30


@dataclass(frozen=True, slots=True)
class Swept:
    """How many contents were taken away: `orphans` that no row stands for, `removed` files whose time was over."""

    orphans: int
    removed: int


class StoredFiles:
    """What lies in the store and has no use any more."""

    def __init__(self, engine: Engine, store: FileStore | None, settings: FileSettings, clock: Clock) -> None:
        self._engine, self._given, self._settings, self._clock = engine, store, settings, clock

    def sweep(self, *, days: int = _DAYS) -> Swept:
        """Take away orphans of the last `days` before the grace period, and removed files that were kept long enough.

        Harmless to repeat and to interrupt. The store must be this database's alone: a copy of the database that is
        swept with the same store takes away what it does not know.
        """
        plain.above_zero("days", days)
        store = self._store()
        orphans = sum(self._sweep_day(store, day) for day in self._days(days))
        return Swept(orphans, sum(self._sweep_removed(store)))

    def _days(self, days: int) -> Iterator[date]:
        last = (self._clock.now() - self._settings.grace).date() - timedelta(days=1)
        return (last - timedelta(days=back) for back in range(days))

    def _sweep_day(self, store: FileStore, day: date) -> int:
        gone = 0
        # What does not lie under a key of ours somebody else put there.
        for keys in _slices(key for key in store.keys(f"{day:%Y-%m-%d}/") if _id(key) is not None):
            for key in sorted(set(keys) - self._held(keys)):
                store.delete(key)
                gone += 1
        return gone

    def _held(self, keys: Sequence[str]) -> set[str]:
        table = table_of(File)
        ids = [_id(key) for key in keys]
        with transaction(self._engine, write=False) as connection:
            rows = connection.execute(select(table.c.store_key).where(table.c.id.in_(ids)))
            return {str(row.store_key) for row in rows}

    def _sweep_removed(self, store: FileStore) -> Iterator[int]:
        table = table_of(File)
        due = select(table.c.id, table.c.store_key).where(table.c.sweep_at <= self._clock.now()).limit(_SLICE)
        while True:
            with transaction(self._engine, write=False) as connection:
                rows = connection.execute(due).all()
            if not rows:
                return
            for row in rows:
                store.delete(row.store_key)
            with transaction(self._engine) as connection:
                swept = update(table).where(table.c.id.in_([row.id for row in rows]))
                connection.execute(swept.values(sweep_at=None))
            yield len(rows)

    def _store(self) -> FileStore:
        if self._given is None:
            raise InvalidInput.of("content", "no_file_store")
        return self._given


def _id(key: str) -> UUID | None:
    try:
        return UUID(hex=key.rsplit("/", 1)[-1])
    except ValueError:
        return None


def _slices(keys: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(keys)
    while some := list(islice(rest, _SLICE)):
        yield some
