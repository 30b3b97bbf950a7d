"""Signals tell this process after a commit: weakly held, each receiver guarded, never before the commit."""

import gc
import logging
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from oa_crm.hooks import EVENTS, Event
from oa_crm.hooks.payloads import CustomerCreated
from oa_crm.signals import Signals
from oa_crm.testing import CrmKit

CREATED = CustomerCreated(
    id=uuid4(),
    tenant="acme",
    actor="zhang.wei",
    request_id="r",
    occurred_at=datetime(2026, 3, 2, tzinfo=UTC),
    customer_id=uuid4(),
    name="云帆智能",
    owner_id="zhang.wei",
)


def test_there_is_one_signal_per_event_hook_and_no_other() -> None:
    signals = Signals()
    assert {signals[hook].name for hook in EVENTS} == set(EVENTS)
    with pytest.raises(KeyError, match="did you mean on_customer_created"):
        signals["customer_created"]
    with pytest.raises(KeyError):
        signals["on_customer_teleported"]


def test_a_receiver_gets_the_event_itself() -> None:
    signals = Signals()
    heard: list[Event] = []
    keep = heard.append
    signals["on_customer_created"].connect(keep)
    signals.send(CREATED)
    assert heard == [CREATED]


def test_signals_of_two_crms_do_not_meet() -> None:
    one, other = Signals(), Signals()
    heard: list[Event] = []
    keep = heard.append
    one["on_customer_created"].connect(keep)
    other.send(CREATED)
    assert heard == []


def test_a_receiver_that_fails_is_logged_and_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    signals = Signals()
    heard: list[str] = []

    def broken(event: Event) -> None:
        raise RuntimeError("the cache is gone")

    listeners = [broken, lambda event: heard.append(event.HOOK), broken, lambda event: heard.append("again")]
    for listener in listeners:
        signals["on_customer_created"].connect(listener)
    with caplog.at_level(logging.ERROR, "oa_crm.signals"):
        signals.send(CREATED)
    assert sorted(heard) == ["again", "on_customer_created"]
    assert "a receiver of on_customer_created failed" in caplog.text


def test_receivers_are_held_weakly() -> None:
    signals = Signals()
    heard: list[Event] = []

    class Page:
        def refresh(self, event: Event) -> None:
            heard.append(event)

    page = Page()
    signals["on_customer_created"].connect(page.refresh)
    signals.send(CREATED)
    del page
    gc.collect()
    signals.send(CREATED)
    assert len(heard) == 1


def test_a_signal_comes_after_the_commit_and_not_for_what_was_taken_back(crm_kit: CrmKit, sqlite_url: str) -> None:
    kit = crm_kit(database=sqlite_url)
    heard: list[str] = []

    def listen(event: CustomerCreated) -> None:
        heard.append(event.name)

    kit.crm.signals["on_customer_created"].connect(listen)
    with kit.unit() as unit:
        unit.customers.create({"name": "Kept Works"})
        assert heard == []
    with pytest.raises(RuntimeError, match="never mind"), kit.unit() as unit:
        unit.customers.create({"name": "Lost Harbour"})
        raise RuntimeError("never mind")
    assert heard == ["Kept Works"]


def test_a_failing_receiver_does_not_fail_the_unit(crm_kit: CrmKit, sqlite_url: str) -> None:
    kit = crm_kit(database=sqlite_url)

    def broken(event: Event) -> None:
        raise RuntimeError("the cache is gone")

    kit.crm.signals["on_customer_created"].connect(broken)
    made = kit.given.customer()
    with kit.unit(read_only=True) as unit:
        assert unit.customers.get(made.id) == made
