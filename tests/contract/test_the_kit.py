"""The kit's own laws: a good plugin passes its contract, a bad one of each kind is caught."""

from collections.abc import Callable, Collection
from typing import Any

import pytest

from oa_crm import hookimpl
from oa_crm.hooks import Receipt
from oa_crm.testing import CrmKit, EventHandlerContract, Kit


class Api:
    """A finance system that knows vouchers by our key."""

    def __init__(self) -> None:
        self.vouchers: dict[str, str] = {}


class GoodFinance:
    """Posts once per key."""

    def __init__(self) -> None:
        self.api = Api()

    @hookimpl
    def on_expense_booked(self, event: Any, delivery: Any) -> Receipt:
        self.api.vouchers[delivery.key] = str(event.amount)
        return Receipt("V-1")


class Forgetful(GoodFinance):
    """Does nothing."""

    @hookimpl
    def on_expense_booked(self, event: Any, delivery: Any) -> None:
        return None


class Doubling(GoodFinance):
    """Posts again at every delivery."""

    @hookimpl
    def on_expense_booked(self, event: Any, delivery: Any) -> None:
        self.api.vouchers[f"{delivery.key}-{len(self.api.vouchers)}"] = str(event.amount)


class Mixing(GoodFinance):
    """Takes two expenses of one project for the same."""

    @hookimpl
    def on_expense_booked(self, event: Any, delivery: Any) -> None:
        self.api.vouchers[event.category] = str(event.amount)


class TestGoodFinance(EventHandlerContract):
    """The contract, inherited as an integrator does."""

    hook = "on_expense_booked"

    def plugin(self) -> Any:
        return GoodFinance()

    def effects(self, plugin: Any, kit: Kit) -> Collection[Any]:
        return plugin.api.vouchers


@pytest.mark.parametrize(
    ("bad", "law"),
    [
        (Forgetful, "test_one_event_has_one_effect"),
        (Doubling, "test_delivered_twice_it_has_one_effect"),
        (Mixing, "test_two_events_have_two_effects"),
    ],
)
def test_a_bad_plugin_is_caught(crm_kit: CrmKit, bad: Callable[[], Any], law: str) -> None:
    plugin = bad()
    contract = TestGoodFinance()
    with pytest.raises(AssertionError):
        getattr(contract, law)((plugin, crm_kit(plugin)))


def test_a_plugin_that_doubles_after_a_crash_is_caught(crm_kit: CrmKit) -> None:
    class DoublingContract(TestGoodFinance):
        def plugin(self) -> Any:
            return Doubling()

    with pytest.raises(AssertionError):
        DoublingContract().test_a_crash_after_its_work_is_made_good(crm_kit)


def test_the_clock_stands_still_and_never_goes_back(crm_kit: CrmKit) -> None:
    kit = crm_kit()
    first = kit.given.customer()
    second = kit.given.customer()
    assert first.created_at == second.created_at == kit.clock.now()
    kit.clock.advance(hours=1)
    assert kit.given.customer().created_at > first.created_at
    with pytest.raises(ValueError, match="backwards"):
        kit.clock.advance(seconds=-1)
