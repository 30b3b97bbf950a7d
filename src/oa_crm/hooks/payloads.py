"""What happened, as frozen facts. One class per event; the class is the payload of the `on_*` hook.

A payload carries the facts of its moment, so a late handler never reads a later state by surprise. A new
field needs a default and nothing else. Removing or re-meaning a field is `VERSION + 1` and a step in
`upcast`. `AGGREGATE` names the field whose thing orders the event: per aggregate, deliveries keep order.
"""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from oa_crm.hooks.ports import Decision
from oa_crm.money import Money


class Event(BaseModel):
    """The envelope that every event has. `id` is the same for every plugin and every retry."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)
    HOOK: ClassVar[str]
    VERSION: ClassVar[int] = 1
    KIND: ClassVar[str]
    AGGREGATE: ClassVar[str]

    id: UUID
    tenant: str
    actor: str
    on_behalf_of: str | None = None
    request_id: str
    occurred_at: datetime

    @classmethod
    def upcast(cls, version: int, data: dict[str, Any]) -> dict[str, Any]:
        """Bring the stored `data` of an older `version` to `VERSION`; override when VERSION rises."""
        return data

    @property
    def thing_id(self) -> str:
        """The id of the aggregate, as text."""
        return str(getattr(self, self.AGGREGATE))


class CustomerEvent(Event):
    """Anything that happened to a customer."""

    KIND = "customer"
    AGGREGATE = "customer_id"
    customer_id: UUID
    name: str
    owner_id: str | None


class CustomerCreated(CustomerEvent):
    """A customer went on file. `overrode_clash` is the reason given when the duplicate check had objected."""

    HOOK = "on_customer_created"
    industry: str | None = None
    region: str | None = None
    credit_code: str | None = None
    overrode_clash: str | None = None
    kind: str = "enterprise"
    parent_id: UUID | None = None
    level: str | None = None
    source: str | None = None
    tags: tuple[str, ...] = ()


class CustomerUpdated(CustomerEvent):
    """Facts of a customer changed; `changed` holds the field names, never the values."""

    HOOK = "on_customer_updated"
    changed: tuple[str, ...]


class CustomerMerged(CustomerEvent):
    """Another file was merged into this customer's; `moved` counts what came along, by link.

    From now on the loser's id leads here. `fields` names what changed on the survivor.
    """

    HOOK = "on_customer_merged"
    merge_id: UUID
    loser_id: UUID
    loser_name: str
    fields: tuple[str, ...] = ()
    moved: dict[str, int] = {}


class CustomerSplit(CustomerEvent):
    """A merge was taken back: the loser has its own file again. `restored` counts what went back to it, by link."""

    HOOK = "on_customer_split"
    merge_id: UUID
    loser_id: UUID
    loser_name: str
    restored: dict[str, int] = {}


class FollowUpLogged(Event):
    """A conversation with a customer was recorded. The words stay in the file: they are personal data."""

    HOOK = "on_follow_up_logged"
    KIND = "customer"
    AGGREGATE = "customer_id"
    follow_up_id: UUID
    customer_id: UUID
    project_id: UUID | None
    way: str
    next_contact_on: date | None


class ContactEvent(Event):
    """Anything that happened to a person at a customer. Names and numbers stay in the file: they are personal data."""

    KIND = "contact"
    AGGREGATE = "contact_id"
    contact_id: UUID


class ContactAdded(ContactEvent):
    """A person took a post at a customer: he was put on file, or moved there from those in `moved_from`."""

    HOOK = "on_contact_added"
    customer_id: UUID
    post_id: UUID
    role: str | None = None
    primary: bool = False
    moved_from: tuple[UUID, ...] = ()


class ContactUpdated(ContactEvent):
    """Facts of a person or of a post changed; `changed` holds the field names, never the values. `customer_ids` are
    those where he stands, or whose post changed."""

    HOOK = "on_contact_updated"
    customer_ids: tuple[UUID, ...]
    changed: tuple[str, ...]


class ContactLeft(ContactEvent):
    """A person no longer stands at a customer."""

    HOOK = "on_contact_left"
    customer_id: UUID
    post_id: UUID
    ended_on: date


class FileEvent(Event):
    """Anything that happened to an attached file. Its name stays in the file: it may name a person. `of` and `of_id`
    are the kind and id of what it is attached to."""

    KIND = "file"
    AGGREGATE = "file_id"
    file_id: UUID
    of: str
    of_id: UUID


class FileAttached(FileEvent):
    """A file was attached; `size` is in bytes, `media_type` what its content was found to be."""

    HOOK = "on_file_attached"
    media_type: str
    size: int
    sha256: str


class FileRemoved(FileEvent):
    """A file was removed; its content goes later."""

    HOOK = "on_file_removed"


class OverrideEvent(Event):
    """Anything that happened to a request to put a customer on file in spite of a clash."""

    KIND = "override"
    AGGREGATE = "override_id"
    override_id: UUID
    name: str
    requested_by: str


class OverrideRequested(OverrideEvent):
    """Somebody asks; `manager_id` is his manager, if the mirror knows one."""

    HOOK = "on_override_requested"
    reason: str
    manager_id: str | None


class OverrideDecided(OverrideEvent):
    """It was granted or refused by the event's actor."""

    HOOK = "on_override_decided"
    granted: bool
    comment: str | None


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
    """A sales project moved to another stage, forwards, backwards, or to won, lost, invalid."""

    HOOK = "on_project_stage_changed"
    before: str
    after: str
    reason: str | None = None


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


class MemberLeft(Event):
    """A member is no longer active in the host's org chart: handover starts here."""

    HOOK = "on_member_left"
    KIND = "member"
    AGGREGATE = "member_id"
    member_id: str
    name: str
    department_id: str | None
    manager_id: str | None


class DeliveryDead(Event):
    """An event could not be delivered to a plugin and was laid aside as a dead letter.

    Later events of the same aggregate to that plugin wait until somebody replays or skips it.
    """

    HOOK = "on_delivery_dead"
    KIND = "delivery"
    AGGREGATE = "delivery_id"
    delivery_id: int
    plugin: str
    hook: str
    event_id: UUID
    kind: str
    about: str
    attempts: int
    error: str


EVENTS: dict[str, type[Event]] = {
    event.HOOK: event
    for event in (
        CustomerCreated,
        CustomerUpdated,
        CustomerMerged,
        CustomerSplit,
        FollowUpLogged,
        ContactAdded,
        ContactUpdated,
        ContactLeft,
        FileAttached,
        FileRemoved,
        OverrideRequested,
        OverrideDecided,
        ProjectCreated,
        ProjectUpdated,
        ProjectStageChanged,
        ProjectSettled,
        ContractSubmitted,
        ApprovalRequested,
        OpinionGiven,
        ContractApproved,
        ContractRejected,
        ContractWithdrawn,
        ExpenseBooked,
        ExpenseReversed,
        MemberLeft,
        DeliveryDead,
    )
}


class UnknownEvent(Exception):
    """The stored event is newer than this code, or of a type it does not know: deliver it after the upgrade."""


def load(hook: str, version: int, data: dict[str, Any]) -> Event:
    """Read a stored payload, of this version or an older one. Raises `UnknownEvent` for a newer one."""
    event = EVENTS.get(hook)
    if event is None or version > event.VERSION:
        raise UnknownEvent(f"{hook} version {version}; this code knows up to {event.VERSION if event else 'none'}")
    if version < event.VERSION:
        data = event.upcast(version, data)
    return event.model_validate(data)
