"""What open projects may bring: weighted to the cent, frozen, compared; and the board that shows them."""

from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from tests.integration.services.acting import at_once, count, doing, invalid, listening, meanwhile, refused

from oa_crm.models import ForecastLine, table_of
from oa_crm.schemas import ForecastOut, ForecastSum, PipelineOut, ProjectOut
from oa_crm.testing import Kit


def _pipeline(kit: Kit, *rates: int) -> PipelineOut:
    stages = [{"key": f"s{at}", "win_rate": rate} for at, rate in enumerate(rates)]
    return doing(kit, "admin", lambda unit: unit.pipelines.define({"name": "direct", "stages": stages}))


def _move(kit: Kit, project: ProjectOut, to: str, **more: Any) -> ProjectOut:
    move = {"to": to, "expected_version": project.version, **more}
    return doing(kit, "seller", lambda unit: unit.projects.move(project.id, move))


def _shown(sums: tuple[ForecastSum, ...]) -> list[tuple[Any, ...]]:
    return [(one.key, one.projects, str(one.expected), str(one.weighted)) for one in sums]


def _show(kit: Kit, actor: str = "manager", **where: Any) -> list[tuple[Any, ...]]:
    return _shown(doing(kit, actor, lambda unit: unit.forecasts.show(where)))


def test_open_projects_are_added_up_by_what_one_asks_for(kit: Kit) -> None:
    pipeline = _pipeline(kit, 10, 50)
    first = kit.given.project(expected="1000.00", expected_close_on="2026-03-31")
    _move(kit, first, "s1")
    kit.given.project(expected="500.00", expected_close_on="2026-04-01")
    kit.given.project(expected="80.00", currency="USD", expected_close_on="2026-04-30")
    kit.given.project()
    _move(kit, kit.given.project(expected="7.00"), "lost", because="price")
    id = str(pipeline.id)
    assert _show(kit) == [(id, 3, "1,500.00 CNY", "550.00 CNY"), (id, 1, "80.00 USD", "8.00 USD")]
    assert _show(kit, by="stage") == [
        ("s0", 2, "500.00 CNY", "50.00 CNY"),
        ("s0", 1, "80.00 USD", "8.00 USD"),
        ("s1", 1, "1,000.00 CNY", "500.00 CNY"),
    ]
    assert _show(kit, by="month") == [
        ("2026-03", 1, "1,000.00 CNY", "500.00 CNY"),
        ("2026-04", 1, "500.00 CNY", "50.00 CNY"),
        ("2026-04", 1, "80.00 USD", "8.00 USD"),
        (None, 1, "0.00 CNY", "0.00 CNY"),
    ]
    assert [one[0] for one in _show(kit, by="owner")] == ["seller", "seller"]
    assert [one[0] for one in _show(kit, by="department")] == ["sales", "sales"]
    april = {"closes_from": "2026-04-01", "closes_to": "2026-04-01"}
    assert _show(kit, **april) == [(id, 1, "500.00 CNY", "50.00 CNY")]
    assert _show(kit, "colleague") == [], "they are none of his"


def test_without_a_pipeline_of_its_own_win_rates_rise_evenly(kit: Kit) -> None:
    kit.given.project(expected="100.00")
    assert _show(kit) == [(None, 1, "100.00 CNY", "20.00 CNY")]


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(deals=st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 2)), min_size=1, max_size=6))
def test_a_weighted_sum_is_exact_and_rounded_once(sqlite_kit: Kit, deals: list[tuple[int, int]]) -> None:
    kit = sqlite_kit
    if not doing(kit, "admin", lambda unit: unit.pipelines.list()):
        _pipeline(kit, 7, 33, 99)
    exact = Decimal(0)
    rates = (7, 33, 99)
    for held in doing(kit, "seller", lambda unit: unit.projects.find({"state": "open"}, limit=500)).items:
        _move(kit, held, "invalid", because="duplicate")
    for minor, stage in deals:
        project = kit.given.project(expected=str(Decimal(minor) / 100))
        if stage:
            _move(kit, project, f"s{stage}")
        exact += Decimal(minor) * rates[stage] / 100
    (one,) = doing(kit, "manager", lambda unit: unit.forecasts.show())
    assert one.weighted is not None
    assert one.weighted.minor == exact.quantize(Decimal(1), ROUND_HALF_UP)
    assert one.expected is not None
    assert one.expected.minor == sum(minor for minor, _ in deals)


def test_a_frozen_forecast_stays_and_is_compared_with_now(kit: Kit) -> None:
    pipeline = _pipeline(kit, 10, 50)
    grows, goes = kit.given.project(expected="1000.00"), kit.given.project(expected="200.00")
    with refused("forbidden"):
        doing(kit, "seller", lambda unit: unit.forecasts.freeze({"name": "一季度"}))
    frozen = doing(kit, "manager", lambda unit: unit.forecasts.freeze({"name": "一季度"}))
    assert (frozen.projects, frozen.frozen_by) == (2, "manager")
    grows = _move(kit, grows, "s1")
    _move(kit, goes, "lost", because="price")
    changed = [{"key": "s0", "win_rate": 0}, {"key": "s1", "win_rate": 60}]
    patch = {"stages": changed, "expected_version": 1}
    doing(kit, "admin", lambda unit: unit.pipelines.redefine(pipeline.id, patch))
    with kit.unit("manager") as unit:
        assert _shown(unit.forecasts.read(frozen.id)) == [(str(pipeline.id), 2, "1,200.00 CNY", "120.00 CNY")]
        by_stage = unit.forecasts.compare(frozen.id, by="stage")
        assert [(one.key, str(one.weighted)) for one in by_stage] == [("s0", "-120.00 CNY"), ("s1", "600.00 CNY")]
        assert by_stage[0].after is None
        second = unit.forecasts.freeze({"name": "二季度"})
        (line,) = unit.forecasts.compare(frozen.id, second.id)
        assert (str(line.weighted), line.before and line.before.projects) == ("480.00 CNY", 2)
        assert [one.name for one in unit.forecasts.list().items] == ["二季度", "一季度"]
    assert doing(kit, "colleague", lambda unit: unit.forecasts.read(frozen.id)) == (), "he sees none of them"
    with invalid("closes_to"):
        data = {"name": "倒着", "closes_from": "2026-02-01", "closes_to": "2026-01-01"}
        doing(kit, "manager", lambda unit: unit.forecasts.freeze(data))


def test_freezing_many_costs_as_many_statements_as_freezing_one(sqlite_kit: Kit) -> None:
    kit, counts = sqlite_kit, []
    for many in (1, 15):
        for _ in range(many):
            kit.given.project(expected="5.00")
        with listening(kit.crm.engine) as sent:
            doing(kit, "manager", lambda unit: unit.forecasts.freeze({"name": "一季度"}))
            doing(kit, "manager", lambda unit: unit.projects.board())
        counts.append(len(sent))
    assert counts[0] == counts[1]
    assert count(kit, ForecastLine) == 1 + 16


def test_the_board_shows_columns_with_counts_sums_and_the_first_cards(kit: Kit) -> None:
    pipeline = _pipeline(kit, 10, 50)
    cards = [kit.given.project(expected="10.00") for _ in range(5)]
    _move(kit, cards[4], "s1")
    with kit.unit() as unit:
        first, second = unit.projects.board(pipeline.id, limit=3)
        assert [one.id for one in first.cards] == [one.id for one in cards[:3]]
        assert (first.projects, str(first.sums[0].expected), first.win_rate) == (4, "40.00 CNY", 10)
        assert (second.stage, second.projects, second.next) == ("s1", 1, None)
        rest = unit.projects.column(pipeline.id, "s0", after=first.next)
        assert [one.id for one in rest.items] == [cards[3].id]
        assert unit.projects.board()[0].projects == 0
    assert [one.projects for one in doing(kit, "colleague", lambda unit: unit.projects.board(pipeline.id))] == [0, 0]
    with invalid("stage"):
        doing(kit, "seller", lambda unit: unit.projects.column(pipeline.id, "won"))
    with invalid("limit"):
        doing(kit, "seller", lambda unit: unit.projects.board(limit=101))


def _order(kit: Kit) -> list[Any]:
    return [one.id for one in doing(kit, "seller", lambda unit: unit.projects.board()[0].cards)]


def _put(kit: Kit, card: ProjectOut, below: ProjectOut | None) -> ProjectOut:
    data = {"below": below and below.id, "expected_version": card.version}
    return doing(kit, "seller", lambda unit: unit.projects.place(card.id, data))


def test_a_card_is_put_between_two_and_no_other_is_written(kit: Kit) -> None:
    one, two, three, four = (kit.given.project() for _ in range(4))
    assert _put(kit, four, one).version == four.version, "nothing is known of it that was not"
    assert _order(kit) == [one.id, four.id, two.id, three.id]
    _put(kit, three, None)
    assert _order(kit) == [three.id, one.id, four.id, two.id]
    _put(kit, three, two)
    assert _order(kit) == [one.id, four.id, two.id, three.id]
    for _ in range(20):
        _put(kit, two, one)
        _put(kit, four, one)
    assert _order(kit) == [one.id, four.id, two.id, three.id]
    elsewhere = _move(kit, kit.given.project(), "proposal")
    for other in (elsewhere, one):
        with invalid("below"):
            _put(kit, one, other)
    with refused("not_found"):
        doing(kit, "colleague", lambda unit: unit.projects.place(one.id, {"expected_version": 1}))


@pytest.mark.parametrize("_time", range(3))
def test_two_who_put_cards_below_the_same_one_both_find_a_place(kit: Kit, _time: int) -> None:
    top, *others = (kit.given.project() for _ in range(4))
    result = at_once(3, lambda number: _put(kit, others[number], top))
    assert not [one for one in result.errors if one.code != "busy"]
    order = _order(kit)
    assert order[0] == top.id
    assert set(order) == {top.id, *(one.id for one in others)}
    ranks = doing(kit, "seller", lambda unit: unit.projects.column(None, "lead", limit=2))
    seen, after = [one.id for one in ranks.items], ranks.next
    while after is not None:
        page = doing(kit, "seller", lambda unit, after=after: unit.projects.column(None, "lead", limit=2, after=after))
        seen, after = [*seen, *(one.id for one in page.items)], page.next
    assert seen == order


def test_a_grouping_or_a_pipeline_that_there_is_not_is_named(kit: Kit) -> None:
    frozen = doing(kit, "manager", lambda unit: unit.forecasts.freeze({"name": "三月"}))
    for act in (
        lambda unit: unit.forecasts.read(frozen.id, by="evil"),
        lambda unit: unit.forecasts.compare(frozen.id, by="evil"),
    ):
        with invalid("by"):
            doing(kit, "manager", act)
    for act in (
        lambda unit: unit.projects.board("nonsense"),
        lambda unit: unit.projects.column("nonsense", "lead"),
    ):
        with invalid("pipeline_id"):
            doing(kit, "seller", act)
    with invalid("limit"):
        doing(kit, "seller", lambda unit: unit.projects.board(limit=True))


def test_pipelines_are_read_by_those_who_read_projects(kit: Kit) -> None:
    pipeline = _pipeline(kit, 10)
    assert doing(kit, "seller", lambda unit: unit.pipelines.list()) == (pipeline,)
    for act in (lambda unit: unit.pipelines.list(), lambda unit: unit.pipelines.get(pipeline.id)):
        with refused("unknown_actor"):
            doing(kit, "ghost", act)


def test_who_may_set_them_up_reads_what_was_done_to_pipelines_and_forecasts(kit: Kit) -> None:
    pipeline = _pipeline(kit, 10)
    frozen = doing(kit, "manager", lambda unit: unit.forecasts.freeze({"name": "三月"}))
    told = {
        "pipeline": doing(kit, "admin", lambda unit: unit.audit.of("pipeline", pipeline.id)),
        "forecast": doing(kit, "manager", lambda unit: unit.audit.of("forecast", frozen.id)),
    }
    assert {kind: [one.operation for one in entries] for kind, entries in told.items()} == {
        "pipeline": ["pipelines.define"], "forecast": ["forecasts.freeze"],
    }  # fmt: skip
    for kind, id in (("pipeline", pipeline.id), ("forecast", frozen.id)):
        with refused("forbidden"):
            doing(kit, "seller", lambda unit, of=(kind, id): unit.audit.of(*of))


def _reads_pipelines(sql: str) -> bool:
    return "oa_crm_pipeline" in sql


def _lines(kit: Kit) -> list[Any]:
    with kit.crm.engine.connect() as connection:
        return [row._mapping for row in connection.execute(select(table_of(ForecastLine)))]


def _freeze(kit: Kit) -> ForecastOut:
    return doing(kit, "manager", lambda unit: unit.forecasts.freeze({"name": "三月"}))


@pytest.mark.parametrize("backend", ["postgresql", "mariadb"], indirect=True)
def test_a_forecast_counts_the_projects_that_it_keeps_whatever_ends_meanwhile(kit: Kit) -> None:
    kit.given.project(expected="1.00")
    going = kit.given.project(expected="2.00")
    with meanwhile(kit, _reads_pipelines, lambda: _move(kit, going, "lost", because="price")) as other:
        frozen = _freeze(kit)
    assert other.answers
    assert frozen.projects == len(_lines(kit)) == 1


@pytest.mark.parametrize("backend", ["postgresql", "mariadb"], indirect=True)
def test_stages_and_win_rates_of_a_forecast_are_of_one_moment(kit: Kit) -> None:
    pipeline = _pipeline(kit, 10, 50)
    kit.given.project(expected="1.00")
    stages = [{"key": "met", "win_rate": 20}, {"key": "s1", "win_rate": 50}]
    patch = {"expected_version": pipeline.version, "stages": stages, "mapping": {"s0": "met"}}
    dropped = partial(doing, kit, "admin", lambda unit: unit.pipelines.redefine(pipeline.id, patch))
    with meanwhile(kit, _reads_pipelines, dropped) as other:
        _freeze(kit)
    assert other.answers, "who waited was not kept from it"
    (line,) = _lines(kit)
    assert (line["stage"], line["win_rate"]) == ("s0", 10)
    assert _show(kit, by="stage") == [("met", 1, "1.00 CNY", "0.20 CNY")]
