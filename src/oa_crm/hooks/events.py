"""on_*: what happened, delivered after commit to each plugin on its own, until it has arrived.

One delivery per event and plugin, in order per aggregate. An exception makes that plugin alone retry with
backoff and end in a dead letter; the others do not notice.
"""

from oa_crm.hooks import payloads
from oa_crm.hooks.answers import Receipt
from oa_crm.hooks.delivery import Delivery
from oa_crm.hooks.markers import hookspec


class Events:
    """The specs of the event family."""

    @hookspec
    def on_customer_created(self, event: payloads.CustomerCreated, delivery: Delivery) -> Receipt | None:
        """on_customer_created."""

    @hookspec
    def on_customer_updated(self, event: payloads.CustomerUpdated, delivery: Delivery) -> Receipt | None:
        """on_customer_updated."""

    @hookspec
    def on_follow_up_logged(self, event: payloads.FollowUpLogged, delivery: Delivery) -> Receipt | None:
        """on_follow_up_logged."""

    @hookspec
    def on_project_created(self, event: payloads.ProjectCreated, delivery: Delivery) -> Receipt | None:
        """on_project_created."""

    @hookspec
    def on_project_stage_changed(self, event: payloads.ProjectStageChanged, delivery: Delivery) -> Receipt | None:
        """on_project_stage_changed."""

    @hookspec
    def on_project_settled(self, event: payloads.ProjectSettled, delivery: Delivery) -> Receipt | None:
        """on_project_settled."""

    @hookspec
    def on_contract_submitted(self, event: payloads.ContractSubmitted, delivery: Delivery) -> Receipt | None:
        """on_contract_submitted."""

    @hookspec
    def on_approval_requested(self, event: payloads.ApprovalRequested, delivery: Delivery) -> Receipt | None:
        """on_approval_requested."""

    @hookspec
    def on_opinion_given(self, event: payloads.OpinionGiven, delivery: Delivery) -> Receipt | None:
        """on_opinion_given."""

    @hookspec
    def on_contract_approved(self, event: payloads.ContractApproved, delivery: Delivery) -> Receipt | None:
        """on_contract_approved."""

    @hookspec
    def on_contract_rejected(self, event: payloads.ContractRejected, delivery: Delivery) -> Receipt | None:
        """on_contract_rejected."""

    @hookspec
    def on_contract_withdrawn(self, event: payloads.ContractWithdrawn, delivery: Delivery) -> Receipt | None:
        """on_contract_withdrawn."""

    @hookspec
    def on_expense_booked(self, event: payloads.ExpenseBooked, delivery: Delivery) -> Receipt | None:
        """on_expense_booked."""

    @hookspec
    def on_expense_reversed(self, event: payloads.ExpenseReversed, delivery: Delivery) -> Receipt | None:
        """on_expense_reversed."""

    @hookspec
    def on_member_left(self, event: payloads.MemberLeft, delivery: Delivery) -> Receipt | None:
        """on_member_left."""

    @hookspec
    def on_delivery_dead(self, event: payloads.DeliveryDead, delivery: Delivery) -> Receipt | None:
        """on_delivery_dead."""
