"""What somebody was to do goes along: issues and needs he was to solve, help he was asked for, strategies he led."""

from datetime import timedelta
from typing import Any

import pytest
from tests.integration.handing.leaving import hand_over, undo
from tests.integration.merging.files import merge
from tests.integration.services.acting import doing, refused, rows

from oa_crm.models import HelpRequest, Matter, Strategy, StrategyVersion
from oa_crm.testing import Kit

EAST = {"regions": ["330000"], "to": ["colleague"]}


def _held(kit: Kit) -> dict[str, int]:
    plan = doing(kit, "manager", lambda unit: unit.handover.plan("seller"))
    return {one.kind: one.count for one in plan.holdings if one.count}


def _ask(kit: Kit, customer: Any, by: str = "manager", **of: Any) -> Any:
    wish = {"customer_id": customer.id, "title": "合同条款", "due_on": kit.clock.now().date() + timedelta(days=9), **of}
    return doing(kit, by, lambda unit: unit.help.ask(wish))


def _as_was(kit: Kit, model: Any) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name != "version"} for row in rows(kit, model)]


@pytest.mark.parametrize("service", ["issues", "needs"])
def test_an_issue_that_he_was_to_solve_goes_with_its_customer(kit: Kit, service: str) -> None:
    customer = kit.given.customer(region="330106")
    said = {"customer_id": customer.id, "words": "要提供接口文档" * 60, "assignee_id": "seller"}
    matter = doing(kit, "seller", lambda unit: getattr(unit, service).open(said))
    closed = doing(kit, "seller", lambda unit: getattr(unit, service).open({**said, "words": "价格"}))
    end = {"state": "resolved" if service == "issues" else "answered", "expected_version": 1, "words": "已答复"}
    doing(kit, "seller", lambda unit: getattr(unit, service).close(closed.id, end))
    assert _held(kit) == {"customer": 1, "matter": 1}
    (listed,) = doing(kit, "manager", lambda unit: unit.handover.holdings("seller", "matter")).items
    assert (listed.id, len(listed.title)) == (matter.id, 200)
    before = _as_was(kit, Matter)
    done = hand_over(kit, {"rules": [EAST], "rest_to": "manager"})
    (mine,) = doing(kit, "colleague", lambda unit: getattr(unit, service).find({"assignee_id": "colleague"})).items
    assert (mine.id, mine.created_by, mine.updated_by) == (matter.id, "seller", "manager")
    undo(kit, done.id)
    assert _as_was(kit, Matter) == before


def test_an_issue_that_was_resolved_since_stays_the_receivers(kit: Kit) -> None:
    customer = kit.given.customer()
    said = {"customer_id": customer.id, "words": "交付期", "assignee_id": "seller"}
    matter = doing(kit, "seller", lambda unit: unit.issues.open(said))
    done = hand_over(kit, {"rest_to": "colleague"})
    end = {"state": "resolved", "expected_version": 2, "words": "提前交付"}
    doing(kit, "colleague", lambda unit: unit.issues.close(matter.id, end))
    assert [(one.kind, one.id) for one in undo(kit, done.id).left] == [("matter", matter.id)]
    assert [row["assignee_id"] for row in rows(kit, Matter)] == ["colleague"]


def test_help_that_he_was_asked_for_is_asked_of_his_successor(kit: Kit) -> None:
    theirs = doing(kit, "manager", lambda unit: unit.customers.create({"name": "北方重工"}))
    asked = _ask(kit, theirs, member_id="seller")
    taken = _ask(kit, theirs, department_id="sales")
    of_all = _ask(kit, theirs, department_id="sales")
    doing(kit, "seller", lambda unit: unit.help.accept(taken.id))
    assert _held(kit) == {"help_request": 2}
    before = _as_was(kit, HelpRequest)
    done = hand_over(kit, {"rest_to": "colleague"})
    now = {row["id"]: (row["helper_id"], row["state"]) for row in rows(kit, HelpRequest)}
    assert now == {
        asked.id: ("colleague", "asked"), taken.id: ("colleague", "accepted"), of_all.id: (None, "asked"),
    }  # fmt: skip
    with refused("not_found"):
        doing(kit, "seller", lambda unit: unit.help.answer(asked.id, "不再是我"))
    undo(kit, done.id)
    assert _as_was(kit, HelpRequest) == before
    assert doing(kit, "seller", lambda unit: unit.help.accept(asked.id)).state == "accepted"


def test_help_that_the_successor_gave_stays_given(kit: Kit) -> None:
    theirs = doing(kit, "manager", lambda unit: unit.customers.create({"name": "北方重工"}))
    asked = _ask(kit, theirs, member_id="seller")
    done = hand_over(kit, {"rest_to": "colleague"})
    doing(kit, "colleague", lambda unit: unit.help.answer(asked.id, "可以"))
    assert [(one.kind, one.id) for one in undo(kit, done.id).left] == [("help_request", asked.id)]
    (row,) = rows(kit, HelpRequest)
    assert (row["state"], row["answered_by"], row["helper_id"]) == ("answered", "colleague", "colleague")


def test_a_strategy_that_he_answers_for_has_a_version_that_says_who_does_now(kit: Kit) -> None:
    customer = kit.given.customer(region="330106")
    written = {"customer_id": customer.id, "goal": "年内签约", "reason": "新客户"}
    plan = doing(kit, "seller", lambda unit: unit.strategies.write(written))
    older = {"project_id": kit.given.project(customer).id, "goal": "先做试点"}
    over = doing(kit, "seller", lambda unit: unit.strategies.write(older))
    doing(kit, "seller", lambda unit: unit.strategies.retire(over.id, reason="放弃", expected_version=1))
    assert _held(kit) == {"customer": 1, "project": 1, "strategy": 1}
    done = hand_over(kit, {"rules": [EAST], "rest_to": "manager", "reason": "离职"}, "admin")
    now = doing(kit, "colleague", lambda unit: unit.strategies.get(plan.id))
    assert (now.owner_id, now.version, now.awaited) == ("colleague", 2, ("manager",))
    newest = doing(kit, "colleague", lambda unit: unit.strategies.versions(plan.id)).items[0]
    assert (newest.number, newest.what, newest.changed, newest.reason, newest.by) == (
        2, "revised", ("owner_id",), "离职", "admin",
    )  # fmt: skip
    (change,) = doing(kit, "colleague", lambda unit: unit.strategies.compare(plan.id, 1, 2)).fields
    assert (change.field, change.before, change.after) == ("owner_id", "seller", "colleague")
    doing(kit, "manager", lambda unit: unit.strategies.acknowledge(plan.id, number=2))
    undo(kit, done.id, "admin")
    again = doing(kit, "seller", lambda unit: unit.strategies.get(plan.id))
    assert (again.owner_id, again.version, again.awaited) == ("seller", 3, ())
    numbers = [row["number"] for row in rows(kit, StrategyVersion, strategy_id=plan.id)]
    assert sorted(numbers) == [1, 2, 3]
    revised = {"expected_version": 3, "goal": "明年签约", "reason": "预算推迟"}
    assert doing(kit, "seller", lambda unit: unit.strategies.revise(plan.id, revised)).version == 4


def test_a_strategy_that_was_retired_since_stays(kit: Kit) -> None:
    customer = kit.given.customer()
    plan = doing(kit, "seller", lambda unit: unit.strategies.write({"customer_id": customer.id, "goal": "年内签约"}))
    done = hand_over(kit, {"rest_to": "colleague"})
    doing(kit, "colleague", lambda unit: unit.strategies.retire(plan.id, reason="换打法", expected_version=2))
    assert [(one.kind, one.id) for one in undo(kit, done.id).left] == [("strategy", plan.id)]
    assert [row["owner_id"] for row in rows(kit, Strategy)] == ["colleague"]


def test_what_was_raised_and_written_since_is_the_leavers_to_see_to(kit: Kit) -> None:
    customer = kit.given.customer()
    done = hand_over(kit, {"rest_to": "colleague"})
    said = {"customer_id": customer.id, "words": "交付期", "assignee_id": "colleague"}
    matter = doing(kit, "colleague", lambda unit: unit.issues.open(said))
    nobodys = doing(kit, "colleague", lambda unit: unit.needs.open({**said, "assignee_id": None}))
    plan = doing(kit, "colleague", lambda unit: unit.strategies.write({"customer_id": customer.id, "goal": "年内签约"}))
    assert undo(kit, done.id).handed_on == {"matter": 1, "strategy": 1}
    assert {row["id"]: row["assignee_id"] for row in rows(kit, Matter)} == {matter.id: "seller", nobodys.id: None}
    now = doing(kit, "seller", lambda unit: unit.strategies.get(plan.id))
    assert (now.owner_id, now.version) == ("seller", 2)


def test_what_went_with_one_that_was_merged_into_the_receivers_own_stays_his(kit: Kit) -> None:
    customer = kit.given.customer()
    own = doing(kit, "colleague", lambda unit: unit.customers.create({"name": "长风物流有限公司"}))
    said = {"customer_id": customer.id, "words": "交付期", "assignee_id": "seller"}
    matter = doing(kit, "seller", lambda unit: unit.issues.open(said))
    plan = doing(kit, "seller", lambda unit: unit.strategies.write({"customer_id": customer.id, "goal": "年内签约"}))
    done = hand_over(kit, {"rest_to": "colleague"})
    merge(kit, own, customer)
    left = {(one.kind, one.id) for one in undo(kit, done.id).left}
    assert left == {("customer", customer.id), ("matter", matter.id), ("strategy", plan.id)}
    assert [row["assignee_id"] for row in rows(kit, Matter)] == ["colleague"]
    assert [row["owner_id"] for row in rows(kit, Strategy)] == ["colleague"]


def test_a_transfer_takes_issues_needs_and_the_strategy_along(kit: Kit) -> None:
    customer = kit.given.customer()
    said = {"customer_id": customer.id, "words": "交付期"}
    his = doing(kit, "seller", lambda unit: unit.issues.open({**said, "assignee_id": "seller"}))
    helpers = doing(kit, "manager", lambda unit: unit.needs.open({**said, "assignee_id": "manager"}))
    plan = doing(kit, "seller", lambda unit: unit.strategies.write({"customer_id": customer.id, "goal": "年内签约"}))
    doing(kit, "manager", lambda unit: unit.pool.transfer(customer.id, "colleague", expected_version=1, reason="换人"))
    now = {row["id"]: (row["assignee_id"], row["version"]) for row in rows(kit, Matter)}
    assert now == {his.id: ("colleague", 2), helpers.id: ("manager", 1)}
    mine = doing(kit, "colleague", lambda unit: unit.strategies.get(plan.id))
    newest = doing(kit, "colleague", lambda unit: unit.strategies.versions(plan.id)).items[0]
    assert (mine.owner_id, mine.version, newest.reason) == ("colleague", 2, "换人")
