"""The relay as a worker: one plugin's trouble stays its own, it wakes when there is work, and stops when told."""

import signal
import subprocess
import sys
import threading
import time

import pytest
import sqlalchemy as sa
from tests.integration.outbox.plugins import (
    PATIENCE,
    Listener,
    effects,
    relay_settings,
    rename,
    running,
    states,
    with_books,
)

from oa_crm import CRM, Settings, hookimpl
from oa_crm.database import transaction
from oa_crm.errors import ConfigurationError
from oa_crm.hooks import Delivery, GiveUp
from oa_crm.hooks.payloads import DeliveryDead
from oa_crm.testing import CrmKit, Kit
from oa_crm.testing.company import KitCompany

COUNT = 8
WORKER = [sys.executable, "-m", "tests.integration.outbox.worker"]


class Expecting:
    """A listener that knows when it has heard enough."""

    def __init__(self, count: int, name: str = "good") -> None:
        self.enough, self._left = threading.Event(), count
        self.listener = Listener(name, self._count)

    def _count(self, _heard: str) -> None:
        self._left -= 1
        if self._left <= 0:
            self.enough.set()


def on_the_system_clock(kit: Kit, *plugins: object, settings: Settings) -> CRM:
    """A CRM on the kit's database whose retries really come due."""
    return CRM(kit.crm.engine, plugins=[KitCompany(), *plugins], settings=settings)


def test_the_good_plugin_gets_everything_beside_a_broken_and_a_hanging_one(crm_kit: CrmKit, database_url: str) -> None:
    release, hanging = threading.Event(), threading.Event()
    good, broken_is_dead = Expecting(COUNT), threading.Event()

    def fail(_heard: str) -> None:
        raise RuntimeError("always")

    def hang(_heard: str) -> None:
        hanging.set()
        release.wait(PATIENCE)

    class Alarm:
        @hookimpl
        def on_delivery_dead(self, event: DeliveryDead, delivery: Delivery) -> None:
            if event.plugin == "broken":
                broken_is_dead.set()

    settings = relay_settings(first_backoff=0.01, max_attempts=3, idle_poll=0.2)
    kit = crm_kit(database=database_url)
    broken, hangs = Listener("broken", fail), Listener("hanging", hang)
    crm = on_the_system_clock(kit, broken, hangs, good.listener, Alarm(), settings=settings)
    with running(crm):
        names = [kit.given.customer().name for _ in range(COUNT)]
        assert good.enough.wait(PATIENCE)
        assert hanging.wait(PATIENCE)
        assert hangs.heard == []  # it still hangs, in its first delivery
        assert broken_is_dead.wait(PATIENCE)
        release.set()
    assert sorted(good.listener.heard) == sorted(names)
    assert good.listener.tries == [1] * COUNT
    crm.relay.drain()
    assert set(states(kit, "hanging")) == {"done"}


def test_the_broken_one_ends_in_dead_letters_that_replay(crm_kit: CrmKit, database_url: str) -> None:
    broken, good = [True], Expecting(COUNT)

    def fail(_heard: object, _delivery: object) -> None:
        if broken:
            raise RuntimeError("the ledger is not reachable")

    settings = relay_settings(first_backoff=0.01, longest_backoff=0.02, max_attempts=3, idle_poll=0.1)
    kit, books = with_books(crm_kit, database_url)
    books.after_write = fail
    crm = on_the_system_clock(kit, books, good.listener, settings=settings)
    with running(crm):
        names = sorted(kit.given.customer().name for _ in range(COUNT))
        assert good.enough.wait(PATIENCE)
        _until(lambda: states(kit, "books") == ["dead"] * COUNT)
        assert effects(kit) == []
        assert {one.last_error for one in crm.relay.deliveries("dead")} == {"RuntimeError: the ledger is not reachable"}
        broken.clear()
        assert crm.relay.retry_dead(plugin="books") == COUNT
        _until(lambda: states(kit, "books") == ["done"] * COUNT)
    assert effects(kit) == names


def test_a_stop_waits_for_the_delivery_in_hand_and_gives_back_the_rest(crm_kit: CrmKit, database_url: str) -> None:
    in_hand, go_on = threading.Event(), threading.Event()

    def work(_heard: str) -> None:
        in_hand.set()
        assert go_on.wait(PATIENCE)

    slow = Listener("slow", work)
    kit = crm_kit(slow, database=database_url)
    for _ in range(5):
        kit.given.customer()
    with running(kit.crm) as stop:
        assert in_hand.wait(PATIENCE)
        stop.set()
        time.sleep(1.5)  # `stop_when` is asked once a second
        assert slow.heard == []
        go_on.set()
    assert len(slow.heard) == 1
    kit.crm.relay.drain(plugins=["slow"])  # without a move of the clock: nothing is under a lease
    assert len(slow.heard) == 5
    assert slow.tries == [1] * 5


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_process_ends_cleanly_when_it_is_told(crm_kit: CrmKit, database_url: str, number: int) -> None:
    kit = crm_kit(database=database_url)
    customer = kit.given.customer()
    with subprocess.Popen([*WORKER, "relay", database_url], stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        try:
            assert worker.stdout.readline() == f"heard {customer.name}\n"
            worker.send_signal(number)
            assert worker.stdout.readline() == "stopped\n"
            assert worker.wait(PATIENCE) == 0
        finally:
            worker.kill()


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_unit_in_another_process_wakes_an_idle_relay(crm_kit: CrmKit, database_url: str) -> None:
    good = Expecting(1)
    kit = crm_kit(good.listener, database=database_url, settings=relay_settings(idle_poll=60.0))
    with running(kit.crm):
        time.sleep(1)  # by then it has looked, found nothing, and sleeps for ten minutes
        subprocess.run([*WORKER, "sell", database_url, "From Elsewhere"], check=True, timeout=PATIENCE)
        assert good.enough.wait(20)
    assert good.listener.heard == ["From Elsewhere"]


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_the_listener_comes_back_after_its_connection_was_cut(crm_kit: CrmKit, database_url: str) -> None:
    good = Expecting(1)
    kit = crm_kit(good.listener, database=database_url, settings=relay_settings(idle_poll=60.0))
    query = "SELECT pid FROM pg_stat_activity WHERE query = 'LISTEN oa_crm_event' AND datname = current_database()"

    def listeners() -> list[int]:
        with kit.crm.engine.connect() as connection:
            return list(connection.scalars(sa.text(query)))

    with running(kit.crm):
        _until(lambda: len(listeners()) == 1)
        (first,) = listeners()
        with kit.crm.engine.connect() as connection:
            connection.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": first})
        _until(lambda: len(listeners()) == 1 and listeners() != [first])
        subprocess.run([*WORKER, "sell", database_url, "From Elsewhere"], check=True, timeout=PATIENCE)
        assert good.enough.wait(20)


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_without_notify_the_relay_polls_as_often_as_it_was_told(crm_kit: CrmKit, database_url: str) -> None:
    good = Expecting(1)
    quiet = relay_settings(idle_poll=2.0).model_copy(update={"notify": False})
    kit = crm_kit(good.listener, database=database_url, settings=quiet)
    other = CRM(database_url, plugins=[KitCompany()], settings=quiet)
    with running(kit.crm):
        time.sleep(1)
        with other.begin(kit.scope()) as unit:
            unit.customers.create({"name": "From Elsewhere"})
        in_time = good.enough.wait(10)
    other.close()
    assert in_time


def test_a_death_is_announced_before_the_next_poll(crm_kit: CrmKit, sqlite_url: str) -> None:
    announced = threading.Event()

    class Alarm:
        @hookimpl
        def on_delivery_dead(self, event: DeliveryDead, delivery: Delivery) -> None:
            announced.set()

    def refuse(_heard: str) -> None:
        raise GiveUp("no")

    kit = crm_kit(Listener("broken", refuse), Alarm(), database=sqlite_url, settings=relay_settings(idle_poll=60.0))
    with running(kit.crm):
        kit.given.customer()
        in_time = announced.wait(10)
    assert in_time


def test_an_idle_relay_asks_little(crm_kit: CrmKit, database_url: str) -> None:
    kit = crm_kit(Listener("a"), Listener("b"), database=database_url)
    plugins, statements = len(kit.crm.relay.plugins()), []

    def count(_c: object, _cur: object, sql: str, *_: object) -> None:
        statements.append(sql)

    with running(kit.crm):
        time.sleep(1)
        sa.event.listen(kit.crm.engine, "before_cursor_execute", count)
        time.sleep(3)
        asked = list(statements)
    polls = 1 if kit.crm.engine.dialect.name == "postgresql" else 3
    # A look for events, and per plugin a claim (with SQLite's BEGIN) and a look when the next is due.
    assert len(asked) <= (polls + 1) * (1 + 3 * plugins)
    assert not [sql for sql in asked if sql.startswith(("INSERT", "UPDATE", "DELETE"))]


def test_an_idle_relay_on_sqlite_keeps_nobody_from_writing(crm_kit: CrmKit, sqlite_url: str) -> None:
    def refuse(_heard: str) -> None:
        raise GiveUp("no")

    kit = crm_kit(Listener("picky", refuse), database=sqlite_url)
    rename(kit, kit.given.customer(), "Brass Anchor", 1)  # due, and held behind a dead letter
    kit.relay.drain()
    with transaction(kit.crm.engine):  # one writer at a time: who wants to be a second one fails
        assert kit.crm.relay.drain().tried == 0


def test_a_relay_that_lost_its_database_goes_on_when_it_is_back(crm_kit: CrmKit, database_url: str) -> None:
    good = Expecting(1)
    kit = crm_kit(good.listener, database=database_url, settings=relay_settings(idle_poll=0.2))
    broken = threading.Event()

    def refuse(*_: object) -> None:
        if broken.is_set() and threading.current_thread().name.startswith("oa_crm"):
            raise sa.exc.OperationalError("SELECT 1", {}, Exception("gone"))

    sa.event.listen(kit.crm.engine, "before_cursor_execute", refuse)
    with running(kit.crm):
        broken.set()
        kit.given.customer()
        time.sleep(1)
        assert good.listener.heard == []
        broken.clear()
        assert good.enough.wait(PATIENCE)


def test_run_refuses_a_database_that_threads_cannot_share() -> None:
    crm = CRM("sqlite://")
    with pytest.raises(ConfigurationError):
        crm.relay.run()
    crm.close()


def _until(true: object) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.05)
