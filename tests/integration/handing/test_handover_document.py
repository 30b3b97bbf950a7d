"""The document of one receiver: what he has to know of what is his now, and nothing that he may not see."""

from datetime import timedelta
from typing import Any

import pytest
from tests.integration.handing.leaving import Desk, desk, hand_over, undo
from tests.integration.services.acting import doing, invalid, listening, refused

from oa_crm.reports import handover_html
from oa_crm.schemas import HandoverDocument
from oa_crm.testing import Kit

EAST = {"regions": ["330000"], "to": ["colleague"]}


@pytest.fixture
def held(kit: Kit) -> Desk:
    return desk(kit)


def _document(kit: Kit, id: Any, actor: str = "colleague", **more: Any) -> HandoverDocument:
    return doing(kit, actor, lambda unit: unit.handover.document(id, **more))


def test_it_tells_the_state_what_is_open_and_what_comes_next(kit: Kit) -> None:
    customer = kit.given.customer(region="330106", level="A", name="青山造纸有限公司")
    project = kit.given.project(customer, name="产线改造", expected="80000.00")
    kit.given.project(customer, name="旧项目")
    for outcome in ("第一次拜访", "要求三月报价"):
        kit.clock.advance(days=1)
        talk = kit.given.follow_up(customer, way="visit", outcome=outcome, key_issue="预算未批")
    doing(kit, "seller", lambda unit: unit.followups.add_to(talk.id, "是四月, 不是三月"))
    kit.given.contract(project, title="改造合同")
    issue = {"customer_id": customer.id, "words": "接口文档还没有给", "weight": 2}
    doing(kit, "seller", lambda unit: unit.issues.open(issue))
    call = {
        "customer_id": customer.id,
        "way": "phone",
        "purpose": "确认报价",
        "due_at": kit.clock.now() + timedelta(days=2),
    }
    doing(kit, "seller", lambda unit: unit.plans.plan(call))
    steps = [{"what": "请厂长看样板车间"}]
    doing(
        kit,
        "seller",
        lambda unit: unit.strategies.write({"customer_id": customer.id, "goal": "六月签约", "steps": steps}),
    )
    done = hand_over(kit, {"rules": [EAST], "rest_to": "manager"})
    told = _document(kit, done.id)
    (one,) = told.customers
    assert (one.customer.name, one.customer.level) == ("青山造纸有限公司", "A")
    assert one.last_talk is not None
    assert (one.last_talk.outcome, [note.words for note in one.last_talk.addenda]) == (
        "要求三月报价", ["是四月, 不是三月"],
    )  # fmt: skip
    assert [thing.name for thing in one.projects] == ["产线改造", "旧项目"]
    assert [thing.title for thing in one.contracts] == ["改造合同"]
    assert "接口文档还没有给" in [thing.words for thing in one.matters]
    assert [thing.purpose for thing in one.plans] == ["确认报价"]
    assert [(thing.goal, thing.steps[0].what) for thing in one.strategies] == [("六月签约", "请厂长看样板车间")]
    page = handover_html(told, "zh-CN")
    for words in (
        "交接清单", "青山造纸有限公司", "要求三月报价", "产线改造", "接口文档还没有给", "确认报价", "请厂长看样板车间",
        "尚未确认",
    ):  # fmt: skip
        assert words in page
    assert "Handed over by" in handover_html(told, "en")


def test_what_is_at_no_customer_of_his_is_told_by_title(kit: Kit, held: Desk) -> None:
    rules = [{"kinds": ["customer"], "to": ["manager"]}]
    done = hand_over(kit, {"rules": rules, "rest_to": "colleague"})
    told = _document(kit, done.id)
    assert told.customers == ()
    assert {(one.kind, one.title) for one in told.things if one.kind in ("view", "pool")} == {
        ("view", "重点客户"), ("pool", "华东公海"),
    }  # fmt: skip
    assert [one.kind for one in told.things if one.kind == "lead"] == ["lead"]
    of_manager = _document(kit, done.id, "manager")
    assert len(of_manager.customers) == 5
    assert {one.kind for one in of_manager.things} == set()


def test_customers_come_in_pages(kit: Kit, held: Desk) -> None:
    done = hand_over(kit, {"rest_to": "colleague"})
    seen: list[Any] = []
    after = None
    while True:
        told = _document(kit, done.id, limit=2, after=after)
        seen += [one.customer.id for one in told.customers]
        if (after := told.next) is None:
            break
    assert seen == sorted(one.id for one in held.customers)


def test_it_is_for_the_receiver_and_who_hands_over(kit: Kit, held: Desk) -> None:
    done = hand_over(kit, {"rules": [EAST]})
    assert len(_document(kit, done.id).customers) == 2
    assert len(_document(kit, done.id, "manager", member_id="colleague").customers) == 2
    with refused("not_found"):
        _document(kit, done.id, "people")
    with refused("not_found"):
        _document(kit, done.id, "colleague", member_id="manager")
    with invalid("member_id"):
        _document(kit, done.id, "manager", member_id="people")
    undo(kit, done.id)
    with refused("illegal_state", state="undone"):
        _document(kit, done.id)


def test_what_went_on_to_somebody_else_is_left_out(kit: Kit, held: Desk) -> None:
    done = hand_over(kit, {"rest_to": "colleague"})
    gone = held.customers[0]
    doing(kit, "manager", lambda unit: unit.pool.transfer(gone.id, "manager", expected_version=2, reason="换人"))
    told = _document(kit, done.id)
    assert gone.id not in {one.customer.id for one in told.customers}
    assert told.counts["customer"] == 5
    assert "另有 1 个客户" in handover_html(told, "zh-CN")


def test_it_costs_as_many_statements_for_many_as_for_one(kit: Kit) -> None:
    def statements() -> int:
        done = hand_over(kit, {"rest_to": "colleague"})
        with listening(kit.crm.engine) as sent:
            _document(kit, done.id)
        undo(kit, done.id)
        return len(sent)

    kit.given.follow_up(kit.given.customer())
    one = statements()
    for _ in range(9):
        kit.given.follow_up(kit.given.customer())
    assert statements() == one


def test_things_that_went_on_or_may_not_be_seen_are_left_out(kit: Kit, held: Desk) -> None:
    rules = [{"kinds": ["customer"], "to": ["manager"]}]
    done = hand_over(kit, {"rules": rules, "rest_to": "colleague"})
    kinds = {one.kind for one in _document(kit, done.id).things}
    assert kinds == {"lead", "view", "pool"}
    # He who left reads whose his things are now, and no more of a lead than he may see of it.
    of_leaver = _document(kit, done.id, "seller", member_id="colleague")
    assert {one.kind for one in of_leaver.things} == {"view", "pool"}
    doing(kit, "colleague", lambda unit: unit.leads.release(held.lead.id, expected_version=2, reason="没有需求"))
    assert {one.kind for one in _document(kit, done.id).things} == {"view", "pool"}
