"""A plugin may be switched off for one company, and calls are traced without anybody's data."""

import logging

import pytest
from sqlalchemy import Engine
from tests.integration.hooks.probes import CHECKED, Listener, answering, plugin

from oa_crm import Actor
from oa_crm.errors import Forbidden, InvalidInput, Vetoed
from oa_crm.hooks import Objection
from oa_crm.testing import CrmKit, Kit


def _other_company(kit: Kit) -> None:
    with kit.crm.begin(kit.scope(Actor.system(), tenant="other")) as unit:
        unit.directory.sync()


def _create(kit: Kit, tenant: str, name: str) -> None:
    with kit.crm.begin(kit.scope("seller", tenant=tenant)) as unit:
        unit.customers.create({"name": name})


def test_a_check_switched_off_for_one_company_still_binds_the_other(crm_kit: CrmKit, database: Engine) -> None:
    strict = answering("strict", "check_customer_creation", Objection("no", "No"))
    kit = crm_kit(strict, database=database)
    _other_company(kit)
    with kit.unit("admin") as unit:
        assert not unit.plugins.switch("strict", enabled=False).enabled
    _create(kit, "acme", "Quill Foundry")
    with pytest.raises(Vetoed):
        _create(kit, "other", "Quill Foundry")
    with kit.unit("admin") as unit:
        unit.plugins.switch("strict", enabled=True)
    with pytest.raises(Vetoed):
        _create(kit, "acme", "Zinnia Harbour")


def test_a_switch_holds_from_the_next_act_of_the_same_unit(crm_kit: CrmKit, sqlite: Engine) -> None:
    kit = crm_kit(answering("strict", "check_customer_creation", Objection("no", "No")), database=sqlite)
    with kit.unit("admin") as unit:
        with pytest.raises(Vetoed):
            unit.customers.create({"name": "Quill Foundry"})
        unit.plugins.switch("strict", enabled=False)
        unit.customers.create({"name": "Quill Foundry"})


def test_events_go_past_a_plugin_that_is_switched_off_for_the_company(crm_kit: CrmKit, database: Engine) -> None:
    listener = Listener("on_customer_created")
    kit = crm_kit(listener, database=database)
    _other_company(kit)
    with kit.unit("admin") as unit:
        unit.plugins.switch("listener", enabled=False)
    _create(kit, "acme", "Quill Foundry")
    _create(kit, "other", "Zinnia Harbour")
    kit.relay.drain()
    assert [event.tenant for event in listener.events] == ["other"]
    assert len(kit.recorder.events) == 2
    with kit.unit("admin") as unit:
        unit.plugins.switch("listener", enabled=True)
    _create(kit, "acme", "Apricot Mills")
    kit.relay.drain()
    assert [event.name for event in listener.events] == ["Zinnia Harbour", "Apricot Mills"]


def test_the_list_says_which_plugins_take_part(crm_kit: CrmKit, sqlite: Engine) -> None:
    kit = crm_kit(Listener("on_customer_created"), database=sqlite)
    with kit.unit("admin") as unit:
        unit.plugins.switch("listener", enabled=False)
        states = {one.name: one.enabled for one in unit.plugins.list()}
    assert states["listener"] is False
    assert states["recorder"] is True
    assert states["default_policy"] is True


def test_only_an_administrator_switches_and_only_what_is_loaded(crm_kit: CrmKit, sqlite: Engine) -> None:
    kit = crm_kit(Listener("on_customer_created"), database=sqlite)
    with kit.unit("seller") as unit, pytest.raises(Forbidden):
        unit.plugins.switch("listener", enabled=False)
    with kit.unit("admin") as unit, pytest.raises(InvalidInput, match="no plugin lisetner is loaded"):
        unit.plugins.switch("lisetner", enabled=False)


PRIVATE = ("Very Private Person Ltd", "13800005678", "Confidential purpose")


@pytest.mark.parametrize("raises", [False, True], ids=["answering", "raising"])
def test_neither_trace_nor_log_holds_an_argument(
    crm_kit: CrmKit, sqlite: Engine, caplog: pytest.LogCaptureFixture, raises: bool
) -> None:
    def check(self: object, ctx: object, customer: object) -> None:
        if raises:
            raise ValueError(f"cannot read {customer}")

    kit = crm_kit(plugin("curious", check_customer_creation=check), database=sqlite)
    with caplog.at_level(logging.DEBUG, "oa_crm.hooks"):
        try:
            project = kit.given.project(kit.given.customer(name=PRIVATE[0], phone=PRIVATE[1]))
            kit.given.expense(project, description=PRIVATE[2])
        except Vetoed:
            assert raises
        kit.relay.drain()
    told = " ".join(str(call) for call in kit.crm.hook_calls) + repr(kit.crm.hook_calls)
    assert f"curious.check_customer_creation {'ValueError' if raises else 'ok'} in" in told
    records = [record for record in caplog.records if record.name == "oa_crm.hooks"]
    assert records
    logged = " ".join(caplog.handler.format(record) for record in records)
    assert not [secret for secret in PRIVATE if secret in told or secret in logged]


def test_the_trace_says_which_hook_of_which_plugin_how_long_and_how_it_ended(crm_kit: CrmKit, sqlite: Engine) -> None:
    kit = crm_kit(answering("broken", "check_expense_booking", KeyError("x")), database=sqlite)
    with pytest.raises(Vetoed):
        CHECKED["check_expense_booking"](kit)
    kit.relay.drain()
    calls = [(call.hook, call.plugin, call.outcome) for call in kit.crm.hook_calls]
    assert ("check_expense_booking", "broken", "KeyError") in calls
    assert ("on_customer_created", "recorder", "ok") in calls
    assert all(call.seconds >= 0 for call in kit.crm.hook_calls)


def test_the_trace_keeps_the_last_two_hundred_calls(crm_kit: CrmKit, sqlite: Engine) -> None:
    kit = crm_kit(database=sqlite)
    for _ in range(10):
        kit.given.customer()
    kit.relay.drain()
    for _ in range(20):
        kit.relay.redeliver_all()
    assert [call.hook for call in kit.crm.hook_calls] == ["on_customer_created"] * 200
