"""Moving all open projects of a pipeline at once: a stage is dropped, or the pipeline is left.

A constant number of statements. Each project keeps its line of history and of the audit, and is announced.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, insert, select, type_coerce, update

from oa_crm.models import Project, StageChange, table_of
from oa_crm.models.types import Seconds
from oa_crm.services import stages
from oa_crm.services.base import Service
from oa_crm.services.piping.courses import Course
from oa_crm.services.piping.spans import epoch

_DAY = 86_400


def open_in(service: Service, id: UUID | None, keys: Sequence[str] | None = None) -> list[Any]:
    """The open projects in a pipeline, or in these stages of it, held."""
    table = table_of(Project)
    here = table.c.pipeline_id.is_(None) if id is None else table.c.pipeline_id == id
    query = service.company_wide(Project).where(here, table.c.state == "open")
    query = query if keys is None else query.where(table.c.stage.in_(keys))
    return list(service.work.connection.execute(query.order_by(table.c.id).with_for_update()))


def move(service: Service, rows: Sequence[Any], into: Course, to: Mapping[str, str], operation: str, why: str) -> None:
    """Put these projects into stages of `into`: `to` names the new stage by the old one."""
    if not rows:
        return
    work, table = service.work, table_of(Project)
    now, by = work.journal.now(), work.scope.actor.id
    new = case(to, value=table.c.stage, else_=table.c.stage)
    stamps = {"version": table.c.version + 1, "updated_at": now, "updated_by": by}
    mine = and_(table.c.tenant_id == work.scope.tenant, table.c.id.in_([row.id for row in rows]))
    work.connection.execute(update(table).where(mine).values(stage=new, pipeline_id=into.id, **stamps))
    facts = {"tenant_id": work.scope.tenant, "reason": why, "at": now, "by": by, "pipeline_id": into.id}
    moves = [_line(row, into, to) | facts for row in rows]
    work.connection.execute(insert(StageChange), moves)
    reckon(service, into, [row.id for row in rows])
    for row in rows:
        stages.tell(work, operation, row, to.get(row.stage, row.stage), why, course=into)


def reckon(service: Service, course: Course, ids: Sequence[UUID] | None = None) -> None:
    """Work out anew when the open projects of a pipeline stall: so many days after they came to where they stand."""
    table, move_ = table_of(Project), table_of(StageChange)
    tenant = table.c.tenant_id == service.work.scope.tenant
    days = {one.key: one.max_days * _DAY for one in course.stages if one.max_days is not None}
    here = and_(tenant, table.c.pipeline_id == course.id if course.id else table.c.pipeline_id.is_(None))
    open_ = and_(here, table.c.state == "open")
    some = open_ if ids is None else and_(open_, table.c.id.in_(ids))
    theirs = and_(move_.c.tenant_id == table.c.tenant_id, move_.c.project_id == table.c.id)
    since = select(epoch(move_.c.at)).where(theirs).order_by(move_.c.id.desc()).limit(1).scalar_subquery()
    stalls = since + case(days, value=table.c.stage, else_=None) if days else None
    service.work.connection.execute(update(table).where(some).values(stalls_at=_as_moment(stalls)))


def _as_moment(seconds: Any) -> Any:
    return None if seconds is None else type_coerce(seconds, Seconds())


def _line(row: Any, into: Course, to: Mapping[str, str]) -> dict[str, Any]:
    after = to.get(row.stage, row.stage)
    return {"project_id": row.id, "before": row.stage, "after": after, "step": into.step(after)}
