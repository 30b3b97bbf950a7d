"""on_*: what happened, delivered after commit to each plugin on its own, until it has arrived.

One delivery per event and plugin, in order per aggregate. An exception makes that plugin alone retry with
backoff and end in a dead letter; the others do not notice.

The specs stand by subject in `events_*.py`, and are gathered here.
"""

from oa_crm.hooks.events_classes import ClassEvents
from oa_crm.hooks.events_contacts import ContactEvents
from oa_crm.hooks.events_contracts import ContractEvents
from oa_crm.hooks.events_customers import CustomerEvents
from oa_crm.hooks.events_exchange import ExchangeEvents
from oa_crm.hooks.events_expenses import ExpenseEvents
from oa_crm.hooks.events_files import FileEvents
from oa_crm.hooks.events_followups import FollowUpEvents
from oa_crm.hooks.events_handovers import HandoverEvents
from oa_crm.hooks.events_help import HelpEvents
from oa_crm.hooks.events_leads import LeadEvents
from oa_crm.hooks.events_merges import MergeEvents
from oa_crm.hooks.events_overrides import OverrideEvents
from oa_crm.hooks.events_privacy import PrivacyEvents
from oa_crm.hooks.events_projects import ProjectEvents
from oa_crm.hooks.events_protection import ProtectionEvents
from oa_crm.hooks.events_reminders import ReminderEvents
from oa_crm.hooks.events_shares import ShareEvents
from oa_crm.hooks.events_strategies import StrategyEvents
from oa_crm.hooks.events_teams import TeamEvents
from oa_crm.hooks.events_upkeep import UpkeepEvents


class Events:
    """The specs of the event family."""

    on_customer_created = CustomerEvents.on_customer_created
    on_customer_updated = CustomerEvents.on_customer_updated
    on_customer_reclassified = ClassEvents.on_customer_reclassified
    on_customer_owner_changed = CustomerEvents.on_customer_owner_changed
    on_customer_merged = MergeEvents.on_customer_merged
    on_customer_split = MergeEvents.on_customer_split
    on_customers_imported = ExchangeEvents.on_customers_imported
    on_customers_exported = ExchangeEvents.on_customers_exported
    on_follow_up_logged = CustomerEvents.on_follow_up_logged
    on_follow_up_commented = FollowUpEvents.on_follow_up_commented
    on_plan_changed = FollowUpEvents.on_plan_changed
    on_matter_changed = FollowUpEvents.on_matter_changed
    on_follow_up_due = ReminderEvents.on_follow_up_due
    on_follow_up_overdue = ReminderEvents.on_follow_up_overdue
    on_customer_neglected = ReminderEvents.on_customer_neglected
    on_protection_warned = ProtectionEvents.on_protection_warned
    on_customer_recycled = ProtectionEvents.on_customer_recycled
    on_handover_due = HandoverEvents.on_handover_due
    on_handover_executed = HandoverEvents.on_handover_executed
    on_handover_undone = HandoverEvents.on_handover_undone
    on_handover_acknowledged = HandoverEvents.on_handover_acknowledged
    on_extension_requested = ProtectionEvents.on_extension_requested
    on_extension_decided = ProtectionEvents.on_extension_decided
    on_contact_added = ContactEvents.on_contact_added
    on_contact_updated = ContactEvents.on_contact_updated
    on_contact_left = ContactEvents.on_contact_left
    on_file_attached = FileEvents.on_file_attached
    on_file_removed = FileEvents.on_file_removed
    on_lead_created = LeadEvents.on_lead_created
    on_lead_updated = LeadEvents.on_lead_updated
    on_lead_followed_up = LeadEvents.on_lead_followed_up
    on_lead_converted = LeadEvents.on_lead_converted
    on_lead_invalidated = LeadEvents.on_lead_invalidated
    on_override_requested = OverrideEvents.on_override_requested
    on_override_decided = OverrideEvents.on_override_decided
    on_project_created = ProjectEvents.on_project_created
    on_project_updated = ProjectEvents.on_project_updated
    on_project_stage_changed = ProjectEvents.on_project_stage_changed
    on_project_reopened = ProjectEvents.on_project_reopened
    on_stage_entry_requested = ProjectEvents.on_stage_entry_requested
    on_stage_entry_decided = ProjectEvents.on_stage_entry_decided
    on_project_settled = ProjectEvents.on_project_settled
    on_strategy_changed = StrategyEvents.on_strategy_changed
    on_strategy_commented = StrategyEvents.on_strategy_commented
    on_help_asked = HelpEvents.on_help_asked
    on_help_answered = HelpEvents.on_help_answered
    on_share_given = ShareEvents.on_share_given
    on_team_member_joined = TeamEvents.on_team_member_joined
    on_team_member_left = TeamEvents.on_team_member_left
    on_project_shares_changed = TeamEvents.on_project_shares_changed
    on_contract_submitted = ContractEvents.on_contract_submitted
    on_approval_requested = ContractEvents.on_approval_requested
    on_opinion_given = ContractEvents.on_opinion_given
    on_contract_approved = ContractEvents.on_contract_approved
    on_contract_rejected = ContractEvents.on_contract_rejected
    on_contract_withdrawn = ContractEvents.on_contract_withdrawn
    on_expense_booked = ExpenseEvents.on_expense_booked
    on_expense_reversed = ExpenseEvents.on_expense_reversed
    on_digest_built = ClassEvents.on_digest_built
    on_person_erased = PrivacyEvents.on_person_erased
    on_member_left = UpkeepEvents.on_member_left
    on_member_moved = UpkeepEvents.on_member_moved
    on_delivery_dead = UpkeepEvents.on_delivery_dead
