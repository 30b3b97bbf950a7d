"""The hook contract: everything a plugin author imports, and nothing that drags in a database.

    from oa_crm.hooks import hookimpl, Objection, Receipt, RetryLater

A plugin is any object (or module) with methods marked `@hookimpl` whose names are in one of four families:

    provide_*    what the host has        once at start, one answer
    register_*   what the plugin adds     once at start, all answers
    check_*      what it may refuse       in the transaction, before the write; fails closed
    on_*         what happened            after commit, delivered until it arrives

Ports are in `ports`, event payloads in `payloads`, what a check sees in `drafts`, answers in `answers`.
"""

from oa_crm.hooks.answers import ExpenseCategory, GiveUp, MergeLink, Objection, Receipt, RetryLater, RowRule
from oa_crm.hooks.custom import CustomField
from oa_crm.hooks.delivery import Delivery
from oa_crm.hooks.drafts import CheckContext
from oa_crm.hooks.markers import PROJECT, hookimpl, hookspec
from oa_crm.hooks.matching import Candidate, DuplicateMatcher, Match, MatchKey, MatchReason
from oa_crm.hooks.payloads import EVENTS, Event
from oa_crm.hooks.ports import (
    ApprovalFacts,
    Authorizer,
    Decision,
    Department,
    FieldAuthorizer,
    FieldRight,
    FileStore,
    Judgement,
    Ledger,
    Member,
    Message,
    Notifier,
    NumberFormat,
    Numbering,
    Opinion,
    OrgChart,
    Posting,
    Reach,
    Sight,
    Who,
    Workflow,
)
from oa_crm.hooks.scoring import LeadFacts, LeadRule

__all__ = [
    "EVENTS",
    "PROJECT",
    "ApprovalFacts",
    "Authorizer",
    "Candidate",
    "CheckContext",
    "CustomField",
    "Decision",
    "Delivery",
    "Department",
    "DuplicateMatcher",
    "Event",
    "ExpenseCategory",
    "FieldAuthorizer",
    "FieldRight",
    "FileStore",
    "GiveUp",
    "Judgement",
    "LeadFacts",
    "LeadRule",
    "Ledger",
    "Match",
    "MatchKey",
    "MatchReason",
    "Member",
    "MergeLink",
    "Message",
    "Notifier",
    "NumberFormat",
    "Numbering",
    "Objection",
    "Opinion",
    "OrgChart",
    "Posting",
    "Reach",
    "Receipt",
    "RetryLater",
    "RowRule",
    "Sight",
    "Who",
    "Workflow",
    "hookimpl",
    "hookspec",
]
