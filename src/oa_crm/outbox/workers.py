"""The relay as a worker process: a thread that fans out, and one per plugin that carries.

On an error of the database a thread logs, waits and tries again; it never ends by itself.
"""

import logging
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from oa_crm.outbox.wakeup import Wakeup, listen

if TYPE_CHECKING:
    from oa_crm.outbox.relay import Relay

log = logging.getLogger("oa_crm.relay")
_LONGEST_PAUSE = 30.0


class Workers:
    """The threads of one `relay.run()`."""

    def __init__(self, relay: "Relay", wakeup: Wakeup) -> None:
        self._relay, self._wakeup = relay, wakeup
        self._stopped = threading.Event()
        self._carriers = {plugin: Wakeup() for plugin in relay.plugins()}
        # Not an Event: a signal handler that sets one hangs if it interrupts its wait at the wrong moment.
        self._signals_seen: SimpleQueue[None] = SimpleQueue()
        # With NOTIFY the poll is only the safety net.
        poll = relay.settings.idle_poll.total_seconds()
        self._poll = poll * 10 if relay.hears_units else poll

    def run(self, *, handle_signals: bool, stop_when: Callable[[], bool]) -> None:
        """Work until stopped; then every thread finishes what it has in hand."""
        with self._signals(handle_signals):
            threads = [threading.Thread(target=self._fan_out, name="oa_crm-fan-out")]
            threads += [
                threading.Thread(target=self._carry, args=(name,), name=f"oa_crm-{name}") for name in self._carriers
            ]
            if self._relay.hears_units:
                arguments = (self._relay.engine, self._wakeup, self._stopped)
                threads.append(threading.Thread(target=listen, args=arguments, name="oa_crm-listen"))
            for thread in threads:
                thread.start()
            log.info("the relay is running for %s", ", ".join(self._carriers) or "no plugin")
            try:
                while not self._told_to_stop(1.0) and not stop_when():
                    pass
            finally:
                self._stop()
                for thread in threads:
                    thread.join()
                log.info("the relay has stopped")

    def _told_to_stop(self, seconds: float) -> bool:
        try:
            self._signals_seen.get(timeout=seconds)
        except Empty:
            return False
        return True

    def _stop(self) -> None:
        self._stopped.set()
        self._wakeup.wake()
        for carrier in self._carriers.values():
            carrier.wake()

    @contextmanager
    def _signals(self, handle: bool) -> Iterator[None]:
        if not handle or threading.current_thread() is not threading.main_thread():
            yield
            return
        numbers = (signal.SIGTERM, signal.SIGINT)
        before = {number: signal.signal(number, lambda *_: self._signals_seen.put(None)) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _fan_out(self) -> None:
        def once() -> float:
            done = self._relay.fan_out_some()
            # When nothing was fanned out, the wake may have come from a replay: then anybody may have got something.
            for plugin in done.plugins if done.events else self._carriers:
                self._carriers[plugin].wake()
            return 0.0 if done.events else self._poll

        self._loop(self._wakeup, once)

    def _carry(self, plugin: str) -> None:
        courier = self._relay.courier(plugin)

        def once() -> float:
            tally = courier.carry(self._stopped.is_set)
            if tally.dead:
                self._wakeup.wake()  # a death is an event, and waits for its fan-out
            if tally.tried:
                return 0.0
            due = self._relay.next_due(plugin)
            if due is None:
                return self._poll
            wait = (due - self._relay.clock.now()).total_seconds()
            # Due and yet not claimed: held by its lane or by another worker, so there is no hurry.
            return min(wait, self._poll) if wait > 0 else self._relay.settings.idle_poll.total_seconds()

        self._loop(self._carriers[plugin], once)

    def _loop(self, wakeup: Wakeup, once: Callable[[], float]) -> None:
        pause = 1.0
        while not self._stopped.is_set():
            seen = wakeup.count
            try:
                wait = once()
                pause = 1.0
            except BaseException:  # in a thread, nothing else would notice its end
                log.exception("the relay failed; it goes on in %.0f s", pause)
                self._stopped.wait(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
                continue
            if wait:
                wakeup.wait(seen, wait)
