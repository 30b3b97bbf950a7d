"""A handover that is due by itself: once for each leaver, told to his superior, run or dismissed."""

from typing import Any

from tests.integration.handing.leaving import hand_over, held_by, synced
from tests.integration.services.acting import count, doing, refused

from oa_crm.hooks.payloads import HandoverDue, MemberMoved
from oa_crm.models import Customer, Handover
from oa_crm.testing import Kit


def _due(kit: Kit) -> list[Any]:
    kit.relay.drain()
    return list(doing(kit, "admin", lambda unit: unit.handover.find(state="due")).items)


def test_whoever_leaves_and_holds_something_has_one_due(kit: Kit) -> None:
    kit.given.project()
    synced(kit, active=False)
    assert not _due_before_the_relay(kit)
    (due,) = _due(kit)
    assert (due.leaver_id, due.cause, due.superior_id, due.executed_at) == ("seller", "left", "manager", None)
    (told,) = kit.recorder.of(HandoverDue)
    assert (told.HOOK, told.counts, told.superior_id) == ("on_handover_due", {"customer": 1, "project": 1}, "manager")
    assert (told.actor, told.handover_id) == ("system", due.id)
    kit.relay.redeliver_all()
    assert len(_due(kit)) == 1
    assert len(held_by(kit, Customer, "seller")) == 1


def _due_before_the_relay(kit: Kit) -> int:
    return count(kit, Handover)


def test_whoever_holds_nothing_has_none(kit: Kit) -> None:
    synced(kit, active=False)
    assert _due(kit) == []


def test_a_move_to_another_department_makes_one_due_and_the_former_superior_runs_it(kit: Kit) -> None:
    kit.given.customer()
    synced(kit, department_id="finance", manager_id="accountant")
    (due,) = _due(kit)
    assert (due.cause, due.superior_id) == ("moved", "manager")
    (moved,) = kit.recorder.of(MemberMoved)
    assert (moved.former_department_id, moved.department_id) == ("sales", "finance")
    assert (moved.former_manager_id, moved.manager_id) == ("manager", "accountant")
    done = hand_over(kit, {"rest_to": "colleague"})
    assert (done.id, done.state, done.cause, done.executed_by) == (due.id, "executed", "moved", "manager")
    assert _due(kit) == []
    with refused("not_found"):
        doing(kit, "colleague", lambda unit: unit.handover.plan("seller"))


def test_one_that_moves_and_then_leaves_has_one_due(kit: Kit) -> None:
    kit.given.customer()
    synced(kit, department_id="finance")
    kit.relay.drain()
    synced(kit, active=False)
    assert len(_due(kit)) == 1


def test_a_change_of_name_or_manager_is_no_move(kit: Kit) -> None:
    kit.given.customer()
    synced(kit, name="Another Name", manager_id="chief")
    assert _due(kit) == []


def test_one_that_needs_no_handover_is_dismissed(kit: Kit) -> None:
    kit.given.customer()
    synced(kit, department_id="company")
    (due,) = _due(kit)
    gone = doing(kit, "manager", lambda unit: unit.handover.dismiss(due.id, reason="客户随人走"))
    assert (gone.state, gone.closed_by, gone.closed_because) == ("dismissed", "manager", "客户随人走")
    with refused("illegal_state", state="dismissed"):
        doing(kit, "manager", lambda unit: unit.handover.dismiss(due.id, reason="再次"))
    synced(kit, department_id="sales")
    assert len(_due(kit)) == 1


def test_a_receiver_takes_note_once(kit: Kit) -> None:
    kit.given.customer()
    done = hand_over(kit, {"rest_to": "colleague"})
    noted = doing(kit, "colleague", lambda unit: unit.handover.acknowledge(done.id, comment="已阅"))
    (one,) = noted.receivers
    assert (one.acknowledged_at, one.words) == (kit.clock.now(), "已阅")
    with refused("illegal_state", state="acknowledged"):
        doing(kit, "colleague", lambda unit: unit.handover.acknowledge(done.id))
    with refused("forbidden"):
        doing(kit, "manager", lambda unit: unit.handover.acknowledge(done.id))


def test_a_receiver_sees_what_is_his_and_nothing_else(kit: Kit) -> None:
    for region in ("330106", "440300"):
        kit.given.customer(region=region)
    rules = [{"regions": ["330000"], "to": ["colleague"]}]
    done = hand_over(kit, {"rules": rules, "rest_to": "manager"})
    seen = doing(kit, "colleague", lambda unit: unit.handover.items(done.id)).items
    assert [one.receiver_id for one in seen] == ["colleague"]
    assert len(doing(kit, "manager", lambda unit: unit.handover.items(done.id)).items) == 2
    for outsider in ("accountant", "people"):
        with refused("not_found"):
            doing(kit, outsider, lambda unit: unit.handover.get(done.id))
