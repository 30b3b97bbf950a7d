"""Plans in a handover: who has the customer or the lead now is to do them, and with what goes into a pool they end."""

from typing import Any

import pytest
from tests.integration.handing.leaving import hand_over, handed, plan, preview, undo
from tests.integration.merging.files import merge, split
from tests.integration.services.acting import count, doing, rows

from oa_crm.models import AuditEntry, Customer, EventRow, Plan
from oa_crm.testing import Kit

EAST = {"regions": ["330000"], "to": ["colleague"]}


@pytest.fixture(autouse=True)
def _pool(kit: Kit) -> None:
    doing(kit, "admin", lambda unit: unit.pools.open({"name": "公海"}))


def _state(kit: Kit, one: Any) -> tuple[str, str, bool]:
    (row,) = rows(kit, Plan, id=one.id)
    return row["state"], row["assignee_id"], row["remind_at"] is not None


def test_a_plan_goes_with_its_lead(kit: Kit) -> None:
    """It has no region of its own, so that the rule would not find it."""
    lead = kit.given.lead(region="330106")
    call = plan(kit, lead_id=lead.id)
    seen = preview(kit, {"rules": [EAST], "rest_to": "manager"})
    done = hand_over(kit, {"rules": [EAST], "rest_to": "manager"})
    assert _state(kit, call) == ("planned", "colleague", True)
    assert seen.receivers[0].counts == done.receivers[0].counts == {"lead": 1, "plan": 1}
    undo(kit, done.id)
    assert _state(kit, call) == ("planned", "seller", True)


def test_plans_with_what_goes_into_a_pool_end_and_are_made_anew(kit: Kit) -> None:
    customer, lead = kit.given.customer(), kit.given.lead()
    calls = [plan(kit, customer_id=customer.id), plan(kit, lead_id=lead.id)]
    others = plan(kit, by="manager", customer_id=customer.id)
    before = handed(kit)
    seen = preview(kit, {})
    done = hand_over(kit, {"reason": "离职"})
    assert (seen.ends, seen.conflicts) == ({"plan": 3}, ())
    assert {_state(kit, one)[0] for one in (*calls, others)} == {"cancelled"}
    assert {one["ended_because"] for one in rows(kit, Plan)} == {"离职"}
    assert rows(kit, Customer)[0]["next_contact_on"] is None
    told = [one["payload"]["change"] for one in rows(kit, EventRow, hook="on_plan_changed")]
    assert told[-3:] == ["cancelled"] * 3
    assert count(kit, AuditEntry, operation="plans.cancel") == 3
    kit.clock.advance(days=1)
    assert undo(kit, done.id).restored == {"customer": 1, "lead": 1, "plan": 3}
    assert handed(kit) == before
    told = [one["payload"]["change"] for one in rows(kit, EventRow, hook="on_plan_changed")]
    assert told[-3:] == ["planned"] * 3


def test_a_plan_stays_ended_when_somebody_claimed_the_customer_since(kit: Kit) -> None:
    customer = kit.given.customer()
    call = plan(kit, customer_id=customer.id)
    done = hand_over(kit, {})
    doing(kit, "colleague", lambda unit: unit.pool.claim(customer.id))
    answer = undo(kit, done.id)
    assert _state(kit, call) == ("cancelled", "seller", False)
    assert {(one.kind, one.id) for one in answer.left} == {("customer", customer.id), ("plan", call.id)}


def test_one_that_is_named_for_somebody_is_his(kit: Kit) -> None:
    customer = kit.given.customer()
    call = plan(kit, customer_id=customer.id)
    wanted = {"items": [{"kind": "plan", "id": call.id, "to": "colleague"}]}
    assert preview(kit, wanted).ends == {}
    hand_over(kit, wanted)
    assert _state(kit, call) == ("planned", "colleague", True)


def test_what_stays_keeps_its_plans(kit: Kit) -> None:
    call = plan(kit, customer_id=kit.given.customer().id)
    assert preview(kit, {"stays": True}).ends == {}
    hand_over(kit, {"stays": True})
    assert _state(kit, call) == ("planned", "seller", True)


def test_what_the_receiver_planned_since_is_the_leavers_to_do(kit: Kit) -> None:
    customer, lead = kit.given.customer(), kit.given.lead()
    before = plan(kit, customer_id=customer.id)
    done = hand_over(kit, {"rest_to": "colleague"})
    kit.clock.advance(days=1)
    since = [plan(kit, by="colleague", customer_id=customer.id), plan(kit, by="colleague", lead_id=lead.id)]
    others = plan(kit, by="manager", customer_id=customer.id)
    answer = undo(kit, done.id)
    assert [_state(kit, one)[1] for one in (before, *since, others)] == ["seller"] * 3 + ["manager"]
    assert (answer.restored["plan"], answer.handed_on, answer.left) == (1, {"plan": 2}, ())
    told = [one["payload"] for one in rows(kit, EventRow, hook="on_plan_changed")]
    assert [(one["change"], one["assignee_id"]) for one in told[-2:]] == [("handed_on", "seller")] * 2
    kept = [(one["changes"]["assignee_id"], one["reason"]) for one in rows(kit, AuditEntry, operation="plans.hand_on")]
    assert kept == [(["colleague", "seller"], "交接有误")] * 2


def test_what_the_receiver_planned_before_stays_his(kit: Kit) -> None:
    """He helped there, and helps again."""
    customer = kit.given.customer()
    seat = {"kind": "customer", "thing_id": customer.id, "member_id": "colleague", "level": "write", "role": "presales"}
    doing(kit, "seller", lambda unit: unit.teams.join(seat))
    helps = plan(kit, by="colleague", customer_id=customer.id)
    kit.clock.advance(days=1)
    done = hand_over(kit, {"rest_to": "colleague"})
    kit.clock.advance(hours=1)
    assert undo(kit, done.id).handed_on == {}
    assert _state(kit, helps) == ("planned", "colleague", True)
    assert doing(kit, "colleague", lambda unit: unit.plans.get(helps.id)).assignee_id == "colleague"


def test_what_the_receiver_planned_with_one_that_does_not_go_back_stays_his(kit: Kit) -> None:
    customer = kit.given.customer()
    done = hand_over(kit, {"rest_to": "colleague"})
    doing(kit, "manager", lambda unit: unit.pool.transfer(customer.id, "manager", expected_version=2, reason="换人"))
    doing(kit, "manager", lambda unit: unit.pool.transfer(customer.id, "colleague", expected_version=3, reason="换回"))
    since = plan(kit, by="colleague", customer_id=customer.id)
    assert undo(kit, done.id).handed_on == {}
    assert _state(kit, since) == ("planned", "colleague", True)


def test_plans_that_a_merge_brought_since_go_along_and_home_with_its_split(kit: Kit) -> None:
    customer = kit.given.customer()
    other, third = (
        doing(kit, who, lambda unit, name=name: unit.customers.create({"name": name}))
        for who, name in (("colleague", "长风物流有限公司"), ("manager", "碧海食品厂"))
    )
    calls = [plan(kit, by="colleague", customer_id=other.id), plan(kit, by="manager", customer_id=third.id)]
    kit.clock.advance(days=1)
    done = hand_over(kit, {"rest_to": "colleague"})
    kit.clock.advance(days=1)
    merged = [merge(kit, customer, one) for one in (other, third)]
    assert undo(kit, done.id).handed_on == {"plan": 2}
    assert [_state(kit, one)[1] for one in calls] == ["seller", "seller"]
    for one in reversed(merged):
        split(kit, one)
    assert [_state(kit, one)[1] for one in calls] == ["colleague", "manager"]


def test_a_plan_with_one_that_was_merged_into_the_receivers_own_stays_his(kit: Kit) -> None:
    customer = kit.given.customer()
    own = doing(kit, "colleague", lambda unit: unit.customers.create({"name": "长风物流有限公司"}))
    call = plan(kit, customer_id=customer.id)
    done = hand_over(kit, {"rest_to": "colleague"})
    merge(kit, own, customer)
    answer = undo(kit, done.id)
    assert {(one.kind, one.id) for one in answer.left} == {("customer", customer.id), ("plan", call.id)}
    assert _state(kit, call) == ("planned", "colleague", True)


def test_a_plan_that_went_alone_comes_back_alone(kit: Kit) -> None:
    """Whoever has the customer: it was not handed over."""
    call = plan(kit, customer_id=kit.given.customer().id)
    done = hand_over(kit, {"items": [{"kind": "plan", "id": call.id, "to": "colleague"}], "stays": True})
    undo(kit, done.id)
    assert _state(kit, call) == ("planned", "seller", True)
