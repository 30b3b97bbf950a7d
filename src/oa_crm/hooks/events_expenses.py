"""on_*: what happens to sales expenses. The reversal follows its booking in order."""

from oa_crm.hooks import payloads
from oa_crm.hooks.answers import Receipt
from oa_crm.hooks.delivery import Delivery
from oa_crm.hooks.markers import hookspec


class ExpenseEvents:
    """The event specs of sales expenses."""

    @hookspec
    def on_expense_booked(self, event: payloads.ExpenseBooked, delivery: Delivery) -> Receipt | None:
        """A sales expense was booked on a project.

        Effect: return the voucher number as a `Receipt`; it is kept as a link of the expense. A remote finance
            system de-duplicates by `delivery.key`, which is the same at every try.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of `expenses.book`; the first event of its expense. Expenses of one
            project are aggregates of their own and may arrive in any order.
        Example:
            from oa_crm.hooks import Receipt, RetryLater, hookimpl

            class FinanceApi:
                def __init__(self):
                    self.vouchers = {}

                def post(self, amount, category, dedupe):
                    return self.vouchers.setdefault(dedupe, f"V-{len(self.vouchers) + 1:04d}")

            class AcmeFinance:
                name = "acme_finance"

                def __init__(self, api=None):
                    self.api = api or FinanceApi()

                @hookimpl
                def on_expense_booked(self, event, delivery):
                    try:
                        voucher = self.api.post(event.amount, event.category, dedupe=delivery.key)
                    except TimeoutError as exc:
                        raise RetryLater("finance does not answer", seconds=60) from exc
                    return Receipt(voucher, label="voucher")
        Since: 0.1
        """

    @hookspec
    def on_expense_reversed(self, event: payloads.ExpenseReversed, delivery: Delivery) -> Receipt | None:
        """A booked expense was reversed in full.

        Effect: a returned `Receipt` is kept as a link of the booking, beside the booking's own. `amount` is what
            was booked, above zero; the reversing document `reversal_id` has it with the other sign.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of `expenses.reverse`; never before the `on_expense_booked` of the
            same expense, and not while that one is a dead letter.
        Example:
            from oa_crm.hooks import Receipt, hookimpl

            class Reversals:
                name = "reversals"

                def __init__(self):
                    self.posted = {}

                @hookimpl
                def on_expense_reversed(self, event, delivery):
                    self.posted[delivery.key] = (event.reversal_id, -event.amount)
                    return Receipt(f"R-{event.reversal_id}", label="reversing voucher")
        Since: 0.1
        """
