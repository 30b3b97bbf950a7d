"""Small plugins, made to order: a plugin with any hook, answering, raising or listening."""

from collections.abc import Callable
from datetime import date
from typing import Any

from oa_crm.hooks import Delivery, Event, Receipt, hookimpl
from oa_crm.testing import Kit


def plugin(name: str, **hooks: Callable[..., Any]) -> Any:
    """A plugin called `name` with these hooks; each is a function whose first argument is the plugin."""
    marked = {hook: hookimpl(_named(hook, function)) for hook, function in hooks.items()}
    return type(name.title(), (), {"name": name, **marked})()


def _named(hook: str, function: Callable[..., Any]) -> Callable[..., Any]:
    function.__name__ = hook
    return function


def answering(name: str, hook: str, answer: object) -> Any:
    """A plugin whose `hook` answers `answer`, or raises it when it is an exception."""

    def called(self: object) -> object:
        if isinstance(answer, BaseException):
            raise answer
        return answer

    return plugin(name, **{hook: called})


class Listener:
    """Hears one event hook and keeps what it got."""

    def __init__(self, hook: str, name: str = "listener") -> None:
        self.name = name
        self.events: list[Any] = []
        self.keys: list[str] = []
        setattr(self, hook, hookimpl(_named(hook, self._listen())))

    def _listen(self) -> Callable[..., Receipt]:
        def called(event: Event, delivery: Delivery) -> Receipt:
            self.events.append(event)
            self.keys.append(delivery.key)
            return Receipt(f"R-{len(self.events)}")

        return called


# The act to which each check belongs, by the kit's salesperson.
CHECKED: dict[str, Callable[[Kit], object]] = {
    "check_customer_creation": lambda kit: kit.given.customer(name="Quill Foundry", source="fair", industry="steel"),
    "check_customer_owner_change": lambda kit: _release(kit),
    "check_contract_submission": lambda kit: kit.given.submitted_contract(kit.given.contract(amount="98000.50")),
    "check_expense_booking": lambda kit: kit.given.expense(amount="12.30", occurred_on=date(2026, 2, 27)),
    "check_expense_reversal": lambda kit: kit.given.reversed_expense(kit.given.expense(amount="80.10")),
}


def _release(kit: Kit) -> object:
    customer = kit.given.customer()
    with kit.unit() as unit:
        return unit.pool.release(customer.id, expected_version=1, reason="No need")
