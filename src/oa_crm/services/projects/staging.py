"""How projects move through their stages: gates, grants, moves, other pipelines, and the history of it."""

from typing import Any
from uuid import UUID

from oa_crm.errors import IllegalState, InvalidInput
from oa_crm.hooks.payloads import ProjectReopened
from oa_crm.models import Project, StageRequest, table_of
from oa_crm.schemas import (
    GateOut,
    Page,
    PipelineMove,
    ProjectOut,
    ReopenIn,
    StageChangeOut,
    StageDwell,
    StageMove,
    StageRequestIn,
    StageRequestOut,
)
from oa_crm.schemas.pipelines import ENDS
from oa_crm.services import pages, stages
from oa_crm.services.base import Service, as_id, given, must_be
from oa_crm.services.piping import courses, ends, gates, history, requests
from oa_crm.services.piping.courses import Course
from oa_crm.services.projects import showing


class Staging(Service):
    """The part of `Projects` that moves them."""

    def move(self, id: UUID, move: StageMove | dict[str, Any], *, idempotency_key: str | None = None) -> ProjectOut:
        """Move an open project to a stage, or end it as won, lost or invalid.

        Raises `illegal_state` for a project that ended, `invalid_input` for an unknown stage or a missing reason, and
        `gates_closed` with every gate that is closed before the stage or one that is passed over.
        """
        wanted = given(StageMove, move)
        return self.act(
            "projects.move",
            lambda: self._move(id, wanted),
            given={"id": id, "move": wanted},
            answer=ProjectOut,
            key=idempotency_key,
        )

    def gates(self, id: UUID, to: str) -> tuple[GateOut, ...]:
        """What it takes to move the project to the stage `to`, and what of it is there: every gate of that stage and
        of those passed over. Empty for a stage behind, and for lost and invalid."""
        row = self.one(Project, id)
        course = courses.of(self, row.pipeline_id)
        course.must_have(to, besides=ENDS)
        return gates.before(self, row, course, course.between(row.stage, to))

    def stages(self, id: UUID) -> tuple[StageChangeOut, ...]:
        """Every move of the project, oldest first, with how long it stood there; the last one is where it stands."""
        return history.moves(self, self.one(Project, id))

    def dwell(self, id: UUID) -> tuple[StageDwell, ...]:
        """How long the project was in each stage altogether, in the order in which it first came there."""
        return history.dwell(self, self.one(Project, id))

    def reopen(self, id: UUID, data: ReopenIn | dict[str, Any], *, idempotency_key: str | None = None) -> ProjectOut:
        """Let a project go on that was won, lost or invalid, for those who may `reopen` it.

        It stands where it stood before, or at `to`, whose gates must be open if it lies ahead. A won project with a
        contract that is approved or in approval stays won, and a settled one is never opened: `illegal_state`.
        """
        wanted = given(ReopenIn, data)
        return self.act(
            "projects.reopen",
            lambda: self._reopen(id, wanted),
            given={"id": id, "data": wanted},
            answer=ProjectOut,
            key=idempotency_key,
        )

    def ask_entry(
        self, id: UUID, data: StageRequestIn | dict[str, Any], *, idempotency_key: str | None = None
    ) -> StageRequestOut:
        """Ask to let the project enter a stage that needs a grant. Raises `illegal_state` while an earlier request for
        it is open, or granted and not used."""
        wanted = given(StageRequestIn, data)
        return self.act(
            "projects.ask_entry",
            lambda: requests.request(self, as_id(id), wanted),
            given={"id": id, "data": wanted},
            answer=StageRequestOut,
            key=idempotency_key,
        )

    def grant_entry(self, id: UUID, *, comment: str | None = None) -> StageRequestOut:
        """Let the project in, once. For those who may approve within whose reach the requester is, and never for
        oneself. Raises `illegal_state` when it was decided before."""
        return self.act(
            "projects.grant_entry",
            lambda: requests.decide(self, "projects.grant_entry", as_id(id), "granted", comment),
            given={"id": id, "comment": comment},
            answer=StageRequestOut,
        )

    def refuse_entry(self, id: UUID, *, comment: str | None = None) -> StageRequestOut:
        """Do not let it in. Whom it may be done by is as for `grant_entry`; it may be asked for again."""
        return self.act(
            "projects.refuse_entry",
            lambda: requests.decide(self, "projects.refuse_entry", as_id(id), "refused", comment),
            given={"id": id, "comment": comment},
            answer=StageRequestOut,
        )

    def entries(
        self, *, state: str | None = None, after: str | None = None, limit: int | None = None
    ) -> Page[StageRequestOut]:
        """The requests that the actor made or may decide, newest first."""
        if state is not None and state not in requests.STATES:
            raise InvalidInput.of("state", "unknown_state", state=state, known=", ".join(requests.STATES))
        table = table_of(StageRequest)
        query = self.company_wide(StageRequest).where(requests.seen(self))
        query = query if state is None else query.where(table.c.state == state)
        rows = pages.newest_first(self.work, query, table, after, limit)
        return pages.page(rows, pages.size(self.work, limit), StageRequestOut, "newest")

    def change_pipeline(
        self, id: UUID, move: PipelineMove | dict[str, Any], *, idempotency_key: str | None = None
    ) -> ProjectOut:
        """Put an open project into another pipeline, at one of its stages, whose gates and those before it must be
        open: no way round them leads through another pipeline."""
        wanted = given(PipelineMove, move)
        return self.act(
            "projects.change_pipeline",
            lambda: self._change_pipeline(id, wanted),
            given={"id": id, "move": wanted},
            answer=ProjectOut,
            key=idempotency_key,
        )

    def _move(self, id: UUID, move: StageMove) -> ProjectOut:
        row = self.one(Project, id, "write")
        self.fresh(Project, row, move.expected_version)
        must_be("project", row.state, "open")
        course = courses.of(self, row.pipeline_id, hold=True)
        _legal(course, row.stage, move)
        because = ends.because(self.work.runtime.settings, move)
        self._enter(row, course, row.stage, move.to, move.expected_version, because)
        stages.moved(self.work, "projects.move", row, move.to, move.reason, course=course, because=because)
        return showing.read_back(self, row.id)

    def _change_pipeline(self, id: UUID, move: PipelineMove) -> ProjectOut:
        row = self.one(Project, id, "write")
        self.fresh(Project, row, move.expected_version)
        must_be("project", row.state, "open")
        if move.pipeline_id == row.pipeline_id:
            raise InvalidInput.of("pipeline_id", "same_pipeline")
        course = courses.of(self, move.pipeline_id, hold=True)
        if course.state != "in_use":
            raise IllegalState(kind="pipeline", state=course.state, allowed=("in_use",))
        course.must_have(move.to)
        self._enter(row, course, "", move.to, move.expected_version)
        stages.moved(self.work, "projects.change_pipeline", row, move.to, move.reason, course=course)
        return showing.read_back(self, row.id)

    def _reopen(self, id: UUID, wanted: ReopenIn) -> ProjectOut:
        row, course = courses.with_project(self, id, "reopen")
        self.fresh(Project, row, wanted.expected_version)
        must_be("project", row.state, *ENDS)
        ends.must_be_free(self, row)
        before = history.last_stage(self, row)
        to = wanted.to or before
        course.must_have(to)
        self._enter(row, course, before, to, wanted.expected_version)
        stages.moved(self.work, "projects.reopen", row, to, wanted.reason, course=course)
        facts = {"customer_id": row.customer_id, "name": row.name, "owner_id": row.owner_id}
        about = {"project_id": row.id, **facts, "before": row.state, "stage": to, "reason": wanted.reason}
        self.work.journal.emit(ProjectReopened, **about)
        return showing.read_back(self, row.id)

    def _enter(self, row: Any, course: Course, before: str, to: str, version: int, because: str | None = None) -> None:
        """Through every gate on the way, of which the grants are used up."""
        passed = course.between(before, to)
        gates.must_be_open(self, row, course, passed)
        self.change(Project, row, version, **courses.standing(course, to, self.work.journal.now(), because))
        gates.use_grants(self, row, course, passed)


def _legal(course: Course, before: str, move: StageMove) -> None:
    course.must_have(move.to, besides=ENDS, without=before)
    first, last = course.step(before), course.step(move.to)
    backwards = first is not None and last is not None and last < first
    if move.reason is None and (backwards or (move.to in ("lost", "invalid") and move.because is None)):
        raise InvalidInput.of("reason", "move_without_reason", stage=move.to)
