"""Finance plugins for the kit's laws: sound ones, and one that breaks each law."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import text

from oa_crm.hooks import Delivery, GiveUp, Receipt, RetryLater, hookimpl
from oa_crm.hooks.payloads import ExpenseBooked


class Api:
    """A remote finance system that de-duplicates by key, as a good one does."""

    def __init__(self) -> None:
        self.vouchers: dict[str, str] = {}

    def post(self, amount: str, *, dedupe: str) -> str:
        return self.vouchers.setdefault(dedupe, f"V-{len(self.vouchers) + 1} {amount}")


class Remote:
    """Sound: posts once per delivery key."""

    name = "finance"

    def __init__(self) -> None:
        self.api = Api()

    @hookimpl
    def on_expense_booked(self, event: ExpenseBooked, delivery: Delivery) -> Receipt:
        return Receipt(self.api.post(str(event.amount), dedupe=delivery.key))

    @property
    def done(self) -> list[str]:
        return list(self.api.vouchers.values())


class Brief(Remote):
    """Sound: needs the event only, and de-duplicates by its id."""

    @hookimpl
    def on_expense_booked(self, event: ExpenseBooked) -> Receipt:  # type: ignore[override]
        return Receipt(self.api.post(str(event.amount), dedupe=str(event.id)))


class Patient(Remote):
    """Sound: its remote side is not ready at the first try."""

    def __init__(self) -> None:
        super().__init__()
        self.ready = False

    @hookimpl
    def on_expense_booked(self, event: ExpenseBooked, delivery: Delivery) -> Receipt:
        if not self.ready:
            self.ready = True
            raise RetryLater("the period is being closed", seconds=0)
        return Receipt(self.api.post(str(event.amount), dedupe=delivery.key))


class SameDatabase:
    """Sound: writes to the CRM's own database through `delivery.connection`."""

    name = "finance"
    TABLE = "CREATE TABLE IF NOT EXISTS voucher (key_ VARCHAR(200) PRIMARY KEY)"

    @hookimpl
    def on_expense_booked(self, event: ExpenseBooked, delivery: Delivery) -> None:
        delivery.connection.execute(text(self.TABLE))
        known = delivery.connection.scalar(text("SELECT 1 FROM voucher WHERE key_ = :key"), {"key": delivery.key})
        if not known:
            delivery.connection.execute(text("INSERT INTO voucher VALUES (:key)"), {"key": delivery.key})


class Careless:
    """Unsound: keeps whatever its `keep` says, under no key."""

    name = "finance"

    def __init__(self, keep: Callable[[list[Any], ExpenseBooked, Delivery], None]) -> None:
        self.done: list[Any] = []
        self._keep = keep

    @hookimpl
    def on_expense_booked(self, event: ExpenseBooked, delivery: Delivery) -> None:
        self._keep(self.done, event, delivery)


def _idle(done: list[Any], event: ExpenseBooked, delivery: Delivery) -> None:
    """Does nothing at all."""


def _every_time(done: list[Any], event: ExpenseBooked, delivery: Delivery) -> None:
    done.append(event.id)


def _by_amount(done: list[Any], event: ExpenseBooked, delivery: Delivery) -> None:
    if event.amount not in done:
        done.append(event.amount)


def _by_what_is_unique_in_a_company(done: list[Any], event: ExpenseBooked, delivery: Delivery) -> None:
    document = (event.claimant_id, event.occurred_on, event.category, str(event.amount))
    if document not in done:
        done.append(document)


def _always_fails(done: list[Any], event: ExpenseBooked, delivery: Delivery) -> None:
    raise PermissionError("it never works")


# The law that each unsound way of keeping breaks.
UNSOUND = {
    "test_one_event_has_one_effect": _idle,
    "test_delivered_twice_it_has_one_effect": _every_time,
    "test_two_events_have_two_effects": _by_amount,
    "test_a_crash_after_its_work_is_made_good": _every_time,
    "test_a_later_version_with_more_fields_is_understood": _always_fails,
    "test_another_companys_event_takes_nothing_away": _by_what_is_unique_in_a_company,
}


class Local(Remote):
    """Sound: works for one company, and tells the others' events so."""

    @hookimpl
    def on_expense_booked(self, event: ExpenseBooked, delivery: Delivery) -> Receipt:
        if event.tenant != "acme":
            raise GiveUp("this plugin is acme's own")
        return super().on_expense_booked(event, delivery)
