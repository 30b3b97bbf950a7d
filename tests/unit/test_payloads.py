"""Stored events are read for years: every one round-trips, gains fields, and is upcast when it is old."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from oa_crm import Actor, Money, Scope, Settings
from oa_crm.clock import SystemClock
from oa_crm.hooks import EVENTS, Decision, Event
from oa_crm.hooks.payloads import UnknownEvent, load
from oa_crm.ids import new_id
from oa_crm.services.journal import Journal

SAMPLES: dict[object, object] = {
    UUID: new_id(),
    str: "云帆智能",
    int: 7,
    bool: True,
    datetime: datetime(2026, 3, 2, 9, 0, 0, 1, tzinfo=UTC),
    date: date(2026, 3, 2),
    Money: Money(2**63 - 1, "CNY"),
    Decision: Decision.REJECT,
    tuple[UUID, ...]: (new_id(), new_id()),
    tuple[str, ...]: ("he.lin", "王芳"),
    tuple[tuple[str, Decimal], ...]: (("he.lin", Decimal("66.67")), ("王芳", Decimal("33.33"))),
    dict[str, int]: {"project.customer_id": 3},
    dict[str, dict[str, int]]: {"he.lin": {"customer": 3}},
}
HOOKS = pytest.mark.parametrize("hook", sorted(EVENTS))


def _sample(kind: object) -> object:
    inner = [one for one in getattr(kind, "__args__", ()) if one is not type(None)]
    return SAMPLES[kind] if kind in SAMPLES else SAMPLES[inner[0]]


def _event(hook: str) -> Event:
    kind = EVENTS[hook]
    return kind(**{name: _sample(field.annotation) for name, field in kind.model_fields.items()})


def _stored(event: Event) -> dict[str, Any]:
    kept: dict[str, Any] = json.loads(json.dumps(event.model_dump(mode="json")))
    return kept


@HOOKS
def test_an_event_reads_back_as_it_was_stored(hook: str) -> None:
    event = _event(hook)
    assert load(hook, event.VERSION, _stored(event)) == event


@HOOKS
def test_an_event_without_its_optional_facts_reads_back(hook: str) -> None:
    kind = EVENTS[hook]
    needed = {name: _sample(field.annotation) for name, field in kind.model_fields.items() if field.is_required()}
    event = kind(**needed)
    assert load(hook, event.VERSION, _stored(event)) == event


@HOOKS
def test_a_field_of_the_future_is_ignored(hook: str) -> None:
    event = _event(hook)
    assert load(hook, event.VERSION, {**_stored(event), "a_field_of_the_future": {"deep": 1}}) == event


@HOOKS
def test_an_event_of_a_newer_version_waits_for_the_upgrade(hook: str) -> None:
    event = _event(hook)
    with pytest.raises(UnknownEvent, match=f"{hook} version {event.VERSION + 1}"):
        load(hook, event.VERSION + 1, _stored(event))


def test_an_event_of_an_unknown_type_waits_for_the_upgrade() -> None:
    with pytest.raises(UnknownEvent, match="on_customer_teleported"):
        load("on_customer_teleported", 1, {})


@HOOKS
def test_an_event_is_frozen_facts_with_an_aggregate(hook: str) -> None:
    event = _event(hook)
    assert hook == event.HOOK
    assert event.KIND
    assert event.thing_id == str(getattr(event, event.AGGREGATE))
    with pytest.raises(ValidationError, match="frozen"):
        event.tenant = "other"  # type: ignore[misc]


@pytest.mark.parametrize("hook", sorted(one for one in EVENTS if "loser_id" in EVENTS[one].model_fields))
def test_what_happens_to_two_customers_touches_both(hook: str) -> None:
    event: Any = _event(hook).model_copy(update={"loser_id": new_id()})
    journal = Journal(Scope("acme", Actor.system()), SystemClock(), Settings())
    journal.events.append(event)
    assert ("customer", str(event.loser_id)) in journal.things()


class PriceSet(Event):
    """A test event in its second version: `price` was `cents` before, without a currency."""

    HOOK = "on_price_set"
    VERSION = 2
    KIND = "product"
    AGGREGATE = "product_id"
    product_id: UUID
    price: Money

    @classmethod
    def upcast(cls, version: int, data: dict[str, Any]) -> dict[str, Any]:
        if version == 1:
            data = {**data, "price": {"amount": f"{data['cents'] / 100:.2f}", "currency": "CNY"}}
        return data


@pytest.fixture
def price_set() -> Iterator[dict[str, Any]]:
    EVENTS[PriceSet.HOOK] = PriceSet
    envelope = {
        "id": str(new_id()),
        "tenant": "acme",
        "actor": "zhang.wei",
        "request_id": "r",
        "product_id": str(new_id()),
    }
    yield {**envelope, "occurred_at": "2026-03-02T09:00:00Z"}
    del EVENTS[PriceSet.HOOK]


def test_an_old_event_is_brought_up_to_date(price_set: dict[str, Any]) -> None:
    event = load("on_price_set", 1, {**price_set, "cents": 128000})
    assert isinstance(event, PriceSet)
    assert event.price == Money.of("1280.00", "CNY")


def test_an_event_of_the_present_version_is_not_upcast(price_set: dict[str, Any]) -> None:
    event = load("on_price_set", 2, {**price_set, "price": {"amount": "5.00", "currency": "EUR"}, "cents": 1})
    assert isinstance(event, PriceSet)
    assert event.price == Money(500, "EUR")
