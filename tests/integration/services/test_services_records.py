"""Links, audit, explanations and switches: what is written beside the data, and who may read it."""

from uuid import uuid4

import pytest
from sqlalchemy import Engine
from tests.integration.services.acting import SYSTEM, doing, invalid, refused
from tests.integration.services.plugins import Chart

from oa_crm.hooks import EVENTS, GiveUp, Objection, Receipt, RowRule, hookimpl
from oa_crm.hooks.payloads import CustomerCreated
from oa_crm.testing import CrmKit, Kit


class _Finance:
    name = "finance"

    def __init__(self) -> None:
        self.heard: list[str] = []

    @hookimpl
    def on_expense_booked(self, event: object, delivery: object) -> Receipt:
        self.heard.append(event.HOOK)
        return Receipt(f"V-{len(self.heard)}", url="https://books.example/1", label="凭证")

    @hookimpl
    def on_expense_reversed(self, event: object, delivery: object) -> Receipt:
        self.heard.append(event.HOOK)
        return Receipt(f"V-{len(self.heard)}")

    @hookimpl
    def check_expense_booking(self, ctx: object, expense: object) -> Objection | None:
        return Objection("too_much", "单笔超过一万", "amount") if expense.amount.minor > 1_000_000 else None


@pytest.fixture
def finance() -> _Finance:
    return _Finance()


@pytest.fixture
def kit(database: Engine, crm_kit: CrmKit, finance: _Finance) -> Kit:
    """A kit with a finance plugin."""
    return crm_kit(finance, database=database)


def test_a_receipt_is_kept_as_a_link_of_its_thing(kit: Kit) -> None:
    expense = kit.given.expense()
    kit.given.reversed_expense(expense)
    kit.relay.drain()
    with kit.unit(read_only=True) as unit:
        booked, reversed_ = unit.links.of("expense", expense.id)
    assert (booked.ref, booked.url, booked.label, booked.plugin) == (
        "V-1",
        "https://books.example/1",
        "凭证",
        "finance",
    )
    assert (reversed_.ref, reversed_.hook) == ("V-2", "on_expense_reversed")
    kit.relay.redeliver_all()
    with kit.unit(read_only=True) as unit:
        assert len(unit.links.of("expense", expense.id)) == 2, "one link per delivery"
        assert unit.links.of("project", expense.project_id) == ()
    with refused("not_found"):
        doing(kit, "colleague", lambda unit: unit.links.of("expense", expense.id))


def test_the_audit_of_a_thing_tells_its_whole_story(kit: Kit) -> None:
    contract = kit.given.approved_contract()
    with kit.unit(read_only=True) as unit:
        told = unit.audit.of("contract", contract.id)
        last = unit.audit.of("contract", contract.id, limit=1)
    assert [entry.operation for entry in told] == ["contracts.create", "contracts.submit", "approvals.decide"]
    assert [entry.actor_id for entry in told] == ["seller", "seller", "manager"]
    assert told[0].changes["title"] == [None, contract.title]
    assert told[-1].changes == {"state": ["in_approval", "approved"]}
    assert last == told[-1:]
    with refused("not_found"):
        doing(kit, "colleague", lambda unit: unit.audit.of("contract", contract.id))


class _Upkeep:
    """Answers for people and dead letters, and never takes a customer."""

    name = "upkeep"

    @hookimpl
    def on_member_left(self, event: object, delivery: object) -> Receipt:
        return Receipt(f"H-{event.member_id}", label="handover")

    @hookimpl
    def on_customer_created(self, event: object, delivery: object) -> None:
        raise GiveUp("no")

    @hookimpl
    def on_delivery_dead(self, event: object, delivery: object) -> Receipt:
        return Receipt("T-1", label="ticket")


def test_receipts_about_people_and_dead_letters_are_found_too(database: Engine, crm_kit: CrmKit) -> None:
    chart = Chart()
    kit = crm_kit(chart, _Upkeep(), database=database)
    kit.given.customer()
    chart.known_members = [one for one in chart.known_members if one.id != "colleague"]
    doing(kit, "admin", lambda unit: unit.directory.sync())
    kit.relay.drain()
    (dead,) = kit.crm.relay.deliveries("dead")
    with kit.unit(read_only=True) as unit:
        assert [(one.ref, one.hook) for one in unit.links.of("member", "colleague")] == [
            ("H-colleague", "on_member_left")
        ]
        assert unit.links.of("member", "manager") == ()
        for nobody in ("nobody", "Manager", "a\0b", "x" * 70):
            with refused("not_found", kind="member", id=nobody):
                unit.links.of("member", nobody)
        with refused("forbidden", action="read", kind="delivery"):
            unit.links.of("delivery", dead.id)
    with kit.unit("accountant", read_only=True) as unit:
        assert [one.ref for one in unit.links.of("delivery", dead.id)] == ["T-1"]
        assert unit.links.of("delivery", str(dead.id)) == unit.links.of("delivery", dead.id)
        for nothing in (dead.id + 1000, "no number", -1, 10**30, "٣"):
            with refused("not_found", kind="delivery"):
                unit.links.of("delivery", nothing)
    doing(kit, SYSTEM, lambda unit: unit.directory.sync(), tenant="other")
    for kind, whose in (("member", "colleague"), ("delivery", dead.id)):
        with refused("not_found", kind=kind):
            doing(kit, SYSTEM, lambda unit, k=kind, w=whose: unit.links.of(k, w), tenant="other")


def test_every_event_hangs_its_receipt_on_something_that_can_be_asked_for(sqlite_kit: Kit) -> None:
    with sqlite_kit.unit(SYSTEM, read_only=True) as unit:
        for kind in {event.KIND for event in EVENTS.values()}:
            with refused("not_found", kind=kind):
                unit.links.of(kind, uuid4())


@pytest.mark.parametrize("kind", ["approval", "department", "Customer", "", "oa_crm_customer"])
def test_a_kind_that_does_not_exist_is_named(sqlite_kit: Kit, kind: str) -> None:
    customer = sqlite_kit.given.customer()
    with sqlite_kit.unit(read_only=True) as unit:
        for ask in (
            lambda: unit.audit.of(kind, customer.id),
            lambda: unit.links.of(kind, customer.id),
            lambda: unit.permissions.explain("read", kind, customer.id),
        ):
            with invalid("kind") as caught:
                ask()
            assert "customer, project, contract, expense" in str(caught.value)


def test_an_explanation_names_the_rule(kit: Kit) -> None:
    customer = kit.given.customer()
    mine = kit.crm.explain(kit.scope("seller"), "read", "customer", customer.id)
    assert (mine.allowed, mine.reach, mine.rule) == (True, "own", "salesperson may read customer: own")
    others = kit.crm.explain(kit.scope("colleague"), "read", "customer", customer.id)
    assert (others.allowed, others.reach) == (False, "own")
    assert others.rows == ("within reach: no",)
    none = kit.crm.explain(kit.scope("people"), "read", "customer")
    assert (none.allowed, none.reach, none.rule) == (False, "none", "hr gives no read on customer")
    assert kit.crm.explain(kit.scope(SYSTEM), "settle", "project").allowed
    unknown = kit.crm.explain(kit.scope("admin"), "fly", "customer")
    assert (unknown.allowed, unknown.rule) == (False, "crm_admin gives no fly on customer")


class _Rules:
    name = "rules"

    @hookimpl
    def register_row_rules(self) -> list[RowRule]:
        return [
            RowRule("shanghai", "customer", "grant", _shanghai, "华东团队共享上海客户"),
            RowRule("no_state_secrets", "customer", "limit", lambda who, c: c.level.is_distinct_from("秘"), "涉密客户"),
        ]


def _shanghai(who: object, columns: object) -> object:
    return columns.region == "310000" if "salesperson" in who.roles else None


def test_a_grant_adds_rows_and_a_limit_takes_rows_away(database: Engine, crm_kit: CrmKit) -> None:
    kit = crm_kit(_Rules(), database=database)
    plain, shared = kit.given.customer(), kit.given.customer(region="CN-SH")
    secret = kit.given.customer(level="秘", region="CN-SH")
    seen = {
        actor: [one.id for one in doing(kit, actor, lambda unit: unit.customers.find()).items]
        for actor in ("seller", "colleague", "manager", "chief", "people")
    }
    assert seen == {
        "seller": [shared.id, plain.id],
        "colleague": [shared.id],
        "manager": [shared.id, plain.id],
        "chief": [shared.id, plain.id],
        "people": [],
    }
    with refused("not_found"):
        doing(kit, "seller", lambda unit: unit.customers.get(secret.id))
    told = kit.crm.explain(kit.scope("colleague"), "read", "customer", secret.id)
    assert (told.allowed, told.rows) == (
        False,
        (
            "within reach: no",
            "grant shanghai gives it: 华东团队共享上海客户",
            "limit no_state_secrets forbids it: 涉密客户",
        ),
    )
    owner = kit.crm.explain(kit.scope("seller"), "read", "customer", secret.id)
    assert (owner.allowed, owner.rows[0], owner.rows[-1]) == (
        False,
        "within reach: yes",
        "limit no_state_secrets forbids it: 涉密客户",
    )
    free = kit.crm.explain(kit.scope("seller"), "read", "customer", plain.id)
    assert (free.allowed, free.rows) == (
        True,
        (
            "within reach: yes",
            "grant shanghai does not give it: 华东团队共享上海客户",
            "limit no_state_secrets lets it pass: 涉密客户",
        ),
    )
    system = kit.crm.explain(kit.scope(SYSTEM), "read", "customer", secret.id)
    assert (system.allowed, system.rows) == (True, ("within reach: yes",)), "rules say nothing about the system"
    project = doing(kit, "manager", lambda unit: unit.projects.create({"customer_id": shared.id, "name": "P"}))
    assert doing(kit, "colleague", lambda unit: unit.projects.get(project.id)) == project, "through its customer"
    assert doing(kit, SYSTEM, lambda unit: unit.customers.get(secret.id)) == secret, "the system sees everything"


def test_a_plugin_takes_part_until_it_is_switched_off(kit: Kit, finance: _Finance) -> None:
    project = kit.given.project()
    with refused("vetoed", plugins="finance"):
        kit.given.expense(project, amount="10000.01")
    off = doing(kit, "admin", lambda unit: unit.plugins.switch("finance", enabled=False))
    assert (off.name, off.enabled) == ("finance", False)
    kit.given.expense(project, amount="10000.01")
    kit.relay.drain()
    assert finance.heard == []
    assert kit.recorder.hooks.count("on_expense_booked") == 1, "the others still hear"
    with kit.unit("admin", read_only=True) as unit:
        assert {one.name: one.enabled for one in unit.plugins.list()}["finance"] is False
    doing(kit, SYSTEM, lambda unit: unit.directory.sync(), tenant="other")
    with kit.crm.begin(kit.scope("admin", tenant="other")) as unit:
        assert all(one.enabled for one in unit.plugins.list()), "each company decides for itself"
    with kit.unit("admin") as unit:
        unit.plugins.switch("finance", enabled=True)
        with refused("vetoed"):
            unit.expenses.book(
                {"project_id": project.id, "category": "travel", "amount": "10001", "occurred_on": "2026-03-02"}
            )
    kit.given.expense(project)
    kit.relay.drain()
    assert finance.heard == ["on_expense_booked"]


def test_only_an_administrator_switches_what_is_loaded(kit: Kit) -> None:
    for actor in ("seller", "chief", "accountant"):
        with refused("forbidden", action="administer", kind="plugin"):
            doing(kit, actor, lambda unit: unit.plugins.switch("finance", enabled=False))
        with refused("forbidden", action="administer", kind="plugin"):
            doing(kit, actor, lambda unit: unit.plugins.list())
    with invalid("name") as caught:
        doing(kit, "admin", lambda unit: unit.plugins.switch("finanse", enabled=False))
    assert "finance" in str(caught.value)


def test_a_veto_leaves_nothing_and_names_the_field(kit: Kit) -> None:
    project = kit.given.project()
    with refused("vetoed") as caught:
        kit.given.expense(project, amount="20000")
    (objection,) = caught.value.details["objections"]
    assert objection == {"plugin": "finance", "code": "too_much", "message": "单笔超过一万", "field": "amount"}
    kit.relay.drain()
    assert [type(event) for event in kit.recorder.events].count(CustomerCreated) == 1
    assert "on_expense_booked" not in kit.recorder.hooks
