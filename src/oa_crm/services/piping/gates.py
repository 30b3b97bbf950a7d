"""What it takes to enter a stage, against fake progress. Who passes over a stage passes its gates as well.

Asked by a few statements, however many gates there are; every gate that is closed is told at once.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, exists, update

from oa_crm.errors import FieldProblem, GatesClosed
from oa_crm.models import Base, ChainLink, Competitor, FollowUp, Post, StageRequest, StruckFollowUp, table_of
from oa_crm.schemas.pipelines import GateOut, PipelineStage
from oa_crm.services.base import Service
from oa_crm.services.piping.courses import Course


@dataclass
class _Facts:
    """What gates ask of a project, each learnt when it is first asked."""

    service: Service
    project: Any
    course: Course
    ways: frozenset[str] | None = None
    granted: frozenset[str] | None = None

    def filled(self, field: str) -> bool:
        """Whether a field of the project is filled in."""
        if field.startswith("custom."):
            return (self.project.custom or {}).get(field.removeprefix("custom.")) is not None
        return _FIELDS[field](self)

    def talked(self, ways: Sequence[str]) -> bool:
        """Whether there was a talk of the project in one of these ways."""
        if self.ways is None:
            said, struck = table_of(FollowUp), table_of(StruckFollowUp)
            out = exists().where(struck.c.tenant_id == said.c.tenant_id, struck.c.follow_up_id == said.c.id)
            mine = self.service.company_wide(FollowUp, said.c.way).where(said.c.project_id == self.project.id, ~out)
            self.ways = frozenset(self.service.work.connection.scalars(mine.distinct()))
        return not self.ways.isdisjoint(ways)

    def let_in(self, stage: str) -> bool:
        """Whether somebody granted the entry, and it was not used yet."""
        if self.granted is None:
            granted = _granted(self.project, self.course)
            mine = self.service.company_wide(StageRequest, table_of(StageRequest).c.stage).where(granted)
            self.granted = frozenset(self.service.work.connection.scalars(mine))
        return stage in self.granted

    def there_is(self, model: type[Base], *where: Any) -> bool:
        """Whether the project has such a row."""
        table = table_of(model)
        mine = self.service.company_wide(model, table.c.project_id).where(table.c.project_id == self.project.id, *where)
        return self.service.work.connection.execute(mine.limit(1)).first() is not None

    def decides_somebody(self) -> bool:
        """Whether the decision chain has somebody who decides, or the customer a contact in that role."""
        if self.there_is(ChainLink, table_of(ChainLink).c.role == "decision_maker"):
            return True
        posts = table_of(Post)
        there = posts.c.role == "decision_maker", posts.c.is_current == 1
        mine = self.service.company_wide(Post, posts.c.id).where(
            posts.c.customer_id == self.project.customer_id, *there
        )
        return self.service.work.connection.execute(mine.limit(1)).first() is not None


_FIELDS: dict[str, Callable[[_Facts], bool]] = {
    "expected": lambda facts: facts.project.expected_minor is not None,
    "expected_close_on": lambda facts: facts.project.expected_close_on is not None,
    "decision_maker": _Facts.decides_somebody,
    "competitor": lambda facts: facts.there_is(Competitor),
}


def before(service: Service, project: Any, course: Course, stages: Sequence[PipelineStage]) -> tuple[GateOut, ...]:
    """Every gate before these stages of `course`, and whether it lets the project pass now."""
    return tuple(_gates(_Facts(service, project, course), stages))


def must_be_open(service: Service, project: Any, course: Course, stages: Sequence[PipelineStage]) -> None:
    """Raises `GatesClosed`, which tells all that are closed and what would open each."""
    shut = [one for one in before(service, project, course, stages) if not one.open]
    if shut:
        raise GatesClosed([_problem(one) for one in shut])


def use_grants(service: Service, project: Any, course: Course, stages: Sequence[PipelineStage]) -> None:
    """The grants for these stages of `course` let nobody in again."""
    keys = [one.key for one in stages if one.gates.approval]
    if not keys:
        return
    table = table_of(StageRequest)
    mine = and_(table.c.tenant_id == service.work.scope.tenant, _granted(project, course), table.c.stage.in_(keys))
    service.work.connection.execute(update(table).where(mine).values(state="used"))


def _granted(project: Any, course: Course) -> Any:
    """Grants say nothing of another pipeline's stages, whatever they are called. Without an id it is IS NULL."""
    asked = table_of(StageRequest).c
    return and_(asked.project_id == project.id, asked.pipeline_id == course.id, asked.state == "granted")


def _gates(facts: _Facts, stages: Sequence[PipelineStage]) -> Iterator[GateOut]:
    for one in stages:
        for field in one.gates.fields:
            yield GateOut(stage=one.key, gate="field", what=field, open=facts.filled(field))
        if one.gates.ways:
            ways = ", ".join(one.gates.ways)
            yield GateOut(stage=one.key, gate="follow_up", what=ways, open=facts.talked(one.gates.ways))
        if one.gates.approval:
            yield GateOut(stage=one.key, gate="approval", what=one.key, open=facts.let_in(one.key))


def _problem(one: GateOut) -> FieldProblem:
    field = one.what if one.gate == "field" else one.gate
    return FieldProblem.of(field, f"gate_{one.gate}", stage=one.stage, what=one.what)
