"""Moving all open projects of a pipeline at once: a stage is dropped, or the pipeline is left.

A constant number of statements. Each project keeps its line of history and of the audit, and is announced.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, insert, literal, select, type_coerce, update

from oa_crm.models import Project, StageChange, table_of
from oa_crm.models.types import Seconds
from oa_crm.services import stages
from oa_crm.services.base import Service
from oa_crm.services.latest import OF_PROJECT, by_index
from oa_crm.services.piping import courses
from oa_crm.services.piping.courses import Course
from oa_crm.services.piping.spans import epoch

_DAY = 86_400


def open_in(service: Service, id: UUID, keys: Sequence[str] | None = None) -> list[Any]:
    """The open projects in a pipeline that is held, or in these stages of it: held, too."""
    query = service.company_wide(Project).where(_standing(id, keys))
    return list(service.work.connection.execute(query.order_by(table_of(Project).c.id).with_for_update()))


def move(service: Service, rows: Sequence[Any], into: Course, to: Mapping[str, str], operation: str, why: str) -> None:
    """Put all open projects of one pipeline that stand where `rows` do, which are those, into stages of `into`: `to`
    names the new stage by the old one. Nobody comes to stand there meanwhile: the pipeline that they leave is held."""
    if not rows:
        return
    work, table = service.work, table_of(Project)
    now, by = work.journal.now(), work.scope.actor.id
    stood = sorted({row.stage for row in rows})
    new = {old: to.get(old, old) for old in stood}
    stamps = {"version": table.c.version + 1, "updated_at": now, "updated_by": by}
    mine = and_(table.c.tenant_id == work.scope.tenant, _standing(rows[0].pipeline_id, stood))
    there = {"stage": case(new, value=table.c.stage), "pipeline_id": into.id, "stalls_at": _stalls(into, new, now)}
    work.connection.execute(update(table).where(mine).values(**there, **stamps))
    facts = {"tenant_id": work.scope.tenant, "reason": why, "at": now, "by": by, "pipeline_id": into.id}
    moves = [_line(row, into, to) | facts for row in rows]
    work.connection.execute(insert(StageChange), moves)
    for row in rows:
        stages.tell(work, operation, row, to.get(row.stage, row.stage), why, course=into)


def reckon(service: Service, course: Course) -> None:
    """Work out anew when the open projects of a pipeline stall: so many days after they came to where they stand."""
    table, move_ = table_of(Project), table_of(StageChange)
    tenant = table.c.tenant_id == service.work.scope.tenant
    days = {one.key: one.max_days * _DAY for one in course.stages if one.max_days is not None}
    here = and_(tenant, table.c.pipeline_id == course.id if course.id else table.c.pipeline_id.is_(None))
    open_ = and_(here, table.c.state == "open")
    theirs = and_(move_.c.tenant_id == table.c.tenant_id, move_.c.project_id == table.c.id)
    last = select(epoch(move_.c.at)).where(theirs).order_by(move_.c.id.desc()).limit(1)
    since = by_index(last, move_, OF_PROJECT).scalar_subquery()
    stalls = since + case(days, value=table.c.stage, else_=None) if days else None
    service.work.connection.execute(update(table).where(open_).values(stalls_at=_as_moment(stalls)))


def _standing(pipeline_id: UUID, keys: Sequence[str] | None) -> Any:
    c = table_of(Project).c
    here = and_(c.pipeline_id == pipeline_id, c.state == "open")
    return here if keys is None else and_(here, c.stage.in_(keys))


def _stalls(into: Course, new: Mapping[str, str], now: datetime) -> Any:
    """When projects that come to stand in `into` now take too long there, by where they stood."""
    moments = {old: courses.standing(into, stage, now)["stalls_at"] for old, stage in new.items()}
    whens = {old: literal(moment, Seconds()) for old, moment in moments.items() if moment is not None}
    return case(whens, value=table_of(Project).c.stage) if whens else None


def _as_moment(seconds: Any) -> Any:
    return None if seconds is None else type_coerce(seconds, Seconds())


def _line(row: Any, into: Course, to: Mapping[str, str]) -> dict[str, Any]:
    after = to.get(row.stage, row.stage)
    return {"project_id": row.id, "before": row.stage, "after": after, "step": into.step(after)}
