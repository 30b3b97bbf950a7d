"""Plans when the customer or lead has another owner, or none: they go to him, or end; nobody else is reminded."""

from datetime import timedelta
from typing import Any

import pytest
from tests.integration.services.acting import SYSTEM, doing

from oa_crm.hooks import RowRule, hookimpl
from oa_crm.hooks.payloads import FollowUpDue, FollowUpOverdue, PlanChanged
from oa_crm.testing import CrmKit, Kit


def _plan(kit: Kit, actor: str = "seller", days: int = 2, **about: Any) -> Any:
    call = {"way": "phone", "purpose": "问进度", "due_at": kit.clock.now() + timedelta(days=days), **about}
    return doing(kit, actor, lambda unit: unit.plans.plan(call))


def _now(kit: Kit, plan: Any) -> tuple[str, str, str | None]:
    row = doing(kit, SYSTEM, lambda unit: unit.plans.get(plan.id))
    return row.state, row.assignee_id, row.ended_because


def _customer(kit: Kit, id: Any) -> Any:
    return doing(kit, SYSTEM, lambda unit: unit.customers.get(id))


def _release(kit: Kit, id: Any) -> Any:
    version = _customer(kit, id).version
    return doing(kit, "manager", lambda unit: unit.pool.release(id, expected_version=version, reason="跟不动了"))


def _reminded(kit: Kit) -> list[str]:
    kit.crm.reminders.run(kit.scope(SYSTEM))
    kit.relay.drain()
    return [one.member_id for what in (FollowUpDue, FollowUpOverdue) for one in kit.recorder.of(what)]


def _changes(kit: Kit, plan: Any) -> list[tuple[str, str]]:
    kit.relay.drain()
    return [(one.change, one.assignee_id) for one in kit.recorder.of(PlanChanged) if one.plan_id == plan.id]


def test_a_transferred_customers_plans_are_the_new_owners_to_do(kit: Kit) -> None:
    customer = kit.given.customer()
    his, managers = _plan(kit, customer_id=customer.id), _plan(kit, "manager", customer_id=customer.id)
    over = _plan(kit, customer_id=customer.id)
    doing(kit, "seller", lambda unit: unit.plans.cancel(over.id, reason="不必了", expected_version=1))
    give = {"expected_version": 1, "reason": "换人"}
    doing(kit, "manager", lambda unit: unit.pool.transfer(customer.id, "colleague", **give))
    assert _now(kit, his) == ("planned", "colleague", None)
    assert _now(kit, managers) == ("planned", "manager", None)
    assert _now(kit, over) == ("cancelled", "seller", "不必了")
    assert _changes(kit, his) == [("planned", "seller"), ("handed_on", "colleague")]
    assert [one.id for one in doing(kit, "colleague", lambda unit: unit.plans.agenda()).items] == [his.id]
    assert _customer(kit, customer.id).next_contact_on == his.due_on
    kit.clock.advance(days=3)
    assert sorted(_reminded(kit)) == ["colleague", "manager"]
    told = doing(kit, "colleague", lambda unit: unit.timeline.of_customer(customer.id, kinds=["plan"])).items
    assert "plans.hand_on" in [one.what for one in told]


def test_a_released_customers_plans_end_and_it_has_no_next_contact(kit: Kit) -> None:
    customer = kit.given.customer()
    kit.given.follow_up(customer, next_contact_on=(kit.clock.now() + timedelta(days=1)).date())
    plans = [_plan(kit, customer_id=customer.id), _plan(kit, "manager", customer_id=customer.id)]
    kit.clock.advance(minutes=1)
    _release(kit, customer.id)
    for plan, whose in zip(plans, ("seller", "manager"), strict=True):
        assert _now(kit, plan) == ("cancelled", whose, "customer released")
        assert _changes(kit, plan) == [("planned", whose), ("cancelled", whose)]
    assert _customer(kit, customer.id).next_contact_on is None
    kit.clock.advance(days=4)
    assert _reminded(kit) == []


def test_whoever_claims_a_customer_begins_with_no_next_contact_of_the_one_before(kit: Kit) -> None:
    customer = kit.given.customer()
    kit.given.follow_up(customer, next_contact_on=(kit.clock.now() + timedelta(days=30)).date())
    kit.clock.advance(days=1)
    _release(kit, customer.id)
    kit.clock.advance(days=1)
    doing(kit, "colleague", lambda unit: unit.pool.claim(customer.id))
    plan = _plan(kit, "colleague", customer_id=customer.id)
    doing(kit, "colleague", lambda unit: unit.plans.cancel(plan.id, reason="不必了", expected_version=1))
    assert _customer(kit, customer.id).next_contact_on is None
    said = (kit.clock.now() + timedelta(days=9)).date()
    talk = {"customer_id": customer.id, "way": "phone", "outcome": "再约", "next_contact_on": said}
    doing(kit, "colleague", lambda unit: unit.followups.log(talk))
    plan = _plan(kit, "colleague", customer_id=customer.id)
    doing(kit, "colleague", lambda unit: unit.plans.cancel(plan.id, reason="不必了", expected_version=1))
    assert _customer(kit, customer.id).next_contact_on == said, "what the present owner said stands"


def test_history_taken_in_from_before_the_pool_sets_no_next_contact(kit: Kit, tmp_path: Any) -> None:
    customer = kit.given.customer(name="云帆智能科技(杭州)有限公司")
    kit.clock.advance(days=9)
    _release(kit, customer.id)
    kit.clock.advance(days=1)
    doing(kit, "colleague", lambda unit: unit.pool.claim(customer.id))
    at, later = kit.clock.now() - timedelta(days=5), (kit.clock.now() + timedelta(days=3)).date()
    head = "客户名称,跟进时间,跟进人,跟进方式,跟进内容,下次联系"
    row = f"{customer.name},{at.isoformat()},colleague,电话,谈过,{later}"
    (path := tmp_path / "talks.csv").write_text(f"{head}\n{row}\n", encoding="utf-8")
    assert kit.crm.exchange.import_follow_ups(kit.scope("manager"), path).created == 1
    found = _customer(kit, customer.id)
    assert (found.next_contact_on, found.last_follow_up_at) == (None, at)


def test_plans_with_a_lead_follow_its_owner_and_end_when_it_is_released_or_invalid(kit: Kit) -> None:
    assigned, released, invalid = (kit.given.lead() for _ in range(3))
    plans = [_plan(kit, lead_id=one.id) for one in (assigned, released, invalid)]
    doing(kit, "manager", lambda unit: unit.leads.assign(assigned.id, "colleague", expected_version=1))
    doing(kit, "seller", lambda unit: unit.leads.release(released.id, expected_version=1, reason="太远"))
    why = {"because": "no_need", "expected_version": 1}
    doing(kit, "seller", lambda unit: unit.leads.invalidate(invalid.id, why))
    assert [_now(kit, one) for one in plans] == [
        ("planned", "colleague", None),
        ("cancelled", "seller", "lead released"),
        ("cancelled", "seller", "lead invalid"),
    ]
    assert [_changes(kit, one)[-1][0] for one in plans] == ["handed_on", "cancelled", "cancelled"]
    kit.clock.advance(days=3)
    assert _reminded(kit) == ["colleague"]


class _KeptFromOne:
    """A company that keeps some customers from one of its people."""

    name = "kept_from"

    def __init__(self) -> None:
        self.whom = ""

    @hookimpl
    def register_row_rules(self) -> list[RowRule]:
        return [RowRule("discreet", "customer", "limit", self._not_to_him, because="it is discreet")]

    def _not_to_him(self, who: Any, columns: Any) -> Any:
        return columns.level != "A" if who.id == self.whom else None


@pytest.mark.parametrize("kept_from", ["seller", "manager"])
def test_nobody_is_reminded_of_what_he_may_not_see(database: Any, crm_kit: CrmKit, kept_from: str) -> None:
    rule = _KeptFromOne()
    kit = crm_kit(rule, database=database)
    customer = kit.given.customer(level="A")
    _plan(kit, customer_id=customer.id)
    rule.whom = kept_from
    kit.clock.advance(days=6)
    kit.crm.reminders.run(kit.scope(SYSTEM))
    kit.relay.drain()
    told = [(one.member_id, one.manager_id) for one in kit.recorder.of(FollowUpOverdue)]
    assert told == ([] if kept_from == "seller" else [("seller", None)])
