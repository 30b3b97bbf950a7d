"""check_*: what a plugin may refuse, inside the transaction and before the write.

Every plugin is asked, sorted by name; all objections come back together as one `Vetoed`. A check that
raises refuses as well (it fails closed). Be quick, and write nothing.
"""

from oa_crm.hooks.answers import Objection
from oa_crm.hooks.drafts import CheckContext, ContractDraft, CustomerDraft, ExpenseDraft, ReversalDraft
from oa_crm.hooks.markers import hookspec


class Checks:
    """The specs of the check family."""

    @hookspec
    def check_customer_creation(self, ctx: CheckContext, customer: CustomerDraft) -> Objection | None:
        """May this customer go on file?"""

    @hookspec
    def check_contract_submission(self, ctx: CheckContext, contract: ContractDraft) -> Objection | None:
        """May this contract be handed in for approval?"""

    @hookspec
    def check_expense_booking(self, ctx: CheckContext, expense: ExpenseDraft) -> Objection | None:
        """May this expense be booked?"""

    @hookspec
    def check_expense_reversal(self, ctx: CheckContext, reversal: ReversalDraft) -> Objection | None:
        """May this booked expense be reversed?"""
