"""Pipelines as data: which one takes a project, what its gates ask, and what becomes of projects when it changes."""

from datetime import timedelta
from sqlite3 import SQLITE_LIMIT_VARIABLE_NUMBER
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, event, insert, update
from tests.integration.services.acting import at_once, doing, invalid, listening, refused, rows

from oa_crm.models import Project, StageChange, table_of
from oa_crm.schemas import PipelineOut, ProjectOut
from oa_crm.testing import CrmKit, Kit

GATED = [
    {"key": "contacted", "win_rate": 10, "max_days": 30},
    {"key": "shown", "win_rate": 30, "gates": {"fields": ["expected", "expected_close_on"], "ways": ["visit", "demo"]}},
    {"key": "offered", "win_rate": 60, "gates": {"fields": ["decision_maker"], "approval": True}},
]


def _define(kit: Kit, name: str = "direct", **more: Any) -> PipelineOut:
    data = {"name": name, "stages": GATED, **more}
    return doing(kit, "admin", lambda unit: unit.pipelines.define(data))


def _redefine(kit: Kit, pipeline: PipelineOut, **more: Any) -> PipelineOut:
    patch = {"expected_version": pipeline.version, **more}
    return doing(kit, "admin", lambda unit: unit.pipelines.redefine(pipeline.id, patch))


def _get(kit: Kit, project: ProjectOut) -> ProjectOut:
    return doing(kit, "seller", lambda unit: unit.projects.get(project.id))


def _move(kit: Kit, project: ProjectOut, to: str, actor: str = "seller", **more: Any) -> ProjectOut:
    move = {"to": to, "expected_version": _get(kit, project).version, **more}
    return doing(kit, actor, lambda unit: unit.projects.move(project.id, move))


def test_without_a_pipeline_of_its_own_a_company_goes_by_the_settings(kit: Kit) -> None:
    project = kit.given.project()
    assert (project.pipeline_id, project.stage, project.stalls_at) == (None, "lead", None)
    assert _move(kit, project, "negotiation").stage == "negotiation"


def test_the_first_pipeline_that_fits_type_and_department_takes_a_new_project(kit: Kit) -> None:
    everybody = _define(kit, "everybody", position=9)
    finance = _define(kit, "finance", departments=["finance"], position=1)
    renewals = _define(kit, "renewals", departments=["company"], types=["renewal"], position=2)
    assert kit.given.project(type="renewal").pipeline_id == renewals.id, "sales lies below the company"
    assert kit.given.project(type="new").pipeline_id == everybody.id
    assert kit.given.project().pipeline_id == everybody.id
    retired = _redefine(kit, renewals, retired=True)
    assert kit.given.project(type="renewal").pipeline_id == everybody.id
    assert [one.id for one in doing(kit, "seller", lambda unit: unit.pipelines.list())] == [finance.id, everybody.id]
    assert retired.state == "retired"


def test_every_closed_gate_is_told_at_once_with_what_would_open_it(kit: Kit) -> None:
    _define(kit)
    project = kit.given.project()
    with refused("gates_closed") as caught:
        _move(kit, project, "offered")
    told = {problem["field"]: problem["expected"] for problem in caught.value.as_dict("zh")["details"]["problems"]}
    assert told == {
        "expected": "请先填写 expected",
        "expected_close_on": "请先填写 expected_close_on",
        "follow_up": "请先在该项目下记录一次",
        "decision_maker": "请先填写 decision_maker",
        "approval": "请先提交进入申请,由他人批准",
    }
    shut = doing(kit, "seller", lambda unit: unit.projects.gates(project.id, "offered"))
    assert [(one.stage, one.gate) for one in shut if not one.open] == [
        ("shown", "field"), ("shown", "field"), ("shown", "follow_up"), ("offered", "field"), ("offered", "approval"),
    ]  # fmt: skip
    assert _get(kit, project) == project, "nothing happened"
    assert _move(kit, project, "lost", reason="没有预算").state == "lost", "no gate keeps anybody from giving up"


def test_a_gate_opens_by_what_it_asks_for_and_a_grant_lets_in_once(kit: Kit) -> None:
    _define(kit)
    project = kit.given.project(expected="100.00", expected_close_on="2026-06-30")
    customer = type("Customer", (), {"id": project.customer_id})
    kit.given.contact(customer, role="decision_maker")
    talk = kit.given.follow_up(customer, project_id=project.id, way="visit")
    doing(kit, "manager", lambda unit: unit.pool.strike(talk.id, reason="没有去"))
    with refused("gates_closed"):
        _move(kit, project, "shown")
    kit.given.follow_up(customer, way="demo")
    with refused("gates_closed"):  # it was not on the project
        _move(kit, project, "shown")
    kit.given.follow_up(customer, project_id=project.id, way="demo")
    asked = kit.given.entry_request(project)
    with refused("illegal_state", state="requested"):
        kit.given.entry_request(project)
    with refused("not_found"):  # he neither asked nor decides
        doing(kit, "colleague", lambda unit: unit.projects.grant_entry(asked.id))
    with refused("forbidden"):
        doing(kit, "seller", lambda unit: unit.projects.grant_entry(asked.id))
    doing(kit, "manager", lambda unit: unit.projects.grant_entry(asked.id, comment="可以"))
    with refused("illegal_state", state="granted"):
        doing(kit, "manager", lambda unit: unit.projects.refuse_entry(asked.id))
    assert _move(kit, project, "offered").stage == "offered"
    used = doing(kit, "seller", lambda unit: unit.projects.entries(state="used")).items
    assert [one.id for one in used] == [asked.id]
    told = doing(kit, "seller", lambda unit: unit.audit.of("stage_request", asked.id))
    assert [one.operation for one in told] == ["projects.ask_entry", "projects.grant_entry"]
    with refused("not_found"):
        doing(kit, "colleague", lambda unit: unit.audit.of("stage_request", asked.id))
    _move(kit, project, "shown", reason="方案要改")
    with refused("gates_closed") as caught:
        _move(kit, project, "offered")
    assert [one.field for one in caught.value.problems] == ["approval"]  # type: ignore[attr-defined]


def test_nobody_passes_a_gate_by_winning_or_through_another_pipeline(kit: Kit) -> None:
    _define(kit)
    other = _define(kit, "other", types=["other"])
    project = kit.given.project()
    with refused("gates_closed"):
        _move(kit, project, "won")
    move = {"pipeline_id": other.id, "to": "offered", "expected_version": 1, "reason": "换流程"}
    with refused("gates_closed"):
        doing(kit, "seller", lambda unit: unit.projects.change_pipeline(project.id, move))
    moved = doing(kit, "seller", lambda unit: unit.projects.change_pipeline(project.id, move | {"to": "contacted"}))
    assert (moved.pipeline_id, moved.stage) == (other.id, "contacted")
    assert kit.given.approved_contract(kit.given.contract(project)).state == "approved"
    assert _get(kit, project).state == "won", "an approved contract is no fake progress"


def test_a_grant_of_one_pipeline_opens_no_stage_of_another_that_is_called_the_same(kit: Kit) -> None:
    stages = [{"key": "contacted", "win_rate": 10}, {"key": "offered", "win_rate": 60, "gates": {"approval": True}}]
    first, other = _define(kit, stages=stages), _define(kit, "other", types=["other"], stages=stages)
    project = kit.given.project()
    asked = kit.given.entry_request(project)
    doing(kit, "manager", lambda unit: unit.projects.grant_entry(asked.id))
    assert asked.pipeline_id == first.id
    moves = {"pipeline_id": other.id, "expected_version": 1, "reason": "换流程"}
    with refused("gates_closed"):
        doing(kit, "seller", lambda unit: unit.projects.change_pipeline(project.id, {**moves, "to": "offered"}))
    doing(kit, "seller", lambda unit: unit.projects.change_pipeline(project.id, {**moves, "to": "contacted"}))
    with refused("gates_closed"):
        _move(kit, project, "offered")
    again = kit.given.entry_request(project)
    assert again.pipeline_id == other.id, "the old one is not in its way"
    doing(kit, "manager", lambda unit: unit.projects.grant_entry(again.id))
    assert _move(kit, project, "offered").stage == "offered"
    states = {one.id: one.state for one in doing(kit, "seller", lambda unit: unit.projects.entries()).items}
    assert states == {asked.id: "granted", again.id: "used"}, "what was granted there is not used up here"


def test_a_stage_with_projects_is_not_dropped_without_saying_where_they_go(kit: Kit) -> None:
    pipeline = _define(kit)
    stays, ended = kit.given.project(), kit.given.project()
    _move(kit, ended, "lost", reason="没有预算")
    with invalid("mapping"):
        _redefine(kit, pipeline, stages=GATED[1:])
    with invalid("mapping"):
        _redefine(kit, pipeline, stages=GATED[1:], mapping={"contacted": "contacted"})
    _redefine(
        kit, pipeline, stages=[{"key": "met", "win_rate": 20, "max_days": 7}, *GATED[1:]], mapping={"contacted": "met"}
    )
    now = _get(kit, stays)
    assert (now.stage, now.version, now.stalls_at) == ("met", 2, kit.clock.now().replace(microsecond=0) + _days(7))
    assert _get(kit, ended).stage == "lost"
    history = doing(kit, "seller", lambda unit: unit.projects.stages(stays.id))
    assert [(one.before, one.after) for one in history] == [(None, "contacted"), ("contacted", "met")]


def _days(number: int) -> timedelta:
    return timedelta(days=number)


def test_all_projects_of_a_pipeline_go_into_another_by_a_mapping(kit: Kit) -> None:
    pipeline, into = _define(kit), _define(kit, "next", types=["next"])
    first, second = kit.given.project(), kit.given.project()
    data = {"pipeline_id": pipeline.id, "into": into.id, "mapping": {}, "reason": "流程合并"}
    with invalid("mapping"):
        doing(kit, "admin", lambda unit: unit.pipelines.move_projects(data))
    data["mapping"] = {"contacted": "shown"}
    assert doing(kit, "admin", lambda unit: unit.pipelines.move_projects(data)).moved == 2
    assert {(one.pipeline_id, one.stage) for one in (_get(kit, first), _get(kit, second))} == {(into.id, "shown")}
    with refused("forbidden"):
        doing(kit, "manager", lambda unit: unit.pipelines.move_projects(data))


def test_moving_many_costs_the_same_statements_as_moving_one(sqlite_kit: Kit) -> None:
    """None of which names each project: a database takes no more than so many parameters."""
    kit, counts, changes = sqlite_kit, [], []
    pipeline, into = _define(kit), _define(kit, "next", types=["next"])
    for many in (1, 12):
        for _ in range(many):
            kit.given.project()
        there = {"pipeline_id": pipeline.id, "into": into.id, "mapping": {"contacted": "contacted"}, "reason": "合并"}
        with listening(kit.crm.engine) as sent:
            assert doing(kit, "admin", lambda unit, data=there: unit.pipelines.move_projects(data)).moved == many
        counts.append(len(sent))
        changes.append([one for one in sent if one.startswith("UPDATE main.oa_crm_project")])
    assert counts[0] == counts[1]
    assert changes[0] == changes[1] != []


def test_more_projects_are_moved_than_a_statement_may_have_parameters(sqlite_kit: Kit) -> None:
    kit = sqlite_kit
    pipeline, into = _define(kit), _define(kit, "next", types=["next"])
    kit.given.project()
    for model in (Project, StageChange):
        (first,) = rows(kit, model)
        column = "id" if model is Project else "project_id"
        more = [{**first, "id": at + 1, column: UUID(int=at)} for at in range(1, 1_200)]
        with kit.crm.engine.begin() as connection:
            connection.execute(insert(model), more)
    event.listen(kit.crm.engine, "checkout", _few_parameters)
    there = {"pipeline_id": pipeline.id, "into": into.id, "mapping": {"contacted": "shown"}, "reason": "合并"}
    assert doing(kit, "admin", lambda unit: unit.pipelines.move_projects(there)).moved == 1_200
    patch = {"stages": [GATED[0], {**GATED[1], "key": "seen"}], "mapping": {"shown": "seen"}}
    assert _redefine(kit, into, **patch).stages[1].key == "seen"
    assert {row["stage"] for row in rows(kit, Project)} == {"seen"}


def _few_parameters(connection: Any, *_: object) -> None:
    connection.setlimit(SQLITE_LIMIT_VARIABLE_NUMBER, 1_000)


def test_a_stage_that_takes_too_long_is_listed_longest_overdue_first(kit: Kit) -> None:
    pipeline = _define(kit)
    late = [kit.given.project()]
    kit.clock.advance(days=3)
    late.append(kit.given.project())
    kit.clock.advance(days=28)
    with kit.unit() as unit:
        assert [one.id for one in unit.projects.stalled().items] == [late[0].id]
        assert [one.id for one in unit.projects.find({"stalled": True}).items] == [late[0].id]
        assert [one.id for one in unit.projects.find({"stalled": False}).items] == [late[1].id]
    kit.clock.advance(days=3)
    with kit.unit() as unit:
        page = unit.projects.stalled(limit=1)
        assert page.items[0].id == late[0].id
        assert [one.id for one in unit.projects.stalled(limit=1, after=page.next).items] == [late[1].id]
    assert not doing(kit, "colleague", lambda unit: unit.projects.stalled()).items, "they are none of his"
    longer = [{**GATED[0], "max_days": 90}, *GATED[1:]]
    _redefine(kit, pipeline, stages=longer)
    assert not doing(kit, "seller", lambda unit: unit.projects.stalled()).items
    _move(kit, late[0], "lost", reason="没有预算")
    kit.clock.advance(days=90)
    with kit.unit() as unit:
        assert [one.id for one in unit.projects.stalled().items] == [late[1].id], "who ended is not late"


@pytest.mark.parametrize(
    ("stages", "field"),
    [
        ([], "stages"),
        ([{"key": "won", "win_rate": 5}], "stages.0.key"),
        ([{"key": "a", "win_rate": 101}], "stages.0.win_rate"),
        ([{"key": "a", "win_rate": 5}, {"key": "a", "win_rate": 6}], "(all)"),
        ([{"key": "a", "win_rate": 5, "gates": {"fields": ["owner"]}}], "stages.0.gates.fields.0"),
        ([{"key": "a", "win_rate": 5, "gates": {"ways": ["fax"]}}], "stages.0.gates.ways"),
    ],
)
def test_what_is_no_pipeline_is_refused(sqlite_kit: Kit, stages: list[Any], field: str) -> None:
    with refused("invalid_input") as caught:
        _define(sqlite_kit, stages=stages)
    assert field in [problem["field"] for problem in caught.value.details["problems"]]
    _define(sqlite_kit, "twice")
    with invalid("name"):
        _define(sqlite_kit, "twice")


def test_a_stage_is_dropped_or_entered_but_not_both(kit: Kit) -> None:
    """Whoever is first, no project is left in a stage that is gone."""
    ungated = [{"key": "a", "win_rate": 10}, {"key": "b", "win_rate": 20}, {"key": "c", "win_rate": 30}]
    pipeline = _define(kit, stages=ungated)
    project = kit.given.project()

    def act(number: int) -> Any:
        if number:
            return doing(kit, "seller", lambda unit: unit.projects.move(project.id, {"to": "b", "expected_version": 1}))
        return _redefine(kit, pipeline, stages=[ungated[0], ungated[2]])

    result = at_once(2, act)
    kept = doing(kit, "admin", lambda unit: unit.pipelines.get(pipeline.id))
    assert _get(kit, project).stage in {one.key for one in kept.stages}
    assert len(result.answers) >= 1


def test_of_two_moves_at_once_one_is_made_and_the_history_has_it(kit: Kit) -> None:
    project = kit.given.project()
    result = at_once(
        2,
        lambda number: doing(
            kit,
            "seller",
            lambda unit: unit.projects.move(
                project.id, {"to": ("qualified", "proposal")[number], "expected_version": 1}
            ),
        ),
    )
    assert len(result.answers) == 1
    last = rows(kit, StageChange)[-1]
    assert last["after"] == _get(kit, project).stage
    assert len(rows(kit, StageChange)) == 2


def test_what_was_before_pipelines_goes_on_as_it_was(kit: Kit) -> None:
    """Rows as an earlier version left them: no steps, no place on the board."""
    project = kit.given.project()
    _move(kit, project, "proposal")
    with kit.crm.engine.begin() as connection:
        connection.execute(update(table_of(StageChange)).values(step=None, pipeline_id=None))
        connection.execute(update(table_of(Project)).values(board_rank=None))
    kit.clock.advance(days=10)
    _move(kit, project, "qualified", reason="客户还没有看过")
    _move(kit, project, "proposal")
    with kit.unit() as unit:
        told = unit.pool.explain(project.customer_id)
    kit.clock.advance(days=1)
    _move(kit, project, "negotiation")
    with kit.unit() as unit:
        assert unit.pool.explain(project.customer_id).protected_until > told.protected_until


def test_a_stage_backwards_in_a_pipeline_of_ones_own_is_told_in_digests(crm_kit: CrmKit, sqlite: Engine) -> None:
    kit = crm_kit(database=sqlite)
    _define(kit, stages=[{"key": "a", "win_rate": 10}, {"key": "b", "win_rate": 20}])
    doing(kit, "manager", lambda unit: unit.digests.subscribe({"reach": "subtree"}))
    project = kit.given.project()
    _move(kit, project, "b")
    _move(kit, project, "a", reason="预算没有批")
    with kit.unit("manager") as unit:
        (digest,) = unit.digests.build().digests
        (line,) = unit.digests.read(digest.id).items
    assert (line.what, line.before, line.after) == ("stage_backwards", "b", "a")
