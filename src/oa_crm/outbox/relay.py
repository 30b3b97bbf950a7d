"""The relay: carries what happened to the plugins, in this process (`drain`) or as a worker (`run`).

Any number of relays may run at once; leases keep them apart. Never drain inside a unit: its events are not
committed yet, and on SQLite it holds the write lock.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, and_
from sqlalchemy.pool import StaticPool

from oa_crm.clock import Clock
from oa_crm.database import transaction
from oa_crm.errors import ConfigurationError, InvalidInput
from oa_crm.outbox import retention, upkeep
from oa_crm.outbox.courier import Courier, Tally
from oa_crm.outbox.fan_out import FannedOut, fan_out
from oa_crm.outbox.reports import DeliveryOut
from oa_crm.outbox.tables import DEAD, DELIVERY, DONE, PENDING, SKIPPED
from oa_crm.outbox.wakeup import Wakeup, can_listen, notify
from oa_crm.outbox.workers import Workers
from oa_crm.plugins.dispatch import Dispatcher
from oa_crm.plugins.names import FAMILIES
from oa_crm.settings import RelaySettings

STATES = (PENDING, DONE, DEAD, SKIPPED)


class Relay:
    """Delivers events to plugins, and answers for what could not be delivered."""

    def __init__(
        self,
        engine: Engine,
        dispatcher: Dispatcher,
        settings: RelaySettings,
        clock: Clock,
        wakeup: Wakeup,
        *,
        notify: bool = True,
    ) -> None:
        self._engine, self._notify = engine, notify
        self._dispatcher, self._settings, self._clock, self._wakeup = dispatcher, settings, clock, wakeup

    def run(self, *, handle_signals: bool = True, stop_when: Callable[[], bool] = lambda: False) -> None:
        """Work until SIGTERM or SIGINT, one thread per plugin, then finish what is in hand and return.

        A plugin that hangs or fails holds up nobody but itself. `stop_when` is asked about once a second.
        """
        if isinstance(self._engine.pool, StaticPool):
            raise ConfigurationError(
                "run() works with threads, and an in-memory SQLite has one connection; use drain()"
            )
        Workers(self, self._wakeup).run(handle_signals=handle_signals, stop_when=stop_when)

    def drain(self, *, limit: int | None = None, plugins: Iterable[str] | None = None) -> Tally:
        """Fan out and deliver everything that is due now, in this thread; then return the tally.

        For cron jobs and tests. What is to be tried later stays for later. `limit` caps the deliveries.
        """
        total = Tally()
        couriers = [self.courier(name) for name in plugins or self.plugins()]
        while True:
            round_ = Tally(fanned_out=self.fan_out())
            for courier in couriers:
                left = None if limit is None else limit - total.tried - round_.tried
                if left is None or left > 0:
                    round_.add(courier.carry(limit=left))
            total.add(round_)
            if not round_.fanned_out and not round_.tried:
                return total
            if limit is not None and total.tried >= limit:
                return total

    def fan_out(self) -> int:
        """Make deliveries of the events that wait, up to 500; how many events were fanned out."""
        return self.fan_out_some().events

    def fan_out_some(self) -> FannedOut:
        """The same, and which plugins have deliveries from it."""
        hooks = {hook for one in self._dispatcher.manager.loaded for hook in one.hooks}
        subscribers = {hook: self._dispatcher.subscribers(hook) for hook in hooks if hook.startswith(FAMILIES[3])}
        with self._engine.connect() as connection:
            if not upkeep.anything_open(connection):
                return FannedOut()
        with transaction(self._engine) as connection:
            return fan_out(connection, subscribers, self._clock.now())

    def plugins(self) -> list[str]:
        """The loaded plugins that listen to any event."""
        return [
            one.name for one in self._dispatcher.manager.loaded if any(h.startswith(FAMILIES[3]) for h in one.hooks)
        ]

    def courier(self, plugin: str) -> Courier:
        """A courier for one plugin. Raises `invalid_input` for one that is not loaded or listens to nothing."""
        if plugin not in (known := self.plugins()):
            raise InvalidInput.of("plugin", "unknown_listener", plugin=plugin, known=", ".join(known))
        return Courier(self._engine, self._dispatcher, plugin, self._settings, self._clock)

    def next_due(self, plugin: str) -> datetime | None:
        """When the plugin's next delivery is due, if one waits."""
        with self._engine.connect() as connection:
            return upkeep.next_due(connection, plugin)

    def status(self) -> dict[str, dict[str, int]]:
        """Open deliveries per plugin and state ("pending", "dead"); events not fanned out under ""."""
        with self._engine.connect() as connection:
            return upkeep.counts(connection)

    def deliveries(
        self, state: str = DEAD, *, plugin: str | None = None, tenant: str | None = None, limit: int = 100
    ) -> tuple[DeliveryOut, ...]:
        """Deliveries in a state (pending, done, dead, skipped), oldest first, with the error that stopped them."""
        if state not in STATES:
            raise InvalidInput.of("state", "unknown_state", state=repr(state), known=", ".join(STATES))
        with self._engine.connect() as connection:
            rows = upkeep.listing(connection, state, plugin, tenant, limit)
            return tuple(DeliveryOut.model_validate(dict(row._mapping)) for row in rows)

    def retry_dead(self, ids: Sequence[int] | None = None, *, plugin: str | None = None) -> int:
        """Make dead letters due again: these, or all, or all of a plugin. How many."""
        which = and_(DELIVERY.c.open == 1, DELIVERY.c.state == DEAD)  # by the index of what is open
        return self._revive(_among(which, ids, plugin))

    def redeliver(self, ids: Sequence[int] | None = None, *, plugin: str | None = None) -> int:
        """Deliver finished deliveries once more, with the same key. A handler must bear that. How many."""
        which = DELIVERY.c.state == DONE
        return self._revive(_among(which, ids, plugin))

    def skip(self, ids: Sequence[int], *, why: str) -> int:
        """End dead letters undelivered, for a reason that is kept; what waited behind them goes on."""
        if not isinstance(why, str) or not why.strip():
            raise InvalidInput.of("why", "skip_without_reason")
        with transaction(self._engine) as connection:
            skipped = upkeep.skip(connection, _numbers(ids), why.strip(), self._clock.now())
            self._tell(connection)
        self._wakeup.wake()
        return skipped

    def replay(self, plugin: str, *, since: datetime, tenant: str | None = None) -> int:
        """Give a plugin the events since a time that it never got, for one that came later. How many."""
        if not isinstance(since, datetime) or since.utcoffset() is None:
            raise InvalidInput.of("since", "not_a_moment", given=repr(since))
        loaded = {one.name: one for one in self._dispatcher.manager.loaded}
        if plugin not in loaded:
            raise InvalidInput.of("plugin", "unknown_plugin", plugin=plugin, known=", ".join(loaded))
        hooks = [hook for hook in loaded[plugin].hooks if hook.startswith(FAMILIES[3])]
        with transaction(self._engine) as connection:
            added = upkeep.add_history(connection, plugin, hooks, since, tenant, self._clock.now())
            self._tell(connection)
        self._wakeup.wake()
        return added

    def retain(self) -> int:
        """Delete what the settings `keep_...` allow, slice by slice. How many events.

        Events with a dead or pending delivery stay, however old.
        """
        now = self._clock.now()
        gone = retention.forget_events(self._engine, now - self._settings.keep_events)
        retention.forget_keys(self._engine, now - self._settings.keep_idempotency)
        retention.forget_searches(self._engine, now - self._settings.keep_searches)
        retention.forget_looks(self._engine, now - self._settings.keep_looks)
        return gone

    def _revive(self, which: ColumnElement[bool]) -> int:
        with transaction(self._engine) as connection:
            revived = upkeep.revive(connection, which, self._clock.now())
            self._tell(connection)
        self._wakeup.wake()
        return revived

    @property
    def hears_units(self) -> bool:
        """Whether units of other processes wake this relay, so that its poll is only the safety net."""
        return self._notify and can_listen(self._engine)

    def _tell(self, connection: Connection) -> None:
        if self._notify:
            notify(connection)

    @property
    def settings(self) -> RelaySettings:
        """The dials of this relay."""
        return self._settings

    @property
    def engine(self) -> Engine:
        """The engine that the relay works on."""
        return self._engine

    @property
    def clock(self) -> Clock:
        """The clock that decides what is due."""
        return self._clock


def _among(which: ColumnElement[bool], ids: Sequence[int] | None, plugin: str | None) -> ColumnElement[bool]:
    if ids is not None:
        which = and_(which, DELIVERY.c.id.in_(_numbers(ids)))
    return which if plugin is None else and_(which, DELIVERY.c.plugin == plugin)


def _numbers(ids: Sequence[int]) -> list[int]:
    """The ids of deliveries. Raises `InvalidInput` for what is none, such as a single one."""
    given: list[Any] = [None] if not isinstance(ids, Iterable) or isinstance(ids, str | bytes) else list(ids)
    if not all(isinstance(one, int) and not isinstance(one, bool) for one in given):
        raise InvalidInput.of("ids", "no_deliveries", given=repr(ids)[:80])
    return given
