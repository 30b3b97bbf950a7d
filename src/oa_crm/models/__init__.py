"""The tables, one file per aggregate. `Base.metadata` holds them all; `include_name` is for the host's alembic."""

from typing import Any

from oa_crm.models.base import PREFIX, SCHEMA_TOKEN, VERSION_TABLE, Base, kind_of, metadata_for, rights_of, table_of
from oa_crm.models.classes import Category, CategoryTree, ClassChange, ClassRule, CustomerClass
from oa_crm.models.contacts import Contact, ContactPhone, Post
from oa_crm.models.contracts import Approval, Contract, Opinion, Waiting
from oa_crm.models.custom import CustomFieldRow, CustomRebuild, CustomSet, CustomValue
from oa_crm.models.customers import Customer, CustomerNumber, CustomerTag, Favourite, FollowUp, View
from oa_crm.models.deals import ChainLink, Competitor, ProjectLine, ProjectSlip
from oa_crm.models.digests import Digest, DigestLine, DigestSubscription, KeyChange
from oa_crm.models.duplicates import (
    DuplicateEntry,
    DuplicateGate,
    DuplicateKey,
    DuplicateOverride,
    DuplicatePair,
    DuplicatePolicy,
    DuplicateScan,
    DuplicateSearch,
    NamePrefix,
)
from oa_crm.models.exchange import ExportDay, Import, ImportRow
from oa_crm.models.expenses import Expense
from oa_crm.models.files import File
from oa_crm.models.forecasts import Forecast, ForecastLine
from oa_crm.models.handover import Handover, HandoverItem, HandoverReceiver
from oa_crm.models.help import HelpEntry, HelpRequest
from oa_crm.models.leads import Lead
from oa_crm.models.matters import Matter, MatterNote
from oa_crm.models.merging import Merge, MergePart
from oa_crm.models.outbox import DeliveryRow, EventRow
from oa_crm.models.owning import HoldingLimit, Ownership, Pool
from oa_crm.models.people import Department, Member
from oa_crm.models.personal import ERASED, Personal, personal
from oa_crm.models.pipelines import Pipeline, StageRequest
from oa_crm.models.plans import Plan
from oa_crm.models.privacy import Erasure, FieldRule, FieldRuleSet, Look
from oa_crm.models.projects import WON_STEP, Project, Settlement, StageChange
from oa_crm.models.protection import (
    Protection,
    ProtectionExtension,
    ProtectionRun,
    ProtectionWarning,
    StruckFollowUp,
)
from oa_crm.models.records import AuditEntry, Counter, IdempotencyKey, Link, PluginSwitch
from oa_crm.models.reminders import Reminder, ReminderPolicy
from oa_crm.models.remits import Remit, RemitSet
from oa_crm.models.shares import Share, ShareLook
from oa_crm.models.strategies import (
    Strategy,
    StrategyComment,
    StrategyMark,
    StrategyReader,
    StrategyVersion,
)
from oa_crm.models.talks import FollowUpContact, FollowUpNote
from oa_crm.models.teams import CreditShare, CreditSplit, TeamSeat
from oa_crm.models.when_merged import WhenMerged, when_merged


def include_name(name: str | None, type_: str, _parent_names: Any) -> bool:
    """Pass this to `context.configure(include_name=...)` in the host's alembic: it leaves our tables alone."""
    return not (type_ == "table" and name is not None and name.startswith(PREFIX))


__all__ = [
    "ERASED",
    "PREFIX",
    "SCHEMA_TOKEN",
    "VERSION_TABLE",
    "WON_STEP",
    "Approval",
    "AuditEntry",
    "Base",
    "Category",
    "CategoryTree",
    "ChainLink",
    "ClassChange",
    "ClassRule",
    "Competitor",
    "Contact",
    "ContactPhone",
    "Contract",
    "Counter",
    "CreditShare",
    "CreditSplit",
    "CustomFieldRow",
    "CustomRebuild",
    "CustomSet",
    "CustomValue",
    "Customer",
    "CustomerClass",
    "CustomerNumber",
    "CustomerTag",
    "DeliveryRow",
    "Department",
    "Digest",
    "DigestLine",
    "DigestSubscription",
    "DuplicateEntry",
    "DuplicateGate",
    "DuplicateKey",
    "DuplicateOverride",
    "DuplicatePair",
    "DuplicatePolicy",
    "DuplicateScan",
    "DuplicateSearch",
    "Erasure",
    "EventRow",
    "Expense",
    "ExportDay",
    "Favourite",
    "FieldRule",
    "FieldRuleSet",
    "File",
    "FollowUp",
    "FollowUpContact",
    "FollowUpNote",
    "Forecast",
    "ForecastLine",
    "Handover",
    "HandoverItem",
    "HandoverReceiver",
    "HelpEntry",
    "HelpRequest",
    "HoldingLimit",
    "IdempotencyKey",
    "Import",
    "ImportRow",
    "KeyChange",
    "Lead",
    "Link",
    "Look",
    "Matter",
    "MatterNote",
    "Member",
    "Merge",
    "MergePart",
    "NamePrefix",
    "Opinion",
    "Ownership",
    "Personal",
    "Pipeline",
    "Plan",
    "PluginSwitch",
    "Pool",
    "Post",
    "Project",
    "ProjectLine",
    "ProjectSlip",
    "Protection",
    "ProtectionExtension",
    "ProtectionRun",
    "ProtectionWarning",
    "Reminder",
    "ReminderPolicy",
    "Remit",
    "RemitSet",
    "Settlement",
    "Share",
    "ShareLook",
    "StageChange",
    "StageRequest",
    "Strategy",
    "StrategyComment",
    "StrategyMark",
    "StrategyReader",
    "StrategyVersion",
    "StruckFollowUp",
    "TeamSeat",
    "View",
    "Waiting",
    "WhenMerged",
    "include_name",
    "kind_of",
    "metadata_for",
    "personal",
    "rights_of",
    "table_of",
    "when_merged",
]
