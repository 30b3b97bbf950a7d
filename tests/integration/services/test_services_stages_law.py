"""Whatever anybody does in whatever order: the history of its stages always explains where a project stands."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.integration.services.acting import SYSTEM, doing, rows
from tests.support.laws import examples

from oa_crm.errors import CrmError
from oa_crm.models import Project, StageChange
from oa_crm.schemas.protection import ProtectionRules
from oa_crm.testing import CrmKit, Kit

STAGES = ("a", "b", "c", "d", "lead", "qualified", "proposal", "won", "lost", "invalid")
SETS = (("a", "b", "c"), ("a", "c"), ("b", "d", "a"), ("c", "d"))
NUMBER = st.integers(0, 3)


def _stages(keys: tuple[str, ...]) -> list[dict[str, Any]]:
    """The last one needs a grant; the first one stalls."""
    made: list[dict[str, Any]] = [{"key": key, "win_rate": 10 * at} for at, key in enumerate(keys, start=1)]
    made[0]["max_days"] = 5
    made[-1]["gates"] = {"approval": True}
    return made


class World:
    """Two pipelines, some projects, and everything that moves them."""

    def __init__(self, kit: Kit) -> None:
        self.kit, self.done = kit, 0
        self.pipelines = [
            doing(kit, "admin", lambda unit, n=n: unit.pipelines.define({**n, "stages": _stages(SETS[0])})).id
            for n in ({"name": "one", "types": ["one"]}, {"name": "two", "types": ["two"]})
        ]
        rules = {"rules": ProtectionRules(projects="close").model_dump(mode="json"), "expected_version": 0}
        doing(kit, "admin", lambda unit: unit.pool.set_protection(rules))
        self.projects = [kit.given.project(type=type).id for type in ("one", "two", None)]
        self.acts: dict[str, Callable[[Any], Any]] = {
            name.removeprefix("do_"): getattr(self, name) for name in dir(self) if name.startswith("do_")
        }

    def do_move(self, it: Any) -> None:
        move = {"to": it.stage, "expected_version": self._row(it)["version"], "reason": "原因"}
        doing(self.kit, "seller", lambda unit: unit.projects.move(self._id(it), move))

    def do_change(self, it: Any) -> None:
        move = {"pipeline_id": self._pipeline(it), "to": it.stage, "expected_version": self._row(it)["version"]}
        doing(self.kit, "seller", lambda unit: unit.projects.change_pipeline(self._id(it), {**move, "reason": "换"}))

    def do_let_in(self, it: Any) -> None:
        asked = {"to": it.stage, "reason": "已演示"}
        entry = doing(self.kit, "seller", lambda unit: unit.projects.ask_entry(self._id(it), asked))
        doing(self.kit, "manager", lambda unit: unit.projects.grant_entry(entry.id))

    def do_win_by_contract(self, it: Any) -> None:
        with self.kit.unit() as unit:
            project = unit.projects.get(self._id(it))
        self.kit.given.approved_contract(self.kit.given.contract(project))

    def do_redefine(self, it: Any) -> None:
        id, now = self.pipelines[it.pipeline % 2], doing(self.kit, "admin", lambda unit: unit.pipelines.list())
        version = next(one.version for one in now if one.id == id)
        keys = SETS[it.other % len(SETS)]
        mapping = dict.fromkeys(STAGES[:4], keys[0])
        patch = {"stages": _stages(keys), "mapping": mapping, "expected_version": version}
        doing(self.kit, "admin", lambda unit: unit.pipelines.redefine(id, patch))

    def do_move_all(self, it: Any) -> None:
        mapping = dict.fromkeys(STAGES[:4], it.stage)
        data = {"pipeline_id": self.pipelines[it.other % 2], "into": self._pipeline(it), "mapping": mapping}
        doing(self.kit, "admin", lambda unit: unit.pipelines.move_projects({**data, "reason": "合并"}))

    def do_recycle(self, it: Any) -> None:
        """The clock takes a customer, and its open projects are closed."""
        for days in (200, 7, 1):
            self.kit.clock.advance(days=days)
            self.kit.crm.pool.sweep(self.kit.scope(SYSTEM))

    def do_reopen(self, it: Any) -> None:
        again = {"to": it.stage if it.other else None, "expected_version": self._row(it)["version"], "reason": "又谈了"}
        doing(self.kit, "manager", lambda unit: unit.projects.reopen(self._id(it), again))

    def do_settle(self, it: Any) -> None:
        doing(self.kit, "manager", lambda unit: unit.settlements.settle(self._id(it)))

    def try_(self, name: str, it: Any) -> None:
        """Do it; a refusal is as good."""
        try:
            self.acts[name](it)
            self.done += 1
        except CrmError:
            pass

    def _id(self, it: Any) -> Any:
        return self.projects[it.project % len(self.projects)]

    def _row(self, it: Any) -> Any:
        return next(row for row in rows(self.kit, Project) if row["id"] == self._id(it))

    def _pipeline(self, it: Any) -> Any:
        return (*self.pipelines, None)[it.pipeline % 3]

    def check(self) -> None:
        """The history from its beginning leads to where each project stands, and to nothing else."""
        history = rows(self.kit, StageChange)
        for project in rows(self.kit, Project):
            moves = [one for one in history if one["project_id"] == project["id"]]
            assert moves[0]["before"] is None
            assert all(before["after"] == after["before"] for before, after in pairwise(moves))
            assert all(before["at"] <= after["at"] for before, after in pairwise(moves))
            assert moves[-1]["after"] == project["stage"]
            assert moves[-1]["because"] == project["end_reason"]
            assert (project["end_reason"] is not None) >= (project["stage"] in ("lost", "invalid"))
            self._told(project, moves)
            ended = project["stage"] in ("won", "lost", "invalid")
            assert project["state"] in ((project["stage"], "settled") if ended else ("open",))
            if not ended:
                assert moves[-1]["pipeline_id"] == project["pipeline_id"]
                self._stands_in_its_pipeline(project)
            assert (project["stalls_at"] is not None) == (not ended and self._first(project) == project["stage"])

    def _told(self, project: Any, moves: list[Any]) -> None:
        """What is told of the time in each stage adds up to the time between its moves."""
        with self.kit.unit("admin", read_only=True) as unit:
            told, stood = unit.projects.stages(project["id"]), unit.projects.dwell(project["id"])
        ends = [one["at"] for one in moves[1:]] + [self.kit.clock.now()]
        wanted = [int(end.timestamp()) - int(one["at"].timestamp()) for one, end in zip(moves, ends, strict=True)]
        open_ones = [at for at, one in enumerate(moves) if one["after"] not in ("won", "lost", "invalid")]
        assert [told[at].seconds for at in open_ones] == [wanted[at] for at in open_ones]
        assert sum(one.seconds for one in stood) == sum(wanted[at] for at in open_ones)
        assert [one.stage for one in stood if one.now] == ([] if project["state"] != "open" else [project["stage"]])

    def _stages_of(self, project: Any) -> tuple[str, ...]:
        if project["pipeline_id"] is None:
            return self.kit.crm.settings.stages
        with self.kit.unit("admin", read_only=True) as unit:
            return tuple(one.key for one in unit.pipelines.get(project["pipeline_id"]).stages)

    def _stands_in_its_pipeline(self, project: Any) -> None:
        assert project["stage"] in self._stages_of(project)

    def _first(self, project: Any) -> str | None:
        return None if project["pipeline_id"] is None else self._stages_of(project)[0]


ACTS = (
    "move", "move", "move", "change", "let_in", "win_by_contract", "redefine", "move_all", "recycle", "settle",
    "reopen",
)  # fmt: skip
IT = st.builds(
    lambda **named: type("It", (), named),
    stage=st.sampled_from(STAGES), project=NUMBER, pipeline=NUMBER, other=NUMBER,
)  # fmt: skip


@settings(max_examples=examples(12), deadline=None, suppress_health_check=list(HealthCheck))
@given(plan=st.lists(st.tuples(st.sampled_from(ACTS), IT), min_size=1, max_size=10))
def test_stage_history_always_explains_the_present_stage(crm_kit: CrmKit, plan: list[tuple[str, Any]]) -> None:
    kit = crm_kit()
    world = World(kit)
    for name, it in plan:
        world.try_(name, it)
        world.check()


def test_every_act_of_the_law_can_be_done(crm_kit: CrmKit) -> None:
    """Else the law would hold because nothing ever happens."""
    world = World(crm_kit())
    about = type("It", (), {"stage": "c", "project": 0, "pipeline": 0, "other": 1})
    for name in ("let_in", "move", "redefine", "win_by_contract", "settle"):
        world.acts[name](about)
        world.check()
    about = type("It", (), {"stage": "lead", "project": 1, "pipeline": 2, "other": 1})
    for name in ("change", "recycle"):
        world.acts[name](about)
        world.check()
    about = type("It", (), {"stage": "a", "project": 1, "pipeline": 2, "other": 0})
    world.acts["reopen"](about)
    world.check()
    world.kit.given.project(type="two")
    about = type("It", (), {"stage": "proposal", "project": 1, "pipeline": 2, "other": 1})
    world.acts["move_all"](about)
    world.check()
