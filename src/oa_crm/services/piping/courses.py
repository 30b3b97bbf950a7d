"""A pipeline as projects go through it: a company's own, or that of the settings.

Whoever puts a project into a stage holds the pipeline's row, so that nobody takes the stage away meanwhile.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from oa_crm.errors import Busy, InvalidInput, NotFound
from oa_crm.ids import new_id
from oa_crm.models import WON_STEP, Department, Member, Pipeline, Project, table_of
from oa_crm.schemas.pipelines import ENDS, PipelineStage, stages_of
from oa_crm.services import access
from oa_crm.services.base import Service
from oa_crm.settings import Settings


@dataclass(frozen=True)
class Course:
    """Stages in order. `id` and `name` are None for the pipeline of the settings."""

    id: UUID | None
    name: str | None
    stages: tuple[PipelineStage, ...]
    state: str = "in_use"

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the stages in order."""
        return tuple(one.key for one in self.stages)

    def step(self, stage: str) -> int | None:
        """How far a stage is; None for one that leads nowhere, such as lost."""
        return WON_STEP if stage == "won" else self.keys.index(stage) if stage in self.keys else None

    def named(self, stage: str) -> PipelineStage | None:
        """The stage with this key."""
        return next((one for one in self.stages if one.key == stage), None)

    def between(self, before: str, after: str) -> tuple[PipelineStage, ...]:
        """The stages that a move enters or passes; none for one backwards or out."""
        first, last = self.step(before), self.step(after)
        return () if last is None else self.stages[(-1 if first is None else first) + 1 : last + 1]

    def must_have(self, stage: str, field: str = "to", *, besides: tuple[str, ...] = (), without: str = "") -> None:
        """Raises `InvalidInput` unless the stage is one of ours, or of `besides`, and not `without`."""
        choices = [one for one in (*self.keys, *besides) if one != without]
        if stage not in choices:
            raise InvalidInput.of(field, "unknown_stage", stage=stage, known=", ".join(choices))


def shipped(settings: Settings) -> Course:
    """The pipeline of the settings. It has no gates and no limits, and its win rates rise evenly."""
    share = 100 // (len(settings.stages) + 1)
    stages = (
        PipelineStage.model_construct(key=key, labels={}, win_rate=share * place, max_days=None, gates=_NO_GATES)
        for place, key in enumerate(settings.stages, start=1)
    )
    return Course(None, None, tuple(stages))


def of(service: Service, id: UUID | None, *, hold: bool = False) -> Course:
    """The pipeline with this id, held against changes if asked for. Raises `NotFound`."""
    if id is None:
        return shipped(service.work.runtime.settings)
    query = service.company_wide(Pipeline).where(table_of(Pipeline).c.id == id)
    row = service.work.connection.execute(query.with_for_update(read=True) if hold else query).one_or_none()
    if row is None:
        raise NotFound("pipeline", id)
    return course(row)


def on_board(service: Service, id: UUID | None) -> Course:
    """A pipeline to lay projects out by, for who reads projects; for an outsider one that his projects go through.
    Raises `Forbidden` and `NotFound`."""
    access.require(service.work, "read", "project")
    if id is not None and service.work.who.external:
        mine = service.select(Project).where(table_of(Project).c.pipeline_id == id).limit(1)
        if service.work.connection.execute(mine).first() is None:
            raise NotFound("pipeline", id)
    return of(service, id)


def with_project(service: Service, id: UUID, action: str) -> tuple[Any, Course]:
    """A project and the pipeline that it is in, both held: the pipeline first, as whoever moves projects or changes
    pipelines does. Raises `Busy` when it went into another one meanwhile."""
    course = of(service, service.one(Project, id, action).pipeline_id, hold=True)
    project = service.one(Project, id, action, lock=True)
    if project.pipeline_id != course.id:
        raise Busy
    return project, course


def all_of(service: Service, *, hold: bool = False) -> Mapping[UUID | None, Course]:
    """Every pipeline that projects may be in, in order, that of the settings last; held if asked for, by id as all who
    hold several do."""
    query = service.company_wide(Pipeline).order_by(table_of(Pipeline).c.id)
    held = service.work.connection.execute(query.with_for_update(read=True) if hold else query).all()
    rows = sorted(held, key=lambda row: (row.position, row.id))
    return {**{row.id: course(row) for row in rows}, None: shipped(service.work.runtime.settings)}


def for_new(service: Service, owner: str, type: str | None) -> Course:
    """The pipeline of a new project: the first in use that fits its type and its owner's department, held."""
    table = table_of(Pipeline)
    mine = service.company_wide(Pipeline).where(table.c.state == "in_use").order_by(table.c.position, table.c.id)
    rows = service.work.connection.execute(mine).all()
    path = _path(service, owner) if any(row.departments for row in rows) else ""
    for row in rows:
        if (not row.types or type in row.types) and (not row.departments or _within(path, row.departments)):
            found = of(service, row.id, hold=True)
            if found.state != "in_use":
                raise Busy
            return found
    return shipped(service.work.runtime.settings)


def course(row: Any) -> Course:
    """A row as a course."""
    return Course(row.id, row.name, stages_of(row.stages), row.state)


def standing(course: Course, stage: str, now: datetime, because: str | None = None) -> dict[str, Any]:
    """What a project's row says of where it stands, and why if it ended. It comes last on the board: newer ids are
    later."""
    one = course.named(stage)
    stalls = None if one is None or one.max_days is None else now + timedelta(days=one.max_days)
    state = stage if stage in ENDS else "open"
    facts = {"stage": stage, "state": state, "end_reason": because, "pipeline_id": course.id}
    return {**facts, "stalls_at": stalls, "board_rank": new_id().hex}


def _path(service: Service, owner: str) -> str:
    member, department = table_of(Member), table_of(Department)
    same = (department.c.tenant_id == member.c.tenant_id) & (department.c.id == member.c.department_id)
    mine = (member.c.tenant_id == service.work.scope.tenant) & (member.c.id == owner)
    path = service.work.connection.scalar(select(department.c.path).join_from(member, department, same).where(mine))
    return path or ""


def _within(path: str, departments: Any) -> bool:
    return not set(path.split("/")).isdisjoint(departments)


_NO_GATES = PipelineStage.model_fields["gates"].get_default()
