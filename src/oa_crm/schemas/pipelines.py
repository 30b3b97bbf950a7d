"""Pipelines: stages in order, what each takes to enter, and the requests of those who need a grant for it."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from oa_crm.schemas.base import HostId, In, Out, Patch, Reason, Record, Version
from oa_crm.schemas.classes import Position
from oa_crm.schemas.custom import FieldName, Labels

ENDS = ("won", "lost", "invalid")
"""How a project ends; no stage of a pipeline is called so."""
MOST_STAGES = 30
_LABELS = "a label by language, such as {'zh': '方案报价'}"


def _stage_key(value: Any) -> Any:
    if value in (*ENDS, "open", "settled"):
        raise PydanticCustomError("taken_stage", "{given} is how a project ends", {"given": repr(value)})
    return value


StageKey = Annotated[FieldName, BeforeValidator(_stage_key)]
_GATE_FIELD = r"^(expected|expected_close_on|decision_maker|competitor|custom\.[a-z][a-z0-9_]{0,39})$"
GateField = Annotated[str, StringConstraints(pattern=_GATE_FIELD)]
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20)]
ProjectType = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]


class Gates(In):
    """What it takes to enter a stage: facts that are there, a talk within the project, a manager's grant.

    `fields` name what must be filled in. One follow-up of the project in any of `ways`, words of the settings, will do,
    unless it was struck out. With `approval` somebody other than who asks must grant the entry.
    """

    fields: Annotated[tuple[GateField, ...], Field(max_length=20)] = ()
    ways: Annotated[tuple[Word, ...], Field(max_length=20)] = ()
    approval: bool = False


class PipelineStage(In):
    """A stage. `win_rate` is in percent; after `max_days` in it an open project is stalled, None means never."""

    key: StageKey = Field(description="1 to 40 of a-z, 0-9 and _, beginning with a letter")
    labels: Labels = Field(default={}, description=_LABELS)
    win_rate: Annotated[int, Field(ge=0, le=100)]
    max_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    gates: Gates = Gates()


def _each_once(stages: tuple[PipelineStage, ...]) -> tuple[PipelineStage, ...]:
    keys = [one.key for one in stages]
    if len(set(keys)) < len(keys):
        raise PydanticCustomError("stage_key_twice", "two stages have the same key")
    return stages


Stages = Annotated[tuple[PipelineStage, ...], Field(min_length=1, max_length=MOST_STAGES)]
Departments = Annotated[tuple[HostId, ...], Field(max_length=200)]
Types = Annotated[tuple[ProjectType, ...], Field(max_length=50)]
Mapped = Annotated[dict[str, FieldName], Field(max_length=MOST_STAGES)]


class PipelineIn(In):
    """A pipeline to add, for projects of `types` whose owner is in or below one of `departments`; left out, for all.

    Of several that fit, the first by `position` takes a new project.
    """

    name: FieldName = Field(description="1 to 40 of a-z, 0-9 and _, beginning with a letter")
    labels: Labels = Field(default={}, description=_LABELS)
    departments: Departments = ()
    types: Types = ()
    stages: Stages
    position: Position = 0

    @model_validator(mode="after")
    def _sound(self) -> "PipelineIn":
        _each_once(self.stages)
        return self


class PipelinePatch(Patch):
    """What to change of a pipeline. `stages` are all of them, in order.

    `mapping` says where open projects go that stand in a stage which is not among them any more. A retired pipeline
    takes no more projects; those in it go on.
    """

    labels: Labels = Field(default={}, description=_LABELS)
    departments: Departments = ()
    types: Types = ()
    stages: Stages = Field(default=(), validate_default=False)
    position: Position = 0
    retired: bool = False
    mapping: Mapped = Field(default={}, description="the new stage by the key of a dropped one")

    @model_validator(mode="after")
    def _sound(self) -> "PipelinePatch":
        _each_once(self.stages)
        return self


class PipelineOut(Record):
    """A pipeline as it is. `state` is in_use or retired."""

    name: str
    labels: dict[str, str]
    departments: tuple[str, ...]
    types: tuple[str, ...]
    stages: tuple[PipelineStage, ...]
    position: int
    state: str


class PipelineMove(In):
    """Of a project into another pipeline: without `pipeline_id` into that of the settings. `to` is a stage there."""

    pipeline_id: UUID | None
    to: FieldName
    expected_version: Version = Field(description="the version you read before moving")
    reason: Reason


class PipelinesMove(In):
    """Of all open projects of a pipeline into another: `mapping` names the new stage for each stage they stand in."""

    pipeline_id: UUID
    into: UUID | None
    mapping: Mapped = Field(description="the new stage by the key of the old one")
    reason: Reason


class PipelinesMoved(Out):
    """How many projects were moved."""

    moved: int


class GateOut(Out):
    """One gate before a stage: `gate` is field, follow_up or approval, `what` names the field or the ways.

    `open` says whether it lets the project pass now.
    """

    stage: str
    gate: Literal["field", "follow_up", "approval"]
    what: str
    open: bool


class StageRequestIn(In):
    """A request to let a project enter the stage `to`."""

    to: FieldName
    reason: Reason


class StageRequestOut(Out):
    """A request as it stands. `state` is requested, granted, refused or used; `stage` is one of `pipeline_id`."""

    id: UUID
    project_id: UUID
    pipeline_id: UUID | None
    stage: str
    reason: str
    state: str
    requested_at: datetime
    requested_by: str
    decided_at: datetime | None
    decided_by: str | None
    comment: str | None


def stages_of(document: Any) -> tuple[PipelineStage, ...]:
    """The stages of a pipeline as they are kept."""
    return tuple(PipelineStage(**one) for one in document)
