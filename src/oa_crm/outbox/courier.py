"""The courier carries one plugin's claimed deliveries.

Handlers that write to our own database share a short transaction with the marks that say done: effect and
mark commit together, hence exactly once. When one of them fails, all of it is taken back and each is tried
alone, so that only the guilty one fails. A handler that never asks for the connection runs while no
transaction is open, so a slow remote side blocks nobody, and its delivery is marked by itself at once.
"""

import logging
import random
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, Engine

from oa_crm.clock import Clock
from oa_crm.database import means_busy, transaction
from oa_crm.hooks.answers import GiveUp, Receipt, RetryLater
from oa_crm.hooks.payloads import load
from oa_crm.outbox.claim import Claimed, anything_due, claim, extend
from oa_crm.outbox.ending import LostLease, give_back, mark_done, mark_failed, note_lapse
from oa_crm.outbox.outcome import LAPSED, Dead, after_error, after_lapse, told
from oa_crm.outbox.shared import SharedTransaction, TransactionLost
from oa_crm.plugins.dispatch import Dispatcher
from oa_crm.settings import RelaySettings

log = logging.getLogger("oa_crm.relay")


_REPEATS, _LONGEST_BREATH = 3, 0.05


@dataclass(slots=True)
class Tally:
    """What a round of the relay did."""

    fanned_out: int = 0
    delivered: int = 0
    retried: int = 0
    dead: int = 0

    @property
    def tried(self) -> int:
        """Deliveries that were handed to a plugin."""
        return self.delivered + self.retried + self.dead

    def add(self, other: "Tally") -> None:
        """Add another round to this one."""
        self.fanned_out += other.fanned_out
        self.delivered += other.delivered
        self.retried += other.retried
        self.dead += other.dead


class _Delivery:
    """What the handler gets. Asking for `connection` opens the transaction that will mark it done."""

    def __init__(self, claimed: Claimed, open_connection: Callable[[], Connection]) -> None:
        self.id = claimed.id
        self.key = claimed.key
        self.attempt = claimed.attempt
        self._open = open_connection
        self.used_connection = False

    @property
    def connection(self) -> Connection:
        self.used_connection = True
        return self._open()


class Courier:
    """Carries the deliveries of one plugin, one claimed batch at a time. Not shared between threads."""

    def __init__(
        self, engine: Engine, dispatcher: Dispatcher, plugin: str, settings: RelaySettings, clock: Clock
    ) -> None:
        self._engine, self._dispatcher, self._plugin = engine, dispatcher, plugin
        self._settings, self._clock = settings, clock
        self._chance = random.Random()  # noqa: S311 - jitter, not a secret
        self._uses_connection: dict[str, bool] = {}

    def carry(self, stopping: Callable[[], bool] = lambda: False, limit: int | None = None) -> Tally:
        """Claim a batch and carry it; what is left when `stopping` says so is given back."""
        settings = self._settings
        size = settings.batch if limit is None else min(limit, settings.batch)
        tally, now = Tally(), self._clock.now()
        if not self._worth_a_lock(now):
            return tally
        with transaction(self._engine) as connection:
            token, batch = claim(connection, self._plugin, now, settings.lease, size)
            if batch and batch[0].lapsed:
                batch = self._after_lapse(connection, token, batch[0], tally)
        if batch:
            _Round(self, token, batch, tally).run(stopping)
        return tally

    def _worth_a_lock(self, now: datetime) -> bool:
        """On SQLite a claim holds up every writer, so look first. Elsewhere it locks nothing but what it finds."""
        if self._engine.dialect.name != "sqlite":
            return True
        with self._engine.connect() as connection:
            return anything_due(connection, self._plugin, now)

    def _after_lapse(self, connection: Connection, token: UUID, claimed: Claimed, tally: Tally) -> list[Claimed]:
        """Count the claim that came to nothing, and lay its delivery aside after too many of them."""
        outcome, error = after_lapse(claimed, self._settings), LAPSED
        if outcome is None:
            log.warning("delivery %s of %s to %s: %s", claimed.id, claimed.hook, claimed.plugin, error)
            return [note_lapse(connection, token, claimed, error)]
        untried = replace(claimed, attempt=claimed.attempt - 1)
        mark_failed(connection, token, untried, outcome, error, self._clock.now())
        log.error("delivery %s of %s to %s is dead: %s", claimed.id, claimed.hook, claimed.plugin, error)
        tally.dead += 1
        return []


class _Round:
    """One claimed batch: the open transaction, if any, and what in it waits to be marked done."""

    def __init__(self, courier: Courier, token: UUID, batch: list[Claimed], tally: Tally) -> None:
        self._courier, self._token, self._tally = courier, token, tally
        self._left = deque(batch)
        self._alone: set[int] = set()
        self._repeats: Counter[int] = Counter()
        self._shared = SharedTransaction(courier._engine)
        self._leased_at = time.monotonic()
        self._waiting: list[tuple[Claimed, Receipt | None]] = []

    def run(self, stopping: Callable[[], bool]) -> None:
        try:
            while not stopping():
                if not self._left:
                    self._commit()  # which puts back what has to be tried alone
                    if not self._left:
                        return
                self._keep_lease()
                self._deliver(self._left.popleft())
            self._commit()
            if self._left:
                self._give_back()
        except LostLease:
            log.warning("lost the lease on deliveries of %s; another worker took over", self._courier._plugin)
            self._shared.rollback()
            self._give_back()
        finally:
            self._shared.rollback()

    def _deliver(self, claimed: Claimed) -> None:
        courier = self._courier
        shares = self._may_share(claimed)
        if not shares:
            self._commit()
        delivery = _Delivery(claimed, self._shared.open)
        try:
            event = load(claimed.hook, claimed.version, claimed.payload)
            receipt = courier._dispatcher.deliver(courier._plugin, event, delivery)
        except (KeyboardInterrupt, GeneratorExit):
            raise
        except BaseException as error:  # SystemExit, too: a plugin does not end the relay
            self._undo(claimed, error)
            return
        courier._uses_connection[claimed.hook] = delivery.used_connection
        self._waiting.append((claimed, receipt))
        longest = courier._settings.longest_transaction.total_seconds()
        if not self._shared.begun or not shares or self._shared.age > longest:
            self._commit()

    def _may_share(self, claimed: Claimed) -> bool:
        """Alone goes what failed before, and what may be slow because it does not use our connection."""
        used = self._courier._uses_connection.get(claimed.hook, False)
        return used and claimed.failures == 0 and claimed.id not in self._alone

    def _undo(self, claimed: Claimed, error: BaseException) -> None:
        """Take back what the transaction holds. If it was shared, nobody is blamed yet: each is tried alone."""
        together = [one for one, _ in self._waiting]
        blameless = self._shared.begun and _was_in_the_way(error)
        self._waiting = []
        self._shared.rollback()
        if not together and not (blameless and self._repeats[claimed.id] < _REPEATS):
            self._failed(claimed, error)
            return
        if not together:
            self._repeats[claimed.id] += 1
            # Whoever was in the way should get by first.
            time.sleep(self._courier._chance.uniform(0, _LONGEST_BREATH))
        again = [*together, claimed]
        self._alone.update(one.id for one in again)
        self._left.extendleft(reversed(again))

    def _give_back(self) -> None:
        untried = [one.id for one in self._left]
        with transaction(self._courier._engine) as connection:
            give_back(connection, self._token, untried, self._courier._clock.now())

    def _commit(self) -> None:
        """Mark what is waiting and commit it together with its effects."""
        finished, self._waiting = self._waiting, []
        if not finished:
            self._shared.rollback()
            return
        connection = self._shared.open(witness=False)
        try:
            mark_done(connection, self._token, finished, self._courier._clock.now())
            self._shared.commit()
        except LostLease:
            raise
        except Exception as error:
            # Found out only at commit: none of it happened, and it is unclear whose fault it is.
            *before, (last, _) = finished
            self._waiting = before
            self._undo(last, error)
            return
        self._tally.delivered += len(finished)

    def _failed(self, claimed: Claimed, error: BaseException) -> None:
        courier = self._courier
        now = courier._clock.now()
        outcome = after_error(error, claimed, now, courier._settings, courier._chance)
        with transaction(courier._engine) as connection:
            mark_failed(connection, self._token, claimed, outcome, told(error), now)
        if isinstance(outcome, Dead):
            self._tally.dead += 1
            log.error("delivery %s of %s to %s is dead: %s", claimed.id, claimed.hook, claimed.plugin, told(error))
        else:
            self._tally.retried += 1
            log.warning("delivery %s of %s to %s failed: %s", claimed.id, claimed.hook, claimed.plugin, told(error))

    def _keep_lease(self) -> None:
        """Lengthen the lease in time, so that a slow handler early in a batch does not cost the later ones."""
        lease = self._courier._settings.lease
        if time.monotonic() - self._leased_at < lease.total_seconds() / 2:
            return
        self._commit()
        with transaction(self._courier._engine) as connection:
            until = self._courier._clock.now() + lease
            held = extend(connection, self._token, [one.id for one in self._left], until)
        if not held:
            raise LostLease
        self._leased_at = time.monotonic()


def _was_in_the_way(error: BaseException) -> bool:
    """Whether somebody else's lock is behind it: the same transaction may succeed at once."""
    return not isinstance(error, RetryLater | GiveUp) and (isinstance(error, TransactionLost) or means_busy(error))
