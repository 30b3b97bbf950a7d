"""Deliveries that share a transaction: together when all is well, each alone when one is not."""

import contextlib
import sqlite3

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from tests.integration.outbox.plugins import EFFECTS, Listener, effects, relay_settings, states, with_books

from oa_crm.testing import CrmKit

NAMES = ("Brass Oyster", "Velvet Jungle", "Canyon Anchor", "Marble Drum", "Pepper Falcon")


def test_a_failing_delivery_does_not_take_its_neighbours_along(crm_kit: CrmKit, database_url: str) -> None:
    kit, books = with_books(crm_kit, database_url)

    def fail(event: object, _delivery: object) -> None:
        if event.name == "Canyon Anchor":  # type: ignore[attr-defined]
            raise RuntimeError("the books are closed")

    books.after_write = fail
    for name in NAMES:
        kit.given.customer(name=name)
    tally = kit.crm.relay.drain(plugins=["books"])
    assert (tally.delivered, tally.retried, tally.dead) == (4, 1, 0)
    assert effects(kit) == sorted(set(NAMES) - {"Canyon Anchor"})
    assert books.calls.count("Canyon Anchor") == 2  # in company, then alone
    books.after_write = lambda event, delivery: None
    kit.relay.drain_with_retries()
    assert effects(kit) == sorted(NAMES)


def test_nobody_is_blamed_for_a_failure_in_company(crm_kit: CrmKit, database_url: str) -> None:
    kit, books = with_books(crm_kit, database_url)
    once = ["not this time"]

    def fail_once(event: object, _delivery: object) -> None:
        if event.name == "Marble Drum" and once:  # type: ignore[attr-defined]
            raise RuntimeError(once.pop())

    books.after_write = fail_once
    for name in NAMES:
        kit.given.customer(name=name)
    tally = kit.crm.relay.drain(plugins=["books"])
    assert (tally.delivered, tally.retried) == (5, 0)
    assert effects(kit) == sorted(NAMES)


def test_a_handler_that_swallows_a_database_error_is_found_out(crm_kit: CrmKit, database_url: str) -> None:
    kit, books = with_books(crm_kit, database_url)

    def swallow(event: object, delivery: object) -> None:
        if event.name == "Velvet Jungle":  # type: ignore[attr-defined]
            with contextlib.suppress(sa.exc.DBAPIError):
                delivery.connection.execute(sa.text("INSERT INTO no_such_table VALUES (1)"))  # type: ignore[attr-defined]

    books.after_write = swallow
    for name in NAMES:
        kit.given.customer(name=name)
    tally = kit.crm.relay.drain(plugins=["books"])
    if kit.crm.engine.dialect.name == "postgresql":  # where the transaction cannot go on after an error
        assert (tally.delivered, tally.retried) == (4, 1)
        assert effects(kit) == sorted(set(NAMES) - {"Velvet Jungle"})
    else:
        assert (tally.delivered, tally.retried) == (5, 0)
        assert effects(kit) == sorted(NAMES)


def test_what_fails_only_while_it_is_marked_done_fails_alone(crm_kit: CrmKit, database_url: str) -> None:
    kit, books = with_books(crm_kit, database_url, settings=relay_settings(max_attempts=1))
    # No database can store it, which shows only when the receipt is kept.
    books.number = lambda event, _delivery: "V-\ud800" if event.name == "Pepper Falcon" else "V-1"
    for name in NAMES:
        kit.given.customer(name=name)
    tally = kit.crm.relay.drain(plugins=["books"])
    assert (tally.delivered, tally.dead) == (4, 1)
    assert effects(kit) == sorted(set(NAMES) - {"Pepper Falcon"})


# MariaDB has no constraint that waits for the commit.
@pytest.mark.parametrize("backend", ["sqlite", "postgresql"], indirect=True)
def test_what_fails_only_at_the_commit_fails_alone(crm_kit: CrmKit, database_url: str) -> None:
    kit, books = with_books(crm_kit, database_url, settings=relay_settings(max_attempts=1))
    strict = sa.Table(
        "host_strict",
        sa.MetaData(),
        sa.Column("key", sa.String(200), primary_key=True),
        sa.Column("parent", sa.String(200)),
        sa.ForeignKeyConstraint(["parent"], ["host_strict.key"], deferrable=True, initially="DEFERRED"),
    )
    strict.create(kit.crm.engine)

    def orphan(event: object, delivery: object) -> None:
        parent = "nobody" if event.name == "Brass Oyster" else None  # type: ignore[attr-defined]
        row = {"key": delivery.key, "parent": parent}  # type: ignore[attr-defined]
        delivery.connection.execute(strict.insert(), row)  # type: ignore[attr-defined]

    books.after_write = orphan
    for name in NAMES:
        kit.given.customer(name=name)
    tally = kit.crm.relay.drain(plugins=["books"])
    assert (tally.delivered, tally.dead) == (4, 1)
    assert effects(kit) == sorted(set(NAMES) - {"Brass Oyster"})
    assert "oreign" in kit.relay.dead()[0] or "FOREIGN" in kit.relay.dead()[0]


DEADLOCKS = {
    "postgresql": "DO $$ BEGIN RAISE EXCEPTION 'deadlock' USING ERRCODE = '40P01'; END $$",
    "mysql": "SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213, MESSAGE_TEXT = 'deadlock'",
}


def deadlock(connection: sa.Connection) -> None:
    """What the database raises when it chose this transaction as the victim."""
    if connection.dialect.name == "sqlite":
        raise sa.exc.OperationalError("", {}, sqlite3.OperationalError("database is locked"))
    connection.exec_driver_sql(DEADLOCKS[connection.dialect.name])


def test_a_deadlock_is_tried_again_and_blamed_on_nobody(crm_kit: CrmKit, database_url: str) -> None:
    kit, books = with_books(crm_kit, database_url, settings=relay_settings(max_attempts=1))
    deadlocks = [1, 2, 3]

    def collide(event: object, delivery: object) -> None:
        if event.name == "Canyon Anchor" and deadlocks:  # type: ignore[attr-defined]
            deadlocks.pop()
            deadlock(delivery.connection)  # type: ignore[attr-defined]

    books.after_write = collide
    for name in NAMES:
        kit.given.customer(name=name)
    tally = kit.crm.relay.drain(plugins=["books"])
    assert (tally.delivered, tally.retried, tally.dead) == (5, 0, 0)
    assert effects(kit) == sorted(NAMES)


def test_an_endless_deadlock_is_a_failure_in_the_end(crm_kit: CrmKit, database_url: str) -> None:
    kit, books = with_books(crm_kit, database_url, settings=relay_settings(max_attempts=1))
    books.after_write = lambda _event, delivery: deadlock(delivery.connection)
    kit.given.customer()
    assert kit.crm.relay.drain(plugins=["books"]).dead == 1
    assert len(books.calls) == 4
    assert effects(kit) == []


# PostgreSQL never goes on in a transaction that it rolled back.
@pytest.mark.parametrize("backend", ["sqlite", "mariadb"], indirect=True)
def test_what_the_database_took_back_is_not_marked_done(crm_kit: CrmKit, database_url: str) -> None:
    kit, books = with_books(crm_kit, database_url, settings=relay_settings(max_attempts=1))
    once = ["ROLLBACK"]  # which is what a deadlock does on MariaDB, besides raising an error

    def swallow(event: object, delivery: object) -> None:
        if event.name == "Marble Drum" and once:  # type: ignore[attr-defined]
            delivery.connection.exec_driver_sql(once.pop())  # type: ignore[attr-defined]

    books.after_write = swallow
    for name in NAMES:
        kit.given.customer(name=name)
    assert kit.crm.relay.drain(plugins=["books"]).delivered == 5
    assert effects(kit) == sorted(NAMES)


def test_a_handler_that_rolls_back_loses_no_neighbours_effect(crm_kit: CrmKit, database_url: str) -> None:
    kit, books = with_books(crm_kit, database_url, settings=relay_settings(max_attempts=1))

    def roll_back(event: object, delivery: object) -> None:
        if event.name == "Marble Drum":  # type: ignore[attr-defined]
            delivery.connection.rollback()  # type: ignore[attr-defined]

    books.after_write = roll_back
    for name in NAMES:
        kit.given.customer(name=name)
    tally = kit.crm.relay.drain(plugins=["books"])
    assert (tally.delivered, tally.dead) == (4, 1)
    assert effects(kit) == sorted(set(NAMES) - {"Marble Drum"})
    assert "rolled back" in kit.relay.dead()[0]


def test_a_handler_that_commits_by_itself_is_not_called_twice(crm_kit: CrmKit, database_url: str) -> None:
    kit, books = with_books(crm_kit, database_url)
    books.after_write = lambda _event, delivery: delivery.connection.commit()
    for name in NAMES:
        kit.given.customer(name=name)
    assert kit.crm.relay.drain(plugins=["books"]).delivered == 5
    assert effects(kit) == sorted(NAMES)


def test_effects_show_together_with_their_marks(crm_kit: CrmKit, database_url: str) -> None:
    kit, books = with_books(crm_kit, database_url)
    seen: list[tuple[int, int]] = []

    def look(_event: object, _delivery: object) -> None:
        # From another connection: what is not marked done must not be visible either.
        with kit.crm.engine.connect() as other:
            effect = other.scalar(sa.select(sa.func.count()).select_from(EFFECTS)) or 0
        seen.append((effect, states(kit, "books").count("done")))

    books.after_write = look
    for name in NAMES:
        kit.given.customer(name=name)
    kit.crm.relay.drain(plugins=["books"])
    assert len(seen) >= len(NAMES)
    assert all(effect == done for effect, done in seen)


def test_a_remote_handler_runs_while_no_transaction_is_open(crm_kit: CrmKit, database: Engine) -> None:
    open_now: list[bool] = []

    def write(_heard: str) -> None:
        # On SQLite this would wait for ever if the relay held the write lock.
        kit.given.follow_up(customers[0])
        open_now.append(bool(kit.crm.engine.pool.checkedout()))  # type: ignore[attr-defined]

    remote = Listener("remote", write)
    kit = crm_kit(remote, database=database)
    customers = [kit.given.customer() for _ in range(4)]
    kit.crm.relay.drain(plugins=["remote"])
    assert open_now == [False] * 4


def test_a_stop_gives_back_what_was_not_tried(crm_kit: CrmKit, database: Engine) -> None:
    listener = Listener()
    kit = crm_kit(listener, database=database)
    for _ in range(5):
        kit.given.customer()
    kit.crm.relay.fan_out()
    tally = kit.crm.relay.courier("listener").carry(stopping=lambda: len(listener.heard) == 2)
    assert tally.delivered == 2
    kit.crm.relay.drain(plugins=["listener"])  # the clock stands still, so no lease has run out
    assert len(listener.heard) == 5
    assert listener.tries == [1] * 5
