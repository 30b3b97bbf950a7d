"""What happens to projects, contracts with their approval, and expenses."""

from datetime import date
from uuid import UUID

from oa_crm.hooks.payloads.base import Event
from oa_crm.hooks.ports import Decision
from oa_crm.money import Money


class ProjectEvent(Event):
    """Anything that happened to a sales project."""

    KIND = "project"
    AGGREGATE = "project_id"
    project_id: UUID
    customer_id: UUID
    name: str
    owner_id: str


class ProjectCreated(ProjectEvent):
    """A sales project began."""

    HOOK = "on_project_created"
    stage: str
    expected: Money | None = None


class ProjectUpdated(ProjectEvent):
    """Facts of a sales project changed; `changed` holds the field names, never the values."""

    HOOK = "on_project_updated"
    changed: tuple[str, ...]


class ProjectStageChanged(ProjectEvent):
    """A sales project moved to another stage, forwards, backwards, or to won, lost, invalid, or came into another
    pipeline, where `before` and `after` may be called the same.

    `because` is the word for why it ended.
    """

    HOOK = "on_project_stage_changed"
    before: str
    after: str
    reason: str | None = None
    because: str | None = None


class ProjectReopened(ProjectEvent):
    """A sales project that had ended is open again. `before` is how it had ended, `stage` where it goes on."""

    HOOK = "on_project_reopened"
    before: str
    stage: str
    reason: str


class StageEntryRequested(ProjectEvent):
    """Somebody asks to let a sales project enter a stage. `manager_id` is the manager of its owner, if he has one."""

    HOOK = "on_stage_entry_requested"
    entry_id: UUID
    stage: str
    reason: str
    requested_by: str
    manager_id: str | None = None


class StageEntryDecided(ProjectEvent):
    """A request to enter a stage was granted or refused."""

    HOOK = "on_stage_entry_decided"
    entry_id: UUID
    stage: str
    requested_by: str
    granted: bool
    comment: str | None = None


class ProjectSettled(ProjectEvent):
    """The project's profit and loss was frozen. `profit` is `revenue` less `expenses`, to the cent."""

    HOOK = "on_project_settled"
    settlement_id: UUID
    revenue: Money
    expenses: Money
    profit: Money


class ContractEvent(Event):
    """Anything that happened to a contract or its approval; all of it in order per contract."""

    KIND = "contract"
    AGGREGATE = "contract_id"
    contract_id: UUID
    number: str
    title: str
    customer_id: UUID
    project_id: UUID
    owner_id: str
    amount: Money


class ContractSubmitted(ContractEvent):
    """A contract was handed in for approval; `snapshot_hash` fixes what is being approved."""

    HOOK = "on_contract_submitted"
    approval_id: UUID
    snapshot_hash: str


class ApprovalRequested(ContractEvent):
    """Somebody is asked for an opinion; the host starts its process here and returns its id as a receipt."""

    HOOK = "on_approval_requested"
    approval_id: UUID
    requested_by: str
    waiting_on: tuple[str, ...]


class OpinionGiven(ContractEvent):
    """An approver said his word; `waiting_on` are those it now waits on, empty when it is decided.

    `newly_asked` are those among them who were not asked before.
    """

    HOOK = "on_opinion_given"
    approval_id: UUID
    member_id: str
    decision: Decision
    words: str
    waiting_on: tuple[str, ...] = ()
    newly_asked: tuple[str, ...] = ()


class ContractApproved(ContractEvent):
    """The contract is approved, with the last opinion."""

    HOOK = "on_contract_approved"
    approval_id: UUID


class ContractRejected(ContractEvent):
    """The contract is rejected; it may be changed and submitted again."""

    HOOK = "on_contract_rejected"
    approval_id: UUID
    words: str


class ContractWithdrawn(ContractEvent):
    """The requester took the contract back out of its approval."""

    HOOK = "on_contract_withdrawn"
    approval_id: UUID
    reason: str


class ExpenseEvent(Event):
    """Anything that happened to a sales expense; the reversal follows its booking in order."""

    KIND = "expense"
    AGGREGATE = "expense_id"
    expense_id: UUID
    project_id: UUID
    customer_id: UUID
    category: str
    amount: Money
    occurred_on: date
    claimant_id: str
    description: str = ""


class ExpenseBooked(ExpenseEvent):
    """A sales expense was booked on a project."""

    HOOK = "on_expense_booked"


class ExpenseReversed(ExpenseEvent):
    """A booked expense was reversed in full. `expense_id` is the booking, `amount` the booked amount;
    `reversal_id` is the reversing document, whose amount is the same with the other sign."""

    HOOK = "on_expense_reversed"
    reversal_id: UUID
    reason: str
