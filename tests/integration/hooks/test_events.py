"""on_*: every event reaches the plugin that listens to it, once, with the facts of its moment."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from tests.integration.hooks import (
    acts_of_customers,
    acts_of_handovers,
    acts_of_leads,
    acts_of_projects,
    acts_of_sales,
    acts_of_strategies,
    acts_of_talks,
    acts_of_teams,
    acts_of_the_clock,
)
from tests.integration.hooks.probes import Listener, plugin

from oa_crm.hooks import EVENTS, Receipt
from oa_crm.testing import CrmKit, Kit

Facts = dict[str, object]


ACTS: dict[str, Callable[[Kit], Facts]] = {
    **acts_of_customers.ACTS,
    **acts_of_leads.ACTS,
    **acts_of_sales.ACTS,
    **acts_of_the_clock.ACTS,
    **acts_of_talks.ACTS,
    **acts_of_strategies.ACTS,
    **acts_of_projects.ACTS,
    **acts_of_handovers.ACTS,
    **acts_of_teams.ACTS,
}
ACTORS = {
    **acts_of_customers.ACTORS,
    **acts_of_leads.ACTORS,
    **acts_of_sales.ACTORS,
    **acts_of_the_clock.ACTORS,
    **acts_of_talks.ACTORS,
    **acts_of_strategies.ACTORS,
    **acts_of_projects.ACTORS,
    **acts_of_handovers.ACTORS,
}


def test_no_event_is_left_out() -> None:
    assert set(EVENTS) == {*ACTS, "on_delivery_dead"}


@pytest.mark.parametrize("hook", sorted(ACTS))
def test_an_event_reaches_its_listener_once_with_its_facts(crm_kit: CrmKit, database: Engine, hook: str) -> None:
    listener = Listener(hook)
    kit = crm_kit(listener, database=database)
    told = ACTS[hook](kit)
    assert listener.events == []
    kit.relay.drain()
    expected = told() if callable(told) else told
    (event,) = listener.events
    assert type(event) is EVENTS[hook]
    assert {name: _comparable(getattr(event, name)) for name in expected} == {
        name: _comparable(value) for name, value in expected.items()
    }
    assert (event.tenant, event.actor, event.occurred_at) == ("acme", ACTORS.get(hook, "seller"), kit.clock.now())
    assert event.thing_id == str(expected[event.AGGREGATE])
    assert kit.recorder.hooks.count(hook) == 1
    kit.relay.drain()
    assert listener.events == [event]


def _comparable(value: object) -> object:
    return value if value is None or (isinstance(value, tuple) and type(value) is tuple) else str(value)


@pytest.mark.parametrize(
    "hook", ["on_follow_up_logged", "on_customer_updated", "on_lead_updated", "on_lead_followed_up"]
)
def test_an_event_does_not_carry_peoples_words(crm_kit: CrmKit, sqlite: Engine, hook: str) -> None:
    listener = Listener(hook)
    kit = crm_kit(listener, database=sqlite)
    ACTS[hook](kit)
    kit.relay.drain()
    told = listener.events[0].model_dump_json()
    assert "Very private words" not in told
    assert "62510000" not in told


def test_on_delivery_dead_says_what_could_not_be_delivered(crm_kit: CrmKit, database: Engine) -> None:
    def refuse(self: object) -> None:
        raise ValueError("the finance server said no to zhang.wei@example.com")

    listener = Listener("on_delivery_dead")
    kit = crm_kit(plugin("broken", on_customer_created=refuse), listener, database=database)
    customer = kit.given.customer()
    kit.relay.drain_with_retries()
    kit.relay.drain()
    (dead,) = listener.events
    (created,) = [event for event in kit.recorder.events if event.HOOK == "on_customer_created"]
    assert (dead.plugin, dead.hook, dead.kind, dead.about) == (
        "broken",
        "on_customer_created",
        "customer",
        str(customer.id),
    )
    assert (dead.event_id, dead.attempts) == (created.id, kit.crm.settings.relay.max_attempts)
    assert dead.error == "ValueError: the finance server said no to ***@***"
    assert kit.relay.dead() == [dead.error]


def test_each_plugin_gets_its_own_delivery_under_its_own_key(crm_kit: CrmKit, database: Engine) -> None:
    listeners = [Listener("on_customer_created", name) for name in ("acme", "zeta")]
    kit = crm_kit(*listeners, database=database)
    kit.given.customer()
    kit.relay.drain()
    kit.relay.redeliver_all()
    keys = [set(listener.keys) for listener in listeners]
    assert [len(one) for one in keys] == [1, 1]
    assert [len(listener.keys) for listener in listeners] == [2, 2]
    assert keys[0] != keys[1]


def test_a_receipt_is_kept_as_a_link_of_the_thing(crm_kit: CrmKit, database: Engine) -> None:
    receipt = Receipt("V-7", url="https://ledger.example/V-7", label="voucher")
    kit = crm_kit(plugin("books", on_expense_booked=lambda self: receipt), database=database)
    booked = kit.given.expense()
    kit.relay.drain()
    with kit.unit(read_only=True) as unit:
        (link,) = unit.links.of("expense", booked.id)
    assert (link.plugin, link.ref, link.url, link.label) == ("books", "V-7", receipt.url, "voucher")


@pytest.mark.parametrize("answer", ["V-7", True, {"ref": "V-7"}])
def test_an_answer_that_is_no_receipt_is_a_failure_that_says_so(
    crm_kit: CrmKit, sqlite: Engine, answer: object
) -> None:
    kit = crm_kit(plugin("books", on_expense_booked=lambda self: answer), database=sqlite)
    kit.given.expense()
    kit.relay.drain_with_retries()
    assert kit.relay.dead() == [
        f"TypeError: on_expense_booked must return a Receipt or None, not {type(answer).__name__}"
    ]


def test_a_broken_plugin_holds_up_no_other(crm_kit: CrmKit, database: Engine) -> None:
    def refuse(self: object) -> None:
        raise RuntimeError("down")

    listener = Listener("on_customer_created", "zeta")
    kit = crm_kit(plugin("acme", on_customer_created=refuse), listener, database=database)
    made = [kit.given.customer().id for _ in range(3)]
    kit.relay.drain()
    assert [event.customer_id for event in listener.events] == made


def test_an_act_that_was_taken_back_is_announced_to_nobody(crm_kit: CrmKit, database: Engine) -> None:
    listener = Listener("on_customer_created")
    kit = crm_kit(listener, database=database)
    with pytest.raises(RuntimeError, match="never mind"), kit.unit() as unit:
        unit.customers.create({"name": "Lost Harbour"})
        raise RuntimeError("never mind")
    kit.relay.drain()
    assert listener.events == []
