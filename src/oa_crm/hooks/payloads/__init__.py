"""What happened, as frozen facts. One class per event; the class is the payload of the `on_*` hook.

A payload carries the facts of its moment, so a late handler never reads a later state by surprise. A new
field needs a default and nothing else. Removing or re-meaning a field is `VERSION + 1` and a step in
`upcast`. `AGGREGATE` names the field whose thing orders the event: per aggregate, deliveries keep order.
"""

from typing import Any

from oa_crm.hooks.payloads.base import Event
from oa_crm.hooks.payloads.customers import (
    CustomerCreated,
    CustomerEvent,
    CustomerMerged,
    CustomerOwnerChanged,
    CustomerReclassified,
    CustomerSplit,
    CustomerUpdated,
    FollowUpLogged,
    OverrideDecided,
    OverrideEvent,
    OverrideRequested,
)
from oa_crm.hooks.payloads.digests import DigestBuilt
from oa_crm.hooks.payloads.exchange import CustomersExported, CustomersImported
from oa_crm.hooks.payloads.followups import FollowUpCommented, MatterChanged, PlanChanged
from oa_crm.hooks.payloads.handovers import (
    HandoverAcknowledged,
    HandoverDue,
    HandoverEvent,
    HandoverExecuted,
    HandoverUndone,
)
from oa_crm.hooks.payloads.help import HelpAnswered, HelpAsked, HelpEvent
from oa_crm.hooks.payloads.leads import (
    LeadConverted,
    LeadCreated,
    LeadEvent,
    LeadFollowedUp,
    LeadInvalidated,
    LeadUpdated,
)
from oa_crm.hooks.payloads.people import (
    ContactAdded,
    ContactEvent,
    ContactLeft,
    ContactUpdated,
    FileAttached,
    FileEvent,
    FileRemoved,
    PersonErased,
)
from oa_crm.hooks.payloads.protection import (
    CustomerRecycled,
    ExtensionDecided,
    ExtensionRequested,
    ProtectionWarned,
)
from oa_crm.hooks.payloads.reminders import CustomerNeglected, FollowUpDue, FollowUpOverdue
from oa_crm.hooks.payloads.sales import (
    ApprovalRequested,
    ContractApproved,
    ContractEvent,
    ContractRejected,
    ContractSubmitted,
    ContractWithdrawn,
    ExpenseBooked,
    ExpenseEvent,
    ExpenseReversed,
    OpinionGiven,
    ProjectCreated,
    ProjectEvent,
    ProjectReopened,
    ProjectSettled,
    ProjectStageChanged,
    ProjectUpdated,
    StageEntryDecided,
    StageEntryRequested,
)
from oa_crm.hooks.payloads.shares import ShareGiven
from oa_crm.hooks.payloads.strategies import StrategyChanged, StrategyCommented, StrategyEvent
from oa_crm.hooks.payloads.teams import ProjectSharesChanged, TeamEvent, TeamMemberJoined, TeamMemberLeft
from oa_crm.hooks.payloads.upkeep import DeliveryDead, MemberLeft, MemberMoved

EVENTS: dict[str, type[Event]] = {
    event.HOOK: event
    for event in (
        CustomerCreated,
        CustomerUpdated,
        CustomerReclassified,
        CustomerOwnerChanged,
        CustomerMerged,
        CustomerSplit,
        CustomersImported,
        CustomersExported,
        FollowUpLogged,
        FollowUpCommented,
        PlanChanged,
        MatterChanged,
        FollowUpDue,
        FollowUpOverdue,
        CustomerNeglected,
        ProtectionWarned,
        HandoverDue,
        HandoverExecuted,
        HandoverAcknowledged,
        HandoverUndone,
        CustomerRecycled,
        ExtensionRequested,
        ExtensionDecided,
        ContactAdded,
        ContactUpdated,
        ContactLeft,
        FileAttached,
        FileRemoved,
        LeadCreated,
        LeadUpdated,
        LeadFollowedUp,
        LeadConverted,
        LeadInvalidated,
        OverrideRequested,
        OverrideDecided,
        ProjectCreated,
        ProjectUpdated,
        ProjectStageChanged,
        ProjectReopened,
        StageEntryRequested,
        StageEntryDecided,
        ProjectSettled,
        StrategyChanged,
        StrategyCommented,
        HelpAsked,
        HelpAnswered,
        ShareGiven,
        TeamMemberJoined,
        TeamMemberLeft,
        ProjectSharesChanged,
        ContractSubmitted,
        ApprovalRequested,
        OpinionGiven,
        ContractApproved,
        ContractRejected,
        ContractWithdrawn,
        ExpenseBooked,
        ExpenseReversed,
        DigestBuilt,
        PersonErased,
        MemberLeft,
        MemberMoved,
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


__all__ = [
    "EVENTS",
    "ApprovalRequested",
    "ContactAdded",
    "ContactEvent",
    "ContactLeft",
    "ContactUpdated",
    "ContractApproved",
    "ContractEvent",
    "ContractRejected",
    "ContractSubmitted",
    "ContractWithdrawn",
    "CustomerCreated",
    "CustomerEvent",
    "CustomerMerged",
    "CustomerNeglected",
    "CustomerOwnerChanged",
    "CustomerReclassified",
    "CustomerRecycled",
    "CustomerSplit",
    "CustomerUpdated",
    "CustomersExported",
    "CustomersImported",
    "DeliveryDead",
    "DigestBuilt",
    "Event",
    "ExpenseBooked",
    "ExpenseEvent",
    "ExpenseReversed",
    "ExtensionDecided",
    "ExtensionRequested",
    "FileAttached",
    "FileEvent",
    "FileRemoved",
    "FollowUpCommented",
    "FollowUpDue",
    "FollowUpLogged",
    "FollowUpOverdue",
    "HandoverAcknowledged",
    "HandoverDue",
    "HandoverEvent",
    "HandoverExecuted",
    "HandoverUndone",
    "HelpAnswered",
    "HelpAsked",
    "HelpEvent",
    "LeadConverted",
    "LeadCreated",
    "LeadEvent",
    "LeadFollowedUp",
    "LeadInvalidated",
    "LeadUpdated",
    "MatterChanged",
    "MemberLeft",
    "MemberMoved",
    "OpinionGiven",
    "OverrideDecided",
    "OverrideEvent",
    "OverrideRequested",
    "PersonErased",
    "PlanChanged",
    "ProjectCreated",
    "ProjectEvent",
    "ProjectReopened",
    "ProjectSettled",
    "ProjectSharesChanged",
    "ProjectStageChanged",
    "ProjectUpdated",
    "ProtectionWarned",
    "ShareGiven",
    "StageEntryDecided",
    "StageEntryRequested",
    "StrategyChanged",
    "StrategyCommented",
    "StrategyEvent",
    "TeamEvent",
    "TeamMemberJoined",
    "TeamMemberLeft",
    "UnknownEvent",
    "load",
]
