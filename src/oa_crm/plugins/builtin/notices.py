"""Word to people: who is told about what, and the notifier that stands in for a host's.

`Notices` listens to events and asks the notifier port; `LogNotices` is that port when the host has none.
"""

import logging
from typing import Any
from uuid import UUID

from oa_crm.hooks import Delivery, Message, Notifier, hookimpl
from oa_crm.hooks.payloads import (
    ApprovalRequested,
    ContractApproved,
    ContractEvent,
    ContractRejected,
    CustomerNeglected,
    CustomerRecycled,
    DigestBuilt,
    Event,
    ExtensionDecided,
    ExtensionRequested,
    FollowUpCommented,
    FollowUpDue,
    FollowUpOverdue,
    HandoverDue,
    HandoverExecuted,
    HandoverUndone,
    HelpAnswered,
    HelpAsked,
    MatterChanged,
    OpinionGiven,
    OverrideDecided,
    OverrideRequested,
    PlanChanged,
    ProjectReopened,
    ProjectSharesChanged,
    ProtectionWarned,
    ShareGiven,
    StageEntryDecided,
    StageEntryRequested,
    StrategyChanged,
    StrategyCommented,
    TeamMemberJoined,
    TeamMemberLeft,
)

log = logging.getLogger("oa_crm.notices")


class LogNotices:
    """A notifier that writes a line to the log `oa_crm.notices`, naming ids and no business data."""

    name = "log_notices"

    @hookimpl
    def provide_notifier(self) -> "LogNotices":
        return self

    def notify(self, message: Message, *, key: str) -> None:
        log.info("%s to %s about %s %s", message.topic, message.to, message.kind, message.thing_id)


class Notices:
    """Tells approvers and managers that they are asked, owners and requesters how it ended, readers of their digest,
    owners what the clock does, those who lead what becomes of strategies, members where they are mentioned, on which
    team they are and what share they have, receivers of a handover what is theirs now, and superiors that one is due.

    Block it by its name to do that elsewhere."""

    name = "notices"

    def __init__(self) -> None:
        self.notifier: Notifier = LogNotices()

    @hookimpl
    def on_approval_requested(self, event: ApprovalRequested, delivery: Delivery) -> None:
        self._ask(event, event.waiting_on, delivery)

    @hookimpl
    def on_opinion_given(self, event: OpinionGiven, delivery: Delivery) -> None:
        self._ask(event, event.newly_asked, delivery)

    @hookimpl
    def on_contract_approved(self, event: ContractApproved, delivery: Delivery) -> None:
        self._tell(event, event.owner_id, "contract_approved", f"{event.number} {event.title}", delivery)

    @hookimpl
    def on_contract_rejected(self, event: ContractRejected, delivery: Delivery) -> None:
        self._tell(event, event.owner_id, "contract_rejected", f"{event.number} {event.title}: {event.words}", delivery)

    @hookimpl
    def on_override_requested(self, event: OverrideRequested, delivery: Delivery) -> None:
        if event.manager_id is not None:
            self._tell(event, event.manager_id, "override_requested", f"{event.name}: {event.reason}", delivery)

    @hookimpl
    def on_override_decided(self, event: OverrideDecided, delivery: Delivery) -> None:
        topic = "override_granted" if event.granted else "override_refused"
        self._tell(event, event.requested_by, topic, event.name, delivery)

    @hookimpl
    def on_digest_built(self, event: DigestBuilt, delivery: Delivery) -> None:
        self._tell(event, event.member_id, "digest_built", str(event.changes), delivery)

    @hookimpl
    def on_follow_up_commented(self, event: FollowUpCommented, delivery: Delivery) -> None:
        for member in event.mentioned:
            self._point(event, member, "follow_up_mentioned", event.actor, delivery)

    @hookimpl
    def on_plan_changed(self, event: PlanChanged, delivery: Delivery) -> None:
        if event.change != "done" and event.assignee_id != event.actor:
            self._point(event, event.assignee_id, f"plan_{event.change}", event.due_at.isoformat(), delivery)

    @hookimpl
    def on_matter_changed(self, event: MatterChanged, delivery: Delivery) -> None:
        if event.assignee_id not in (None, event.actor):
            self._point(event, str(event.assignee_id), f"{event.what}_{event.change}", event.state, delivery)

    @hookimpl
    def on_follow_up_due(self, event: FollowUpDue, delivery: Delivery) -> None:
        self._point(event, event.member_id, "follow_up_due", event.due.isoformat(), delivery)

    @hookimpl
    def on_follow_up_overdue(self, event: FollowUpOverdue, delivery: Delivery) -> None:
        for member in filter(None, (event.member_id, event.manager_id)):
            self._point(event, member, "follow_up_overdue", f"{event.due.isoformat()}: {event.days}", delivery)

    @hookimpl
    def on_customer_neglected(self, event: CustomerNeglected, delivery: Delivery) -> None:
        for member in filter(None, (event.owner_id, event.manager_id)):
            self._tell(event, member, "customer_neglected", f"{event.name}: {event.days}", delivery)

    @hookimpl
    def on_protection_warned(self, event: ProtectionWarned, delivery: Delivery) -> None:
        for member in (event.owner_id, event.manager_id):
            if member is not None:
                self._tell(event, member, "protection_warned", f"{event.name}: {event.days}", delivery)

    @hookimpl
    def on_customer_recycled(self, event: CustomerRecycled, delivery: Delivery) -> None:
        self._tell(event, event.former_owner_id, "customer_recycled", f"{event.name}: {event.rule}", delivery)

    @hookimpl
    def on_extension_requested(self, event: ExtensionRequested, delivery: Delivery) -> None:
        if event.manager_id is not None:
            self._tell(event, event.manager_id, "extension_requested", f"{event.name}: {event.reason}", delivery)

    @hookimpl
    def on_extension_decided(self, event: ExtensionDecided, delivery: Delivery) -> None:
        topic = "extension_granted" if event.granted else "extension_refused"
        self._tell(event, event.requested_by, topic, event.name, delivery)

    @hookimpl
    def on_strategy_changed(self, event: StrategyChanged, delivery: Delivery) -> None:
        for member in sorted({*event.managers, event.owner_id} - {event.actor}):
            self._tell(event, member, "strategy_changed", f"{event.name}: {event.what} {event.number}", delivery)

    @hookimpl
    def on_strategy_commented(self, event: StrategyCommented, delivery: Delivery) -> None:
        for member in sorted({*event.mentioned, event.owner_id} - {event.actor}):
            self._tell(event, member, "strategy_commented", f"{event.name}: {event.number}", delivery)

    @hookimpl
    def on_handover_due(self, event: HandoverDue, delivery: Delivery) -> None:
        if event.superior_id is not None:
            told = ", ".join(f"{kind} {many}" for kind, many in event.counts.items())
            self._tell(event, event.superior_id, "handover_due", f"{event.leaver_id}: {told}", delivery)

    @hookimpl
    def on_handover_executed(self, event: HandoverExecuted, delivery: Delivery) -> None:
        for member, counts in event.receivers.items():
            told = ", ".join(f"{kind} {many}" for kind, many in counts.items())
            self._tell(event, member, "handover_received", f"{event.leaver_id}: {told}", delivery)

    @hookimpl
    def on_handover_undone(self, event: HandoverUndone, delivery: Delivery) -> None:
        for member in event.receivers:
            self._tell(event, member, "handover_undone", f"{event.leaver_id}: {event.reason}", delivery)

    @hookimpl
    def on_project_reopened(self, event: ProjectReopened, delivery: Delivery) -> None:
        self._tell(event, event.owner_id, "project_reopened", f"{event.name}: {event.reason}", delivery)

    @hookimpl
    def on_stage_entry_requested(self, event: StageEntryRequested, delivery: Delivery) -> None:
        if event.manager_id is not None:
            text = f"{event.name}, {event.stage}: {event.reason}"
            self._tell(event, event.manager_id, "stage_entry_requested", text, delivery)

    @hookimpl
    def on_stage_entry_decided(self, event: StageEntryDecided, delivery: Delivery) -> None:
        topic = "stage_entry_granted" if event.granted else "stage_entry_refused"
        self._tell(event, event.requested_by, topic, f"{event.name}, {event.stage}", delivery)

    @hookimpl
    def on_help_asked(self, event: HelpAsked, delivery: Delivery) -> None:
        # Whoever is asked may not know the customer: the message says by when, and he reads what he is shown.
        for member in sorted({*event.asked} - {event.actor}):
            self._tell(event, member, "help_asked", event.due_on.isoformat(), delivery)

    @hookimpl
    def on_help_answered(self, event: HelpAnswered, delivery: Delivery) -> None:
        if event.asked_by != event.actor:
            self._tell(event, event.asked_by, f"help_{event.what}", event.name, delivery)

    @hookimpl
    def on_share_given(self, event: ShareGiven, delivery: Delivery) -> None:
        self._tell(event, event.receiver_id, "share_given", event.expires_at.date().isoformat(), delivery)

    @hookimpl
    def on_team_member_joined(self, event: TeamMemberJoined, delivery: Delivery) -> None:
        self._tell(event, event.member_id, "team_joined", f"{event.project or event.name}: {event.level}", delivery)

    @hookimpl
    def on_team_member_left(self, event: TeamMemberLeft, delivery: Delivery) -> None:
        if event.how != "left":
            self._tell(event, event.member_id, "team_left", f"{event.project or event.name}: {event.how}", delivery)

    @hookimpl
    def on_project_shares_changed(self, event: ProjectSharesChanged, delivery: Delivery) -> None:
        now = dict(event.shares)
        for member in sorted({*now, *dict(event.before)}):
            self._tell(event, member, "shares_changed", f"{event.name}: {now.get(member, 0)}", delivery)

    def _ask(self, event: ContractEvent, members: tuple[str, ...], delivery: Delivery) -> None:
        # How much it comes to he reads where he decides, if he is shown amounts.
        for member in members:
            self._tell(event, member, "approval_requested", f"{event.number} {event.title}", delivery)

    def _point(self, event: Any, to: str, topic: str, text: str, delivery: Delivery) -> None:
        """Tell of something at a customer or a lead, and point there."""
        lead = getattr(event, "lead_id", None)
        kind, id = ("customer", event.customer_id) if event.customer_id is not None else ("lead", lead)
        self.notifier.notify(Message(event.tenant, to, topic, text, kind, id), key=f"{delivery.key}:{to}")

    def _tell(self, event: Event, to: str, topic: str, text: str, delivery: Delivery) -> None:
        message = Message(event.tenant, to, topic, text, event.KIND, UUID(event.thing_id))
        self.notifier.notify(message, key=f"{delivery.key}:{to}")
