"""Two who hold the same delivery: one effect in our database, one key elsewhere."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from tests.integration.outbox.plugins import PATIENCE, Listener, effects, relay_settings, states, with_books

from oa_crm.hooks.payloads import DeliveryDead
from oa_crm.models import DeliveryRow
from oa_crm.testing import CrmKit, Kit


class Pause:
    """Stops the first thread that comes by, until it is told to go on."""

    def __init__(self) -> None:
        self.inside, self.go_on, self._first = threading.Event(), threading.Event(), threading.Lock()

    def __call__(self, *_: object) -> None:
        if self._first.acquire(blocking=False):
            self.inside.set()
            assert self.go_on.wait(PATIENCE)


@contextmanager
def a_slow_worker(kit: Kit, plugin: str, pause: Pause) -> Iterator[None]:
    """A relay that hangs in the handler while the block runs, and goes on after it."""
    failed: list[BaseException] = []

    def work() -> None:
        try:
            kit.crm.relay.drain(plugins=[plugin])
        except BaseException as error:
            failed.append(error)

    slow = threading.Thread(target=work)
    slow.start()
    try:
        assert pause.inside.wait(PATIENCE)
        yield
    finally:
        pause.go_on.set()
        slow.join(PATIENCE)
    assert not slow.is_alive()
    assert not failed, failed


def test_a_claim_holds_until_its_lease_ends(crm_kit: CrmKit, database: Engine) -> None:
    pause = Pause()
    remote = Listener("remote", pause)
    kit = crm_kit(remote, database=database, settings=relay_settings(lease=60.0))
    kit.given.customer()
    with a_slow_worker(kit, "remote", pause):
        kit.clock.advance(seconds=59)
        assert kit.crm.relay.drain(plugins=["remote"]).tried == 0
        kit.clock.advance(seconds=1)
        assert kit.crm.relay.drain(plugins=["remote"]).delivered == 1
    assert remote.tries == [1, 2]
    assert len(set(remote.keys)) == 1  # by which a remote side sees that it is the same
    assert states(kit, "remote") == ["done"]


# Not on SQLite: with one writer, a second worker cannot be inside a handler's transaction.
@pytest.mark.parametrize("backend", ["postgresql", "mariadb"], indirect=True)
@pytest.mark.parametrize("deliveries", [1, 3])
def test_two_workers_on_one_expired_lease_have_one_effect(crm_kit: CrmKit, database_url: str, deliveries: int) -> None:
    pause = Pause()
    kit, books = with_books(crm_kit, database_url)
    for _ in range(deliveries):
        kit.given.customer()
    books.after_write = pause
    with a_slow_worker(kit, "books", pause):
        kit.clock.advance(minutes=5)
        assert kit.crm.relay.drain(plugins=["books"]).delivered == deliveries
    assert len(effects(kit)) == len(set(effects(kit))) == deliveries


def test_who_lost_the_lease_before_it_writes_leaves_no_effect(crm_kit: CrmKit, database_url: str) -> None:
    pause = Pause()
    kit, books = with_books(crm_kit, database_url)
    kit.given.customer()
    books.before_write = pause  # before it asks for the connection, so that SQLite lets a second worker in
    with a_slow_worker(kit, "books", pause):
        kit.clock.advance(minutes=5)
        assert kit.crm.relay.drain(plugins=["books"]).delivered == 1
        assert len(effects(kit)) == 1
    assert len(books.calls) == 2
    assert len(effects(kit)) == 1


def test_who_lost_the_lease_cannot_bury_what_another_delivered(crm_kit: CrmKit, database: Engine) -> None:
    pause = Pause()
    fail = threading.Event()

    def work(_heard: str) -> None:
        pause()
        if fail.is_set():
            raise RuntimeError("too late to matter")

    kit = crm_kit(Listener("remote", work), database=database, settings=relay_settings(max_attempts=1))
    kit.given.customer()
    with a_slow_worker(kit, "remote", pause):
        kit.clock.advance(minutes=5)
        assert kit.crm.relay.drain(plugins=["remote"]).delivered == 1
        fail.set()
    assert states(kit, "remote") == ["done"]
    assert kit.relay.dead() == []


def test_who_lost_one_lease_gives_the_others_back_at_once(crm_kit: CrmKit, database: Engine) -> None:
    def lose_the_second(_heard: str) -> None:
        if len(remote.tries) > 1:
            return
        with kit.crm.engine.begin() as connection:  # as whoever took it over
            mine = sa.select(DeliveryRow.id).where(DeliveryRow.plugin == "remote").order_by(DeliveryRow.event_row_id)
            second = connection.scalars(mine).all()[1]
            stolen = sa.update(DeliveryRow).where(DeliveryRow.id == second)
            connection.execute(stolen.values(lease_token=uuid4()))
        threading.Event().wait(0.25)  # more than half the lease, so that it is to be lengthened

    remote = Listener("remote", lose_the_second)
    kit = crm_kit(remote, database=database, settings=relay_settings(lease=0.4))
    names = [kit.given.customer().name for _ in range(4)]
    kit.crm.relay.fan_out()
    assert kit.crm.relay.courier("remote").carry().delivered == 1
    kit.crm.relay.drain(plugins=["remote"])  # the clock stands still, so no lease has run out
    assert remote.heard == [names[0], *names[2:]]
    assert remote.tries == [1, 1, 1]


class Vanished(KeyboardInterrupt):
    """Ends the worker on the spot, as if its process had died in the handler."""


def vanishing(times: int) -> Listener:
    """A listener whose worker vanishes at its first calls."""
    calls = [Vanished()] * times

    def vanish(_heard: str) -> None:
        if calls:
            raise calls.pop()

    return Listener("remote", vanish)


def test_a_worker_that_vanished_is_replaced_when_its_lease_ends(crm_kit: CrmKit, database: Engine) -> None:
    remote = vanishing(1)
    kit = crm_kit(remote, database=database)
    names = [kit.given.customer().name for _ in range(3)]
    kit.crm.relay.fan_out()
    with pytest.raises(Vanished):
        kit.crm.relay.courier("remote").carry()
    assert kit.crm.relay.drain(plugins=["remote"]).tried == 0
    kit.clock.advance(minutes=1)
    kit.crm.relay.drain(plugins=["remote"])
    assert remote.heard == names


def test_what_was_lost_with_its_worker_is_claimed_alone(crm_kit: CrmKit, database: Engine) -> None:
    remote = vanishing(1)
    kit = crm_kit(remote, database=database, settings=relay_settings(max_attempts=1))
    for _ in range(3):
        kit.given.customer()
    kit.crm.relay.fan_out()
    courier = kit.crm.relay.courier("remote")
    with pytest.raises(Vanished):
        courier.carry()
    kit.clock.advance(minutes=1)
    kit.given.customer()
    kit.crm.relay.fan_out()
    # Nobody is dead for having been claimed together with whoever it was.
    assert [courier.carry().delivered for _ in range(5)] == [1, 1, 1, 1, 0]


def test_a_delivery_that_always_takes_its_worker_along_becomes_a_dead_letter(crm_kit: CrmKit, database: Engine) -> None:
    kit = crm_kit(vanishing(3), database=database, settings=relay_settings(max_attempts=3))
    kit.given.customer()
    for _ in range(3):
        with pytest.raises(Vanished):
            kit.crm.relay.drain(plugins=["remote"])
        assert kit.relay.dead() == []
        kit.clock.advance(minutes=1)
    assert kit.relay.drain().dead == 1
    (dead,) = kit.crm.relay.deliveries("dead")
    assert (dead.attempts, (dead.last_error or "")[:12]) == (3, "WorkerLost: ")
    (told,) = kit.recorder.of(DeliveryDead)
    assert (told.plugin, told.attempts, told.error) == ("remote", 3, dead.last_error)
    kit.crm.relay.retry_dead()
    assert kit.relay.drain().delivered == 1


def test_a_long_batch_keeps_its_lease(crm_kit: CrmKit, database: Engine) -> None:
    """Each handler takes most of half a lease; without an extension the last ones would be taken over."""
    taken_over: list[int] = []
    lease = timedelta(seconds=0.4)
    kit: Kit

    def work(_heard: str) -> None:
        kit.clock.advance(seconds=0.25)
        threading.Event().wait(0.25)
        taken_over.append(kit.crm.relay.courier("remote").carry().tried)

    def once(heard: str) -> None:
        if threading.current_thread() is worker:
            work(heard)

    remote = Listener("remote", once)
    kit = crm_kit(remote, database=database, settings=relay_settings(lease=lease.total_seconds()))
    for _ in range(4):
        kit.given.customer()
    kit.crm.relay.fan_out()
    worker = threading.Thread(target=lambda: kit.crm.relay.courier("remote").carry())
    worker.start()
    worker.join(PATIENCE)
    assert taken_over == [0, 0, 0, 0]
    assert remote.tries == [1, 1, 1, 1]
