"""How projects end and go on: reasons from the dictionary, what binds a won one, and how long each stage took."""

import pytest
from tests.integration.services.acting import at_once, doing, invalid, listening, refused

from oa_crm.schemas import ProjectOut
from oa_crm.settings import Settings
from oa_crm.testing import CrmKit, Kit


def _end(kit: Kit, project: ProjectOut, to: str, **more: object) -> ProjectOut:
    move = {"to": to, "expected_version": project.version, **more}
    return doing(kit, "seller", lambda unit: unit.projects.move(project.id, move))


def _reopen(kit: Kit, project: ProjectOut, actor: str = "manager", **more: object) -> ProjectOut:
    data = {"expected_version": project.version, "reason": "客户又来电话", **more}
    return doing(kit, actor, lambda unit: unit.projects.reopen(project.id, data))


@pytest.mark.parametrize("to", ["lost", "invalid"])
def test_an_end_has_a_reason_of_the_dictionary(sqlite_kit: Kit, to: str) -> None:
    kit = sqlite_kit
    project = kit.given.project()
    with invalid("reason"):
        _end(kit, project, to)
    with invalid("because"):
        _end(kit, project, to, because="bad_weather")
    with invalid("reason"):
        _end(kit, project, to, because="other")
    assert _end(kit, project, to, reason="他们搬走了").end_reason == "other"
    other = kit.given.project()
    ended = _end(kit, other, to, because={"lost": "price", "invalid": "duplicate"}[to])
    with kit.unit() as unit:
        assert [one.id for one in unit.projects.find({"end_reason": ended.end_reason}).items] == [other.id]
        assert unit.projects.stages(other.id)[-1].because == ended.end_reason


def test_only_an_end_has_one_and_a_company_has_its_own_words(crm_kit: CrmKit) -> None:
    kit = crm_kit(settings=Settings(project_lost_reasons=("weather",)))
    project = kit.given.project()
    with invalid("because"):
        _end(kit, project, "proposal", because="weather")
    assert _end(kit, project, "lost", because="weather").end_reason == "weather"


def test_what_ended_goes_on_where_it_stood_for_those_who_may(kit: Kit) -> None:
    project = _end(kit, kit.given.project(), "proposal")
    lost = _end(kit, project, "lost", because="no_budget")
    with refused("forbidden"):
        _reopen(kit, lost, actor="seller")
    with refused("stale_version"):
        _reopen(kit, project)
    again = _reopen(kit, lost)
    assert (again.state, again.stage, again.end_reason) == ("open", "proposal", None)
    with refused("illegal_state"):
        _reopen(kit, again)
    history = doing(kit, "seller", lambda unit: unit.projects.stages(project.id))
    assert [(one.after, one.because, one.reason) for one in history] == [
        ("lead", None, None), ("proposal", None, None), ("lost", "no_budget", None), ("proposal", None, "客户又来电话"),
    ]  # fmt: skip
    back = _reopen(kit, _end(kit, again, "invalid", because="duplicate"), to="lead")
    assert back.stage == "lead"
    with invalid("to"):
        _reopen(kit, _end(kit, back, "won"), to="lost")


def test_a_won_project_with_a_binding_contract_stays_won(kit: Kit) -> None:
    contract = kit.given.approved_contract()
    with kit.unit() as unit:
        won = unit.projects.get(contract.project_id)
    with refused("illegal_state", kind=f"contract {contract.number}"):
        _reopen(kit, won)
    by_hand = _end(kit, kit.given.project(), "won", because="price")
    kit.given.contract(by_hand)
    assert _reopen(kit, by_hand).state == "open", "a draft binds nobody"


def test_a_settled_project_is_never_opened_again(kit: Kit) -> None:
    lost = _end(kit, kit.given.project(), "lost", because="price")
    doing(kit, "manager", lambda unit: unit.settlements.settle(lost.id))
    with refused("illegal_state", state="settled"):
        _reopen(kit, doing(kit, "seller", lambda unit: unit.projects.get(lost.id)))


def test_reopening_is_no_way_past_a_gate(kit: Kit) -> None:
    project = kit.given.project(type=kit.given.pipeline().name)
    lost = _end(kit, project, "lost", because="price")
    with refused("gates_closed"):
        _reopen(kit, lost, to="offered")
    assert _reopen(kit, lost, to="demonstrated").stage == "demonstrated"


def test_of_two_who_reopen_at_once_one_does(kit: Kit) -> None:
    lost = _end(kit, kit.given.project(), "lost", because="price")
    result = at_once(2, lambda _: _reopen(kit, lost))
    assert len(result.answers) == 1
    assert len(doing(kit, "seller", lambda unit: unit.projects.stages(lost.id))) == 3


def test_how_long_each_stage_took_is_told_by_the_database(kit: Kit) -> None:
    project = kit.given.project()
    kit.clock.advance(hours=2)
    project = _end(kit, project, "proposal")
    kit.clock.advance(days=3)
    project = _end(kit, project, "lead", reason="重新了解")
    kit.clock.advance(seconds=90)
    with kit.unit() as unit:
        assert [one.seconds for one in unit.projects.stages(project.id)] == [7200, 3 * 86400, 90]
        stood = unit.projects.dwell(project.id)
    assert [(one.stage, one.times, one.seconds, one.now) for one in stood] == [
        ("lead", 2, 7290, True), ("proposal", 1, 3 * 86400, False),
    ]  # fmt: skip
    project = _end(kit, project, "lost", because="price")
    kit.clock.advance(days=100)
    with kit.unit() as unit:
        assert sum(one.seconds for one in unit.projects.dwell(project.id)) == 7290 + 3 * 86400
        assert unit.projects.stages(project.id)[-1].seconds is None


def test_a_long_history_takes_no_more_statements(sqlite_kit: Kit) -> None:
    kit, project = sqlite_kit, sqlite_kit.given.project()
    counts = []
    for _ in range(2):
        for to in ("proposal", "lead") * 4:
            project = _end(kit, project, to, reason="往返")
        with listening(kit.crm.engine) as sent, kit.unit(read_only=True) as unit:
            unit.projects.stages(project.id)
            unit.projects.dwell(project.id)
        counts.append(len(sent))
    assert counts[0] == counts[1]
