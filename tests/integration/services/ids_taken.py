"""Every id that a verb takes: its kind, and a call that gives it. For the laws of foreign ids and the matrix."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from tests.integration.services.collaboration_ids import COLLABORATION_TAKES
from tests.integration.services.team_verbs import all_to_the_owner

from oa_crm import Unit
from oa_crm.errors import Forbidden, NotFound

DAY = date(2026, 3, 2)
TWIN = {"name": "云帆智能科技(杭州)股份公司"}


@dataclass(frozen=True)
class Here:
    """Our own things, for calls that take a second id."""

    customer: UUID
    project: UUID
    contact: UUID
    post: UUID
    other: UUID
    lead: UUID
    pooled: UUID
    pool: UUID
    pipeline: UUID
    forecast: UUID


Call = Callable[[Unit, UUID, Here], Any]


def _administered(unit: Unit, act: Callable[[], Any]) -> Any:
    """What a manager may not do at all tells him nothing of an id: he is told so before anything is looked up."""
    if unit.scope.actor.id != "manager":
        return act()
    with pytest.raises(Forbidden):
        act()
    return "items=()"


CALL = {"way": "phone", "purpose": "问进度", "due_at": datetime(2030, 1, 1, tzinfo=UTC), "assignee_id": "seller"}
MATTERS: dict[str, tuple[str, Callable[[Any, UUID, Here], Any]]] = {
    "open:data.customer_id": ("customer", lambda of, it, _: of.open({"customer_id": it, "words": "价格"})),
    "open:data.project_id": (
        "project", lambda of, it, here: of.open({"customer_id": here.customer, "project_id": it, "words": "价格"})),
    "open:data.follow_up_id": (
        "follow_up", lambda of, it, here: of.open({"customer_id": here.customer, "follow_up_id": it, "words": "价"})),
    "get:id": ("matter", lambda of, it, _: of.get(it)),
    "update:id": ("matter", lambda of, it, _: of.update(it, {"expected_version": 1, "weight": 3})),
    "comment:id": ("matter", lambda of, it, _: of.comment(it, {"words": "好"})),
    "comment:comment.follow_up_id": (
        "follow_up", lambda of, it, here: of.comment(_opened(of, here), {"words": "好", "follow_up_id": it})),
    "close:id": ("matter", lambda of, it, _: of.close(it, _end(of))),
    "close:how.follow_up_id": (
        "follow_up", lambda of, it, here: of.close(_opened(of, here), {**_end(of), "follow_up_id": it})),
    "reopen:id": ("matter", lambda of, it, _: of.reopen(it, reason="又来", expected_version=1)),
    "notes:id": ("matter", lambda of, it, _: of.notes(it)),
    "find:where.customer_id": ("customer", lambda of, it, _: of.find({"customer_id": it})),
    "find:where.project_id": ("project", lambda of, it, _: of.find({"project_id": it})),
}  # fmt: skip


FOUND = {"customer_id": "customer", "lead_id": "lead", "project_id": "project", "contact_id": "contact"}


def _exported(export: Callable[..., Any], where: dict[str, Any]) -> Any:
    """An export of nothing, taken back."""
    written = export(where, to=BytesIO())
    if written.rows == 0:
        raise NotFound("export", next(iter(where.values())))
    return written


def _opened(of: Any, here: Here) -> UUID:
    id: UUID = of.open({"customer_id": here.customer, "words": "价格"}).id
    return id


def _end(of: Any) -> dict[str, Any]:
    return {"state": of.ENDS[0], "words": "好", "expected_version": 1}


# "service.method:where the id goes" -> the kind of thing it names, and a call with it.
def _alone(answers: Any) -> Any:
    """A batch of one, which is taken back when nothing was done."""
    (answer,) = answers.answers
    if not answer.done:
        raise NotFound(answer.problem, answer.customer_id)
    return answer


TAKES: dict[str, tuple[str, Call]] = {
    "customers.card:id": ("customer", lambda unit, it, _: unit.customers.card(it)),
    "customers.get:id": ("customer", lambda unit, it, _: unit.customers.get(it)),
    "customers.update:id": (
        "customer", lambda unit, it, _: unit.customers.update(it, {"expected_version": 1, "level": "A"})),
    "customers.classify:id": (
        "customer", lambda unit, it, _: unit.customers.classify(
            it, {"expected_version": 1, "level": "A", "reason": "大客户"})),
    "customers.classes_of:id": ("customer", lambda unit, it, _: unit.customers.classes_of(it)),
    "customers.class_history:id": ("customer", lambda unit, it, _: unit.customers.class_history(it)),
    "categories.redefine_tree:id": (
        "tree", lambda unit, it, _: unit.categories.redefine_tree(it, {"expected_version": 1, "position": 1})),
    "categories.redefine:id": (
        "category", lambda unit, it, _: unit.categories.redefine(it, {"expected_version": 1, "position": 1})),
    "class_rules.redefine:id": (
        "class_rule", lambda unit, it, _: unit.class_rules.redefine(it, {"expected_version": 1, "gives": "B"})),
    "class_rules.explain:customer_id": ("customer", lambda unit, it, _: unit.class_rules.explain(it)),
    "digests.read:id": ("digest", lambda unit, it, _: unit.digests.read(it)),
    "digests.acknowledge:id": ("digest", lambda unit, it, _: unit.digests.acknowledge(it)),
    "customers.check:data.parent_id": (
        "customer", lambda unit, it, _: "items=" + repr(
            unit.customers.check({"name": "青山造纸有限公司", "parent_id": it}).hits)),
    "customers.create:data.parent_id": (
        "customer", lambda unit, it, _: unit.customers.create(
            {"name": "青山造纸有限公司", "parent_id": it, "owner_id": "seller"})),
    "customers.update:patch.parent_id": (
        "customer", lambda unit, it, here: unit.customers.update(
            here.customer, {"expected_version": 1, "parent_id": it})),
    "timeline.of_customer:id": ("customer", lambda unit, it, _: unit.timeline.of_customer(it)),
    "timeline.of_project:id": ("project", lambda unit, it, _: unit.timeline.of_project(it)),
    "timeline.state:customer_id": (
        "customer", lambda unit, it, _: unit.timeline.state(it, at=datetime(2026, 3, 2, tzinfo=UTC))),
    "customers.file:id": ("customer", lambda unit, it, _: unit.customers.file(it)),
    "customers.group:id": ("customer", lambda unit, it, _: unit.customers.group(it)),
    "customers.deals:customer_ids": (
        "customer", lambda unit, it, _: "items=" + repr(
            tuple(one for one in unit.customers.deals([it]) if one.contracts))),
    "customers.favour:id": ("customer", lambda unit, it, _: unit.customers.favour(it)),
    "customers.unfavour:id": ("customer", lambda unit, it, _: unit.customers.unfavour(it)),
    "pool.find:where.pool_id": ("pool", lambda unit, it, _: unit.pool.find({"pool_id": it})),
    "pool.claim:customer_id": ("customer", lambda unit, it, _: unit.pool.claim(it)),
    "pool.claim_many:customer_ids": ("customer", lambda unit, it, _: _alone(unit.pool.claim_many([it]))),
    "pool.assign:customer_id": ("customer", lambda unit, it, _: unit.pool.assign(it, "seller")),
    "pool.assign_many:customer_ids": ("customer", lambda unit, it, _: _alone(unit.pool.assign_many([it], "seller"))),
    "pool.transfer:customer_id": (
        "customer", lambda unit, it, _: unit.pool.transfer(it, "seller", expected_version=1, reason="换人")),
    "pool.release:customer_id": (
        "customer", lambda unit, it, _: unit.pool.release(it, expected_version=1, reason="没有需求")),
    "pool.release:pool_id": (
        "pool", lambda unit, it, here: unit.pool.release(
            here.customer, expected_version=1, reason="没有需求", pool_id=it)),
    "pool.move:customer_ids": ("customer", lambda unit, it, here: _alone(unit.pool.move([it], here.other))),
    "pool.move:pool_id": ("pool", lambda unit, it, here: _alone(unit.pool.move([here.pooled], it))),
    "pool.lock:customer_id": ("customer", lambda unit, it, _: unit.pool.lock(it, expected_version=1)),
    "pool.unlock:customer_id": ("customer", lambda unit, it, _: unit.pool.unlock(it, expected_version=1)),
    "pool.distribute:data.pool_id": ("pool", lambda unit, it, _: unit.pool.distribute({"pool_id": it})),
    "pool.history:customer_id": ("customer", lambda unit, it, _: unit.pool.history(it)),
    "pool.owner_at:customer_id": (
        "customer", lambda unit, it, _: unit.pool.owner_at(it, datetime(2026, 3, 2, tzinfo=UTC))),
    "pools.update:id": ("pool", lambda unit, it, _: unit.pools.update(it, {"expected_version": 1, "wait_hours": 1})),
    "pools.drop:id": ("pool", lambda unit, it, _: unit.pools.drop(it, expected_version=1)),
    "pools.drop:into": ("pool", lambda unit, it, here: unit.pools.drop(here.pool, expected_version=1, into=it)),
    "pools.drop_limit:id": ("holding_limit", lambda unit, it, _: unit.pools.drop_limit(it, expected_version=1)),
    "remits.redefine:id": (
        "remit", lambda unit, it, _: _administered(
            unit, lambda: unit.remits.redefine(it, {"expected_version": 1, "may": "write"}))),
    "remits.withdraw:id": (
        "remit", lambda unit, it, _: _administered(unit, lambda: unit.remits.withdraw(it, expected_version=1))),
    "handover.preview:data.pool_id": (
        "pool", lambda unit, it, _: unit.handover.preview({"leaver_id": "seller", "pool_id": it})),
    "handover.execute:data.pool_id": (
        "pool", lambda unit, it, _: unit.handover.execute({"leaver_id": "seller", "pool_id": it}, fingerprint="0")),
    "handover.document:id": ("handover", lambda unit, it, _: unit.handover.document(it)),
    "handover.get:id": ("handover", lambda unit, it, _: unit.handover.get(it)),
    "handover.items:id": ("handover", lambda unit, it, _: unit.handover.items(it)),
    "handover.undo:id": ("handover", lambda unit, it, _: unit.handover.undo(it, reason="弄错了")),
    "handover.acknowledge:id": ("handover", lambda unit, it, _: unit.handover.acknowledge(it)),
    "handover.dismiss:id": ("handover", lambda unit, it, _: unit.handover.dismiss(it, reason="无需交接")),
    "exchange.held_back:import_id": ("import", lambda unit, it, _: list(unit.exchange.held_back(it))),
    "views.update:id": (
        "view", lambda unit, it, _: unit.views.update(it, {"expected_version": 1, "name": "一类客户"})),
    "views.delete:id": ("view", lambda unit, it, _: unit.views.delete(it, expected_version=1)),
    "fields.redefine:id": (
        "field", lambda unit, it, _: unit.fields.redefine(it, {"expected_version": 1, "required": True})),
    "fields.retire:id": ("field", lambda unit, it, _: unit.fields.retire(it, expected_version=1)),
    "fields.revive:id": ("field", lambda unit, it, _: unit.fields.revive(it, expected_version=1)),
    "overrides.grant:id": ("override", lambda unit, it, _: unit.overrides.grant(it)),
    "overrides.refuse:id": ("override", lambda unit, it, _: unit.overrides.refuse(it)),
    "duplicates.explain:one": ("customer", lambda unit, it, _: unit.duplicates.explain(it, "云帆")),
    "duplicates.explain:other": ("customer", lambda unit, it, _: unit.duplicates.explain("云帆", it)),
    "duplicates.dismiss:one": (
        "customer", lambda unit, it, here: unit.duplicates.dismiss(it, here.customer, because="两家")),
    "duplicates.dismiss:other": (
        "customer", lambda unit, it, here: unit.duplicates.dismiss(here.customer, it, because="两家")),
    "pool.explain:customer_id": ("customer", lambda unit, it, _: unit.pool.explain(it)),
    "pool.struck:customer_id": ("customer", lambda unit, it, _: unit.pool.struck(it)),
    "pool.extend:data.customer_id": (
        "customer", lambda unit, it, _: unit.pool.extend({"customer_id": it, "days": 9, "reason": "立项"})),
    "pool.grant_extension:id": ("extension", lambda unit, it, _: unit.pool.grant_extension(it)),
    "pool.refuse_extension:id": ("extension", lambda unit, it, _: unit.pool.refuse_extension(it)),
    "pool.strike:follow_up_id": ("follow_up", lambda unit, it, _: unit.pool.strike(it, reason="没有去")),
    "pool.try_rule:rule.pools": (
        "customer", lambda unit, it, _: "items=" + repr(unit.pool.try_rule(
            {"name": "甲", "when": {"what": "held", "days": 1}, "pools": [it]}).examples)),
    **COLLABORATION_TAKES,
    "leads.get:id": ("lead", lambda unit, it, _: unit.leads.get(it)),
    "leads.check:id": ("lead", lambda unit, it, _: unit.leads.check(it)),
    "leads.explain:id": ("lead", lambda unit, it, _: unit.leads.explain(it)),
    "leads.update:id": ("lead", lambda unit, it, _: unit.leads.update(it, {"expected_version": 1, "need": "系统"})),
    "leads.claim:id": ("lead", lambda unit, it, _: unit.leads.claim(it)),
    "leads.assign:id": ("lead", lambda unit, it, _: unit.leads.assign(it, "seller", expected_version=1)),
    "leads.release:id": ("lead", lambda unit, it, _: unit.leads.release(it, reason="忙", expected_version=1)),
    "leads.invalidate:id": (
        "lead", lambda unit, it, _: unit.leads.invalidate(it, {"because": "other", "expected_version": 1})),
    "leads.revive:id": ("lead", lambda unit, it, _: unit.leads.revive(it, reason="有了", expected_version=1)),
    "leads.convert:id": ("lead", lambda unit, it, _: unit.leads.convert(it, {"expected_version": 1})),
    "leads.convert:conversion.into": (
        "customer", lambda unit, it, here: unit.leads.convert(here.lead, {"expected_version": 1, "into": it})),
    "leads.convert:conversion.contact_id": (
        "contact", lambda unit, it, here: unit.leads.convert(
            here.lead, {"expected_version": 1, "into": here.customer, "contact_id": it})),
    "followups.log:data.lead_id": (
        "lead", lambda unit, it, _: unit.followups.log({"lead_id": it, "way": "mail", "outcome": "好"})),
    "followups.of_lead:lead_id": ("lead", lambda unit, it, _: unit.followups.of_lead(it)),
    "contacts.create:data.customer_id": (
        "customer", lambda unit, it, _: unit.contacts.create({"customer_id": it, "name": "林晓"})),
    "contacts.create:data.reports_to": (
        "contact", lambda unit, it, here: unit.contacts.create(
            {"customer_id": here.customer, "name": "林晓", "reports_to": it})),
    "contacts.get:id": ("contact", lambda unit, it, _: unit.contacts.get(it)),
    "contacts.find:where.customer_id": ("customer", lambda unit, it, _: unit.contacts.find({"customer_id": it})),
    "contacts.update:id": (
        "contact", lambda unit, it, _: unit.contacts.update(it, {"expected_version": 1, "name": "周航"})),
    "contacts.change_post:post_id": (
        "post", lambda unit, it, _: unit.contacts.change_post(it, {"expected_version": 1, "role": "user"})),
    "contacts.change_post:patch.reports_to": (
        "contact", lambda unit, it, here: unit.contacts.change_post(
            here.post, {"expected_version": 1, "reports_to": it})),
    "contacts.move:id": ("contact", lambda unit, it, here: unit.contacts.move(it, {"customer_id": here.customer})),
    "contacts.move:move.customer_id": (
        "customer", lambda unit, it, here: unit.contacts.move(here.contact, {"customer_id": it})),
    "contacts.move:move.reports_to": (
        "contact", lambda unit, it, here: unit.contacts.move(
            here.contact, {"customer_id": here.other, "reports_to": it})),
    "contacts.leave:post_id": ("post", lambda unit, it, _: unit.contacts.leave(it, {"expected_version": 1})),
    "contacts.set_primary:post_id": ("post", lambda unit, it, _: unit.contacts.set_primary(it)),
    "contacts.reporting:customer_id": ("customer", lambda unit, it, _: unit.contacts.reporting(it)),
    "files.attach:data.thing_id": (
        "customer", lambda unit, it, _: unit.files.attach(
            {"kind": "customer", "thing_id": it, "name": "甲.txt"}, [b"1"])),
    "files.get:id": ("file", lambda unit, it, _: unit.files.get(it)),
    "files.of:thing_id": ("customer", lambda unit, it, _: unit.files.of("customer", it)),
    "files.open:id": ("file", lambda unit, it, _: unit.files.open(it)),
    "files.remove:id": ("file", lambda unit, it, _: unit.files.remove(it, reason="错")),
    "merges.preview:winner": ("customer", lambda unit, it, here: unit.merges.preview(it, here.customer)),
    "merges.preview:loser": ("customer", lambda unit, it, here: unit.merges.preview(here.customer, it)),
    "merges.merge:data.winner_id": (
        "customer", lambda unit, it, here: unit.merges.merge(
            {"winner_id": it, "loser_id": here.customer, "winner_version": 1, "loser_version": 1})),
    "merges.merge:data.loser_id": (
        "customer", lambda unit, it, here: unit.merges.merge(
            {"winner_id": here.customer, "loser_id": it, "winner_version": 1, "loser_version": 1})),
    "merges.split:id": ("merge", lambda unit, it, _: unit.merges.split(it, reason="两家")),
    "merges.get:id": ("merge", lambda unit, it, _: unit.merges.get(it)),
    "merges.of:customer_id": ("customer", lambda unit, it, _: unit.merges.of(it)),
    "followups.log:data.customer_id": (
        "customer", lambda unit, it, _: unit.followups.log({"customer_id": it, "way": "mail", "outcome": "好"})),
    "followups.log:data.project_id": (
        "project", lambda unit, it, here: unit.followups.log(
            {"customer_id": here.customer, "project_id": it, "way": "mail", "outcome": "好"})),
    "followups.log:data.met": (
        "contact", lambda unit, it, here: unit.followups.log(
            {"customer_id": here.customer, "met": [it], "way": "mail", "outcome": "好"})),
    "followups.log:data.plan_id": (
        "plan", lambda unit, it, here: unit.followups.log(
            {"customer_id": here.customer, "plan_id": it, "way": "mail", "outcome": "好"})),
    **{
        f"followups.find:where.{name}": (kind, lambda unit, it, _, name=name: unit.followups.find({name: it}))
        for name, kind in FOUND.items()
    },
    **{
        f"exchange.export_follow_ups:where.{name}": (
            kind, lambda unit, it, _, name=name: _exported(unit.exchange.export_follow_ups, {name: it}))
        for name, kind in FOUND.items()
    },
    "exchange.export_contacts:where.customer_id": (
        "customer", lambda unit, it, _: _exported(unit.exchange.export_contacts, {"customer_id": it})),
    "advice.stage:project_id": ("project", lambda unit, it, _: unit.advice.stage(it)),
    "plans.plan:data.customer_id": ("customer", lambda unit, it, _: unit.plans.plan({"customer_id": it, **CALL})),
    "plans.plan:data.lead_id": ("lead", lambda unit, it, _: unit.plans.plan({"lead_id": it, **CALL})),
    "plans.plan:data.project_id": (
        "project", lambda unit, it, here: unit.plans.plan({"customer_id": here.customer, "project_id": it, **CALL})),
    "plans.reschedule:id": (
        "plan", lambda unit, it, _: unit.plans.reschedule(
            it, {"due_at": CALL["due_at"], "reason": "改期", "expected_version": 1})),
    "plans.cancel:id": ("plan", lambda unit, it, _: unit.plans.cancel(it, reason="错", expected_version=1)),
    "plans.get:id": ("plan", lambda unit, it, _: unit.plans.get(it)),
    "plans.find:where.customer_id": ("customer", lambda unit, it, _: unit.plans.find({"customer_id": it})),
    "plans.find:where.lead_id": ("lead", lambda unit, it, _: unit.plans.find({"lead_id": it})),
    **{
        f"{what}.{at}": (kind, lambda unit, it, here, call=call, what=what: call(getattr(unit, what), it, here))
        for what in ("issues", "needs")
        for at, (kind, call) in MATTERS.items()
    },
    "followups.get:id": ("follow_up", lambda unit, it, _: unit.followups.get(it)),
    "followups.add_to:id": ("follow_up", lambda unit, it, _: unit.followups.add_to(it, "更正")),
    "followups.comment:id": ("follow_up", lambda unit, it, _: unit.followups.comment(it, {"words": "好"})),
    "followups.comments:id": ("follow_up", lambda unit, it, _: unit.followups.comments(it)),
    "followups.history:customer_id": ("customer", lambda unit, it, _: unit.followups.history(it)),
    "projects.create:data.customer_id": (
        "customer", lambda unit, it, _: unit.projects.create({"customer_id": it, "name": "P", "owner_id": "seller"})),
    "projects.get:id": ("project", lambda unit, it, _: unit.projects.get(it)),
    "projects.find:where.customer_id": ("customer", lambda unit, it, _: unit.projects.find({"customer_id": it})),
    "projects.update:id": (
        "project", lambda unit, it, _: unit.projects.update(it, {"name": "P2", "expected_version": 1})),
    "projects.move:id": (
        "project", lambda unit, it, _: unit.projects.move(it, {"to": "won", "expected_version": 1})),
    "projects.stages:id": ("project", lambda unit, it, _: unit.projects.stages(it)),
    "projects.gates:id": ("project", lambda unit, it, _: unit.projects.gates(it, "proposal")),
    "projects.lines:id": ("project", lambda unit, it, _: unit.projects.lines(it)),
    "projects.slips:id": ("project", lambda unit, it, _: unit.projects.slips(it)),
    "projects.competitors:id": ("project", lambda unit, it, _: unit.projects.competitors(it)),
    "projects.chain:id": ("project", lambda unit, it, _: unit.projects.chain(it)),
    "projects.set_lines:id": (
        "project", lambda unit, it, _: unit.projects.set_lines(it, {"lines": [], "expected_version": 1})),
    "projects.set_chain:id": (
        "project", lambda unit, it, _: unit.projects.set_chain(it, {"links": [], "expected_version": 1})),
    "projects.add_competitor:id": (
        "project", lambda unit, it, _: unit.projects.add_competitor(it, {"name": "长风软件"})),
    "projects.update_competitor:competitor_id": (
        "competitor", lambda unit, it, _: unit.projects.update_competitor(it, {"expected_version": 1, "state": "out"})),
    "projects.board:pipeline_id": ("pipeline", lambda unit, it, _: unit.projects.board(it)),
    "projects.column:pipeline_id": ("pipeline", lambda unit, it, _: unit.projects.column(it, "contacted")),
    "projects.place:id": ("project", lambda unit, it, _: unit.projects.place(it, {"expected_version": 1})),
    "projects.place:data.below": (
        "project", lambda unit, it, here: unit.projects.place(here.project, {"below": it, "expected_version": 1})),
    "forecasts.read:id": ("forecast", lambda unit, it, _: unit.forecasts.read(it)),
    "forecasts.compare:id": ("forecast", lambda unit, it, _: unit.forecasts.compare(it)),
    "forecasts.compare:other_id": (
        "forecast", lambda unit, it, here: unit.forecasts.compare(here.forecast, it)),
    "projects.dwell:id": ("project", lambda unit, it, _: unit.projects.dwell(it)),
    "projects.reopen:id": (
        "project", lambda unit, it, _: unit.projects.reopen(it, {"expected_version": 1, "reason": "又谈了"})),
    "projects.ask_entry:id": (
        "project", lambda unit, it, _: unit.projects.ask_entry(it, {"to": "proposal", "reason": "报价"})),
    "projects.grant_entry:id": ("stage_request", lambda unit, it, _: unit.projects.grant_entry(it)),
    "projects.refuse_entry:id": ("stage_request", lambda unit, it, _: unit.projects.refuse_entry(it)),
    "projects.change_pipeline:id": (
        "project", lambda unit, it, here: unit.projects.change_pipeline(
            it, {"pipeline_id": here.pipeline, "to": "contacted", "expected_version": 1, "reason": "换流程"})),
    "projects.change_pipeline:move.pipeline_id": (
        "pipeline", lambda unit, it, here: unit.projects.change_pipeline(
            here.project, {"pipeline_id": it, "to": "contacted", "expected_version": 1, "reason": "换流程"})),
    "projects.find:where.pipeline_id": ("pipeline", lambda unit, it, _: unit.projects.find({"pipeline_id": it})),
    "pipelines.get:id": ("pipeline", lambda unit, it, _: unit.pipelines.get(it)),
    "pipelines.redefine:id": (
        "pipeline", lambda unit, it, _: unit.pipelines.redefine(it, {"expected_version": 1, "position": 1})),
    "pipelines.move_projects:data.pipeline_id": (
        "pipeline", lambda unit, it, _: unit.pipelines.move_projects(
            {"pipeline_id": it, "into": None, "mapping": {}, "reason": "合并"})),
    "pipelines.move_projects:data.into": (
        "pipeline", lambda unit, it, here: unit.pipelines.move_projects(
            {"pipeline_id": here.pipeline, "into": it, "mapping": {}, "reason": "合并"})),
    "teams.join:data.thing_id": (
        "customer", lambda unit, it, _: unit.teams.join(
            {"kind": "customer", "thing_id": it, "member_id": "chief"})),
    "teams.adjust:seat_id": ("seat", lambda unit, it, _: unit.teams.adjust(it, {"level": "write"})),
    "teams.leave:seat_id": ("seat", lambda unit, it, _: unit.teams.leave(it, {"reason": "换组"})),
    "teams.of:thing_id": ("customer", lambda unit, it, _: unit.teams.of("customer", it)),
    "teams.history:thing_id": ("project", lambda unit, it, _: unit.teams.history("project", it)),
    "teams.activity:customer_id": ("customer", lambda unit, it, _: unit.teams.activity(it)),
    "teams.shares:project_id": ("project", lambda unit, it, _: unit.teams.shares(it)),
    "teams.share_history:project_id": ("project", lambda unit, it, _: unit.teams.share_history(it)),
    "teams.set_shares:project_id": ("project", lambda unit, it, _: unit.teams.set_shares(it, all_to_the_owner())),
    "contracts.create:data.project_id": (
        "project", lambda unit, it, _: unit.contracts.create(
            {"project_id": it, "title": "甲", "amount": "1", "owner_id": "seller"})),
    "contracts.get:id": ("contract", lambda unit, it, _: unit.contracts.get(it)),
    "contracts.find:where.customer_id": ("customer", lambda unit, it, _: unit.contracts.find({"customer_id": it})),
    "contracts.find:where.project_id": ("project", lambda unit, it, _: unit.contracts.find({"project_id": it})),
    "contracts.update:id": (
        "contract", lambda unit, it, _: unit.contracts.update(it, {"expected_version": 2, "title": "乙"})),
    "contracts.submit:id": ("contract", lambda unit, it, _: unit.contracts.submit(it, expected_version=2)),
    "contracts.withdraw:id": ("contract", lambda unit, it, _: unit.contracts.withdraw(it, reason="错")),
    "approvals.decide:id": (
        "approval", lambda unit, it, _: unit.approvals.decide(it, {"decision": "agree", "words": "同意"})),
    "approvals.get:id": ("approval", lambda unit, it, _: unit.approvals.get(it)),
    "expenses.book:data.project_id": (
        "project", lambda unit, it, _: unit.expenses.book(
            {"project_id": it, "category": "travel", "amount": "1", "occurred_on": DAY, "claimant_id": "seller"})),
    "expenses.get:id": ("expense", lambda unit, it, _: unit.expenses.get(it)),
    "expenses.find:where.project_id": ("project", lambda unit, it, _: unit.expenses.find({"project_id": it})),
    "expenses.reverse:id": ("expense", lambda unit, it, _: unit.expenses.reverse(it, {"reason": "错"})),
    "settlements.preview:project_id": ("project", lambda unit, it, _: unit.settlements.preview(it)),
    "settlements.settle:project_id": ("project", lambda unit, it, _: unit.settlements.settle(it)),
    "settlements.reconcile:project_id": ("project", lambda unit, it, _: unit.settlements.reconcile(it)),
    "links.of:thing_id": ("expense", lambda unit, it, _: unit.links.of("expense", it)),
    "audit.of:thing_id": ("contract", lambda unit, it, _: unit.audit.of("contract", it)),
    "privacy.preview_erasure:thing_id": (
        "contact", lambda unit, it, _: _administered(unit, lambda: unit.privacy.preview_erasure("contact", it))),
    "privacy.erase:data.thing_id": (
        "contact", lambda unit, it, _: _administered(
            unit, lambda: unit.privacy.erase({"kind": "contact", "thing_id": it, "reason": "来函"}))),
    "privacy.looks:where.thing_id": (
        "customer", lambda unit, it, _: _administered(unit, lambda: unit.privacy.looks({"thing_id": it}))),
    "permissions.explain:thing_id": ("customer", lambda unit, it, _: unit.permissions.explain("read", "customer", it)),
}  # fmt: skip
