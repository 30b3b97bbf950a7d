"""Reminders: each step once, to the right people, by the company's days, whatever becomes of a run."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text
from tests.integration.services.acting import SYSTEM, at_once, count, doing, listening, patiently, refused

from oa_crm import Settings
from oa_crm.hooks import Message, hookimpl
from oa_crm.hooks.payloads import CustomerNeglected, FollowUpDue, FollowUpOverdue
from oa_crm.models import Reminder
from oa_crm.services.reminding import telling
from oa_crm.testing import CrmKit, Kit


def _run(kit: Kit, slice: int = 500) -> tuple[int, int, int]:
    told = kit.crm.reminders.run(kit.scope(SYSTEM), slice=slice)
    return told.due, told.overdue, told.neglected


def _plan(kit: Kit, customer: Any, actor: str = "seller", **more: Any) -> Any:
    call = {"way": "phone", "purpose": "问进度", "due_at": kit.clock.now() + timedelta(days=2), **more}
    return doing(kit, actor, lambda unit: unit.plans.plan({"customer_id": customer.id, **call}))


def _told(kit: Kit, of: Any) -> list[Any]:
    kit.relay.drain()
    return kit.recorder.of(of)


def test_a_plan_is_told_before_it_is_due_then_at_each_step_with_the_manager_from_the_third_day(kit: Kit) -> None:
    customer = kit.given.customer()
    plan = _plan(kit, customer, remind_before=120)
    assert _run(kit) == (0, 0, 0)
    kit.clock.advance(days=1, hours=22)
    assert _run(kit) == (1, 0, 0)
    assert _run(kit) == (0, 0, 0), "nobody is told twice"
    for days_on, wanted in ((1, 0), (1, 1), (1, 0), (1, 1), (4, 1), (9, 0)):
        kit.clock.advance(days=days_on)
        assert _run(kit)[1] == wanted
    assert [(one.plan_id, one.member_id, one.due) for one in _told(kit, FollowUpDue)] == [
        (plan.id, "seller", plan.due_at)
    ]
    assert [(one.days, one.manager_id) for one in _told(kit, FollowUpOverdue)] == [
        (1, None), (3, "manager"), (7, "manager"),
    ]  # fmt: skip


def test_what_is_done_cancelled_or_moved_is_not_told(kit: Kit) -> None:
    customer = kit.given.customer()
    done, cancelled, moved = (_plan(kit, customer) for _ in range(3))
    doing(kit, "seller", lambda unit: unit.plans.cancel(cancelled.id, reason="不必了", expected_version=1))
    later = {"due_at": kit.clock.now() + timedelta(days=30), "reason": "改期", "expected_version": 1}
    doing(kit, "seller", lambda unit: unit.plans.reschedule(moved.id, later))
    talk = {"customer_id": customer.id, "way": "phone", "outcome": "好", "plan_id": done.id}
    doing(kit, "seller", lambda unit: unit.followups.log(talk))
    kit.clock.advance(days=3)
    assert _run(kit)[:2] == (0, 0)
    kit.clock.advance(days=27)
    assert _run(kit)[0] == 1


def test_a_next_contact_without_a_plan_is_told_on_its_day_and_when_it_is_over(kit: Kit) -> None:
    customer, planned = kit.given.customer(), kit.given.customer()
    _run(kit)
    on = (kit.clock.now() + timedelta(days=2)).date()
    for one in (customer, planned):
        kit.given.follow_up(one, next_contact_on=on)
    _plan(kit, planned)
    for wanted in ((0, 0), (2, 0), (0, 2), (0, 0), (0, 2)):
        kit.clock.advance(days=1)
        assert _run(kit)[:2] == wanted
    told = _told(kit, FollowUpDue)
    assert {(one.customer_id, one.plan_id is None, one.member_id) for one in told} == {
        (customer.id, True, "seller"), (planned.id, False, "seller"),
    }  # fmt: skip
    over = [one for one in _told(kit, FollowUpOverdue) if one.plan_id is None]
    assert [(one.days, one.manager_id) for one in over] == [(1, None), (3, "manager")]


def test_what_falls_due_today_after_the_first_run_of_the_day_is_told_today(kit: Kit) -> None:
    customer, other = kit.given.customer(), kit.given.customer()
    kit.given.follow_up(customer, next_contact_on=kit.clock.now().date())
    assert _run(kit)[0] == 1
    kit.clock.advance(minutes=5)
    kit.given.follow_up(other, next_contact_on=kit.clock.now().date())
    assert (_run(kit)[0], _run(kit)[0]) == (1, 0), "and nobody is told twice"
    assert [one.customer_id for one in _told(kit, FollowUpDue)] == [customer.id, other.id]
    kit.clock.advance(days=1)
    assert _run(kit)[:2] == (0, 2)


def test_a_neglected_customer_is_told_at_each_step_and_no_more_when_somebody_calls(kit: Kit) -> None:
    _run(kit)
    customer = kit.given.customer()
    steps = []
    for _ in range(31):
        kit.clock.advance(days=1)
        _run(kit)
    steps = [(one.days, one.manager_id) for one in _told(kit, CustomerNeglected)]
    assert steps == [(7, None), (15, None), (30, "manager")]
    kit.given.follow_up(customer)
    for _ in range(8):
        kit.clock.advance(days=1)
        _run(kit)
    last = _told(kit, CustomerNeglected)[-1]
    assert (last.days, last.customer_id) == (7, customer.id), "it counts anew from the follow-up"
    assert len(_told(kit, CustomerNeglected)) == 4


def test_who_got_a_customer_is_not_told_of_his_predecessors_neglect(kit: Kit) -> None:
    _run(kit)
    customer = kit.given.customer()
    kit.clock.advance(days=6)
    version = doing(kit, "manager", lambda unit: unit.customers.get(customer.id)).version
    give = {"expected_version": version, "reason": "换人"}
    doing(kit, "manager", lambda unit: unit.pool.transfer(customer.id, "colleague", **give))
    kit.clock.advance(days=3)
    assert _run(kit)[2] == 0
    kit.clock.advance(days=4)
    assert _run(kit)[2] == 1
    (told,) = _told(kit, CustomerNeglected)
    assert (told.owner_id, told.days) == ("colleague", 7)


def test_after_a_pause_the_last_step_alone_is_told(kit: Kit) -> None:
    _run(kit)
    kit.given.customer()
    kit.clock.advance(days=40)
    assert _run(kit)[2] == 1
    assert [one.days for one in _told(kit, CustomerNeglected)] == [30]


def test_the_first_run_does_not_tell_of_years_at_once(kit: Kit) -> None:
    kit.given.customer()
    kit.clock.advance(days=400)
    assert _run(kit)[2] == 0


def test_nobodys_customers_and_merged_ones_are_neglected_by_nobody(kit: Kit) -> None:
    _run(kit)
    pooled, winner, loser = (kit.given.customer() for _ in range(3))
    doing(kit, "seller", lambda unit: unit.pool.release(pooled.id, expected_version=1, reason="无需求"))
    ids = {"winner_id": winner.id, "loser_id": loser.id, "winner_version": 1, "loser_version": 1}
    doing(kit, "manager", lambda unit: unit.merges.merge(ids))
    kit.clock.advance(days=7)
    assert _run(kit)[2] == 1
    assert [one.customer_id for one in _told(kit, CustomerNeglected)] == [winner.id]


def test_a_day_is_the_companys(sqlite: Engine, crm_kit: CrmKit) -> None:
    kit = crm_kit(database=sqlite, settings=Settings(time_zone="Asia/Shanghai"))
    kit.clock.advance(datetime(2026, 3, 10, 15, 30, tzinfo=UTC) - kit.clock.now())  # half past eleven at night there
    _run(kit)
    kit.given.customer()
    kit.clock.advance(days=6, minutes=29)
    assert _run(kit)[2] == 0, "one minute to midnight of the sixth day"
    kit.clock.advance(minutes=2)
    assert _run(kit)[2] == 1


def test_the_rules_are_the_companys(kit: Kit) -> None:
    rules = {"neglected_days": [2], "neglected_manager_from": 2, "overdue_days": []}
    set_to = doing(kit, "admin", lambda unit: unit.reminders.set_rules({"rules": rules, "expected_version": 0}))
    assert doing(kit, "seller", lambda unit: unit.reminders.rules()) == set_to
    with refused("stale_version"):
        doing(kit, "admin", lambda unit: unit.reminders.set_rules({"rules": rules, "expected_version": 0}))
    with refused("forbidden"):
        doing(kit, "manager", lambda unit: unit.reminders.set_rules({"rules": rules, "expected_version": 1}))
    with refused("forbidden"):
        kit.crm.reminders.run(kit.scope("manager"))
    _run(kit)
    _plan(kit, kit.given.customer(), due_at=kit.clock.now() + timedelta(hours=2))
    kit.clock.advance(days=2)
    assert _run(kit) == (1, 0, 1)
    kit.clock.advance(days=90)
    assert _run(kit) == (0, 0, 0)
    assert [one.manager_id for one in _told(kit, CustomerNeglected)] == ["manager"]


def test_a_run_that_was_killed_goes_on_and_tells_nothing_twice(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    _run(kit)
    for _ in range(5):
        customer = kit.given.customer()
        _plan(kit, customer, due_at=kit.clock.now() + timedelta(days=6, hours=22))
    kit.clock.advance(days=7)
    real, left = telling.give, [3]

    def killed(work: Any, steps: Any) -> int:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return real(work, steps)

    monkeypatch.setattr(telling, "give", killed)
    with pytest.raises(KeyboardInterrupt):
        _run(kit, slice=2)
    monkeypatch.undo()
    _run(kit, slice=2)
    assert _run(kit, slice=1) == (0, 0, 0)
    assert len(_told(kit, FollowUpDue)) == 5
    assert len(_told(kit, CustomerNeglected)) == 5
    assert count(kit, Reminder) == 10


def test_of_two_runs_at_once_each_step_is_told_by_one(kit: Kit) -> None:
    _run(kit)
    for _ in range(6):
        _plan(kit, kit.given.customer(), due_at=kit.clock.now() + timedelta(days=6, hours=22))
    kit.clock.advance(days=7)
    result = at_once(3, lambda _: patiently(lambda: _run(kit, slice=2)))
    assert not result.errors
    assert count(kit, Reminder) == 12
    assert (len(_told(kit, FollowUpDue)), len(_told(kit, CustomerNeglected))) == (6, 6)


def test_a_clock_that_ran_ahead_silences_nobody(kit: Kit) -> None:
    _run(kit)
    customer = kit.given.customer()
    with kit.crm.engine.begin() as connection:
        connection.execute(text("UPDATE oa_crm_reminder_policy SET told_to = '2031-01-01'"))
    kit.clock.advance(days=7)
    assert _run(kit)[2] == 1
    assert [one.customer_id for one in _told(kit, CustomerNeglected)] == [customer.id]


def test_a_run_costs_the_same_statements_however_many_are_due(kit: Kit) -> None:
    costs = set()
    _run(kit)
    for many in (1, 12):
        due = kit.clock.now() + timedelta(days=6, hours=22)
        plans = [_plan(kit, kit.given.customer(), due_at=due) for _ in range(many)]
        kit.clock.advance(days=7)
        with listening(kit.crm.engine) as sent:
            _run(kit)
        costs.add(len([one for one in sent if "oa_crm_" in one]))
        for plan in plans:
            doing(kit, "seller", lambda unit, of=plan: unit.plans.cancel(of.id, reason="不必了", expected_version=1))
    assert len(costs) == 1


def test_every_range_is_a_range_of_an_index(sqlite: Engine, crm_kit: CrmKit) -> None:
    kit = crm_kit(database=sqlite)
    kit.given.customer()
    _run(kit)
    kit.clock.advance(days=3)
    with listening(kit.crm.engine) as sent:
        _run(kit)
    asked = [one for one in sent if "AS anchor" in one or "remind_at <=" in one]
    assert len(asked) == 1 + 4 + 2 * 5
    with kit.crm.engine.connect() as connection:
        for said in asked:
            plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}", said.given)]
            column = found[1] if (found := re.search(r"(\w+) AS anchor", said)) else "remind_at"
            assert "USING INDEX" in plan[0], plan
            assert f"{column}>" in plan[0] or f"{column}<" in plan[0], plan


class _Phone:
    """The host's notifier."""

    name = "phone"

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, str]] = []

    @hookimpl
    def provide_notifier(self) -> "_Phone":
        return self

    def notify(self, message: Message, *, key: str) -> None:
        self.sent.append((message.topic, message.to, message.kind))


def test_people_hear_of_it_through_the_hosts_notifier(sqlite: Engine, crm_kit: CrmKit) -> None:
    phone = _Phone()
    kit = crm_kit(phone, database=sqlite)
    _plan(kit, kit.given.customer(), "manager", assignee_id="seller")
    kit.clock.advance(days=6)
    _run(kit)
    kit.relay.drain()
    assert phone.sent == [
        ("plan_planned", "seller", "customer"),
        ("follow_up_overdue", "seller", "customer"),
        ("follow_up_overdue", "manager", "customer"),
    ]
