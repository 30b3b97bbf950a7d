"""Plugins and small tools of the outbox tests: one that writes to the same database, one that only listens."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import sqlalchemy as sa

from oa_crm import CRM, RelaySettings, Settings, hookimpl
from oa_crm.hooks import Delivery, Receipt
from oa_crm.hooks.payloads import CustomerCreated, CustomerUpdated
from oa_crm.models import DeliveryRow, EventRow
from oa_crm.testing import CrmKit, Kit

PATIENCE = 60.0
EFFECTS = sa.Table(
    "host_effect",
    sa.MetaData(),
    sa.Column("key", sa.String(200)),
    sa.Column("name", sa.String(200)),
    mysql_engine="InnoDB",
)


class Books:
    """Writes one row per delivery, in the transaction that marks it done."""

    name = "books"

    def __init__(self) -> None:
        self.before_write: Callable[[CustomerCreated, Delivery], None] = lambda event, delivery: None
        self.after_write: Callable[[CustomerCreated, Delivery], None] = lambda event, delivery: None
        self.number: Callable[[CustomerCreated, Delivery], str] = lambda event, delivery: f"V-{delivery.id}"
        self.calls: list[str] = []

    @hookimpl
    def on_customer_created(self, event: CustomerCreated, delivery: Delivery) -> Receipt:
        self.calls.append(event.name)
        self.before_write(event, delivery)
        delivery.connection.execute(EFFECTS.insert(), {"key": delivery.key, "name": event.name})
        self.after_write(event, delivery)
        return Receipt(self.number(event, delivery), label="voucher")


class Listener:
    """Hears new and changed customers, and does with them what the test says."""

    def __init__(self, name: str = "listener", does: Callable[[str], None] = lambda _heard: None) -> None:
        self.name, self.does = name, does
        self.heard: list[str] = []
        self.tries: list[int] = []
        self.keys: list[str] = []

    @hookimpl
    def on_customer_created(self, event: CustomerCreated, delivery: Delivery) -> None:
        self._hear(event.name, delivery)

    @hookimpl
    def on_customer_updated(self, event: CustomerUpdated, delivery: Delivery) -> None:
        self._hear(event.name, delivery)

    def _hear(self, name: str, delivery: Delivery) -> None:
        self.tries.append(delivery.attempt)
        self.keys.append(delivery.key)
        self.does(name)
        self.heard.append(name)


def with_books(crm_kit: CrmKit, url: str, *more: object, settings: Settings | None = None) -> tuple[Kit, Books]:
    """A kit with `Books`, and the table it writes to."""
    books = Books()
    kit = crm_kit(books, *more, database=url, settings=settings)
    EFFECTS.create(kit.crm.engine)
    return kit, books


def effects(kit: Kit) -> list[str]:
    """Whom the books have a row about, sorted."""
    with kit.crm.engine.connect() as connection:
        return sorted(connection.scalars(sa.select(EFFECTS.c.name)))


def rename(kit: Kit, customer: object, name: str, version: int) -> None:
    """One more event about a customer."""
    with kit.unit() as unit:
        unit.customers.update(customer.id, {"expected_version": version, "name": name})  # type: ignore[attr-defined]


def hooks_written(kit: Kit) -> list[str]:
    """The events in the outbox, in order."""
    with kit.crm.engine.connect() as connection:
        return list(connection.scalars(sa.select(EventRow.hook).order_by(EventRow.id)))


def states(kit: Kit, plugin: str) -> list[str]:
    """The states of a plugin's deliveries, in the order of their events."""
    query = sa.select(DeliveryRow.state).where(DeliveryRow.plugin == plugin).order_by(DeliveryRow.event_row_id)
    with kit.crm.engine.connect() as connection:
        return list(connection.scalars(query))


def relay_settings(**dials: object) -> Settings:
    """Settings with these dials of the relay; times in seconds, and no jitter."""
    exact = {name: timedelta(seconds=v) if isinstance(v, float) else v for name, v in dials.items()}
    return Settings(relay=RelaySettings(**{"jitter": 0.0, **exact}))  # type: ignore[arg-type]


@contextmanager
def running(crm: CRM) -> Iterator[threading.Event]:
    """The relay at work in a thread; it is stopped at the end of the block, or by the event."""
    stop = threading.Event()
    failed: list[BaseException] = []

    def work() -> None:
        try:
            crm.relay.run(handle_signals=False, stop_when=stop.is_set)
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(PATIENCE)
    assert not thread.is_alive(), "the relay does not stop"
    assert not failed, failed
