"""Plans, issues and needs: what is due, what is done by which follow-up, and what lives on until it is over."""

from datetime import date, timedelta
from typing import Any

import pytest
from tests.integration.services.acting import at_once, doing, invalid, listening, patiently, refused

from oa_crm.errors import StaleVersion
from oa_crm.hooks.payloads import MatterChanged, PlanChanged
from oa_crm.testing import Kit

HOUR = timedelta(hours=1)


def _plan(kit: Kit, customer: Any, days: float = 2, actor: str = "seller", **more: Any) -> Any:
    call = {"way": "phone", "purpose": "问进度", "due_at": kit.clock.now() + timedelta(days=days), **more}
    return doing(kit, actor, lambda unit: unit.plans.plan({"customer_id": customer.id, **call}))


def _log(kit: Kit, customer: Any, actor: str = "seller", **more: Any) -> Any:
    talk = {"customer_id": customer.id, "way": "phone", "outcome": "谈好了", **more}
    return doing(kit, actor, lambda unit: unit.followups.log(talk))


def _next(kit: Kit, customer: Any) -> Any:
    return doing(kit, "manager", lambda unit: unit.customers.get(customer.id)).next_contact_on


def test_a_plan_is_done_by_the_follow_up_that_it_was_for(kit: Kit) -> None:
    customer = kit.given.customer()
    plan = _plan(kit, customer)
    assert (plan.state, plan.assignee_id, plan.moved) == ("planned", "seller", 0)
    said = _log(kit, customer, plan_id=plan.id)
    done = doing(kit, "seller", lambda unit: unit.plans.get(plan.id))
    assert (done.state, done.follow_up_id, done.ended_at) == ("done", said.id, kit.clock.now())
    with refused("illegal_state", state="done"):
        _log(kit, customer, plan_id=plan.id)
    with refused("illegal_state"):
        doing(kit, "seller", lambda unit: unit.plans.cancel(plan.id, reason="晚了", expected_version=2))
    kit.relay.drain()
    assert [one.change for one in kit.recorder.of(PlanChanged)] == ["planned", "done"]
    assert not [one for one in kit.recorder.of(PlanChanged) if "问进度" in one.model_dump_json()]


def test_two_who_log_against_one_plan_close_it_once(kit: Kit) -> None:
    customer = kit.given.customer()
    for _ in range(3):
        plan = _plan(kit, customer)
        result = at_once(4, lambda _, plan=plan: patiently(lambda: _log(kit, customer, plan_id=plan.id)))
        (won,) = result.answers
        assert result.codes == {"illegal_state"}
        done = doing(kit, "seller", lambda unit, of=plan.id: unit.plans.get(of))
        assert (done.state, done.follow_up_id) == ("done", won.id)
    with kit.unit(read_only=True) as unit:
        assert len(unit.followups.history(customer.id).items) == 3, "who came too late recorded nothing"


def test_the_next_contact_is_the_earliest_of_what_was_said_and_what_is_planned(kit: Kit) -> None:
    customer = kit.given.customer()
    late, soon = _plan(kit, customer, 9), _plan(kit, customer, 4)
    assert _next(kit, customer) == soon.due_on
    _log(kit, customer, next_contact_on=soon.due_on - timedelta(days=2))
    assert _next(kit, customer) == soon.due_on - timedelta(days=2)
    _log(kit, customer)
    assert _next(kit, customer) == soon.due_on, "the latest follow-up says nothing, the plan still stands"
    moved = {"due_at": kit.clock.now() + timedelta(days=20), "reason": "客户出差", "expected_version": 1}
    soon = doing(kit, "seller", lambda unit: unit.plans.reschedule(soon.id, moved))
    assert (soon.moved, _next(kit, customer)) == (1, late.due_on)
    doing(kit, "seller", lambda unit: unit.plans.cancel(late.id, reason="不必了", expected_version=1))
    assert _next(kit, customer) == soon.due_on
    _log(kit, customer, plan_id=soon.id, happened_at=kit.clock.now() - timedelta(days=3))
    assert _next(kit, customer) is None


def test_a_plan_is_for_whoever_may_write_there(kit: Kit) -> None:
    customer = kit.given.customer()
    assert _plan(kit, customer, actor="manager", assignee_id="seller").assignee_id == "seller"
    assert _plan(kit, customer, actor="manager").assignee_id == "manager"
    with invalid("assignee_id"):
        _plan(kit, customer, actor="manager", assignee_id="colleague")
    with invalid("assignee_id"):
        _plan(kit, customer, assignee_id="manager")
    with refused("not_found"):
        _plan(kit, customer, actor="colleague")
    with refused("forbidden"):
        _plan(kit, customer, actor="chief")
    with invalid("due_at"):
        _plan(kit, customer, 0)
    with invalid("way"):
        _plan(kit, customer, way="pigeon")
    other = kit.given.customer()
    with invalid("plan_id"):
        _log(kit, other, plan_id=_plan(kit, customer).id)


def test_my_agenda_is_what_i_have_to_do_overdue_first(kit: Kit) -> None:
    customer = kit.given.customer()
    plans = [_plan(kit, customer, days) for days in (9, 1, 5)]
    _plan(kit, customer, actor="manager")
    kit.clock.advance(days=5)
    with kit.unit(read_only=True) as unit:
        page = unit.plans.agenda(limit=2)
        assert [one.id for one in page.items] == [plans[1].id, plans[2].id]
        assert [one.id for one in unit.plans.agenda(after=page.next).items] == [plans[0].id]
        counted = unit.plans.due()
        assert (counted.overdue, counted.overdue + counted.today + counted.later) == (1, 3)
        assert [one.id for one in unit.plans.find({"overdue": True, "assignee_id": "seller"}).items] == [plans[1].id]
    with kit.unit("colleague", read_only=True) as unit:
        assert unit.plans.agenda().items == ()
        assert unit.plans.find({"customer_id": customer.id}).items == ()
        assert (unit.plans.due().overdue, unit.plans.due().later) == (0, 0)


def test_a_page_of_the_agenda_costs_the_same_however_much_there_is(kit: Kit) -> None:
    costs = set()
    for _ in range(3):
        for _ in range(3):
            _plan(kit, kit.given.customer())
        with kit.unit(read_only=True) as unit, listening(kit.crm.engine) as sent:
            unit.plans.agenda(limit=2)
        costs.add(len(sent))
    assert len(costs) == 1


def test_plans_of_a_lead_go_along_when_it_becomes_a_customer(kit: Kit) -> None:
    lead = kit.given.lead()
    call = {"lead_id": lead.id, "way": "phone", "purpose": "介绍", "due_at": kit.clock.now() + timedelta(days=3)}
    plan = doing(kit, "seller", lambda unit: unit.plans.plan(call))
    assert doing(kit, "seller", lambda unit: unit.plans.find({"lead_id": lead.id})).items == (plan,)
    done = doing(kit, "seller", lambda unit: unit.leads.convert(lead.id, {"expected_version": 1}))
    customer = doing(kit, "seller", lambda unit: unit.customers.get(done.lead.customer_id))
    assert customer.next_contact_on == plan.due_on
    said = _log(kit, customer, plan_id=plan.id)
    assert doing(kit, "seller", lambda unit: unit.plans.get(plan.id)).follow_up_id == said.id


def test_plans_follow_a_merge_and_its_split(kit: Kit) -> None:
    winner, loser = kit.given.customer(), kit.given.customer()
    plan, issue = _plan(kit, loser), _issue(kit, loser)
    ids = {"winner_id": winner.id, "loser_id": loser.id, "winner_version": 1, "loser_version": 1}
    merged = doing(kit, "manager", lambda unit: unit.merges.merge(ids))
    assert doing(kit, "seller", lambda unit: unit.plans.get(plan.id)).customer_id == winner.id
    assert doing(kit, "seller", lambda unit: unit.issues.get(issue.id)).customer_id == winner.id
    doing(kit, "manager", lambda unit: unit.merges.split(merged.id, reason="两家"))
    assert doing(kit, "seller", lambda unit: unit.plans.get(plan.id)).customer_id == loser.id


def _issue(kit: Kit, customer: Any, what: str = "issues", **more: Any) -> Any:
    return doing(
        kit, "seller", lambda unit: getattr(unit, what).open({"customer_id": customer.id, "words": "交付期", **more})
    )


def test_an_issue_stays_open_across_follow_ups_until_it_is_resolved(kit: Kit) -> None:
    customer = kit.given.customer()
    said = _log(kit, customer)
    issue = _issue(kit, customer, weight=3, follow_up_id=said.id, assignee_id="manager", due_on=date(2026, 3, 20))
    again = _log(kit, customer)
    doing(kit, "seller", lambda unit: unit.issues.comment(issue.id, {"words": "又问起", "follow_up_id": again.id}))
    assert doing(kit, "manager", lambda unit: unit.issues.find({"state": "open"})).items == (issue,)
    how = {"state": "resolved", "words": "分两期交付", "follow_up_id": again.id, "expected_version": 1}
    solved = doing(kit, "manager", lambda unit: unit.issues.close(issue.id, how))
    assert (solved.state, solved.words) == ("resolved", "交付期")
    with pytest.raises(StaleVersion):
        doing(kit, "seller", lambda unit: unit.issues.close(issue.id, how))
    doing(kit, "seller", lambda unit: unit.issues.reopen(issue.id, reason="客户不同意", expected_version=2))
    with kit.unit(read_only=True) as unit:
        notes = unit.issues.notes(issue.id).items
        assert [(one.what, one.words) for one in reversed(notes)] == [
            ("comment", "又问起"), ("resolved", "分两期交付"), ("reopened", "客户不同意"),
        ]  # fmt: skip
        assert unit.issues.get(issue.id).state == "open"
    kit.relay.drain()
    assert [(one.change, one.state) for one in kit.recorder.of(MatterChanged)] == [
        ("opened", "open"), ("closed", "resolved"), ("reopened", "open"),
    ]  # fmt: skip


def test_a_need_lives_on_until_it_is_answered_or_dropped(kit: Kit) -> None:
    customer = kit.given.customer()
    first = _issue(kit, customer, "needs", product_line="MES")
    second = _issue(kit, customer, "needs", product_line="ERP")
    dropped = {"state": "dropped", "words": "预算砍了", "expected_version": 1}
    doing(kit, "seller", lambda unit: unit.needs.close(first.id, dropped))
    with kit.unit(read_only=True) as unit:
        assert [one.id for one in unit.needs.find({"customer_id": customer.id, "state": "open"}).items] == [second.id]
        assert [one.id for one in unit.needs.find({"product_line": "MES"}).items] == [first.id]
        assert unit.issues.find().items == ()
    with invalid("state"):
        doing(kit, "seller", lambda unit: unit.needs.close(second.id, {**dropped, "state": "resolved"}))
    with refused("not_found"):
        doing(kit, "seller", lambda unit: unit.issues.get(second.id))
    with refused("forbidden"):
        doing(kit, "chief", lambda unit: unit.needs.update(second.id, {"expected_version": 1, "weight": 3}))
    with refused("not_found"):
        doing(kit, "colleague", lambda unit: unit.needs.get(second.id))
    elsewhere = _log(kit, kit.given.customer())
    with invalid("follow_up_id"):
        doing(kit, "seller", lambda unit: unit.needs.comment(second.id, {"words": "好", "follow_up_id": elsewhere.id}))


def test_of_two_who_resolve_an_issue_one_does(kit: Kit) -> None:
    issue = _issue(kit, kit.given.customer())
    how = {"state": "resolved", "words": "好了", "expected_version": 1}
    result = at_once(
        3, lambda _: patiently(lambda: doing(kit, "seller", lambda unit: unit.issues.close(issue.id, how)))
    )
    assert len(result.answers) == 1
    assert result.codes <= {"stale_version", "illegal_state"}


def test_whoever_is_to_see_to_an_issue_or_a_need_may_write_at_its_customer(kit: Kit) -> None:
    customer = kit.given.customer()
    for what in ("issues", "needs"):
        for stranger in ("colleague", "chief", "nobody"):
            with invalid("assignee_id"):
                _issue(kit, customer, what, assignee_id=stranger)
        opened = _issue(kit, customer, what, assignee_id="manager")
        with invalid("assignee_id"):
            change = {"expected_version": 1, "assignee_id": "colleague"}
            doing(kit, "seller", lambda unit, w=what, it=opened, to=change: getattr(unit, w).update(it.id, to))
        assert doing(kit, "seller", lambda unit, w=what: getattr(unit, w).find()).items == (opened,)
    join = {"kind": "customer", "thing_id": customer.id, "member_id": "colleague", "level": "write"}
    doing(kit, "seller", lambda unit: unit.teams.join({**join, "role": "presales", "reason": "一起跟"}))
    assert _issue(kit, customer, assignee_id="colleague").assignee_id == "colleague", "a seat to write is enough"
