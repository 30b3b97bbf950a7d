"""The matrix of permissions: which right every verb asks, where a thing is named, or for the verb as a whole.

A verb without a line here fails: nothing is allowed that nobody wrote down. Calls with ids are those of
`ids_taken.TAKES`.
"""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from tests.integration.services.clock_verbs import clock_rules
from tests.integration.services.ids_taken import CALL, DAY, Call
from tests.integration.services.project_verbs import a_pipeline

from oa_crm import Unit

READ_CUSTOMER = """customers.get:id customers.classes_of:id customers.class_history:id class_rules.explain:customer_id
    customers.file:id customers.group:id customers.favour:id customers.unfavour:id
    pool.history:customer_id
    pool.owner_at:customer_id duplicates.explain:one duplicates.explain:other pool.explain:customer_id
    pool.struck:customer_id contacts.get:id contacts.reporting:customer_id files.get:id files.of:thing_id files.open:id
    merges.of:customer_id followups.history:customer_id followups.get:id followups.comment:id
    followups.comments:id strategies.of:thing_id strategies.get:id strategies.versions:id strategies.marks:id
    strategies.compare:id strategies.comments:id strategies.comment:id strategies.acknowledge:id timeline.of_customer:id
    timeline.state:customer_id plans.get:id issues.get:id issues.notes:id issues.comment:id needs.get:id needs.notes:id
    needs.comment:id shares.get:id shares.looks:id help.get:id help.entries:id teams.of:thing_id"""
WRITE_CUSTOMER = """customers.update:id customers.classify:id customers.update:patch.parent_id
    pool.extend:data.customer_id leads.convert:conversion.into leads.convert:conversion.contact_id
    contacts.create:data.customer_id contacts.update:id contacts.change_post:post_id contacts.move:id
    contacts.move:move.customer_id contacts.leave:post_id contacts.set_primary:post_id files.attach:data.thing_id
    followups.add_to:id files.remove:id followups.log:data.customer_id
    followups.log:data.project_id followups.log:data.plan_id strategies.revise:id strategies.retire:id
    strategies.tick:id plans.plan:data.customer_id plans.reschedule:id plans.cancel:id issues.open:data.customer_id
    issues.update:id issues.close:id issues.reopen:id needs.open:data.customer_id needs.update:id needs.close:id
    needs.reopen:id shares.give:data.customer_id shares.revoke:id help.ask:data.customer_id help.close:id
    help.reopen:id strategies.write:data.customer_id"""
WRITE_LEAD = """leads.check:id leads.update:id leads.assign:id leads.release:id leads.invalidate:id leads.revive:id
    leads.convert:id followups.log:data.lead_id plans.plan:data.lead_id"""
READ_PROJECT = """projects.get:id projects.stages:id projects.chain:id projects.competitors:id projects.dwell:id
    projects.gates:id projects.lines:id projects.slips:id advice.stage:project_id timeline.of_project:id
    teams.history:thing_id teams.shares:project_id teams.share_history:project_id"""
WRITE_PROJECT = """projects.update:id projects.move:id projects.add_competitor:id projects.ask_entry:id
    projects.change_pipeline:id projects.place:id projects.set_chain:id projects.set_lines:id
    projects.update_competitor:competitor_id shares.give:data.project_id help.ask:data.project_id
    strategies.write:data.project_id"""
TEAM = "teams.join:data.thing_id teams.adjust:seat_id teams.leave:seat_id teams.activity:customer_id"
ANSWERED = "help.accept:id help.decline:id help.answer:id"
RIGHTS: dict[str, str] = {
    **dict.fromkeys(READ_CUSTOMER.split(), "read customer"),
    **dict.fromkeys(WRITE_CUSTOMER.split(), "write customer"),
    **dict.fromkeys(WRITE_LEAD.split(), "write lead"),
    **dict.fromkeys(("leads.get:id", "leads.explain:id", "followups.of_lead:lead_id"), "read lead"),
    "pool.release:customer_id": "release customer",
    "pool.lock:customer_id": "lock customer",
    "pool.unlock:customer_id": "lock customer",
    "pool.transfer:customer_id": "transfer customer",
    "pool.strike:follow_up_id": "strike customer",
    **dict.fromkeys(READ_PROJECT.split(), "read project"),
    **dict.fromkeys(WRITE_PROJECT.split(), "write project"),
    "settlements.settle:project_id": "settle project",
    "projects.reopen:id": "reopen project",
    **dict.fromkeys(("contracts.get:id", "audit.of:thing_id"), "read contract"),
    **dict.fromkeys(("contracts.update:id", "contracts.submit:id", "contracts.withdraw:id"), "write contract"),
    **dict.fromkeys(("expenses.get:id", "links.of:thing_id"), "read expense"),
    "expenses.reverse:id": "reverse expense",
    **dict.fromkeys(TEAM.split(), "team customer"),
    "teams.set_shares:project_id": "team project",
    **dict.fromkeys(ANSWERED.split(), "answer help_request"),
    **dict.fromkeys(("handover.get:id", "handover.items:id", "handover.document:id"), "read handover"),
    **dict.fromkeys(("handover.undo:id", "handover.dismiss:id"), "run handover"),
    "handover.acknowledge:id": "acknowledge handover",
}
"""What is asked of the very thing that is named: in reach it is done, seen it is forbidden, else it is not there."""
ASKED_FIRST: dict[str, tuple[str, str]] = {
    "settlements.preview:project_id": ("read expense", "read project"),
    "settlements.reconcile:project_id": ("read expense", "read project"),
    "merges.preview:winner": ("merge customer", "merge customer"),
    "merges.preview:loser": ("merge customer", "merge customer"),
    "merges.merge:data.winner_id": ("merge customer", "merge customer"),
    "merges.merge:data.loser_id": ("merge customer", "merge customer"),
    "customers.card:id": ("read customer", "read customer"),
    "projects.create:data.customer_id": ("write project", "read customer"),
    "contracts.create:data.project_id": ("write contract", "read project"),
    "expenses.book:data.project_id": ("write expense", "read project"),
}
"""Who has the first right nowhere is told so, whatever he names; then the second is asked of the thing."""
BESIDE = {
    "plans.plan:data.project_id": "read project",
    **{
        f"{what}.{at}": right
        for what in ("issues", "needs")
        for at, right in (
            ("open:data.project_id", "read project"), ("open:data.follow_up_id", "read follow_up"),
            ("comment:comment.follow_up_id", "read follow_up"), ("close:how.follow_up_id", "read follow_up"),
        )
    },
}  # fmt: skip
"""To write his own customer is asked first, then the right on what is named beside it."""
CLAIMED = {
    "pool.claim:customer_id": "claim customer", "pool.assign:customer_id": "assign customer",
    "leads.claim:id": "claim lead",
}  # fmt: skip
"""What lies in a pool is there for whoever may claim or assign at all; what does not is as it is read."""
ADMINISTERED: dict[str, str] = {
    "pool.try_rule:rule.pools": "protection",
    "privacy.preview_erasure:thing_id": "privacy",
    "privacy.erase:data.thing_id": "privacy",
    "privacy.looks:where.thing_id": "privacy",
    "categories.redefine_tree:id": "category",
    "categories.redefine:id": "category",
    "class_rules.redefine:id": "category",
    "pools.update:id": "pool",
    "pools.drop:id": "pool",
    "pools.drop:into": "pool",
    "pools.drop_limit:id": "pool",
    "remits.redefine:id": "remit",
    "remits.withdraw:id": "remit",
    "fields.redefine:id": "field",
    "fields.retire:id": "field",
    "fields.revive:id": "field",
    "pipelines.redefine:id": "pipeline",
    "pipelines.move_projects:data.pipeline_id": "pipeline",
    "pipelines.move_projects:data.into": "pipeline",
}
"""For whoever administers these alone; all others are told so before anything is looked up."""
_TOLD = """projects.change_pipeline:move.pipeline_id
    projects.find:where.pipeline_id projects.grant_entry:id projects.refuse_entry:id
    projects.place:data.below customers.check:data.parent_id customers.create:data.parent_id
    customers.deals:customer_ids contacts.find:where.customer_id projects.find:where.customer_id
    contracts.find:where.customer_id contracts.find:where.project_id expenses.find:where.project_id
    contacts.create:data.reports_to contacts.change_post:patch.reports_to contacts.move:move.reports_to
    pool.claim_many:customer_ids pool.assign_many:customer_ids pool.move:customer_ids pool.move:pool_id
    pool.release:pool_id pool.find:where.pool_id pool.distribute:data.pool_id duplicates.dismiss:one
    duplicates.dismiss:other digests.read:id digests.acknowledge:id exchange.held_back:import_id views.update:id
    views.delete:id overrides.grant:id overrides.refuse:id pool.grant_extension:id pool.refuse_extension:id
    merges.split:id merges.get:id approvals.decide:id approvals.get:id followups.log:data.met
    strategies.find:where.customer_id strategies.find:where.project_id shares.read:id shares.find:where.customer_id
    shares.find:where.project_id help.find:where.customer_id help.find:where.project_id
    issues.find:where.customer_id issues.find:where.project_id needs.find:where.customer_id
    needs.find:where.project_id plans.find:where.customer_id plans.find:where.lead_id handover.preview:data.pool_id
    handover.execute:data.pool_id followups.find:where.contact_id followups.find:where.customer_id
    followups.find:where.lead_id followups.find:where.project_id exchange.export_follow_ups:where.contact_id
    exchange.export_follow_ups:where.customer_id exchange.export_follow_ups:where.lead_id
    exchange.export_follow_ups:where.project_id exchange.export_contacts:where.customer_id"""
TOLD_LIKE_NONE = tuple(_TOLD.split())
"""Filters, references, batches and what is somebody's own: here the law of foreign ids is the whole proof."""
GATED = {
    **dict.fromkeys(("projects.board:pipeline_id", "projects.column:pipeline_id"), "read project"),
    **dict.fromkeys(("forecasts.read:id", "forecasts.compare:id", "forecasts.compare:other_id"), "see forecast"),
    "pipelines.get:id": "see pipeline",
    **{place: f"administer {of}" for place, of in ADMINISTERED.items()},
}
"""Asked before anything is looked up: who may nothing of it is told so, whatever he names."""
EXPLAINS = {
    "permissions.explain:thing_id": "it says why something is hidden; of what another company has it says nothing"
}

CALLS: dict[str, Call] = {
    "plans.plan:data.customer_id": lambda unit, it, _: unit.plans.plan({**_call(unit), "customer_id": it}),
    "plans.plan:data.lead_id": lambda unit, it, _: unit.plans.plan({**_call(unit), "lead_id": it}),
    "plans.plan:data.project_id": lambda unit, it, here: unit.plans.plan(
        {**_call(unit), "customer_id": here.customer, "project_id": it}),
    "projects.create:data.customer_id": lambda unit, it, _: unit.projects.create({"customer_id": it, "name": "P"}),
    "contracts.create:data.project_id": lambda unit, it, _: unit.contracts.create(
        {"project_id": it, "title": "甲", "amount": "1"}),
    "expenses.book:data.project_id": lambda unit, it, _: unit.expenses.book(
        {"project_id": it, "category": "travel", "amount": "1", "occurred_on": DAY}),
    "strategies.write:data.customer_id": lambda unit, it, _: unit.strategies.write({"customer_id": it, "goal": "签约"}),
    "strategies.write:data.project_id": lambda unit, it, _: unit.strategies.write({"project_id": it, "goal": "签约"}),
}  # fmt: skip
"""Calls of which the owner is whoever calls: nobody may give a thing to everybody."""


def _call(unit: Unit) -> dict[str, Any]:
    return {**CALL, "assignee_id": unit.scope.actor.id}


def _himself(unit: Unit) -> dict[str, Any]:
    return {"leaver_id": unit.scope.actor.id, "stays": True}


Line = tuple[str | None, Callable[[Unit], Any]]
NAMED = {"zh": "甲"}
WITHOUT_IDS: dict[str, Line] = {
    "approvals.waiting": (None, lambda unit: unit.approvals.waiting()),
    "categories.define": (
        "administer category", lambda unit: unit.categories.define({"tree": "no", "name": "x", "labels": NAMED})),
    "categories.define_tree": (
        "administer category", lambda unit: unit.categories.define_tree({"name": "x", "labels": NAMED})),
    "categories.of": ("read customer", lambda unit: unit.categories.of("level")),
    "categories.trees": ("read customer", lambda unit: unit.categories.trees()),
    "class_rules.define": (
        "administer category", lambda unit: unit.class_rules.define({"name": "x", "tree": "level", "gives": "A"})),
    "class_rules.of": ("read customer", lambda unit: unit.class_rules.of("level")),
    "customers.check_many": ("write customer", lambda unit: unit.customers.check_many([{"name": "甲"}])),
    "customers.classify_by_rules": ("write customer", lambda unit: unit.customers.classify_by_rules()),
    "customers.find": (None, lambda unit: unit.customers.find()),
    "customers.suggest": ("read customer", lambda unit: unit.customers.suggest("甲")),
    "digests.build": (None, lambda unit: unit.digests.build()),
    "digests.find": (None, lambda unit: unit.digests.find()),
    "digests.kinds": ("read customer", lambda unit: unit.digests.kinds()),
    "digests.subscribe": ("read customer", lambda unit: unit.digests.subscribe({"reach": "own"})),
    "digests.subscription": (None, lambda unit: unit.digests.subscription()),
    "digests.unsubscribe": (None, lambda unit: unit.digests.unsubscribe(expected_version=1)),
    "directory.members": ("read directory", lambda unit: unit.directory.members()),
    "directory.save_department": (
        "administer directory", lambda unit: unit.directory.save_department({"id": "x", "name": "X"})),
    "directory.save_member": (
        "administer directory", lambda unit: unit.directory.save_member({"id": "x", "name": "X"})),
    "directory.sync": ("administer directory", lambda unit: unit.directory.sync()),
    "duplicates.clusters": (None, lambda unit: unit.duplicates.clusters()),
    "duplicates.pairs": (None, lambda unit: unit.duplicates.pairs()),
    "duplicates.policy": (None, lambda unit: unit.duplicates.policy("create")),
    "duplicates.searches": ("administer duplicate", lambda unit: unit.duplicates.searches()),
    "duplicates.set_policy": (
        "administer duplicate", lambda unit: unit.duplicates.set_policy(
            {"entrance": "import", "policy": {}, "expected_version": 0})),
    "exchange.export_customers": ("read customer", lambda unit: unit.exchange.export_customers(to=BytesIO())),
    "exchange.export_contacts": ("read customer", lambda unit: unit.exchange.export_contacts(to=BytesIO())),
    "exchange.imports": (None, lambda unit: unit.exchange.imports()),
    "exchange.plan": ("write customer", lambda unit: unit.exchange.plan(__file__)),
    "exchange.template": ("write customer", lambda unit: unit.exchange.template(to=BytesIO())),
    "fields.define": (
        "administer field", lambda unit: unit.fields.define(
            {"kind": "customer", "name": "x", "type": "text", "label": NAMED})),
    "fields.of": ("read customer", lambda unit: unit.fields.of("customer")),
    "fields.rebuild": ("administer field", lambda unit: unit.fields.rebuild("customer", "x")),
    "leads.create": ("write lead", lambda unit: unit.leads.create({"company_name": "甲"})),
    "leads.find": (None, lambda unit: unit.leads.find()),
    "leads.pool": ("claim lead", lambda unit: unit.leads.pool()),
    "merges.merge_many": (None, lambda unit: unit.merges.merge_many([])),
    "overrides.find": (None, lambda unit: unit.overrides.find()),
    "overrides.request": (
        "write customer", lambda unit: unit.overrides.request({"customer": {"name": "甲"}, "reason": "乙"})),
    "plugins.list": ("administer plugin", lambda unit: unit.plugins.list()),
    "plugins.switch": ("administer plugin", lambda unit: unit.plugins.switch("books", enabled=True)),
    "pool.extensions": (None, lambda unit: unit.pool.extensions()),
    "pool.holding": (None, lambda unit: unit.pool.holding()),
    "pool.preview": (None, lambda unit: unit.pool.preview()),
    "pool.protection": ("read customer", lambda unit: unit.pool.protection()),
    "pool.set_protection": ("administer protection", lambda unit: unit.pool.set_protection(clock_rules(60))),
    "pool.sweep": ("administer protection", lambda unit: unit.pool.sweep()),
    "pools.limits": ("administer pool", lambda unit: unit.pools.limits()),
    "pools.lint": ("administer pool", lambda unit: unit.pools.lint()),
    "pools.list": ("claim customer", lambda unit: unit.pools.list()),
    "pools.open": ("administer pool", lambda unit: unit.pools.open({"name": "甲"})),
    "pools.set_limit": ("administer pool", lambda unit: unit.pools.set_limit({"holding": 1})),
    "privacy.because": (None, lambda unit: unit.privacy.because("复核")),
    "privacy.erasures": ("administer privacy", lambda unit: unit.privacy.erasures()),
    "privacy.fields": (None, lambda unit: unit.privacy.fields("customer")),
    "privacy.remove_rule": (
        "administer privacy", lambda unit: unit.privacy.remove_rule("customer", "phone", expected_version=1)),
    "privacy.rules": ("administer privacy", lambda unit: unit.privacy.rules()),
    "privacy.set_rule": (
        "administer privacy", lambda unit: unit.privacy.set_rule(
            {"kind": "customer", "field": "phone", "expected_version": 0})),
    "remits.give": (
        "administer remit", lambda unit: unit.remits.give(
            {"name": "甲", "seat": {"kind": "role", "id": "x"}, "effect": "limit", "where": {"levels": ["A"]}})),
    "remits.list": ("administer remit", lambda unit: unit.remits.list()),
    "remits.mine": (None, lambda unit: unit.remits.mine()),
    "forecasts.freeze": ("freeze project", lambda unit: unit.forecasts.freeze({"name": "一季度"})),
    "forecasts.list": ("see forecast", lambda unit: unit.forecasts.list()),
    "forecasts.show": (None, lambda unit: unit.forecasts.show()),
    "pipelines.define": (
        "administer pipeline", lambda unit: unit.pipelines.define(a_pipeline("direct"))),
    "pipelines.list": ("see pipeline", lambda unit: unit.pipelines.list()),
    "projects.entries": (None, lambda unit: unit.projects.entries()),
    "projects.stalled": (None, lambda unit: unit.projects.stalled()),
    "exchange.export_follow_ups": ("read customer", lambda unit: unit.exchange.export_follow_ups(to=BytesIO())),
    "handover.execute": (
        "hand_over customer", lambda unit: unit.handover.execute(_himself(unit), fingerprint="0")),
    "handover.find": (None, lambda unit: unit.handover.find()),
    "handover.holdings": (
        "hand_over customer", lambda unit: unit.handover.holdings(unit.scope.actor.id, "customer")),
    "handover.plan": ("hand_over customer", lambda unit: unit.handover.plan(unit.scope.actor.id)),
    "handover.preview": ("hand_over customer", lambda unit: unit.handover.preview(_himself(unit))),
    "help.overdue": (None, lambda unit: unit.help.overdue()),
    "plans.agenda": (None, lambda unit: unit.plans.agenda()),
    "plans.due": (None, lambda unit: unit.plans.due()),
    "reminders.rules": ("read customer", lambda unit: unit.reminders.rules()),
    "reminders.set_rules": (
        "administer protection", lambda unit: unit.reminders.set_rules(
            {"rules": {"neglected_days": [10]}, "expected_version": 0})),
    "shares.received": (None, lambda unit: unit.shares.received()),
    "teams.mine": (None, lambda unit: unit.teams.mine()),
    "strategies.due": (None, lambda unit: unit.strategies.due()),
    "strategies.waiting": (None, lambda unit: unit.strategies.waiting()),
    "views.list": ("read customer", lambda unit: unit.views.list()),
    "views.save": ("read customer", lambda unit: unit.views.save({"name": "甲"})),
}  # fmt: skip
"""The right that a verb asks before anything, or None where everybody may ask and is shown what he sees, or his own."""
LISTS = {
    "customer": lambda unit: unit.customers.find(limit=500),
    "lead": lambda unit: unit.leads.find(limit=500),
    "project": lambda unit: unit.projects.find(limit=500),
    "contract": lambda unit: unit.contracts.find(limit=500),
    "expense": lambda unit: unit.expenses.find(limit=500),
    "contact": lambda unit: unit.contacts.find(limit=500),
    "follow_up": lambda unit: unit.followups.find(limit=500),
    "plan": lambda unit: unit.plans.find(limit=500),
    "matter": lambda unit: unit.issues.find(limit=500),
    "need": lambda unit: unit.needs.find(limit=500),
    "strategy": lambda unit: unit.strategies.find(limit=500),
    "share": lambda unit: unit.shares.find(limit=500),
    "help_request": lambda unit: unit.help.find(limit=500),
    "handover": lambda unit: unit.handover.find(limit=500),
}
