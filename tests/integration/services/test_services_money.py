"""Expenses and settlements: booked once, reversed never edited, summed to the cent, frozen for good."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import Engine
from tests.integration.services.acting import count, doing, invalid, refused
from tests.integration.services.plugins import Books

from oa_crm import Money
from oa_crm.hooks import ExpenseCategory, hookimpl
from oa_crm.hooks.payloads import ExpenseBooked, ExpenseReversed, ProjectSettled
from oa_crm.models import Expense
from oa_crm.schemas import ExpenseOut, ProfitAndLoss, ProjectOut
from oa_crm.testing import CrmKit, Kit

DAY = date(2026, 3, 1)


def _book(kit: Kit, project: ProjectOut, actor: str = "seller", **fields: object) -> ExpenseOut:
    facts = {"project_id": project.id, "category": "travel", "amount": "1280.00", "occurred_on": DAY}
    return doing(kit, actor, lambda unit: unit.expenses.book({**facts, **fields}))


def _reverse(kit: Kit, expense: ExpenseOut, actor: str = "seller", reason: str = "记错") -> ExpenseOut:
    return doing(kit, actor, lambda unit: unit.expenses.reverse(expense.id, {"reason": reason}))


def _preview(kit: Kit, project: ProjectOut) -> ProfitAndLoss:
    return doing(kit, "manager", lambda unit: unit.settlements.preview(project.id))


def _settle(kit: Kit, project: ProjectOut, actor: str = "manager") -> ProfitAndLoss:
    return doing(kit, actor, lambda unit: unit.settlements.settle(project.id))


def _end(kit: Kit, project: ProjectOut, state: str) -> None:
    move = {"to": state, "expected_version": 1, "reason": "到此为止"}
    doing(kit, "seller", lambda unit: unit.projects.move(project.id, move))


def test_an_expense_is_booked_on_its_project(kit: Kit) -> None:
    project = kit.given.project()
    booked = _book(kit, project, description="高铁票两张")
    assert (booked.amount, booked.category, booked.occurred_on) == (Money(128_000, "CNY"), "travel", DAY)
    assert (booked.claimant_id, booked.customer_id, booked.reversal_of) == ("seller", project.customer_id, None)
    assert doing(kit, "seller", lambda unit: unit.expenses.get(booked.id)) == booked
    for_colleague = _book(kit, project, "manager", claimant_id="colleague")
    assert (for_colleague.claimant_id, for_colleague.created_by) == ("colleague", "manager")
    with invalid("claimant_id"):
        _book(kit, project, claimant_id="colleague")
    kit.relay.drain()
    assert kit.recorder.of(ExpenseBooked)[0].amount == booked.amount


@pytest.mark.parametrize(
    "amount", [128_000.0, 1280.5, True, Decimal("NaN"), Decimal("Infinity"), "1e400", "一千", "", None]
)
def test_an_amount_that_is_not_exact_is_refused(sqlite_kit: Kit, amount: object) -> None:
    kit = sqlite_kit
    project = kit.given.project()
    with invalid("amount"):
        _book(kit, project, amount=amount)
    assert count(kit, Expense) == 0


@pytest.mark.parametrize("amount", ["0", "0.00", "-1", Decimal("-0.01"), "1280.005", "0.001", "10000000000000.01"])
def test_an_amount_that_cannot_be_booked_is_refused(sqlite_kit: Kit, amount: object) -> None:
    kit = sqlite_kit
    with invalid("amount"):
        _book(kit, kit.given.project(), amount=amount)


@pytest.mark.parametrize(
    ("currency", "amount", "minor"),
    [
        ("CNY", "0.01", 1),
        ("CNY", 1280, 128_000),
        ("CNY", Decimal("1280.10"), 128_010),
        ("CNY", "10000000000000.00", 10**15),
        ("JPY", "1280", 1280),
        ("KWD", "1.005", 1005),
    ],
)
def test_an_exact_amount_is_kept_exactly(kit: Kit, currency: str, amount: object, minor: int) -> None:
    project = kit.given.project(currency=currency)
    assert _book(kit, project, amount=amount).amount == Money(minor, currency)
    assert _preview(kit, project).expenses == Money(minor, currency)


def test_what_else_is_wrong_with_a_booking(kit: Kit) -> None:
    project = kit.given.project()
    assert _book(kit, project, currency="CNY").amount.currency == "CNY"
    for field, wrong in {"currency": "USD", "category": "bribes", "occurred_on": "yesterday"}.items():
        with invalid(field):
            _book(kit, project, **{field: wrong})
    assert count(kit, Expense) == 1


class _MoreCategories:
    name = "more_categories"

    @hookimpl
    def register_expense_categories(self) -> list[ExpenseCategory]:
        return [ExpenseCategory("exhibition", "展会")]


def test_a_plugins_category_may_be_booked(database: Engine, crm_kit: CrmKit) -> None:
    kit = crm_kit(_MoreCategories(), database=database)
    project = kit.given.project()
    _book(kit, project, category="exhibition", amount="5")
    assert _preview(kit, project).by_category == {"exhibition": Money(500, "CNY")}
    with invalid("category") as caught:
        _book(kit, project, category="fun")
    assert "travel, lodging, entertainment, gifts, other, exhibition" in str(caught.value)


@pytest.mark.parametrize("state", ["open", "won", "lost", "invalid"])
def test_an_expense_may_come_in_until_the_project_is_settled(kit: Kit, state: str) -> None:
    project = kit.given.project()
    if state != "open":
        _end(kit, project, state)
    booked = _book(kit, project)
    if state == "open":
        return
    _settle(kit, project)
    for act in (lambda: _book(kit, project), lambda: _reverse(kit, booked)):
        with refused("illegal_state", kind="project", state="settled"):
            act()


def test_a_reversal_is_a_second_document_with_the_other_sign(kit: Kit) -> None:
    project = kit.given.project()
    booked, kept = _book(kit, project), _book(kit, project, amount="0.01")
    kit.clock.advance(days=2)
    reversal = _reverse(kit, booked, reason="重复报销")
    assert (reversal.amount, reversal.reversal_of) == (Money(-128_000, "CNY"), booked.id)
    assert (reversal.occurred_on, reversal.category, reversal.claimant_id) == (date(2026, 3, 4), "travel", "seller")
    assert doing(kit, "seller", lambda unit: unit.expenses.get(booked.id)) == booked, "a booking never changes"
    assert _preview(kit, project).expenses == kept.amount
    kit.relay.drain()
    (event,) = kit.recorder.of(ExpenseReversed)
    assert (event.expense_id, event.reversal_id, event.amount, event.reason) == (
        booked.id,
        reversal.id,
        booked.amount,
        "重复报销",
    )


def test_what_is_reversed_stays_reversed(kit: Kit) -> None:
    booked = _book(kit, kit.given.project())
    reversal = _reverse(kit, booked)
    with refused("illegal_state", state="reversed", allowed="booked"):
        _reverse(kit, booked)
    with refused("illegal_state", state="a reversal", allowed="a booking"):
        _reverse(kit, reversal)
    with invalid("reason"):
        _reverse(kit, booked, reason=" ")
    assert count(kit, Expense) == 2


def test_the_result_of_a_project_to_the_cent(kit: Kit) -> None:
    project = kit.given.project()
    for amount in ("98000.50", "0.01"):
        kit.given.approved_contract(kit.given.contract(project, amount=amount))
    kit.given.contract(project, amount="777")  # a draft is no revenue
    for category, amount in (("travel", "1280.10"), ("travel", "0.20"), ("gifts", "300.33")):
        _book(kit, project, category=category, amount=amount)
    _reverse(kit, _book(kit, project, category="lodging", amount="999.99"))
    result = _preview(kit, project)
    assert result.by_category == {
        "gifts": Money(30_033, "CNY"),
        "lodging": Money(0, "CNY"),
        "travel": Money(128_030, "CNY"),
    }
    assert (result.revenue.minor, result.expenses.minor, result.profit.minor) == (9_800_051, 158_063, 9_641_988)
    assert (result.settled_at, result.settled_by) == (None, None)


def test_a_loss_is_a_negative_profit(kit: Kit) -> None:
    project = kit.given.project()
    _book(kit, project, amount="5.05")
    _end(kit, project, "lost")
    assert _settle(kit, project).profit == Money(-505, "CNY")


def test_a_settlement_is_frozen(kit: Kit) -> None:
    project = kit.given.project()
    kit.given.approved_contract(kit.given.contract(project))
    _book(kit, project)
    live = _preview(kit, project)
    kit.clock.advance(days=3)
    frozen = _settle(kit, project)
    assert frozen == live.model_copy(update={"settled_at": kit.clock.now(), "settled_by": "manager"})
    kit.clock.advance(days=3)
    assert _preview(kit, project) == frozen
    with refused("illegal_state", kind="project", state="settled"):
        _settle(kit, project)
    with refused("illegal_state", kind="project", state="settled"):
        kit.given.contract(project)
    assert doing(kit, "seller", lambda unit: unit.projects.get(project.id)).state == "settled"
    kit.relay.drain()
    (event,) = kit.recorder.of(ProjectSettled)
    assert (event.revenue, event.expenses, event.profit) == (frozen.revenue, frozen.expenses, frozen.profit)


def test_what_is_open_or_in_approval_is_not_settled(kit: Kit) -> None:
    project = kit.given.project()
    with refused("illegal_state", kind="project", state="open", allowed="won / lost / invalid"):
        _settle(kit, project)
    kit.given.approved_contract(kit.given.contract(project))
    waiting = kit.given.contract(project)
    kit.given.submitted_contract(waiting)
    with refused("illegal_state", kind=f"contract {waiting.number}", state="in_approval"):
        _settle(kit, project)


def test_who_may_see_and_settle_a_result(kit: Kit) -> None:
    project = kit.given.project()
    _end(kit, project, "lost")
    for actor in ("seller", "chief"):
        assert doing(kit, actor, lambda unit: unit.settlements.preview(project.id)).profit.minor == 0
        with refused("forbidden", action="settle", kind="project"):
            _settle(kit, project, actor)
    with refused("forbidden", action="read", kind="expense"):
        doing(kit, "people", lambda unit: unit.settlements.preview(project.id))
    with refused("not_found"):
        _settle(kit, project, "colleague")
    assert _settle(kit, project, "accountant").settled_by == "accountant"


def test_the_greatest_amounts_still_sum_exactly(kit: Kit) -> None:
    project = kit.given.project()
    for _ in range(3):
        _book(kit, project, amount="10000000000000.00")
    _end(kit, project, "lost")
    assert _preview(kit, project).expenses.minor == _settle(kit, project).expenses.minor == 3 * 10**15


@pytest.fixture
def books() -> Books:
    return Books()


def test_our_documents_are_compared_with_the_books(database: Engine, crm_kit: CrmKit, books: Books) -> None:
    kit = crm_kit(books, database=database)
    project = kit.given.project()
    contract = kit.given.approved_contract(kit.given.contract(project))
    good, missing, wrong, twice = (_book(kit, project, amount=amount) for amount in ("1", "2", "3", "4"))
    reversal = _reverse(kit, good)
    books.post("contract", contract.id, contract.amount)
    books.post("expense", good.id, good.amount)
    books.post("expense", reversal.id, reversal.amount)
    books.post("expense", wrong.id, Money(301, "CNY"))
    books.post("expense", twice.id, twice.amount)
    books.post("expense", twice.id, twice.amount)
    books.post("expense", project.id, Money(1, "CNY"))  # of nothing that we know
    with kit.unit("accountant", read_only=True) as unit:
        found = unit.settlements.reconcile(project.id)
    assert (found.matched, found.agrees) == (3, False)
    assert {(one.document_id, one.ours, one.theirs) for one in found.discrepancies} == {
        (missing.id, missing.amount, None),
        (wrong.id, wrong.amount, Money(301, "CNY")),
        (twice.id, twice.amount, Money(800, "CNY")),
    }


def test_two_wrong_lines_that_add_up_are_still_wrong(database: Engine, crm_kit: CrmKit, books: Books) -> None:
    kit = crm_kit(books, database=database)
    expense = kit.given.expense(amount="10")
    books.post("expense", expense.id, Money(400, "CNY"))
    books.post("expense", expense.id, Money(600, "CNY"))
    found = doing(kit, "accountant", lambda unit: unit.settlements.reconcile(expense.project_id))
    assert not found.agrees
    books.lines = books.lines[:0]
    books.post("expense", expense.id, expense.amount)
    assert doing(kit, "accountant", lambda unit: unit.settlements.reconcile(expense.project_id)).agrees


def test_without_a_ledger_there_is_nothing_to_compare_with(kit: Kit) -> None:
    project = kit.given.project()
    with invalid("ledger"):
        doing(kit, "accountant", lambda unit: unit.settlements.reconcile(project.id))
