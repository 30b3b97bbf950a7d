"""Pipelines as a company defines them. A stage that open projects stand in is dropped only with where they go."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.exc import IntegrityError

from oa_crm.errors import FieldProblem, InvalidInput, NotFound
from oa_crm.ids import new_id
from oa_crm.models import Pipeline, table_of
from oa_crm.schemas import PipelineIn, PipelineOut, PipelinePatch, PipelinesMove, PipelinesMoved
from oa_crm.schemas.pipelines import PipelineStage, stages_of
from oa_crm.services import access
from oa_crm.services.base import Service, as_id, differences, first_facts, given, shown
from oa_crm.services.piping import courses, restaging
from oa_crm.services.piping.courses import Course

_MOST = 50


class Pipelines(Service):
    """The ways that projects go. For administrators to change, for those who read projects to read, but outsiders."""

    def list(self, *, retired: bool = False) -> tuple[PipelineOut, ...]:
        """The company's pipelines in their order, in use or, if asked for, retired as well. Raises `forbidden`."""
        self._may_read()
        table = table_of(Pipeline)
        query = self.company_wide(Pipeline).order_by(table.c.position, table.c.id)
        query = query if retired else query.where(table.c.state == "in_use")
        return tuple(_out(row) for row in self.work.connection.execute(query))

    def get(self, id: UUID) -> PipelineOut:
        """One pipeline. Raises `not_found` and `forbidden`."""
        self._may_read()
        return _out(self._row(as_id(id)))

    def define(self, data: PipelineIn | dict[str, Any]) -> PipelineOut:
        """Add a pipeline. Projects on file stay where they are. Raises `invalid_input` for a name that is taken."""
        wanted = given(PipelineIn, data)
        return self.act("pipelines.define", lambda: self._define(wanted), given=wanted, answer=PipelineOut)

    def redefine(self, id: UUID, patch: PipelinePatch | dict[str, Any]) -> PipelineOut:
        """Change a pipeline, or retire it. Raises `invalid_input` for a dropped stage with open projects that `mapping`
        leads nowhere; those it names are moved in the same act."""
        wanted = given(PipelinePatch, patch)
        return self.act(
            "pipelines.redefine",
            lambda: self._redefine(as_id(id), wanted),
            given={"id": id, "patch": wanted},
            answer=PipelineOut,
        )

    def move_projects(self, data: PipelinesMove | dict[str, Any]) -> PipelinesMoved:
        """Move every open project of a pipeline into another, by a mapping of its stages. No gates are asked: it is
        the pipeline that changes, not what is known of a project."""
        wanted = given(PipelinesMove, data)
        return self.act(
            "pipelines.move_projects", lambda: self._move_projects(wanted), given=wanted, answer=PipelinesMoved
        )

    def _may_read(self) -> None:
        if access.administers(self.work, "pipeline"):
            return
        access.require(self.work, "read", "project")
        access.refuse_outsiders(self.work, "pipeline")

    def _define(self, wanted: PipelineIn) -> PipelineOut:
        access.require(self.work, "administer", "pipeline")
        self._ways(wanted.stages)
        if (self.work.connection.scalar(self.company_wide(Pipeline, func.count())) or 0) >= _MOST:
            raise InvalidInput.of("name", "too_many_pipelines", most=_MOST)
        id, facts = new_id(), {**wanted.model_dump(mode="json"), "state": "in_use"}
        try:
            with self.work.connection.begin_nested():
                self.add(Pipeline, id=id, **facts, **self.stamps())
        except IntegrityError:
            raise InvalidInput.of("name", "pipeline_name_taken", name=wanted.name) from None
        self.work.journal.record("pipelines.define", "pipeline", id, first_facts(facts))
        return _out(self._row(id))

    def _redefine(self, id: UUID, patch: PipelinePatch) -> PipelineOut:
        row = self._alone(id)
        self._ways(patch.stages)
        given_ones, whole = patch.changes(), patch.model_dump(mode="json")
        values = {name: whole[name] for name in given_ones if name != "mapping"}
        if "retired" in values:
            values["state"] = "retired" if values.pop("retired") else "in_use"
        changed = differences(row, values)
        self.change(Pipeline, row, patch.expected_version, **{name: new for name, (_, new) in changed.items()})
        self.work.journal.record("pipelines.redefine", "pipeline", id, changed)
        if "stages" in changed:
            self._follow(id, courses.course(row), courses.course(self._row(id)), patch.mapping)
        return _out(self._row(id))

    def _follow(self, id: UUID, before: Course, now: Course, mapping: dict[str, str]) -> None:
        """Projects go where the mapping says, and stall when the stages say now."""
        for new in mapping.values():
            now.must_have(new, "mapping")
        dropped = [one for one in before.keys if one not in now.keys]
        rows = restaging.open_in(self, id, dropped) if dropped else []
        self._mapped(rows, now, mapping)
        restaging.move(self, rows, now, mapping, "pipelines.redefine", "stage dropped")
        restaging.reckon(self, now)

    def _move_projects(self, wanted: PipelinesMove) -> PipelinesMoved:
        row = self._alone(wanted.pipeline_id, wanted.into)
        if wanted.into == row.id:
            raise InvalidInput.of("into", "same_pipeline")
        into = courses.of(self, wanted.into, hold=True)
        if into.state != "in_use":
            raise InvalidInput.of("into", "pipeline_retired")
        for new in wanted.mapping.values():
            into.must_have(new, "mapping")
        rows = restaging.open_in(self, row.id)
        self._mapped(rows, into, wanted.mapping)
        restaging.move(self, rows, into, wanted.mapping, "pipelines.move_projects", wanted.reason)
        self.work.journal.record(
            "pipelines.move_projects", "pipeline", row.id, {"projects": [len(rows), 0]}, wanted.reason
        )
        return PipelinesMoved(moved=len(rows))

    def _ways(self, stages: Sequence[PipelineStage]) -> None:
        known = self.work.runtime.settings.follow_up_ways
        wrong = [
            FieldProblem.of(f"stages.{at}.gates.ways", "way_of_gate", given=way, known=", ".join(known))
            for at, one in enumerate(stages)
            for way in one.gates.ways
            if way not in known
        ]
        if wrong:
            raise InvalidInput(wrong)

    def _mapped(self, rows: Any, into: Course, mapping: dict[str, str]) -> None:
        lost = sorted({row.stage for row in rows} - set(mapping))
        if lost:
            raise InvalidInput.of("mapping", "stage_in_use", stages=", ".join(lost), known=", ".join(into.keys))

    def _alone(self, id: UUID, *others: UUID | None) -> Any:
        """The pipeline, held: whoever would put a project into one of its stages waits. `others` are held too, all in
        one order, so that two who name the same ones the other way round do not wait for each other."""
        access.require(self.work, "administer", "pipeline")
        self._row(id)
        table = table_of(Pipeline)
        ids = {id, *(other for other in others if other is not None)}
        held = self.company_wide(Pipeline).where(table.c.id.in_(ids)).order_by(table.c.id).with_for_update()
        return next(row for row in self.work.connection.execute(held).all() if row.id == id)

    def _row(self, id: UUID) -> Any:
        query = self.company_wide(Pipeline).where(table_of(Pipeline).c.id == id)
        row = self.work.connection.execute(query).one_or_none()
        if row is None:
            raise NotFound("pipeline", id)
        return row


def _out(row: Any) -> PipelineOut:
    kept = {name: tuple(getattr(row, name)) for name in ("departments", "types")}
    return shown(PipelineOut, row, stages=stages_of(row.stages), **kept)
