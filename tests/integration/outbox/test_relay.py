"""From commit to plugin: once, in order, whoever dies or fails on the way. On the three databases."""

import threading
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from oa_crm import CRM, Settings, hookimpl
from oa_crm.hooks import GiveUp, Receipt, RetryLater
from oa_crm.models import DeliveryRow, EventRow
from oa_crm.schemas import CustomerIn
from oa_crm.testing import CrmKit, Kit

EFFECTS = sa.Table("host_effect", sa.MetaData(), sa.Column("key", sa.String(120)))


class Books:
    """Writes one row per delivery, in the transaction that marks it done."""

    name = "books"

    def __init__(self) -> None:
        self.fail_on: set[str] = set()
        self.before_write = lambda: None

    @hookimpl
    def on_customer_created(self, event: object, delivery: object) -> Receipt:
        self.before_write()
        delivery.connection.execute(EFFECTS.insert(), {"key": delivery.key})  # type: ignore[attr-defined]
        if event.name in self.fail_on:  # type: ignore[attr-defined]
            raise RuntimeError("the books are closed")
        return Receipt(f"V-{delivery.id}")  # type: ignore[attr-defined]


def with_books(crm_kit: CrmKit, url: str, *more: object, settings: Settings | None = None) -> tuple[Kit, Books]:
    books = Books()
    kit = crm_kit(books, *more, database=url, settings=settings)
    EFFECTS.create(kit.crm.engine)
    return kit, books


def effects(kit: Kit) -> list[str]:
    with kit.crm.engine.connect() as connection:
        return list(connection.scalars(sa.select(EFFECTS.c.key)))


def test_an_event_commits_with_its_change_or_not_at_all(crm_kit: CrmKit, database_url: str) -> None:
    kit = crm_kit(database=database_url)

    def fail_after_writing() -> None:
        with kit.unit() as unit:
            unit.customers.create(CustomerIn(name="Never Was"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_writing()
    kit.given.customer()
    with kit.crm.engine.connect() as connection:
        hooks = list(connection.scalars(sa.select(EventRow.hook)))
    assert hooks == ["on_customer_created"]


def test_a_failing_delivery_does_not_take_its_neighbours_along(crm_kit: CrmKit, database_url: str) -> None:
    kit, books = with_books(crm_kit, database_url)
    books.fail_on = {"Third"}
    for name in ("First One", "Second Two", "Third", "Fourth Mile"):
        kit.given.customer(name=name)
    tally = kit.relay.drain()
    assert (tally.retried, tally.dead) == (1, 0)
    assert len(effects(kit)) == len(set(effects(kit))) == 3
    books.fail_on = set()
    kit.relay.drain_with_retries()
    assert len(effects(kit)) == len(set(effects(kit))) == 4


def test_dead_letters_say_why_and_replay_cleanly(crm_kit: CrmKit, database_url: str) -> None:
    kit, books = with_books(crm_kit, database_url)
    books.fail_on = {"Doomed"}
    kit.given.customer(name="Doomed")
    kit.relay.drain_with_retries()
    assert kit.relay.dead() == ["RuntimeError: the books are closed"]
    assert effects(kit) == []
    books.fail_on = set()
    assert kit.crm.relay.retry_dead(plugin="books") == 1
    kit.relay.drain()
    assert len(effects(kit)) == 1
    assert kit.relay.dead() == []


def test_retry_later_counts_no_failure_and_give_up_is_final(crm_kit: CrmKit, database_url: str) -> None:
    answers: list[Exception] = [RetryLater("busy", seconds=30) for _ in range(20)]

    class Remote:
        @hookimpl
        def on_customer_created(self, event: object) -> None:
            if answers:
                raise answers.pop()

        @hookimpl
        def on_follow_up_logged(self, event: object) -> None:
            raise GiveUp("this customer is unknown over there")

    kit = crm_kit(Remote(), database=database_url)
    customer = kit.given.customer()
    for _ in range(20):
        assert kit.relay.drain().delivered <= 1
        kit.clock.advance(seconds=31)
    kit.relay.drain()
    assert not answers
    assert kit.relay.dead() == []
    kit.given.follow_up(customer)
    assert kit.relay.drain().dead == 1


def test_a_lane_waits_behind_its_dead_letter_until_it_is_skipped(crm_kit: CrmKit, database_url: str) -> None:
    seen: list[str] = []

    class Picky:
        name = "picky"

        @hookimpl
        def on_customer_created(self, event: object) -> None:
            raise GiveUp("no")

        @hookimpl
        def on_follow_up_logged(self, event: object) -> None:
            seen.append(str(event.customer_id))  # type: ignore[attr-defined]

    kit = crm_kit(Picky(), database=database_url)
    kit.given.follow_up(kit.given.customer())
    kit.relay.drain()
    assert seen == []
    dead = [one.id for one in kit.crm.relay.deliveries("dead")]
    assert kit.crm.relay.skip(dead, why="it is on file over there") == 1
    kit.relay.drain()
    assert len(seen) == 1


# Not on SQLite: with one writer, a second worker cannot be inside a handler's transaction.
@pytest.mark.parametrize("backend", ["postgresql", "mariadb"], indirect=True)
def test_two_workers_on_one_expired_lease_have_one_effect(crm_kit: CrmKit, database_url: str) -> None:
    kit, books = with_books(crm_kit, database_url)
    kit.given.customer()
    inside, go_on = threading.Event(), threading.Event()

    def pause() -> None:
        if threading.current_thread() is slow:
            inside.set()
            go_on.wait(20)

    books.before_write = pause
    slow = threading.Thread(target=lambda: kit.crm.relay.drain(plugins=["books"]))
    slow.start()
    assert inside.wait(20)
    kit.clock.advance(minutes=5)  # the first worker's lease runs out while it hangs
    kit.crm.relay.drain(plugins=["books"])
    go_on.set()
    slow.join(20)
    assert len(effects(kit)) == 1


def test_a_remote_handler_runs_while_no_transaction_is_open(crm_kit: CrmKit, database_url: str) -> None:
    written: list[str] = []

    class Remote:
        @hookimpl
        def on_customer_created(self, event: object) -> None:
            # On SQLite this would wait for ever if the relay held the write lock.
            written.append(kit.given.project().name)

    kit = crm_kit(Remote(), database=database_url)
    kit.given.customer()
    kit.crm.relay.drain(limit=1, plugins=["Remote"])
    assert written == ["A sale"]


def test_order_holds_per_customer_with_two_relays(crm_kit: CrmKit, database_url: str) -> None:
    heard: dict[str, list[int]] = {}

    class Ordered:
        name = "ordered"

        @hookimpl
        def on_customer_updated(self, event: object, delivery: object) -> None:
            name = event.name  # type: ignore[attr-defined]
            heard.setdefault(name.split()[0], []).append(int(name.split()[1]))

    kit = crm_kit(Ordered(), database=database_url)
    for customer in [kit.given.customer(name=f"{word} 0") for word in ("Brass", "Oyster", "Velvet", "Jungle")]:
        for number in range(1, 6):
            with kit.unit() as unit:
                name = f"{customer.name.split()[0]} {number}"
                unit.customers.update(customer.id, {"expected_version": number, "name": name})
    threads = [threading.Thread(target=kit.crm.relay.drain) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kit.relay.drain()
    assert heard == {word: [1, 2, 3, 4, 5] for word in ("Brass", "Oyster", "Velvet", "Jungle")}


def test_a_running_relay_serves_the_good_plugin_beside_a_broken_and_a_hanging_one(
    crm_kit: CrmKit, database_url: str
) -> None:
    release, all_heard = threading.Event(), threading.Event()
    heard: list[str] = []

    class Broken:
        @hookimpl
        def on_customer_created(self, event: object) -> None:
            raise RuntimeError("always")

    class Hanging:
        @hookimpl
        def on_customer_created(self, event: object) -> None:
            release.wait(30)

    class Good:
        @hookimpl
        def on_customer_created(self, event: object) -> None:
            heard.append(event.name)  # type: ignore[attr-defined]
            if len(heard) == 5:
                all_heard.set()

    kit = crm_kit(Broken(), Hanging(), Good(), database=database_url)
    done = threading.Event()
    relay = threading.Thread(target=lambda: kit.crm.relay.run(handle_signals=False, stop_when=done.is_set))
    relay.start()
    try:
        names = [kit.given.customer().name for _ in range(5)]
        assert all_heard.wait(30)
        assert sorted(heard) == sorted(names)
    finally:
        release.set()
        done.set()
        relay.join(30)
    assert not relay.is_alive()


def test_a_newcomer_gets_history_once_and_old_events_are_forgotten(crm_kit: CrmKit, database_url: str) -> None:
    kit, _ = with_books(crm_kit, database_url)
    first, second = kit.given.customer(), kit.given.customer()
    kit.relay.drain()
    late: list[str] = []

    class Late:
        name = "late"

        @hookimpl
        def on_customer_created(self, event: object) -> None:
            late.append(event.name)  # type: ignore[attr-defined]

    crm = CRM(kit.crm.engine, plugins=[Late()], clock=kit.clock)
    since = datetime(2020, 1, 1, tzinfo=UTC)
    assert crm.relay.replay("late", since=since) == 2
    assert crm.relay.replay("late", since=since) == 0
    crm.relay.drain()
    assert late == [first.name, second.name]
    assert crm.relay.retain() == 0
    kit.clock.advance(days=100)
    kit.given.customer()
    assert crm.relay.retain() == 2
    with kit.crm.engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(EventRow)) == 1
        assert connection.scalar(sa.select(sa.func.count()).select_from(DeliveryRow)) == 0


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_unit_elsewhere_wakes_an_idle_relay_by_notify(crm_kit: CrmKit, database_url: str) -> None:
    arrived = threading.Event()

    class Waiting:
        @hookimpl
        def on_customer_created(self, event: object) -> None:
            arrived.set()

    slow_poll = Settings.model_validate({"relay": {"idle_poll": "PT600S"}})
    kit = crm_kit(Waiting(), database=database_url, settings=slow_poll)
    done = threading.Event()
    relay = threading.Thread(target=lambda: kit.crm.relay.run(handle_signals=False, stop_when=done.is_set))
    relay.start()
    other = CRM(database_url)
    try:
        with other.begin(kit.scope()) as unit:
            unit.customers.create(CustomerIn(name="From Elsewhere"))
        assert arrived.wait(30)
    finally:
        done.set()
        relay.join(30)
        other.close()
