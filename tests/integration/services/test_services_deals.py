"""What is known of a project: lines that add up to the cent, slips of its day, competitors, and who decides."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from tests.integration.services.acting import at_once, count, doing, invalid, refused

from oa_crm.models import ChainLink, ProjectLine
from oa_crm.schemas import ProjectOut
from oa_crm.testing import CrmKit, Kit


def _line(code: str = "A-1", **more: Any) -> dict[str, Any]:
    return {"code": code, "name": "许可", "unit_price": "100.00", **more}


def _set(kit: Kit, project: ProjectOut, *lines: dict[str, Any]) -> ProjectOut:
    data = {"lines": list(lines), "expected_version": project.version}
    return doing(kit, "seller", lambda unit: unit.projects.set_lines(project.id, data))


def _update(kit: Kit, project: ProjectOut, **more: Any) -> ProjectOut:
    patch = {"expected_version": project.version, **more}
    return doing(kit, "seller", lambda unit: unit.projects.update(project.id, patch))


def test_the_expected_amount_is_the_sum_of_the_lines_while_there_are_any(kit: Kit) -> None:
    project = kit.given.project(expected="7.00")
    first, second = _line(quantity="2.5", discount="10"), _line("B-2", unit_price="0.10", product_line="云")
    project = _set(kit, project, first, second)
    assert str(project.expected) == "225.10 CNY"
    with kit.unit() as unit:
        told = unit.projects.lines(project.id)
    assert [(one.code, one.quantity, one.discount, str(one.amount)) for one in told] == [
        ("A-1", Decimal("2.5"), Decimal(10), "225.00 CNY"),
        ("B-2", Decimal(1), Decimal(0), "0.10 CNY"),
    ]
    with invalid("expected"):
        _update(kit, project, expected="9.00")
    project = _update(kit, project, expected="225.10", name="二期")
    project = _set(kit, project)
    assert str(project.expected) == "225.10 CNY", "what was expected stays"
    assert str(_update(kit, project, expected="9.00").expected) == "9.00 CNY"


def test_a_line_that_cannot_be_exact_is_refused_and_nothing_changes(sqlite_kit: Kit) -> None:
    kit = sqlite_kit
    project = kit.given.project(currency="JPY")
    with invalid("lines.1.unit_price", "lines.2.unit_price"):
        _set(kit, project, _line(unit_price="1"), _line(unit_price="0.5"), _line(unit_price="-1"))
    with refused("invalid_input"):
        _set(kit, project, _line(unit_price="1", quantity=0.5))
    with refused("invalid_input"):
        _set(kit, project, _line(unit_price="1", quantity="0.0001"))
    with invalid("lines"):  # each of them is within what a document may be, and together they are not
        _set(kit, project, *[_line(unit_price="900000000000000")] * 2)
    assert count(kit, ProjectLine) == 0
    with refused("stale_version"):
        _set(kit, project.model_copy(update={"version": 7}), _line(unit_price="1"))


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    lines=st.lists(
        st.tuples(st.integers(0, 10**8), st.integers(1, 10**6), st.integers(0, 10_000)), min_size=1, max_size=6
    )
)
def test_lines_add_up_to_the_cent(sqlite_kit: Kit, lines: list[tuple[int, int, int]]) -> None:
    kit = sqlite_kit
    project = kit.given.project()
    given_ones = [
        _line(
            unit_price=str(Decimal(price) / 100), quantity=str(Decimal(many) / 1000), discount=str(Decimal(off) / 100)
        )
        for price, many, off in lines
    ]
    project = _set(kit, project, *given_ones)
    wanted = [
        (Decimal(price) * many * (10_000 - off) / 10_000_000).quantize(Decimal(1), ROUND_HALF_UP)
        for price, many, off in lines
    ]
    with kit.unit() as unit:
        told = [one.amount.minor for one in unit.projects.lines(project.id) if one.amount]
    assert told == wanted
    assert project.expected is not None
    assert project.expected.minor == sum(told)


def test_of_two_who_set_lines_at_once_one_does(kit: Kit) -> None:
    project = kit.given.project()
    result = at_once(2, lambda number: _set(kit, project, *[_line(str(number))] * (number + 1)))
    assert len(result.answers) == 1
    with kit.unit() as unit:
        told = unit.projects.lines(project.id)
        assert unit.projects.get(project.id).expected.minor == sum(one.amount.minor for one in told)
    assert {one.code for one in told} == {str(len(told) - 1)}


def test_every_slip_of_the_expected_day_is_kept_with_how_far(kit: Kit) -> None:
    project = kit.given.project()
    for day in ("2026-05-01", "2026-06-15", "2026-06-15", "2026-06-01", None):
        project = _update(kit, project, expected_close_on=day, name=f"{day}")
    with kit.unit() as unit:
        slips = unit.projects.slips(project.id)
    assert [(str(one.before), str(one.after), one.days) for one in slips] == [
        ("None", "2026-05-01", None),
        ("2026-05-01", "2026-06-15", 45),
        ("2026-06-15", "2026-06-01", -14),
        ("2026-06-01", "None", None),
    ]
    assert {one.by for one in slips} == {"seller"}


def test_competitors_are_noted_once_and_change_at_their_version(kit: Kit) -> None:
    project = kit.given.project()
    with kit.unit() as unit:
        rival = {"name": "长风软件", "strengths": "价格低", "answer": "比总成本"}
        first = unit.projects.add_competitor(project.id, rival)
        unit.projects.add_competitor(project.id, {"name": "星河数据"})
        ahead = unit.projects.update_competitor(first.id, {"expected_version": 1, "state": "ahead"})
    assert (ahead.state, ahead.strengths, ahead.version) == ("ahead", "价格低", 2)
    with kit.unit() as unit, invalid("name"):
        unit.projects.add_competitor(project.id, {"name": "长风软件"})
    with kit.unit() as unit, refused("stale_version"):
        unit.projects.update_competitor(first.id, {"expected_version": 1, "state": "out"})
    with kit.unit("colleague") as unit, refused("not_found"):
        unit.projects.update_competitor(first.id, {"expected_version": 2, "state": "out"})
    with kit.unit() as unit:
        assert [one.name for one in unit.projects.competitors(project.id)] == ["长风软件", "星河数据"]


def test_the_decision_chain_is_of_people_at_the_customer_in_order(kit: Kit) -> None:
    customer, other = kit.given.customer(), kit.given.contact()
    project = kit.given.project(customer)
    boss, user = kit.given.contact(customer), kit.given.contact(customer)

    def _chain(version: int, *links: dict[str, Any]) -> ProjectOut:
        data = {"links": list(links), "expected_version": version}
        return doing(kit, "seller", lambda unit: unit.projects.set_chain(project.id, data))

    decides = {"contact_id": boss.id, "role": "decision_maker", "attitude": "opposes", "influence": 5}
    uses = {"contact_id": user.id, "role": "user", "attitude": "supports"}
    with invalid("links.1.contact_id", "links.2.contact_id"):
        _chain(1, decides, {**uses, "contact_id": other.id}, decides)
    _chain(1, uses, decides)
    _chain(2, decides, uses)
    with kit.unit() as unit:
        told = unit.projects.chain(project.id)
    assert [(one.contact_id, one.position, one.attitude, one.influence) for one in told] == [
        (boss.id, 0, "opposes", 5),
        (user.id, 1, "supports", 3),
    ]
    with refused("stale_version"):
        _chain(2, uses)


def test_gates_ask_for_a_competitor_and_for_somebody_who_decides(kit: Kit) -> None:
    gates = {"fields": ["competitor", "decision_maker"]}
    stages = [{"key": "a", "win_rate": 10}, {"key": "b", "win_rate": 20, "gates": gates}]
    doing(kit, "admin", lambda unit: unit.pipelines.define({"name": "direct", "stages": stages}))
    customer = kit.given.customer()
    project, boss = kit.given.project(customer), kit.given.contact(customer)
    link = {"contact_id": boss.id, "role": "decision_maker"}
    with kit.unit() as unit:
        assert [one.open for one in unit.projects.gates(project.id, "b")] == [False, False]
        unit.projects.add_competitor(project.id, {"name": "长风软件"})
        unit.projects.set_chain(project.id, {"links": [link], "expected_version": 1})
        assert [one.open for one in unit.projects.gates(project.id, "b")] == [True, True]


def test_a_merge_leaves_chain_and_lines_with_their_project(kit: Kit) -> None:
    winner, loser = kit.given.customer(), kit.given.customer()
    project, boss = kit.given.project(loser), kit.given.contact(loser)
    link = {"contact_id": boss.id, "role": "decision_maker"}
    doing(kit, "seller", lambda unit: unit.projects.set_chain(project.id, {"links": [link], "expected_version": 1}))
    pair = {"winner_id": winner.id, "loser_id": loser.id, "winner_version": 1, "loser_version": 1}
    merge = doing(kit, "manager", lambda unit: unit.merges.merge(pair))
    with kit.unit() as unit:
        assert unit.projects.get(project.id).customer_id == winner.id
        assert [one.contact_id for one in unit.projects.chain(project.id)] == [boss.id]
        again = {"links": [link], "expected_version": unit.projects.get(project.id).version}
        unit.projects.set_chain(project.id, again)
    doing(kit, "manager", lambda unit: unit.merges.split(merge.id, reason="两家公司"))
    with kit.unit() as unit:
        assert [one.contact_id for one in unit.projects.chain(project.id)] == [boss.id]


def test_who_is_erased_leaves_his_place_in_the_chain_and_no_words(kit: Kit) -> None:
    customer = kit.given.customer()
    project, boss = kit.given.project(customer), kit.given.contact(customer, name="林晓峰")
    link = {"contact_id": boss.id, "role": "decision_maker", "note": "林晓峰很谨慎"}
    with kit.unit() as unit:
        unit.projects.set_chain(project.id, {"links": [link], "expected_version": 1})
        unit.projects.add_competitor(project.id, {"name": "长风软件", "strengths": "认识林晓峰"})
    asked = {"kind": "contact", "thing_id": boss.id, "reason": "来函"}
    doing(kit, "admin", lambda unit: unit.privacy.erase(asked))
    assert count(kit, ChainLink) == 1
    with kit.unit() as unit:
        said = repr((unit.projects.chain(project.id), unit.projects.competitors(project.id)))
    assert "林晓峰" not in said
    assert "很谨慎" in said


def test_who_may_not_see_amounts_sees_none_in_lines(crm_kit: CrmKit, sqlite: Engine) -> None:
    kit = crm_kit(database=sqlite)
    project = kit.given.project()
    _set(kit, project, _line())
    rule = {"kind": "project", "field": "expected", "see": ["sales_manager"], "edit": ["sales_manager"]}
    doing(kit, "admin", lambda unit: unit.privacy.set_rule({**rule, "expected_version": 0}))
    with kit.unit() as unit:
        (line,) = unit.projects.lines(project.id)
        assert (line.code, line.unit_price, line.amount) == ("A-1", None, None)
    with invalid("lines"):
        _set(kit, project.model_copy(update={"version": 2}), _line())
