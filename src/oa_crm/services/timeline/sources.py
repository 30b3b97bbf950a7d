"""Everything that a timeline is read from: one list, in the order in which entries of the same moment stand.

Who builds a room with something to tell adds a declaration here and its words to `i18n/timeline.py`; tests fail while
an act is in neither, or while nothing shows that its entries come in order, page by page, as of any moment.
"""

from oa_crm.models import (
    ClassChange,
    Contract,
    Expense,
    FollowUp,
    HelpEntry,
    HelpRequest,
    Lead,
    Merge,
    Opinion,
    Ownership,
    Post,
    Project,
    ProtectionExtension,
    ProtectionWarning,
    Settlement,
    Share,
    StageChange,
    Strategy,
    StrategyComment,
    StrategyMark,
    StrategyVersion,
)
from oa_crm.services.timeline import rows
from oa_crm.services.timeline.audited import audited, of_customer
from oa_crm.services.timeline.source import Source

# fmt: off
SOURCES = (
    Source(
        "follow_up.logged", "follow_up", FollowUp, rows.direct(FollowUp), "follow_up",
        at="happened_at", recorded="created_at", by="created_by", project="project_id",
        facts=("way", "outcome", "key_issue", "result", "next_contact_on", "lead_id"),
    ),
    *(of_customer(operation, "follow_up") for operation in ("followups.add_to", "followups.comment")),
    *(of_customer(operation, "customer") for operation in (
        "customers.create", "customers.update", "pool.lock", "pool.unlock", "pool.strike", "privacy.erase",
    )),
    *(of_customer(operation, "file") for operation in ("files.attach", "files.remove")),
    *(
        of_customer(f"plans.{act}", "plan") for act in ("plan", "reschedule", "cancel", "hand_on")
    ),
    *(
        of_customer(f"{kind}s.{act}", kind)
        for kind in ("issue", "need")
        for act in ("open", "update", "comment", "close", "reopen", "hand_on")
    ),
    *(of_customer(operation, "team") for operation in ("teams.join", "teams.adjust", "teams.leave", "teams.end")),
    Source(
        "owner.changed", "owner", Ownership, rows.of_family(Ownership), "customer", "customer_id",
        at="since", by="by_id", id="customer_id", number="number", reason="reason",
        facts=("owner_id", "pool_id", "cause"), customers_only=True,
    ),
    Source(
        "class.changed", "class", ClassChange, rows.of_family(ClassChange), "customer", "customer_id",
        number="number", id="customer_id", reason="reason",
        facts=("tree", "before", "after", "pinned", "cause", "rule"), customers_only=True,
    ),
    Source(
        "contact.added", "contact", Post, rows.direct(Post), "contact", "contact_id",
        at="created_at", by="created_by", customers_only=True,
    ),
    audited("contact", "contact", rows.of_persons("contacts.update"), customers_only=True),
    audited("contact.post", "contact", rows.of_posts, customers_only=True),
    audited("contact.file", "file", rows.of_persons(*rows.FILES), thing="contact", customers_only=True),
    audited("lead", "lead", rows.of_things(Lead, only=("leads.convert",)), (Lead,), customers_only=True),
    audited("project", "project", rows.of_things(Project, but=rows.TOLD_OF_PROJECTS), (Project,)),
    audited("project.file", "file", rows.of_things(Project, only=rows.FILES), (Project,), thing="project"),
    Source(
        "stage.changed", "stage", StageChange, rows.through(StageChange, Project, "project_id"), "project",
        "project_id", id=None, number="id", facts=("before", "after", "because"), reason="reason", project="project_id",
        needs=(Project,),
    ),
    Source(
        "strategy.written", "strategy", StrategyVersion, rows.of_subjects(StrategyVersion, Strategy, "strategy_id"),
        "strategy", "strategy_id",
        reason="reason", facts=("number", "what", "owner_id", "goal", "approach", "review_on"),
    ),
    Source(
        "strategy.ticked", "strategy", StrategyMark, rows.of_subjects(StrategyMark, Strategy, "strategy_id"),
        "strategy", "strategy_id", facts=("step", "done"), reason="note",
    ),
    Source(
        "strategy.commented", "strategy", StrategyComment, rows.of_subjects(StrategyComment, Strategy, "strategy_id"),
        "strategy", "strategy_id", facts=("number", "words"),
    ),
    Source(
        "help.told", "help", HelpEntry, rows.of_subjects(HelpEntry, HelpRequest, "request_id"), "help_request",
        "request_id", facts=("what", "words"),
    ),
    Source(
        "share.given", "share", Share, rows.of_subjects(Share, Share), "share",
        at="created_at", by="created_by", facts=("title", "receiver_id", "expires_at"), project="project_id",
    ),
    Source(
        "share.revoked", "share", Share, rows.of_subjects(Share, Share, written=Share.revoked_at), "share",
        at="revoked_at", by="revoked_by", facts=("title", "receiver_id"), reason="revoked_because",
        project="project_id",
    ),
    audited("contract", "contract", rows.of_things(Contract, but=rows.FILES), (Contract,)),
    audited("contract.file", "file", rows.of_things(Contract, only=rows.FILES), (Contract,), thing="contract"),
    Source(
        "opinion.given", "opinion", Opinion, rows.opinions, "approval", "approval_id", at="given_at", by="given_by",
        facts=("member_id", "decision", "words"), needs=(Contract,),
    ),
    Source(
        "expense.booked", "expense", Expense, rows.direct(Expense), "expense",
        at="created_at", by="created_by", project="project_id",
        facts=("category", "amount_minor", "currency", "occurred_on", "description", "reversal_of"), needs=(Expense,),
    ),
    Source(
        "settlement.made", "settlement", Settlement, rows.through(Settlement, Project, "project_id"), "project",
        "project_id", at="settled_at", by="settled_by", project="project_id",
        facts=("currency", "revenue_minor", "expenses_minor"), needs=(Project,), reach="expense",
    ),
    Source(
        "merge.made", "merge", Merge, rows.merges(), "merge",
        at="merged_at", by="merged_by", facts=("winner_id", "loser_id", "winner_name", "loser_name"), reason="reason",
        customers_only=True,
    ),
    Source(
        "merge.split", "merge", Merge, rows.merges(Merge.split_at), "merge",
        at="split_at", by="split_by", facts=("winner_id", "loser_id", "winner_name", "loser_name"),
        reason="split_because", customers_only=True,
    ),
    Source(
        "protection.warned", "protection", ProtectionWarning, rows.of_family(ProtectionWarning), "customer",
        "customer_id", by=None, id="customer_id", number="days", moment="deadline",
        facts=("deadline", "days", "owner_id"), customers_only=True,
    ),
    Source(
        "extension.requested", "protection", ProtectionExtension, rows.of_family(ProtectionExtension), "extension",
        at="requested_at", by="requested_by", facts=("days",), reason="reason", customers_only=True,
    ),
    Source(
        "extension.decided", "protection", ProtectionExtension,
        rows.of_family(ProtectionExtension, ProtectionExtension.decided_at), "extension",
        at="decided_at", by="decided_by", facts=("days", "state", "until"), reason="comment", customers_only=True,
    ),
)
# fmt: on
BY_NAME = {one.name: one for one in SOURCES}
KINDS = tuple(dict.fromkeys(one.kind for one in SOURCES))
"""What a timeline is filtered by."""

TOLD_BY = {
    "followups.log": "follow_up.logged",
    "exchange.import_follow_ups": "follow_up.logged",
    "customers.classify": "class.changed",
    "customers.classify_by_rules": "class.changed",
    "pool.claim": "owner.changed",
    "pool.assign": "owner.changed",
    "pool.transfer": "owner.changed",
    "pool.release": "owner.changed",
    "pool.recycle": "owner.changed",
    "pool.move": "owner.changed",
    "pool.sweep": "owner.changed",
    "handover.execute": "owner.changed",
    "handover.undo": "owner.changed",
    "pool.grant_extension": "extension.decided",
    "pool.refuse_extension": "extension.decided",
    "strategies.write": "strategy.written",
    "strategies.revise": "strategy.written",
    "strategies.retire": "strategy.written",
    "merges.merge": "merge.made",
    "merges.merge_many": "merge.made",
    "merges.split": "merge.split",
}
"""Acts on a customer that a table of their own tells of; the audit of these is left out."""

NOT_TOLD = {
    "customers.favour": "a person's own list",
    "customers.unfavour": "a person's own list",
    "duplicates.dismiss": "about two customers that are not one",
    "projects.place": "a place on the board",
}
"""Acts on a customer or its projects that no timeline tells, and why; what is in neither table is a source."""
