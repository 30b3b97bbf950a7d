"""A handover taken back: to the byte where nothing went on, and told where something did."""

from datetime import timedelta
from typing import Any

import pytest
from tests.integration.handing.leaving import Desk, desk, hand_over, handed, held_by, undo
from tests.integration.services.acting import count, doing, refused, rows

from oa_crm.models import AuditEntry, Customer, EventRow, Lead, Ownership, Plan, Project, View, Waiting
from oa_crm.testing import Kit

EAST = {"regions": ["330000"], "to": ["colleague"]}


@pytest.fixture
def held(kit: Kit) -> Desk:
    return desk(kit)


@pytest.mark.parametrize("clock", ["restart", "keep", "grace"])
def test_an_undone_handover_restores_every_byte(kit: Kit, held: Desk, clock: str) -> None:
    doing(kit, "seller", lambda unit: unit.pool.lock(held.customers[1].id, expected_version=1))
    theirs = {"name": "重点客户", "where": {"level": "B"}}
    doing(kit, "colleague", lambda unit: unit.views.save(theirs))
    kit.clock.advance(days=30)
    before = handed(kit)
    done = hand_over(kit, {"rules": [EAST, {"kinds": ["view"], "to": ["colleague"]}], "clock": clock})
    assert handed(kit) != before
    kit.clock.advance(days=3)
    answer = undo(kit, done.id)
    assert handed(kit) == before
    assert answer.restored == {"customer": 5, "lead": 1, "project": 2, "contract": 2, "view": 1, "pool": 1}
    assert (answer.left, answer.left_counts, answer.handover.state) == ((), {}, "undone")


def test_a_word_that_was_asked_is_asked_of_him_again(kit: Kit) -> None:
    kit.given.submitted_contract()
    before = handed(kit)
    done = hand_over(kit, {"leaver_id": "manager", "rest_to": "chief"}, "admin")
    undo(kit, done.id, "admin")
    assert handed(kit) == before


def test_a_decision_that_was_given_since_stays(kit: Kit) -> None:
    approval = kit.given.submitted_contract()
    done = hand_over(kit, {"leaver_id": "manager", "rest_to": "chief"}, "admin")
    doing(kit, "chief", lambda unit: unit.approvals.decide(approval.id, {"decision": "agree", "words": "同意"}))
    answer = undo(kit, done.id, "admin")
    assert [(one.kind, one.id) for one in answer.left] == [("approval", approval.id)]
    assert count(kit, Waiting) == 0


def test_what_went_on_since_stays_and_is_told(kit: Kit, held: Desk) -> None:
    done = hand_over(kit, {"rest_to": "colleague"})
    away, edited = held.customers[0], held.customers[1]
    doing(kit, "manager", lambda unit: unit.pool.transfer(away.id, "manager", expected_version=2, reason="换人"))
    doing(kit, "colleague", lambda unit: unit.customers.update(edited.id, {"expected_version": 2, "level": "C"}))
    doing(kit, "colleague", lambda unit: unit.leads.release(held.lead.id, expected_version=2, reason="没有需求"))
    answer = undo(kit, done.id)
    assert {(one.kind, one.id) for one in answer.left} == {("customer", away.id), ("lead", held.lead.id)}
    assert answer.left_counts == {"customer": 1, "lead": 1}
    assert held_by(kit, Customer, "seller") == {one.id for one in held.customers} - {away.id}
    (row,) = rows(kit, Customer, id=edited.id)
    assert (row["level"], row["version"], row["updated_by"]) == ("C", 4, "manager")


def test_what_was_done_or_decided_since_is_the_receivers(kit: Kit, held: Desk) -> None:
    call = {"customer_id": held.customers[0].id, "way": "phone", "purpose": "报价",
            "due_at": kit.clock.now() + timedelta(days=2)}  # fmt: skip
    plan = doing(kit, "seller", lambda unit: unit.plans.plan(call))
    done = hand_over(kit, {"rest_to": "colleague"})
    said = {"customer_id": held.customers[0].id, "way": "phone", "outcome": "已报价", "plan_id": plan.id}
    doing(kit, "colleague", lambda unit: unit.followups.log(said))
    doing(kit, "colleague", lambda unit: unit.leads.convert(held.lead.id, {"expected_version": 2}))
    lost = {"to": "lost", "expected_version": 2, "because": "price"}
    doing(kit, "colleague", lambda unit: unit.projects.move(held.projects[1].id, lost))
    kinds = {"plan": Plan, "lead": Lead, "project": Project}
    theirs = {kind: rows(kit, model) for kind, model in kinds.items()}
    answer = undo(kit, done.id)
    stay = {("plan", plan.id), ("lead", held.lead.id), ("project", held.projects[1].id)}
    assert {(one.kind, one.id) for one in answer.left} == stay
    now = {(kind, row["id"]): row for kind, model in kinds.items() for row in rows(kit, model)}
    assert [now[kind, row["id"]] for kind in kinds for row in theirs[kind] if (kind, row["id"]) in stay] == [
        row for kind in kinds for row in theirs[kind] if (kind, row["id"]) in stay
    ]


def test_a_view_whose_name_the_leaver_used_again_stays(kit: Kit, held: Desk) -> None:
    done = hand_over(kit, {"rest_to": "colleague"})
    anew = doing(kit, "seller", lambda unit: unit.views.save({"name": held.view.name, "where": {"level": "B"}}))
    answer = undo(kit, done.id)
    assert [(one.kind, one.id) for one in answer.left] == [("view", held.view.id)]
    owners = {row["id"]: row["owner_id"] for row in rows(kit, View)}
    assert owners == {held.view.id: "colleague", anew.id: "seller"}


def test_one_that_went_and_came_again_stays(kit: Kit, held: Desk) -> None:
    done = hand_over(kit, {"rest_to": "colleague"})
    one = held.customers[0]
    doing(kit, "manager", lambda unit: unit.pool.transfer(one.id, "manager", expected_version=2, reason="换人"))
    doing(kit, "manager", lambda unit: unit.pool.transfer(one.id, "colleague", expected_version=3, reason="换回"))
    assert undo(kit, done.id).left_counts == {"customer": 1}


def test_one_that_was_merged_since_stays(kit: Kit, held: Desk) -> None:
    done = hand_over(kit, {"rest_to": "colleague"})
    winner, loser = held.customers[3], held.customers[4]
    pair = {"winner_id": winner.id, "loser_id": loser.id, "winner_version": 2, "loser_version": 2}
    doing(kit, "manager", lambda unit: unit.merges.merge(pair))
    answer = undo(kit, done.id)
    assert {one.id for one in answer.left} == {loser.id}


def test_the_ledger_goes_on_without_a_gap(kit: Kit, held: Desk) -> None:
    done = hand_over(kit, {"rest_to": "colleague"})
    kit.clock.advance(days=2)
    undo(kit, done.id)
    for customer in rows(kit, Customer):
        mine = sorted(_ledger(kit, customer["id"]), key=lambda row: row["number"])
        assert [row["owner_id"] for row in mine] == ["seller", "colleague", "seller"]
        assert [row["number"] for row in mine] == [1, 2, 3]
        assert mine[-1]["since"] == customer["owner_since"] == kit.clock.now()
    assert count(kit, EventRow, hook="on_customer_owner_changed") == 10
    assert count(kit, AuditEntry, operation="handover.undo") == 5 + 1 + 2 + 2 + 1 + 1 + 1


def _ledger(kit: Kit, id: Any) -> list[Any]:
    with kit.crm.engine.connect() as connection:
        table = Ownership.__table__
        return [row._mapping for row in connection.execute(table.select().where(table.c.customer_id == id))]


def test_it_is_undone_once_and_in_time(kit: Kit, held: Desk) -> None:
    done = hand_over(kit, {"rest_to": "colleague"})
    with refused("forbidden"):
        undo(kit, done.id, "colleague")
    undo(kit, done.id)
    with refused("illegal_state", state="undone"):
        undo(kit, done.id)
    again = hand_over(kit, {"rest_to": "colleague"})
    kit.clock.advance(days=31)
    with refused("illegal_state", state="undo_over"):
        undo(kit, again.id)
    assert held_by(kit, Project, "seller") == set()
    assert held_by(kit, Lead, "seller") == set()


def test_days_that_were_granted_hold_again(kit: Kit) -> None:
    customer = kit.given.customer()
    kit.clock.advance(days=100)
    asked = {"customer_id": customer.id, "days": 30, "reason": "年底立项"}
    wish = doing(kit, "seller", lambda unit: unit.pool.extend(asked))
    doing(kit, "manager", lambda unit: unit.pool.grant_extension(wish.id))
    until = doing(kit, "seller", lambda unit: unit.pool.explain(customer.id)).protected_until
    kept = hand_over(kit, {"rest_to": "colleague", "clock": "keep"})
    assert doing(kit, "colleague", lambda unit: unit.pool.explain(customer.id)).protected_until == until
    undo(kit, kept.id)
    assert doing(kit, "seller", lambda unit: unit.pool.explain(customer.id)).protected_until == until
