"""What wakes an idle relay: a unit in this process, or on PostgreSQL a NOTIFY from any process.

Only a hint: it may be lost, and then the idle poll finds the work a little later.
"""

import logging
import threading
from typing import Any

from sqlalchemy import Connection, Engine, text

log = logging.getLogger("oa_crm.relay")
CHANNEL = "oa_crm_event"


class Wakeup:
    """Threads of this process that wait for events."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._count = 0

    def wake(self) -> None:
        """Wake everybody who waits."""
        with self._changed:
            self._count += 1
            self._changed.notify_all()

    @property
    def count(self) -> int:
        """How often it was woken; hand it to `wait` so that no wake between two looks is missed."""
        return self._count

    def wait(self, seen: int, timeout: float) -> None:
        """Sleep until woken more often than `seen`, or for `timeout` seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._count != seen, timeout)


def notify(connection: Connection) -> None:
    """Let listeners know at commit; nothing to do on databases without NOTIFY."""
    if can_listen(connection.engine):
        connection.execute(text("SELECT pg_notify(:channel, '')"), {"channel": CHANNEL})


def can_listen(engine: Engine) -> bool:
    """Whether this engine can wait for NOTIFY: PostgreSQL with psycopg 3."""
    return engine.dialect.name == "postgresql" and engine.dialect.driver == "psycopg"


def listen(engine: Engine, wakeup: Wakeup, stopped: threading.Event) -> None:
    """Wait for NOTIFY on a connection of its own until stopped; after an error, connect anew."""
    while not stopped.is_set():
        try:
            with engine.connect() as connection:
                raw: Any = connection.connection.driver_connection
                connection.detach()  # it is in autocommit from here on, and must not go back to the pool
                raw.rollback()
                raw.autocommit = True
                raw.execute(f"LISTEN {CHANNEL}")
                wakeup.wake()
                while not stopped.is_set():
                    if any(True for _ in raw.notifies(timeout=0.5, stop_after=1)):
                        wakeup.wake()
        except Exception:
            log.warning("cannot listen for events; polling goes on", exc_info=True)
            stopped.wait(5.0)
