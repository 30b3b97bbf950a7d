"""A handover planned, previewed and executed: who receives what, what follows, what stays, what is refused."""

from datetime import date, timedelta
from typing import Any

import pytest
from tests.integration.handing.leaving import Desk, desk, hand_over, held_by, preview, undo
from tests.integration.services.acting import count, doing, invalid, refused, rows

from oa_crm import Actor
from oa_crm.hooks import Objection, hookimpl
from oa_crm.models import (
    AuditEntry,
    Customer,
    EventRow,
    HelpRequest,
    KeyChange,
    Matter,
    Plan,
    Project,
    StageChange,
    TeamSeat,
)
from oa_crm.testing import CrmKit, Kit

EAST = {"regions": ["330000"], "to": ["colleague"]}


@pytest.fixture
def held(kit: Kit) -> Desk:
    return desk(kit)


def test_a_plan_counts_what_somebody_holds(kit: Kit, held: Desk) -> None:
    plan = doing(kit, "manager", lambda unit: unit.handover.plan("seller"))
    counts = {one.kind: one.count for one in plan.holdings}
    assert counts == {
        "customer": 5,
        "lead": 1,
        "project": 2,
        "contract": 2,
        "plan": 0,
        "matter": 0,
        "strategy": 0,
        "help_request": 0,
        "view": 1,
        "approval": 0,
        "pool": 1,
    }
    assert {one.kind: one.follow for one in plan.holdings if one.follow} == {"project": 2, "contract": 2}
    assert plan.along == {"contact": 1, "follow_up": 1}
    assert (plan.superior_id, plan.active) == ("manager", True)


def test_what_is_over_is_not_held(kit: Kit) -> None:
    project = kit.given.project()
    doing(
        kit,
        "seller",
        lambda unit: unit.projects.move(project.id, {"expected_version": 1, "to": "lost", "reason": "丢单"}),
    )
    lead = kit.given.lead()
    doing(kit, "seller", lambda unit: unit.leads.invalidate(lead.id, {"expected_version": 1, "because": "no_need"}))
    plan = doing(kit, "manager", lambda unit: unit.handover.plan("seller"))
    assert {one.kind: one.count for one in plan.holdings if one.count} == {"customer": 1}


def test_things_are_listed_page_by_page(kit: Kit, held: Desk) -> None:
    seen: list[Any] = []
    after = None
    while True:
        page = doing(
            kit, "manager", lambda unit, at=after: unit.handover.holdings("seller", "customer", after=at, limit=2)
        )
        seen += page.items
        if (after := page.next) is None:
            break
    assert [one.id for one in seen] == sorted(one.id for one in held.customers)
    titles = {one.title for one in doing(kit, "manager", lambda unit: unit.handover.holdings("seller", "pool")).items}
    assert titles == {"华东公海"}


def test_the_first_rule_that_matches_decides(kit: Kit, held: Desk) -> None:
    rules = [{"kinds": ["customer"], "levels": ["A"], "to": ["manager"]}, EAST]
    hand_over(kit, {"rules": rules, "pool_id": held.pool.id})
    c = held.customers
    assert held_by(kit, Customer, "manager") == {c[0].id, c[2].id}
    assert held_by(kit, Customer, "colleague") == {c[1].id}
    pooled = rows(kit, Customer, owner_id=None)
    assert {row["id"] for row in pooled} == {c[3].id, c[4].id}
    assert {row["pool_id"] for row in pooled} == {held.pool.id}


def test_projects_and_contracts_follow_their_customer(kit: Kit, held: Desk) -> None:
    seen = preview(kit, {"rules": [EAST]})
    done = hand_over(kit, {"rules": [EAST]})
    assert {one.member_id: one.counts for one in done.receivers} == {
        one.member_id: one.counts for one in seen.receivers
    }
    assert held_by(kit, Project, "colleague") == {held.projects[0].id}
    # Its customer lies in the pool; somebody has to have it.
    assert held_by(kit, Project, "manager") == {held.projects[1].id}
    contracts = doing(kit, "manager", lambda unit: unit.contracts.get(held.contract.id))
    assert contracts.owner_id == "manager"


def test_a_project_at_anothers_customer_goes_by_its_region(kit: Kit) -> None:
    customer = kit.given.customer(region="330106")
    project = kit.given.project(customer)
    version = doing(kit, "manager", lambda unit: unit.customers.get(customer.id)).version
    doing(
        kit, "manager", lambda unit: unit.pool.transfer(customer.id, "manager", expected_version=version, reason="换人")
    )
    hand_over(kit, {"rules": [EAST]})
    assert held_by(kit, Project, "colleague") == {project.id}
    assert held_by(kit, Customer, "manager") == {customer.id}


def test_one_thing_goes_to_whom_it_is_named_for(kit: Kit, held: Desk) -> None:
    named = [{"kind": "customer", "id": held.customers[0].id, "to": "manager"},
             {"kind": "project", "id": held.projects[0].id, "to": "colleague"}]  # fmt: skip
    hand_over(kit, {"items": named, "rest_to": "colleague"})
    assert held_by(kit, Customer, "manager") == {held.customers[0].id}
    assert held.projects[0].id in held_by(kit, Project, "colleague")


def test_customers_go_to_whoever_holds_fewest(kit: Kit) -> None:
    for _ in range(5):
        kit.given.customer()
    doing(
        kit, "manager", lambda unit: [unit.customers.create({"name": f"管理者的客户{n}号公司"}) for n in ("甲", "乙")]
    )
    done = hand_over(kit, {"rules": [{"to": ["manager", "colleague"]}]})
    assert {one.member_id: one.counts["customer"] for one in done.receivers} == {"colleague": 4, "manager": 1}
    assert len(held_by(kit, Customer, "manager")) == 3


def test_nobody_gets_more_than_his_capacity(kit: Kit) -> None:
    for _ in range(5):
        kit.given.customer()
    done = hand_over(kit, {"rules": [{"to": ["manager", "colleague"], "capacity": 2}]})
    assert {one.member_id: one.counts["customer"] for one in done.receivers} == {"colleague": 2, "manager": 2}
    assert done.pooled == {"customer": 1}


def test_what_no_rule_names_may_stay(kit: Kit, held: Desk) -> None:
    seen = preview(kit, {"rules": [EAST], "stays": True})
    assert seen.stays == {"customer": 3, "project": 1, "contract": 1, "view": 1, "pool": 1}
    hand_over(kit, {"rules": [EAST], "stays": True})
    assert len(held_by(kit, Customer, "seller")) == 3


def test_a_pool_and_a_view_go_along(kit: Kit, held: Desk) -> None:
    theirs = doing(kit, "colleague", lambda unit: unit.views.save({"name": "重点客户", "where": {"level": "B"}}))
    hand_over(kit, {"rest_to": "colleague"})
    views = [one for one in doing(kit, "colleague", lambda unit: unit.views.list()) if one.mine]
    assert len(views) == 2
    renamed = next(one for one in views if one.id == held.view.id)
    assert renamed.name.startswith("重点客户 · ")
    assert next(one for one in views if one.id == theirs.id).name == "重点客户"
    pool = next(one for one in doing(kit, "admin", lambda unit: unit.pools.list()) if one.id == held.pool.id)
    assert [(one.kind, one.id) for one in pool.admins] == [("member", "colleague"), ("member", "chief")]


def test_who_ran_the_pool_already_runs_it_once(kit: Kit, held: Desk) -> None:
    hand_over(kit, {"rules": [{"kinds": ["pool"], "to": ["chief"]}], "rest_to": "colleague"}, "admin")
    pool = next(one for one in doing(kit, "admin", lambda unit: unit.pools.list()) if one.id == held.pool.id)
    assert [(one.kind, one.id) for one in pool.admins] == [("member", "chief")]


def test_a_word_that_was_asked_of_him_is_asked_of_the_next(kit: Kit) -> None:
    approval = kit.given.submitted_contract()
    assert approval.waiting_on == ("manager",)
    hand_over(kit, {"leaver_id": "manager", "rest_to": "chief"}, "admin")
    waiting = doing(kit, "chief", lambda unit: unit.approvals.waiting())
    assert [(one.id, one.waiting_on) for one in waiting] == [(approval.id, ("chief",))]
    assert not doing(kit, "manager", lambda unit: unit.approvals.waiting())
    said = doing(kit, "chief", lambda unit: unit.approvals.decide(approval.id, {"decision": "agree", "words": "同意"}))
    assert said.state == "approved"


def test_nobody_is_asked_about_his_own_request(kit: Kit) -> None:
    kit.given.submitted_contract()
    seen = preview(kit, {"leaver_id": "manager", "rest_to": "seller"}, "admin")
    assert [(one.code, one.member_id, one.count) for one in seen.conflicts] == [("own_request", "seller", 1)]


def test_stages_and_authors_are_not_touched(kit: Kit, held: Desk) -> None:
    before = rows(kit, StageChange)
    stages = {row["id"]: (row["stage"], row["state"], row["created_by"]) for row in rows(kit, Project)}
    hand_over(kit, {"rest_to": "colleague"})
    assert rows(kit, StageChange) == before
    assert {row["id"]: (row["stage"], row["state"], row["created_by"]) for row in rows(kit, Project)} == stages
    history = doing(kit, "colleague", lambda unit: unit.followups.history(held.customers[0].id))
    assert {one.created_by for one in history.items} == {"seller"}


def test_every_thing_has_its_audit_and_every_customer_its_ledger_and_event(kit: Kit, held: Desk) -> None:
    done = hand_over(kit, {"rest_to": "colleague", "reason": "离职"})
    entries = rows(kit, AuditEntry, operation="handover.execute")
    items = doing(kit, "manager", lambda unit: unit.handover.items(done.id, limit=100)).items
    assert {(row["kind"], row["thing_id"]) for row in entries} == {
        *((one.kind, str(one.id)) for one in items), ("handover", str(done.id)),
    }  # fmt: skip
    one = next(row for row in entries if row["kind"] == "customer")
    assert (one["changes"], one["reason"], one["actor_id"]) == (
        {"owner_id": ["seller", "colleague"]},
        "离职",
        "manager",
    )
    for customer in held.customers:
        last = doing(kit, "colleague", lambda unit, of=customer.id: unit.pool.history(of)).items[0]
        assert (last.number, last.owner_id, last.cause, last.since) == (2, "colleague", "handover", kit.clock.now())
    said = rows(kit, EventRow, hook="on_customer_owner_changed")
    assert {row["payload"]["customer_id"] for row in said} == {str(one.id) for one in held.customers}
    assert count(kit, EventRow, hook="on_handover_executed") == 1
    assert {row["thing_id"] for row in rows(kit, KeyChange, what="owner")} == {one.id for one in held.customers}
    assert {(row["before"], row["after"]) for row in rows(kit, KeyChange, what="project_owner")} == {
        ("seller", "colleague")
    }


def test_a_preview_of_another_day_is_refused(kit: Kit, held: Desk) -> None:
    wanted = {"leaver_id": "seller", "rest_to": "colleague"}
    seen = preview(kit, wanted)
    kit.given.customer()
    with invalid("fingerprint"):
        doing(kit, "manager", lambda unit: unit.handover.execute(wanted, fingerprint=None))
    with refused("stale_version", kind="handover"):
        doing(kit, "manager", lambda unit: unit.handover.execute(wanted, fingerprint=seen.fingerprint))
    other = preview(kit, wanted)
    with refused("stale_version"):
        doing(
            kit,
            "manager",
            lambda unit: unit.handover.execute({**wanted, "clock": "keep"}, fingerprint=other.fingerprint),
        )
    assert len(held_by(kit, Customer, "seller")) == 6


def test_a_preview_stands_for_who_gets_how_many(kit: Kit) -> None:
    """By load: what the receivers hold decides, and that may change between preview and execution."""
    for _ in range(4):
        kit.given.customer()
    wanted = {"leaver_id": "seller", "rules": [{"to": ["manager", "colleague"]}]}
    seen = preview(kit, wanted)
    assert {one.member_id: one.counts["customer"] for one in seen.receivers} == {"colleague": 2, "manager": 2}
    doing(kit, "manager", lambda unit: unit.customers.create({"name": "长风物流有限公司"}))
    with refused("stale_version", kind="handover"):
        doing(kit, "manager", lambda unit: unit.handover.execute(wanted, fingerprint=seen.fingerprint))
    assert len(held_by(kit, Customer, "seller")) == 4


def test_everything_against_it_is_told_at_once(kit: Kit, held: Desk) -> None:
    doing(
        kit, "admin", lambda unit: unit.pools.set_limit({"seat": {"kind": "member", "id": "colleague"}, "holding": 2})
    )
    wanted = {"rest_to": "colleague"}
    (found,) = preview(kit, wanted).conflicts
    assert (found.code, found.member_id, found.count, found.limit, found.soft) == (
        "holding_limit",
        "colleague",
        5,
        2,
        True,
    )
    assert "would get 5 more" in found.text
    with refused("handover_conflicts"):
        hand_over(kit, wanted)
    with refused("forbidden"):
        hand_over(kit, {**wanted, "over_limits": True})
    done = hand_over(kit, {**wanted, "over_limits": True}, "admin")
    assert done.receivers[0].counts["customer"] == 5


def test_nobody_receives_who_cannot(kit: Kit, held: Desk) -> None:
    rules = [{"kinds": ["customer"], "levels": ["A"], "to": ["accountant"]}, {"kinds": ["lead"], "to": ["nobody"]},
             {"kinds": ["view"], "to": ["seller"]}]  # fmt: skip
    found = preview(kit, {"rules": rules, "rest_to": "colleague"}, "admin").conflicts
    assert {(one.code, one.member_id, one.kind) for one in found} >= {
        ("receiver_without_right", "accountant", "customer"),
        ("receiver_inactive", "nobody", None),
        ("receiver_is_leaver", "seller", None),
    }
    (far,) = preview(kit, {"rest_to": "chief"}).conflicts
    assert far.code == "receiver_out_of_reach"


def test_a_thing_that_he_does_not_hold_cannot_be_named(kit: Kit, held: Desk) -> None:
    other = doing(kit, "colleague", lambda unit: unit.customers.create({"name": "长风物流有限公司"}))
    with invalid("items.0.id"):
        preview(kit, {"items": [{"kind": "customer", "id": other.id, "to": "manager"}]})
    with invalid("items.0.kind"):
        preview(kit, {"items": [{"kind": "invoice", "id": other.id, "to": "manager"}]})


@pytest.mark.parametrize("actor", ["colleague", "accountant", "people", "chief"])
def test_it_is_nobody_elses_to_hand_over(kit: Kit, held: Desk, actor: str) -> None:
    with refused("not_found" if actor == "colleague" else "forbidden"):
        preview(kit, {"rest_to": "colleague"}, actor)


def test_the_leaver_himself_hands_over_within_his_department(kit: Kit, held: Desk) -> None:
    (far,) = preview(kit, {"rest_to": "admin"}, "seller").conflicts
    assert far.code == "receiver_out_of_reach"
    done = hand_over(kit, {"rest_to": "colleague"}, "seller")
    assert done.executed_by == "seller"
    assert held_by(kit, Customer, "seller") == set()


def test_the_system_may_as_well(kit: Kit, held: Desk) -> None:
    assert hand_over(kit, {"rest_to": "colleague"}, Actor.system()).executed_by == Actor.system().id


@pytest.mark.parametrize(("clock", "days"), [("restart", 180), ("keep", 80), ("grace", 120)])
def test_the_clock_is_set_by_the_policy(kit: Kit, clock: str, days: int) -> None:
    customer = kit.given.customer()
    kit.clock.advance(days=100)
    hand_over(kit, {"rest_to": "colleague", "clock": clock, "grace_days": 120})
    until = doing(kit, "colleague", lambda unit: unit.pool.explain(customer.id)).protected_until
    assert until is not None
    assert timedelta(0) < until - kit.clock.now() - timedelta(days=days) + timedelta(days=1) <= timedelta(days=2)
    # Whatever happens next works it out from facts, and finds the same.
    doing(kit, "colleague", lambda unit: unit.customers.update(customer.id, {"expected_version": 2, "level": "B"}))
    assert doing(kit, "colleague", lambda unit: unit.pool.explain(customer.id)).protected_until == until


def test_whoever_receives_is_warned_anew(kit: Kit) -> None:
    customer = kit.given.customer()
    for days in (167, 7):
        kit.crm.pool.sweep(kit.scope(Actor.system()))
        kit.clock.advance(days=days)
    kit.crm.pool.sweep(kit.scope(Actor.system()))
    hand_over(kit, {"rest_to": "colleague", "clock": "keep"})
    (row,) = rows(kit, Customer, id=customer.id)
    assert (row["warned_for"], row["warned_days"], row["warned_at"]) == (None, None, None)
    kit.clock.advance(days=7)
    assert kit.crm.pool.sweep(kit.scope(Actor.system())).recycled == 0


class East:
    """Lets nobody but the manager have customers of the north."""

    name = "east"

    @hookimpl
    def check_customer_owner_change(self, ctx: Any, change: Any) -> Objection | None:
        if change.region == "110000" and change.owner_id == "colleague" and change.cause == "handover":
            return Objection("wrong_region", "not his region")
        return None


def test_plugins_are_asked_about_every_customer(crm_kit: CrmKit, database: Any) -> None:
    kit = crm_kit(East(), database=database)
    desk(kit)
    with refused("vetoed"):
        hand_over(kit, {"rest_to": "colleague"})
    assert len(held_by(kit, Customer, "seller")) == 5
    hand_over(kit, {"rules": [{"regions": ["110000"], "to": ["manager"]}], "rest_to": "colleague"})
    assert held_by(kit, Customer, "seller") == set()


def test_a_plan_goes_with_its_customer_and_back(kit: Kit) -> None:
    customer = kit.given.customer(region="330106")
    call = {
        "customer_id": customer.id,
        "way": "phone",
        "purpose": "报价",
        "due_at": kit.clock.now() + timedelta(days=2),
    }
    plan = doing(kit, "seller", lambda unit: unit.plans.plan(call))
    done = hand_over(kit, {"rules": [EAST]})
    (row,) = rows(kit, Plan, id=plan.id)
    assert (row["assignee_id"], row["created_by"]) == ("colleague", "seller")
    undo(kit, done.id)
    (row,) = rows(kit, Plan, id=plan.id)
    assert row["assignee_id"] == "seller"


def test_what_he_is_to_see_to_goes_along(kit: Kit) -> None:
    customer = kit.given.customer(region="330106")
    issue = doing(kit, "seller", lambda unit: unit.issues.open(
        {"customer_id": customer.id, "words": "接口文档还没有给", "weight": 2, "assignee_id": "seller"}))  # fmt: skip
    ask = {"customer_id": customer.id, "member_id": "seller", "title": "看一下", "due_on": date(2026, 3, 20)}
    asked = doing(kit, "manager", lambda unit: unit.help.ask(ask))
    doing(kit, "seller", lambda unit: unit.help.accept(asked.id))
    done = hand_over(kit, {"rules": [EAST], "rest_to": "manager"})
    assert rows(kit, Matter, id=issue.id)[0]["assignee_id"] == "colleague", "it follows its customer"
    assert rows(kit, HelpRequest, id=asked.id)[0]["helper_id"] == "colleague", "it goes by the rule"
    undo(kit, done.id)
    assert rows(kit, Matter, id=issue.id)[0]["assignee_id"] == "seller"
    assert rows(kit, HelpRequest, id=asked.id)[0]["helper_id"] == "seller"


def test_the_team_stays_and_the_receivers_own_seat_ends(kit: Kit) -> None:
    near, far = kit.given.customer(region="330106"), kit.given.customer(region="440300")
    for thing, member in ((near, "colleague"), (near, "manager"), (far, "colleague")):
        seat = {"kind": "customer", "thing_id": thing.id, "member_id": member, "level": "read", "role": "presales"}
        doing(kit, "seller", lambda unit, seat=seat: unit.teams.join(seat))
    hand_over(kit, {"rules": [EAST]})
    ended = {(row["thing_id"], row["member_id"]): row["ended_how"] for row in rows(kit, TeamSeat) if not row["open"]}
    assert ended == {(near.id, "colleague"): "became_owner", (far.id, "colleague"): "pooled"}
    assert [one.member_id for one in doing(kit, "colleague", lambda unit: unit.teams.of("customer", near.id))] == [
        "manager"
    ]
