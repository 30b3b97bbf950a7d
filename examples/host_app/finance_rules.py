"""What the company does not allow, asked inside the CRM's transaction and before it writes.

Checks read through `ctx.connection` and write nothing; each answers with an objection or with nothing.
"""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Connection, select

from examples.host_app.tables import LegalHold, Period
from oa_crm import Money
from oa_crm.hooks import CheckContext, ExpenseCategory, Objection, hookimpl
from oa_crm.hooks.drafts import ContractDraft, CustomerDraft, ExpenseDraft, OwnerChangeDraft, ReversalDraft

BOARD_DECIDES_FROM = Money.of("2000000.00", "CNY")


class FinanceRules:
    """Closed periods, legal holds, key accounts, contracts beyond the managers' power, and one more category."""

    name = "oa_finance_rules"

    @hookimpl
    def register_expense_categories(self) -> Iterable[ExpenseCategory]:
        return [ExpenseCategory("exhibition", "展会费")]

    @hookimpl
    def check_customer_creation(self, ctx: CheckContext, customer: CustomerDraft) -> Objection | None:
        held = ctx.connection.execute(select(LegalHold.name, LegalHold.reason)).all()
        for name, reason in held:
            if name in customer.name:
                return Objection("legal_hold", f"{name} 已被法务冻结: {reason}", "name")
        return None

    @hookimpl
    def check_customer_owner_change(self, ctx: CheckContext, change: OwnerChangeDraft) -> Objection | None:
        if change.cause == "claim" and change.level == "A":
            return Objection("key_account", "A 级客户由主管分配, 不能自行领取", "level")
        return None

    @hookimpl
    def check_contract_submission(self, ctx: CheckContext, contract: ContractDraft) -> Objection | None:
        limit = BOARD_DECIDES_FROM
        if contract.amount.currency == limit.currency and contract.amount.minor >= limit.minor:
            return Objection("board_decides", f"{limit} 及以上的合同须先经董事会决议", "amount")
        return None

    @hookimpl
    def check_expense_booking(self, ctx: CheckContext, expense: ExpenseDraft) -> Objection | None:
        return _closed(ctx.connection, expense.occurred_on)

    @hookimpl
    def check_expense_reversal(self, ctx: CheckContext, reversal: ReversalDraft) -> Objection | None:
        return _closed(ctx.connection, reversal.occurred_on)


def _closed(connection: Connection, on: date) -> Objection | None:
    month = f"{on:%Y-%m}"
    if connection.scalar(select(Period.month).where(Period.month == month)) is None:
        return None
    return Objection("period_closed", f"{month} 会计期间已结账", "occurred_on")
