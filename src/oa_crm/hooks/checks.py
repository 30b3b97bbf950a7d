"""check_*: what a plugin may refuse, inside the transaction and before the write.

Every plugin that the tenant has not switched off is asked, sorted by name; all objections come back together
as one `Vetoed`. A check that raises refuses as well (it fails closed). Be quick, and write nothing.
"""

from oa_crm.hooks.answers import Objection
from oa_crm.hooks.drafts import (
    CheckContext,
    ContractDraft,
    CustomerDraft,
    ExpenseDraft,
    OwnerChangeDraft,
    ReversalDraft,
)
from oa_crm.hooks.markers import hookspec


class Checks:
    """The specs of the check family."""

    @hookspec
    def check_customer_creation(self, ctx: CheckContext, customer: CustomerDraft) -> Objection | None:
        """May this customer go on file?

        Effect: an `Objection` refuses the act with `vetoed`; None lets it pass. What the act wrote is taken back
            to its savepoint, and the unit can go on.
        Errors: an exception counts as the objection `check_failed`, an unreadable answer as `bad_answer`; both
            name the plugin. Other plugins are still asked.
        Timing: in `customers.create`, after the input was found valid and before the duplicate check. Not when an
            act is answered from its idempotency key.
        Example:
            from oa_crm.hooks import Objection, hookimpl

            class LegalHold:
                name = "legal_hold"
                held = ("赤霄环宇",)

                @hookimpl
                def check_customer_creation(self, ctx, customer):
                    for name in self.held:
                        if name in customer.name:
                            return Objection("legal_hold", f"{name} is on legal hold", "name")
        Since: 0.1
        """

    @hookspec
    def check_customer_owner_change(self, ctx: CheckContext, change: OwnerChangeDraft) -> Objection | None:
        """May this customer come to that person, or go into that pool?

        Effect: an `Objection` refuses the act with `vetoed`; None lets it pass. In a batch only that
            customer is refused. When the clock recycles, an objection keeps the customer with its owner for
            this night; the sweep names it in `kept`, goes on, and asks again the next night.
        Errors: an exception counts as the objection `check_failed`, an unreadable answer as `bad_answer`; both
            name the plugin. Other plugins are still asked.
        Timing: in `pool.claim`, `assign`, `transfer`, `release`, `move`, those of many, and `distribute`; once rights,
            waiting times and limits allow it, and before the write. In `handover.execute` with the cause "handover",
            for each customer; an objection to one refuses it all. In `pool.sweep` with the cause "recycle", once the
            customer is due and its owner was warned; `reason` is then the rule. Merges, splits and an undone handover
            do not ask.
        Example:
            from oa_crm.hooks import Objection, hookimpl

            class KeyAccounts:
                name = "key_accounts"

                @hookimpl
                def check_customer_owner_change(self, ctx, change):
                    if change.level == "A" and change.cause == "claim":
                        return Objection("key_account", "Customers of level A are assigned, not claimed", "level")
        Since: 0.1
        """

    @hookspec
    def check_contract_submission(self, ctx: CheckContext, contract: ContractDraft) -> Objection | None:
        """May this contract be handed in for approval?

        Effect: an `Objection` refuses the act with `vetoed`; None lets it pass. A refused contract stays a draft.
        Errors: an exception counts as the objection `check_failed`, an unreadable answer as `bad_answer`; both
            name the plugin. Other plugins are still asked.
        Timing: in `contracts.submit`, once the contract is known to be a draft or rejected one that the actor may
            write to, and before the workflow is asked.
        Example:
            from oa_crm.hooks import Objection, hookimpl

            class BoardDecides:
                name = "board_decides"

                @hookimpl
                def check_contract_submission(self, ctx, contract):
                    if contract.amount.currency == "CNY" and contract.amount.amount >= 2_000_000:
                        return Objection("board_decides", "From two million on the board decides first", "amount")
        Since: 0.1
        """

    @hookspec
    def check_expense_booking(self, ctx: CheckContext, expense: ExpenseDraft) -> Objection | None:
        """May this expense be booked?

        Effect: an `Objection` refuses the act with `vetoed`; None lets it pass.
        Errors: an exception counts as the objection `check_failed`, an unreadable answer as `bad_answer`; both
            name the plugin. Other plugins are still asked.
        Timing: in `expenses.book`, once project, claimant, amount and category are known to be right. Not when an
            act is answered from its idempotency key.
        Example:
            from datetime import date

            from oa_crm.hooks import Objection, hookimpl

            class ClosedPeriods:
                name = "closed_periods"
                open_from = date(2026, 1, 1)

                @hookimpl
                def check_expense_booking(self, ctx, expense):
                    if expense.occurred_on < self.open_from:
                        return Objection("period_closed", "The accounting period is closed", "occurred_on")
        Since: 0.1
        """

    @hookspec
    def check_expense_reversal(self, ctx: CheckContext, reversal: ReversalDraft) -> Objection | None:
        """May this booked expense be reversed?

        Effect: an `Objection` refuses the act with `vetoed`; None lets it pass. `reversal.occurred_on` is the day
            on which the reversal will stand in the books, `reversal.amount` what was booked.
        Errors: an exception counts as the objection `check_failed`, an unreadable answer as `bad_answer`; both
            name the plugin. Other plugins are still asked.
        Timing: in `expenses.reverse`, once the expense is known to be a booking within reach on a project that is
            not settled. That it was reversed already comes out after the check.
        Example:
            from oa_crm.hooks import Objection, hookimpl

            class ReversalsThisYear:
                name = "reversals_this_year"

                @hookimpl
                def check_expense_reversal(self, ctx, reversal):
                    if reversal.occurred_on.year < ctx.now.year:
                        return Objection("year_closed", "Last year's books are closed", "occurred_on")
        Since: 0.1
        """
