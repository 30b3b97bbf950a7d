"""Trying again: when, how often, what counts, and what ends it."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from tests.integration.outbox.plugins import Listener, effects, relay_settings, states, with_books

from oa_crm import CRM
from oa_crm.errors import CrmError
from oa_crm.hooks import GiveUp, RetryLater, hookimpl
from oa_crm.testing import CrmKit, FrozenClock


def raising(error: BaseException) -> Listener:
    def fail(_heard: str) -> None:
        raise error

    return Listener("broken", fail)


def test_a_failure_is_tried_again_after_a_pause_that_doubles(crm_kit: CrmKit, database: Engine) -> None:
    broken = raising(RuntimeError("no"))
    kit = crm_kit(broken, database=database, settings=relay_settings(first_backoff=2.0, longest_backoff=10.0))
    kit.given.customer()
    for pause in (2, 4, 8, 10, 10):
        assert kit.relay.drain().retried == 1
        assert kit.crm.relay.next_due("broken") == kit.clock.now() + timedelta(seconds=pause)
        kit.clock.advance(seconds=pause, milliseconds=-1)
        assert kit.relay.drain().tried == 0
        kit.clock.advance(milliseconds=1)
    assert broken.tries == [1, 2, 3, 4, 5]


def test_failures_up_to_the_last_attempt_and_not_one_more(crm_kit: CrmKit, database: Engine) -> None:
    broken = raising(RuntimeError("no"))
    kit = crm_kit(broken, database=database, settings=relay_settings(max_attempts=3))
    kit.given.customer()
    tally = kit.relay.drain_with_retries()
    assert (tally.retried, tally.dead) == (2, 1)
    assert broken.tries == [1, 2, 3]


def test_retry_later_counts_no_failure(crm_kit: CrmKit, database: Engine) -> None:
    answers: list[Exception] = [RetryLater("busy", seconds=30) for _ in range(20)]

    def answer(_heard: str) -> None:
        if answers:
            raise answers.pop()

    remote = Listener("remote", answer)
    kit = crm_kit(remote, database=database, settings=relay_settings(max_attempts=2))
    kit.given.customer()
    for _ in range(20):
        assert kit.relay.drain().dead == 0
        kit.clock.advance(seconds=29)
        assert kit.relay.drain().tried == 0
        kit.clock.advance(seconds=1)
    kit.relay.drain()
    assert remote.tries == list(range(1, 22))
    assert len(remote.heard) == 1


def test_retry_later_ends_when_the_event_is_too_old(crm_kit: CrmKit, database: Engine) -> None:
    kit = crm_kit(raising(RetryLater("busy", seconds=3600)), database=database)
    kit.given.customer()
    for _ in range(7):
        assert kit.relay.drain().dead == 0
        kit.clock.advance(days=1)
    kit.clock.advance(seconds=1)
    assert kit.relay.drain().dead == 1
    assert kit.relay.dead() == ["RetryLater: busy"]


def test_give_up_is_final_at_once(crm_kit: CrmKit, database: Engine) -> None:
    broken = raising(GiveUp("unknown over there"))
    kit = crm_kit(broken, database=database)
    kit.given.customer()
    assert kit.relay.drain().dead == 1
    assert broken.tries == [1]
    assert kit.relay.dead() == ["GiveUp: unknown over there"]


def test_an_answer_that_is_no_receipt_is_a_failure(crm_kit: CrmKit, database: Engine) -> None:
    class Chatty:
        name = "chatty"

        @hookimpl
        def on_customer_created(self) -> str:
            return "V-1"

    kit = crm_kit(Chatty(), database=database, settings=relay_settings(max_attempts=1))
    kit.given.customer()
    assert kit.relay.drain().dead == 1
    assert kit.relay.dead() == ["TypeError: on_customer_created must return a Receipt or None, not str"]


def test_an_argument_with_a_default_is_filled_in(crm_kit: CrmKit, sqlite: Engine) -> None:
    heard: list[tuple[object, object, int]] = []

    class Easygoing:
        name = "easygoing"

        @hookimpl
        def on_customer_created(self, event: object = None, delivery: object = None, retries: int = 3) -> None:
            heard.append((event, delivery, retries))

    kit = crm_kit(Easygoing(), database=sqlite)
    customer = kit.given.customer()
    kit.relay.drain()
    ((event, delivery, retries),) = heard
    assert (event.customer_id, delivery.attempt, retries) == (customer.id, 1, 3)  # type: ignore[attr-defined]


def test_a_handler_that_exits_is_a_failure_like_any_other(crm_kit: CrmKit, sqlite: Engine) -> None:
    kit = crm_kit(raising(SystemExit(1)), database=sqlite)
    kit.given.customer()
    assert kit.relay.drain().retried == 1


def test_a_drain_ends_though_a_handler_asks_to_be_called_at_once(crm_kit: CrmKit, sqlite: Engine) -> None:
    broken = raising(RetryLater("again", seconds=0))
    kit = crm_kit(broken, database=sqlite)
    kit.given.customer()
    kit.relay.drain(limit=10)
    assert broken.tries == [1]


class Mute(Exception):
    def __str__(self) -> str:
        raise ValueError("nothing to say")


@pytest.mark.parametrize(
    "error",
    [RetryLater("x", seconds=float("inf")), RetryLater("x", seconds=1e12), Mute()],
    ids=["endless wait", "wait beyond the calendar", "mute"],
)
def test_the_oddest_failure_does_not_stop_the_neighbours(crm_kit: CrmKit, sqlite: Engine, error: Exception) -> None:
    def fail_once(heard: str) -> None:
        if heard == "Brass Oyster":
            raise error

    odd = Listener("odd", fail_once)
    kit = crm_kit(odd, database=sqlite)
    kit.given.customer(name="Brass Oyster")
    kit.given.customer(name="Velvet Jungle")
    tally = kit.crm.relay.drain(plugins=["odd"])
    assert odd.heard == ["Velvet Jungle"]
    assert (tally.delivered, tally.retried) == (1, 1)


def test_a_relay_without_the_plugin_does_not_pretend_to_have_delivered(crm_kit: CrmKit, sqlite_url: str) -> None:
    kit, _ = with_books(crm_kit, sqlite_url)
    kit.given.customer()
    kit.crm.relay.fan_out()
    without = CRM(kit.crm.engine, clock=FrozenClock(kit.clock.now()))
    with pytest.raises(CrmError):
        without.relay.drain(plugins=["books"])
    assert states(kit, "books") == ["pending"]
    kit.relay.drain()
    assert len(effects(kit)) == 1
