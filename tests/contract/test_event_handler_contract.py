"""The kit's laws for event handlers: sound plugins keep them, and each law catches the plugin that breaks it."""

from collections.abc import Collection
from typing import Any

import pytest
from sqlalchemy import Engine, inspect, text
from tests.contract.plugins import UNSOUND, Brief, Careless, Local, Patient, Remote, SameDatabase

from oa_crm.hooks import EVENTS, hookimpl
from oa_crm.testing import CrmKit, EventHandlerContract, Kit
from oa_crm.testing.contracts import MAKERS

pytest_plugins = ["pytester"]


class TestARemotePluginThatKeepsTheLaws(EventHandlerContract):
    hook = "on_expense_booked"

    def plugin(self) -> Any:
        return Remote()

    def effects(self, plugin: Any, kit: Kit) -> Collection[Any]:
        return list(plugin.done)


class TestAPluginThatTakesOnlyTheEvent(TestARemotePluginThatKeepsTheLaws):
    def plugin(self) -> Any:
        return Brief()


class TestAPluginWhoseRemoteSideIsNotReady(TestARemotePluginThatKeepsTheLaws):
    def plugin(self) -> Any:
        return Patient()


class TestAPluginOfOneCompany(TestARemotePluginThatKeepsTheLaws):
    def plugin(self) -> Any:
        return Local()


class TestAPluginInTheSameDatabase(EventHandlerContract):
    hook = "on_expense_booked"

    def plugin(self) -> Any:
        return SameDatabase()

    def effects(self, plugin: Any, kit: Kit) -> Collection[Any]:
        with kit.crm.engine.connect() as connection:
            if not inspect(connection).has_table("voucher"):
                return []
            return connection.scalars(text("SELECT key_ FROM voucher")).all()


class UnderTest(EventHandlerContract):
    """The contract around one unsound plugin."""

    hook = "on_expense_booked"

    def __init__(self, law: str) -> None:
        self.law = law

    def plugin(self) -> Any:
        return Careless(UNSOUND[self.law])

    def effects(self, plugin: Any, kit: Kit) -> Collection[Any]:
        return list(plugin.done)


def _laws() -> list[str]:
    return [name for name in vars(EventHandlerContract) if name.startswith("test_")]


def test_no_law_is_without_a_plugin_that_breaks_it() -> None:
    assert sorted(UNSOUND) == sorted(_laws())


@pytest.mark.parametrize("law", _laws())
def test_a_law_catches_the_plugin_that_breaks_it(crm_kit: CrmKit, law: str) -> None:
    contract = UnderTest(law)
    plugin = contract.plugin()
    subject = crm_kit if "crash" in law else (plugin, crm_kit(plugin))
    with pytest.raises(AssertionError):
        getattr(contract, law)(subject)


@pytest.mark.parametrize("hook", sorted(MAKERS))
def test_a_maker_makes_its_event_exactly_once_each_time(sqlite: Engine, crm_kit: CrmKit, hook: str) -> None:
    kit = crm_kit(database=sqlite)
    for times in (1, 2):
        MAKERS[hook](kit)
        kit.relay.drain()
        assert kit.recorder.hooks.count(hook) == times


def test_an_event_without_a_maker_says_that_make_is_to_be_written(crm_kit: CrmKit) -> None:
    class Contract(UnderTest):
        hook = "on_delivery_dead"

    assert set(EVENTS) - set(MAKERS) <= {"on_delivery_dead"}
    with pytest.raises(NotImplementedError, match=r"override make\(\)"):
        Contract("test_one_event_has_one_effect").make(crm_kit())


INTEGRATORS_TEST = """
from oa_crm.hooks import hookimpl
from oa_crm.testing import EventHandlerContract

class Finance:
    def __init__(self):
        self.posted = []

    @hookimpl
    def on_expense_booked(self, event, delivery):
        self.posted.append(event.id)

class TestFinance(EventHandlerContract):
    hook = "on_expense_booked"

    def plugin(self):
        return Finance()

    def effects(self, plugin, kit):
        return plugin.posted

class TestMisspelt(TestFinance):
    hook = "on_expense_bokked"

def test_the_kit_is_a_fixture(crm_kit):
    kit = crm_kit(Finance())
    kit.given.expense(amount="1280.00")
    kit.relay.drain()
    assert kit.recorder.hooks[-1] == "on_expense_booked"
"""


def test_an_integrators_own_project_learns_which_laws_a_plugin_breaks(pytester: pytest.Pytester) -> None:
    pytester.makeconftest('pytest_plugins = ["oa_crm.testing"]')
    pytester.makepyfile(INTEGRATORS_TEST)
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", "-k", "twice or crash or two or fixture")
    failed = {line.split("::", 1)[1].split(" ")[0] for line in result.outlines if line.startswith("FAILED")}
    assert failed == {
        "TestFinance::test_delivered_twice_it_has_one_effect",
        "TestFinance::test_a_crash_after_its_work_is_made_good",
        "TestMisspelt::test_a_crash_after_its_work_is_made_good",
    }
    result.assert_outcomes(passed=2, failed=3, errors=2, deselected=6)
    result.stdout.fnmatch_lines(["*set `hook` to one of *on_expense_booked*"])


def test_a_contract_that_is_not_filled_in_says_what_to_fill_in() -> None:
    with pytest.raises(NotImplementedError, match="plugin under test"):
        EventHandlerContract().plugin()


def test_a_stand_in_keeps_the_plugins_other_hooks(crm_kit: CrmKit) -> None:
    class Strict(Remote):
        @hookimpl
        def check_expense_booking(self) -> None:
            asked.append("asked")

    class Contract(TestARemotePluginThatKeepsTheLaws):
        def plugin(self) -> Any:
            return Strict()

    asked: list[str] = []
    Contract().test_a_crash_after_its_work_is_made_good(crm_kit)
    assert asked == ["asked"]
