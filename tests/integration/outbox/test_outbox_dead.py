"""Dead letters: they say why, keep secrets, hold their lane, and come back to life or are skipped."""

from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from tests.integration.outbox.plugins import Listener, effects, relay_settings, rename, states, with_books

from oa_crm.errors import InvalidInput
from oa_crm.hooks import Delivery, GiveUp, hookimpl
from oa_crm.hooks.payloads import DeliveryDead
from oa_crm.models import DeliveryRow
from oa_crm.testing import CrmKit


def test_a_dead_letter_says_what_it_is_and_why(crm_kit: CrmKit, database_url: str) -> None:
    kit, books = with_books(crm_kit, database_url)

    def refuse(_event: object, _delivery: object) -> None:
        raise GiveUp("period 2026-02 is closed, password=Zx9Qv7 for sam@finance.example")

    books.after_write = refuse
    customer = kit.given.customer()
    kit.relay.drain()
    (dead,) = kit.crm.relay.deliveries("dead", plugin="books")
    assert (dead.hook, dead.kind, dead.thing_id) == ("on_customer_created", "customer", str(customer.id))
    assert (dead.tenant_id, dead.attempts, dead.occurred_at) == ("acme", 1, kit.clock.now())
    assert dead.last_error == "GiveUp: period 2026-02 is closed, password=*** for ***@***"
    assert kit.crm.relay.deliveries("dead", tenant="other") == ()
    assert kit.crm.relay.status() == {"books": {"dead": 1}}
    assert effects(kit) == []


@pytest.mark.parametrize("wrapped", [False, True], ids=["raised", "wrapped"])
def test_a_database_error_is_kept_without_the_customers_data(crm_kit: CrmKit, database_url: str, wrapped: bool) -> None:
    kit, books = with_books(crm_kit, database_url, settings=relay_settings(max_attempts=1))
    unique = sa.Table("host_unique", sa.MetaData(), sa.Column("name", sa.String(80), primary_key=True))
    unique.create(kit.crm.engine)

    def write_twice(event: object, delivery: object) -> None:
        for _ in range(2):
            try:
                delivery.connection.execute(unique.insert(), {"name": event.name})  # type: ignore[attr-defined]
            except sa.exc.IntegrityError as error:
                if wrapped:
                    raise RuntimeError(f"the books say {error}") from error
                raise

    books.after_write = write_twice
    kit.given.customer(name="Brass Oyster")
    kit.crm.relay.drain(plugins=["books"])
    (said,) = kit.relay.dead()
    assert said.startswith("RuntimeError: the books say" if wrapped else "IntegrityError: ")
    assert "nique" in said or "uplicate" in said
    assert "Oyster" not in said
    assert "INSERT" not in said


def test_a_death_is_announced_once_to_whoever_listens(crm_kit: CrmKit, database: Engine) -> None:
    def refuse(_heard: str) -> None:
        raise GiveUp("no, token=Zx9Qv7")

    kit = crm_kit(Listener("broken", refuse), database=database)
    kit.given.customer()
    for _ in range(3):
        kit.relay.drain()
    (told,) = kit.recorder.of(DeliveryDead)
    (dead,) = kit.crm.relay.deliveries("dead")
    assert (told.delivery_id, told.plugin, told.hook) == (dead.id, "broken", "on_customer_created")
    assert (told.about, told.attempts, told.error) == (dead.thing_id, 1, "GiveUp: no, token=***")
    kit.crm.relay.retry_dead()
    kit.relay.drain()
    assert len(kit.recorder.of(DeliveryDead)) == 2  # it died a second time


def test_a_dead_announcement_of_a_death_is_not_announced(crm_kit: CrmKit, database: Engine) -> None:
    class Alarm(Listener):
        @hookimpl
        def on_delivery_dead(self, event: DeliveryDead, delivery: Delivery) -> None:
            raise GiveUp("the alarm is broken as well")

    def refuse(_heard: str) -> None:
        raise GiveUp("no")

    kit = crm_kit(Alarm("alarm", refuse), database=database)
    kit.given.customer()
    for _ in range(3):
        kit.relay.drain()
    assert states(kit, "alarm") == ["dead", "dead"]
    assert len(kit.recorder.of(DeliveryDead)) == 1


def test_dead_letters_come_back_cleanly_after_the_repair(crm_kit: CrmKit, database_url: str) -> None:
    kit, books = with_books(crm_kit, database_url, settings=relay_settings(max_attempts=3))
    doomed = {"Brass Oyster"}

    def fail(event: object, _delivery: object) -> None:
        if event.name in doomed:  # type: ignore[attr-defined]
            raise RuntimeError("the books are closed")

    books.after_write = fail
    customer = kit.given.customer(name="Brass Oyster")
    kit.given.customer(name="Velvet Jungle")
    kit.relay.drain_with_retries()
    assert kit.relay.dead() == ["RuntimeError: the books are closed"]
    assert effects(kit) == ["Velvet Jungle"]
    assert kit.crm.relay.retry_dead(plugin="recorder") == 0
    assert kit.crm.relay.retry_dead(plugin="books") == 1
    assert kit.relay.drain().retried == 1  # a fresh count of failures, or it would be dead again at once
    doomed.clear()
    kit.relay.drain_with_retries()
    assert effects(kit) == ["Brass Oyster", "Velvet Jungle"]
    assert kit.crm.relay.status() == {}
    with kit.unit() as unit:
        assert len(unit.links.of("customer", customer.id)) == 1
    with kit.crm.engine.connect() as connection:
        assert set(connection.scalars(sa.select(DeliveryRow.last_error))) == {None}


def test_a_lane_waits_behind_its_dead_letter_and_no_other_does(crm_kit: CrmKit, database: Engine) -> None:
    def refuse_first(heard: str) -> None:
        if heard == "Brass Oyster":
            raise GiveUp("no")

    picky = Listener("picky", refuse_first)
    kit = crm_kit(picky, database=database)
    stuck, free = kit.given.customer(name="Brass Oyster"), kit.given.customer(name="Velvet Jungle")
    rename(kit, stuck, "Brass Anchor", 1)
    rename(kit, free, "Velvet Canyon", 1)
    kit.relay.drain_with_retries()
    assert picky.heard == ["Velvet Jungle", "Velvet Canyon"]
    assert [event.name for event in kit.recorder.events if hasattr(event, "name")].count("Brass Anchor") == 1
    (dead,) = kit.crm.relay.deliveries("dead")
    with pytest.raises(InvalidInput):
        kit.crm.relay.skip([dead.id], why=" ")
    assert kit.crm.relay.skip([dead.id], why="it is on file over there") == 1
    assert kit.crm.relay.skip([dead.id], why="again") == 0
    kit.relay.drain()
    assert picky.heard[2:] == ["Brass Anchor"]
    (skipped,) = kit.crm.relay.deliveries("skipped")
    assert skipped.last_error == "skipped: it is on file over there"
    assert kit.crm.relay.redeliver() > 0
    assert states(kit, "picky")[0] == "skipped"


def test_a_retried_dead_letter_goes_before_what_waited_behind_it(crm_kit: CrmKit, database: Engine) -> None:
    broken = {"Brass Oyster"}

    def refuse(heard: str) -> None:
        if heard in broken:
            raise GiveUp("no")

    picky = Listener("picky", refuse)
    kit = crm_kit(picky, database=database)
    customer = kit.given.customer(name="Brass Oyster")
    for version, name in enumerate(("Brass Anchor", "Brass Canyon"), start=1):
        rename(kit, customer, name, version)
    kit.relay.drain()
    broken.clear()
    assert kit.crm.relay.retry_dead() == 1
    kit.relay.drain()
    assert picky.heard == ["Brass Oyster", "Brass Anchor", "Brass Canyon"]


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda relay: relay.deliveries("death"), "state"),
        (lambda relay: relay.deliveries(None), "state"),
        (lambda relay: relay.retry_dead(7), "ids"),
        (lambda relay: relay.retry_dead("7"), "ids"),
        (lambda relay: relay.retry_dead(["7"]), "ids"),
        (lambda relay: relay.redeliver([True]), "ids"),
        (lambda relay: relay.skip(7, why="by hand"), "ids"),
        (lambda relay: relay.skip([7], why=None), "why"),
        (lambda relay: relay.skip([7], why=" "), "why"),
        (lambda relay: relay.replay("notices", since=datetime(2026, 3, 2)), "since"),  # noqa: DTZ001
        (lambda relay: relay.replay("notices", since=None), "since"),
    ],
)
def test_who_answers_for_dead_letters_is_told_what_he_got_wrong(crm_kit: CrmKit, call: Any, field: str) -> None:
    """A misspelt state would say that nothing is dead."""
    with pytest.raises(InvalidInput) as refused:
        call(crm_kit().crm.relay)
    assert [one.field for one in refused.value.problems] == [field]
