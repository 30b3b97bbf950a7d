"""The compiled SQL of every service: each statement names the tenant for each table, each list its row rule."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from tests.integration.services import surface
from tests.integration.services.acting import listening
from tests.integration.services.class_verbs import made_digest
from tests.integration.services.plugins import Books, NoChart
from tests.integration.services.talk_verbs import matter, planned
from tests.integration.services.team_verbs import seated
from tests.integration.services.verbs import KEYLESS, VERBS, Verb

from oa_crm.models import Base
from oa_crm.testing import CrmKit, Kit

WITH_TENANT = {table.name for mapper in Base.registry.mappers for table in mapper.tables if "tenant_id" in table.c}
ROW_RULED = ("oa_crm_customer", "oa_crm_project", "oa_crm_contract", "oa_crm_expense", "oa_crm_lead")

READS: dict[str, Callable[[Any, Any], Any]] = {
    "customers.check": lambda unit, it: unit.customers.check({"name": "云帆智能科技", "phone": "0571-88886666"}),
    "customers.check_many": lambda unit, it: unit.customers.check_many([{"name": "云帆智能"}, {"name": "长风"}]),
    "customers.suggest": lambda unit, it: unit.customers.suggest("云"),
    "duplicates.policy": lambda unit, it: unit.duplicates.policy("import"),
    "duplicates.explain": lambda unit, it: unit.duplicates.explain(it.customer_id, "云帆智能"),
    "duplicates.pairs": lambda unit, it: unit.duplicates.pairs(),
    "duplicates.clusters": lambda unit, it: unit.duplicates.clusters(),
    "duplicates.searches": lambda unit, it: unit.duplicates.searches(actor_id="seller"),
    "merges.preview": lambda unit, it: unit.merges.preview(it.customer_id, it.other.id),
    "merges.get": lambda unit, it: unit.merges.get(it.merge.id),
    "merges.of": lambda unit, it: unit.merges.of(it.customer_id),
    "overrides.find": lambda unit, it: unit.overrides.find(state="requested"),
    "customers.get": lambda unit, it: unit.customers.get(it.customer_id),
    "customers.card": lambda unit, it: unit.customers.card(it.customer_id),
    "customers.classes_of": lambda unit, it: unit.customers.classes_of(it.customer_id),
    "customers.class_history": lambda unit, it: unit.customers.class_history(it.customer_id, tree="level"),
    "categories.trees": lambda unit, it: unit.categories.trees(retired=True),
    "categories.of": lambda unit, it: unit.categories.of(it.category.tree),
    "class_rules.of": lambda unit, it: unit.class_rules.of("level"),
    "class_rules.explain": lambda unit, it: unit.class_rules.explain(it.customer_id),
    "digests.kinds": lambda unit, it: unit.digests.kinds(),
    "digests.subscription": lambda unit, it: unit.digests.subscription(),
    "digests.find": lambda unit, it: unit.digests.find(acknowledged=False),
    "digests.read": lambda unit, it: unit.digests.read(it.digest.id),
    "leads.get": lambda unit, it: unit.leads.get(it.lead.id),
    "leads.find": lambda unit, it: unit.leads.find({"state": "new", "owner_id": "seller", "sort": "score"}),
    "leads.pool": lambda unit, it: unit.leads.pool(),
    "leads.check": lambda unit, it: unit.leads.check(it.lead.id),
    "leads.explain": lambda unit, it: unit.leads.explain(it.lead.id),
    "pool.explain": lambda unit, it: unit.pool.explain(it.other.id),
    "pool.preview": lambda unit, it: unit.pool.preview(on=date(2027, 1, 1)),
    "pool.try_rule": lambda unit, it: unit.pool.try_rule({"name": "甲", "when": {"what": "held", "days": 1}}),
    "pool.protection": lambda unit, it: unit.pool.protection(),
    "pool.extensions": lambda unit, it: unit.pool.extensions(state="requested"),
    "pool.struck": lambda unit, it: unit.pool.struck(it.customer_id),
    "followups.of_lead": lambda unit, it: unit.followups.of_lead(it.lead.id),
    "contacts.get": lambda unit, it: unit.contacts.get(it.contact.id),
    "contacts.find": lambda unit, it: unit.contacts.find(
        {"customer_id": it.customer_id, "name": "C", "phone": "13800138000", "role": "user", "status": "active"}
    ),
    "contacts.reporting": lambda unit, it: unit.contacts.reporting(it.customer_id),
    "files.get": lambda unit, it: unit.files.get(it.file.id),
    "files.of": lambda unit, it: unit.files.of("customer", it.file.thing_id),
    "customers.find": lambda unit, it: unit.customers.find(
        {
            "name": "云",
            "text": "云 智能",
            "owner_id": "seller",
            "department_id": "sales",
            "categories": {it.category.tree: it.category.name},
            "tags_any": ["a"],
            "tags_all": ["a", "b"],
            "favourites": True,
            "phone": "0571-88886666",
            "email": "a@yunfan.example",
            "number": {"scheme": "us.ein", "number": "91-1144442"},
            "industry": "I65",
            "region": "CN",
            "sort": "next_contact",
        }
    ),
    "customers.file": lambda unit, it: unit.customers.file(it.customer_id),
    "exchange.template": lambda unit, it: unit.exchange.template(to=BytesIO()),
    "exchange.plan": lambda unit, it: unit.exchange.plan(it.file_of_customers),
    "exchange.imports": lambda unit, it: unit.exchange.imports(),
    "exchange.held_back": lambda unit, it: list(unit.exchange.held_back(it.imported.id)),
    "customers.group": lambda unit, it: unit.customers.group(it.customer_id),
    "customers.deals": lambda unit, it: unit.customers.deals([it.customer_id]),
    "pool.find": lambda unit, it: unit.pool.find({"levels": ["A"], "region": "CN", "name": "云"}),
    "pool.history": lambda unit, it: unit.pool.history(it.customer_id),
    "pool.owner_at": lambda unit, it: unit.pool.owner_at(it.customer_id, datetime(2026, 3, 2, tzinfo=UTC)),
    "pool.holding": lambda unit, it: unit.pool.holding("seller"),
    "pools.list": lambda unit, it: unit.pools.list(),
    "pools.lint": lambda unit, it: unit.pools.lint(),
    "pools.limits": lambda unit, it: unit.pools.limits(),
    "remits.list": lambda unit, it: unit.remits.list(withdrawn=True),
    "remits.mine": lambda unit, it: unit.remits.mine(),
    "handover.plan": lambda unit, it: unit.handover.plan("seller"),
    "handover.holdings": lambda unit, it: unit.handover.holdings("seller", "approval"),
    "handover.preview": lambda unit, it: unit.handover.preview(
        {"leaver_id": "seller", "rules": [{"regions": ["CN"], "levels": ["A"], "to": ["colleague", "manager"]}]}
    ),
    "handover.document": lambda unit, it: unit.handover.document(
        it.handover.id, member_id=it.handover.receivers[0].member_id
    ),
    "handover.get": lambda unit, it: unit.handover.get(it.handover.id),
    "handover.find": lambda unit, it: unit.handover.find(state="executed", leaver_id="colleague"),
    "handover.items": lambda unit, it: unit.handover.items(it.handover.id),
    "views.list": lambda unit, it: unit.views.list(),
    "fields.of": lambda unit, it: unit.fields.of("customer", retired=True),
    "privacy.preview_erasure": lambda unit, it: unit.privacy.preview_erasure("contact", it.contact.id),
    "privacy.erasures": lambda unit, it: unit.privacy.erasures(),
    "privacy.fields": lambda unit, it: unit.privacy.fields("customer"),
    "privacy.rules": lambda unit, it: unit.privacy.rules("customer"),
    "privacy.because": lambda unit, it: (unit.customers.get(it.customer_id), unit.privacy.because("复核")),
    "privacy.looks": lambda unit, it: unit.privacy.looks({"kind": "customer", "thing_id": it.customer_id}),
    "followups.get": lambda unit, it: unit.followups.get(it.follow_up.id),
    "followups.comments": lambda unit, it: unit.followups.comments(it.follow_up.id),
    "followups.find": lambda unit, it: unit.followups.find(
        {
            "text": "think 报价",
            "created_by": "seller",
            "way": "phone",
            "result": "agreed",
            "since": datetime(2026, 1, 1, tzinfo=UTC),
            "before": datetime(2027, 1, 1, tzinfo=UTC),
            "contact_id": it.contact.id,
        }
    ),
    "advice.stage": lambda unit, it: unit.advice.stage(it.project_id),
    "reminders.rules": lambda unit, it: unit.reminders.rules(),
    "plans.get": lambda unit, it: unit.plans.get(it.plan.id),
    "plans.find": lambda unit, it: unit.plans.find({"state": "planned", "overdue": True, "assignee_id": "seller"}),
    "plans.agenda": lambda unit, it: unit.plans.agenda(),
    "plans.due": lambda unit, it: unit.plans.due(),
    **{
        f"{what}.{name}": read
        for what in ("issues", "needs")
        for name, read in {
            "get": lambda unit, it, what=what: getattr(unit, what).get(getattr(it, what).id),
            "find": lambda unit, it, what=what: getattr(unit, what).find({"customer_id": it.customer_id}),
            "notes": lambda unit, it, what=what: getattr(unit, what).notes(getattr(it, what).id),
        }.items()
    },
    "followups.history": lambda unit, it: unit.followups.history(it.customer_id),
    "projects.get": lambda unit, it: unit.projects.get(it.project_id),
    "projects.find": lambda unit, it: unit.projects.find({"state": "won"}),
    "projects.stalled": lambda unit, it: unit.projects.stalled(),
    "projects.lines": lambda unit, it: unit.projects.lines(it.project_id),
    "projects.slips": lambda unit, it: unit.projects.slips(it.project_id),
    "projects.competitors": lambda unit, it: unit.projects.competitors(it.project_id),
    "projects.chain": lambda unit, it: unit.projects.chain(it.project_id),
    "projects.board": lambda unit, it: unit.projects.board(it.pipeline.id),
    "projects.column": lambda unit, it: unit.projects.column(it.pipeline.id, "contacted"),
    "forecasts.show": lambda unit, it: unit.forecasts.show({"by": "department", "closes_to": date(2030, 1, 1)}),
    "forecasts.list": lambda unit, it: unit.forecasts.list(),
    "forecasts.read": lambda unit, it: unit.forecasts.read(it.forecast.id, by="month"),
    "forecasts.compare": lambda unit, it: unit.forecasts.compare(it.forecast.id),
    "projects.dwell": lambda unit, it: unit.projects.dwell(it.project_id),
    "projects.gates": lambda unit, it: unit.projects.gates(it.entry.project_id, "offered"),
    "projects.entries": lambda unit, it: unit.projects.entries(state="requested"),
    "pipelines.list": lambda unit, it: unit.pipelines.list(retired=True),
    "pipelines.get": lambda unit, it: unit.pipelines.get(it.pipeline.id),
    "projects.stages": lambda unit, it: unit.projects.stages(it.project_id),
    "shares.get": lambda unit, it: unit.shares.get(it.share.id),
    "shares.find": lambda unit, it: unit.shares.find({"receiver_id": "manager"}),
    "shares.received": lambda unit, it: unit.shares.received(),
    "shares.read": lambda unit, it: unit.shares.read(it.share.id),
    "shares.looks": lambda unit, it: unit.shares.looks(it.share.id),
    "help.get": lambda unit, it: unit.help.get(it.help_request.id),
    "help.find": lambda unit, it: unit.help.find({"state": "asked", "mine": True}),
    "help.overdue": lambda unit, it: unit.help.overdue(date(2027, 1, 1)),
    "help.entries": lambda unit, it: unit.help.entries(it.help_request.id),
    "strategies.get": lambda unit, it: unit.strategies.get(it.strategy.id),
    "strategies.of": lambda unit, it: unit.strategies.of("customer", it.strategy.customer_id),
    "strategies.find": lambda unit, it: unit.strategies.find({"owner_id": "seller", "living": True}),
    "strategies.due": lambda unit, it: unit.strategies.due(date(2027, 1, 1), owner_id="seller"),
    "strategies.waiting": lambda unit, it: unit.strategies.waiting(),
    "strategies.versions": lambda unit, it: unit.strategies.versions(it.strategy.id),
    "strategies.marks": lambda unit, it: unit.strategies.marks(it.strategy.id),
    "strategies.compare": lambda unit, it: unit.strategies.compare(it.strategy.id, 1, 1),
    "strategies.comments": lambda unit, it: unit.strategies.comments(it.strategy.id),
    "contracts.get": lambda unit, it: unit.contracts.get(it.id),
    "contracts.find": lambda unit, it: unit.contracts.find({"state": "approved"}),
    "approvals.get": lambda unit, it: unit.approvals.get(it.approval.id),
    "approvals.waiting": lambda unit, it: unit.approvals.waiting(),
    "teams.of": lambda unit, it: unit.teams.of("customer", it.seat.thing_id),
    "teams.history": lambda unit, it: unit.teams.history("customer", it.seat.thing_id),
    "teams.mine": lambda unit, it: unit.teams.mine(),
    "teams.activity": lambda unit, it: unit.teams.activity(it.customer_id, member_id="colleague"),
    "teams.shares": lambda unit, it: unit.teams.shares(it.project_id),
    "teams.share_history": lambda unit, it: unit.teams.share_history(it.project_id),
    "expenses.get": lambda unit, it: unit.expenses.get(it.expense.id),
    "expenses.find": lambda unit, it: unit.expenses.find({"category": "travel"}),
    "settlements.preview": lambda unit, it: unit.settlements.preview(it.project_id),
    "settlements.reconcile": lambda unit, it: unit.settlements.reconcile(it.project_id),
    "directory.members": lambda unit, it: unit.directory.members(),
    "timeline.of_customer": lambda unit, it: unit.timeline.of_customer(it.customer_id, as_of=date(2027, 1, 1)),
    "timeline.of_project": lambda unit, it: unit.timeline.of_project(it.project_id),
    "timeline.state": lambda unit, it: unit.timeline.state(it.customer_id, at=date(2027, 1, 1)),
    "links.of": lambda unit, it: unit.links.of("expense", it.expense.id),
    "audit.of": lambda unit, it: unit.audit.of("contract", it.id),
    "permissions.explain": lambda unit, it: unit.permissions.explain("read", "contract", it.id),
    "plugins.list": lambda unit, it: unit.plugins.list(),
}


ADMINISTERED = (
    "plugins",
    "duplicates.searches",
    "pools.li",
    "remits.list",
    "pool.try_rule",
    "privacy.rules",
    "privacy.looks",
    "privacy.preview_erasure",
    "privacy.erasures",
)
"""Reads for administrators alone."""


@dataclass
class Part:
    """One SELECT, UPDATE, DELETE or INSERT of a statement, without the SELECTs inside it."""

    text: str
    tables: dict[str, str] = field(default_factory=dict)  # what it is called here -> the table


def parts(statement: str) -> list[Part]:
    """The statement and the SELECTs inside it, each with the tables it names itself."""
    texts, rest = [], re.sub(r"\s+", " ", re.sub(r"[`\"]", "", statement))
    # Arrays of parameters are values: no table is read.
    rest = rest.replace(" SELECT * FROM unnest(", " VALUES unnest(")
    while inner := re.search(r"\(([^()]*)\)", rest):
        is_select = inner[1].strip().startswith("SELECT ")
        texts += [inner[1].strip()] if is_select else []
        # What is no SELECT stays where it is, in brackets that are not looked at again.
        rest = rest[: inner.start()] + ("<inner>" if is_select else f"[{inner[1]}]") + rest[inner.end() :]
    whole = [one for text in (*texts, rest) for one in re.split(r" UNION ALL |(?<=\]) (?=SELECT )", text)]
    return [Part(text.strip(), _tables(text)) for text in whole]


def _tables(text: str) -> dict[str, str]:
    named = re.findall(r"(?:FROM|JOIN|UPDATE|INTO|,) \[*(?:\w+\.)?(oa_crm_\w+)(?! *[.\w]*\.)(?: AS (\w+))?", text)
    return {alias or table: table for table, alias in named}


def without_tenant(statement: str) -> list[str]:
    """The tables of ours that a statement names without naming their tenant."""
    found = []
    for part in parts(statement):
        assert "SELECT " not in part.text[1:], f"a SELECT inside escaped us: {part.text}"
        for called, table in part.tables.items():
            if table not in WITH_TENANT:
                continue
            if part.text.startswith("INSERT"):
                named = re.search(r"\btenant_id\b.*(\]$| VALUES )", part.text)
            else:
                named = re.search(rf"\b{called}\.tenant_id (=|IN)|= (\w+\.)?{called}\.tenant_id", part.text)
            if not named:
                found.append(f"{table} in: {part.text}")
    return found


@pytest.mark.parametrize(
    ("statement", "wrong"),
    [
        ("SELECT oa_crm_customer.id FROM oa_crm_customer WHERE oa_crm_customer.tenant_id = ?", 0),
        ("SELECT main.oa_crm_customer.tenant_id FROM main.oa_crm_customer WHERE main.oa_crm_customer.id = ?", 1),
        ("SELECT a.id FROM oa_crm_member AS a WHERE oa_crm_member.tenant_id = ?", 1),
        ("SELECT 1 FROM oa_crm_customer WHERE oa_crm_customer.tenant_id = ? AND oa_crm_customer.owner_id IN "
         "(SELECT oa_crm_member.id FROM oa_crm_member WHERE oa_crm_member.manager_id = ?)", 1),
        ("SELECT 1 FROM oa_crm_member LEFT OUTER JOIN oa_crm_department ON oa_crm_department.tenant_id = "
         "oa_crm_member.tenant_id AND f(a, b) WHERE oa_crm_member.tenant_id = ?", 0),
        ("SELECT 1 FROM oa_crm_member, oa_crm_department WHERE oa_crm_member.tenant_id = ?", 1),
        ("UPDATE oa_crm_customer SET tenant_id=? WHERE oa_crm_customer.id = ?", 1),
        ("DELETE FROM oa_crm_follow_up WHERE oa_crm_follow_up.customer_id = ?", 1),
        ("INSERT INTO oa_crm_customer (id, tenant_id) VALUES (?, ?)", 0),
        ("INSERT INTO oa_crm_customer (id) VALUES (?)", 1),
        ("INSERT INTO oa_crm_ownership (tenant_id, since) SELECT oa_crm_customer.tenant_id, ? FROM oa_crm_customer "
         "WHERE oa_crm_customer.tenant_id = ?", 0),
        ("INSERT INTO oa_crm_ownership (tenant_id, since) SELECT oa_crm_customer.tenant_id, ? FROM oa_crm_customer "
         "WHERE oa_crm_customer.id IN (?, ?)", 1),
        ("INSERT INTO oa_crm_ownership (since) SELECT oa_crm_customer.created_at FROM oa_crm_customer "
         "WHERE oa_crm_customer.tenant_id = ?", 1),
    ],
)  # fmt: skip
def test_the_proof_itself_finds_a_missing_tenant(statement: str, wrong: int) -> None:
    assert len(without_tenant(statement)) == wrong


def _checked(sent: list[str]) -> None:
    ours = [statement for statement in sent if "oa_crm_" in statement]
    assert ours
    wrong = [line for statement in ours for line in without_tenant(statement)]
    assert wrong == [], "no statement of ours has a reason to look beyond one company"


@pytest.fixture
def kit(database: Engine, crm_kit: CrmKit) -> Kit:
    return crm_kit(Books(), database=database)


@pytest.fixture
def it(kit: Kit, tmp_path: Path) -> Any:
    """A contract, with its approval and an expense beside it."""
    contract = kit.given.approved_contract()
    with kit.unit(read_only=True) as unit:
        project = unit.projects.get(contract.project_id)
    expense = kit.given.expense(project)
    contact = kit.given.contact(type("Customer", (), {"id": contract.customer_id}))
    approval = kit.given.submitted_contract(kit.given.contract(project))
    others = kit.given.customer(), kit.given.customer(), kit.given.customer()
    with kit.unit("manager") as unit:
        pair = {"winner_id": others[1].id, "loser_id": others[2].id, "winner_version": 1, "loser_version": 1}
        merge = unit.merges.merge(pair)
    beside = {"expense": expense, "approval": approval, "other": others[0], "merge": merge}
    beside |= {"contact": contact, "file": kit.given.file(), "lead": kit.given.lead()}
    beside["follow_up"] = kit.given.follow_up(type("Customer", (), {"id": contract.customer_id}))
    beside |= talk_things(kit)
    return type("It", (), {**contract.model_dump(), **beside, **company_things(kit, tmp_path)})


def talk_things(kit: Kit) -> dict[str, Any]:
    """A plan, an issue, a need."""
    return {"plan": planned(kit), "issues": matter(kit, "issues"), "needs": matter(kit, "needs")}


def company_things(kit: Kit, folder: Path) -> dict[str, Any]:
    """What reads are about beside a contract: a rule, a category, a digest, an import with its file."""
    facts = ["days_on_file", "contracts", "won_projects", "stage_reached"]
    with kit.unit("admin") as unit:
        conditions = [{"fact": fact, "how": "at_least", "value": 0} for fact in facts[:-1]]
        conditions.append({"fact": facts[-1], "how": "at_least", "value": "lead"})
        unit.class_rules.define({"name": "sold", "tree": "level", "gives": "A", "conditions": conditions})
    (path := folder / "firms.csv").write_text("name,phone\n青山造纸有限公司,1\n")
    imported = kit.crm.exchange.import_customers(kit.scope("manager"), path)
    pipeline = kit.given.pipeline()
    entry = kit.given.entry_request(kit.given.project(type=pipeline.name))
    with kit.unit("manager") as unit:
        forecast = unit.forecasts.freeze({"name": "一季度"})
    made = {"category": kit.given.category(), "digest": made_digest(kit), "strategy": kit.given.strategy()}
    made["share"] = kit.given.share(show=("customer.address", "customer.website", "customer.credit_code"))
    made["help_request"] = kit.given.help_request(show=("customer.address", "customer.website", "customer.credit_code"))
    made |= {"pipeline": pipeline, "entry": entry, "forecast": forecast, "seat": seated(kit)}
    made["handover"] = _handed_over(kit)
    return {**made, "file_of_customers": path, "imported": imported}


def _handed_over(kit: Kit) -> Any:
    with kit.unit("colleague") as unit:
        unit.customers.create({"name": "青山造纸有限公司"}, override_reason="测试")
    wanted = {"leaver_id": "colleague", "rest_to": "seller"}
    with kit.unit("manager") as unit:
        return unit.handover.execute(wanted, fingerprint=unit.handover.preview(wanted).fingerprint)


def test_the_table_of_reads_is_complete() -> None:
    assert set(READS) == surface.reads()


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_every_write_names_the_tenant_of_every_table(verb: Verb, database: Engine, crm_kit: CrmKit) -> None:
    kit = crm_kit(*([NoChart()] if verb.local else []), database=database)
    thing = verb.ready(kit)
    with listening(kit.crm.engine) as sent, kit.unit(verb.by) as unit:
        verb(unit, thing, **({} if verb.name in KEYLESS else {"idempotency_key": "k"}))
    _checked(sent)
    assert any(statement.startswith("INSERT") and "oa_crm_audit" in statement for statement in sent)


def test_every_read_names_the_tenant_of_every_table(kit: Kit, it: Any) -> None:
    for name, read in READS.items():
        actor = "admin" if name.startswith(ADMINISTERED) else "manager"
        with kit.unit(actor, read_only=True) as unit, listening(kit.crm.engine) as sent:
            read(unit, it)
        _checked(sent)
        assert not [one for one in sent if one.startswith(("INSERT", "UPDATE", "DELETE"))], name


def test_every_read_of_a_salesperson_carries_the_row_rule(kit: Kit, it: Any) -> None:
    for name, read in READS.items():
        service, method = name.split(".")
        unruled = ("approvals", "overrides", "digests", "pipelines", "handover")
        if method not in ("get", "find", "suggest") or service in unruled:
            continue
        with kit.unit(read_only=True) as unit, listening(kit.crm.engine) as sent:
            read(unit, it)
        ruled = 0
        for part in (part for statement in sent for part in parts(statement)):
            for called in (called for called, table in part.tables.items() if table in ROW_RULED):
                assert re.search(rf"\b{called}\.owner_id (= |IS NULL)", part.text), (name, part.text)
                ruled += 1
        assert ruled, name


def test_every_read_of_the_company_wide_tables_is_guarded_by_one_that_has_the_row_rule(kit: Kit, it: Any) -> None:
    """History, stages, links, audit and results belong to a thing; the thing is asked for first, with its rule."""
    for name in (
        "customers.file",
        "followups.history",
        "followups.comments",
        "advice.stage",
        "customers.class_history",
        "followups.of_lead",
        "projects.stages",
        "projects.gates",
        "projects.dwell",
        "projects.lines",
        "projects.slips",
        "projects.competitors",
        "projects.chain",
        "links.of",
        "pool.history",
        "pool.owner_at",
        "strategies.of",
        "strategies.versions",
        "strategies.compare",
        "strategies.comments",
        "teams.of",
        "teams.history",
        "teams.activity",
        "teams.shares",
        "teams.share_history",
        "audit.of",
        "timeline.of_customer",
        "timeline.of_project",
        "timeline.state",
        "settlements.preview",
    ):
        with kit.unit(read_only=True) as unit, listening(kit.crm.engine) as sent:
            READS[name](unit, it)
        selects = [one for one in sent if any(table in one for table in ROW_RULED)]
        assert ".owner_id = " in selects[0], name
