"""The history of a project's stages, with how long it stood in each: worked out by the database, one statement."""

from typing import Any

from sqlalchemy import case, func, select

from oa_crm.models import StageChange, table_of
from oa_crm.models.types import Seconds, UtcDateTime
from oa_crm.schemas import StageChangeOut, StageDwell
from oa_crm.schemas.pipelines import ENDS
from oa_crm.services.base import Service, shown
from oa_crm.services.latest import OF_PROJECT, by_index
from oa_crm.services.piping.spans import epoch


def moves(service: Service, project: Any) -> tuple[StageChangeOut, ...]:
    """Every move, oldest first."""
    lines = _lines(service, project)
    return tuple(
        shown(StageChangeOut, row) for row in service.work.connection.execute(select(lines).order_by(lines.c.id))
    )


def dwell(service: Service, project: Any) -> tuple[StageDwell, ...]:
    """How long it was in each stage, in the order in which it first came there."""
    lines = _lines(service, project)
    seconds = func.sum(lines.c.seconds).label("seconds")
    each = select(lines.c.after.label("stage"), func.count().label("times"), seconds).where(lines.c.after.not_in(ENDS))
    rows = service.work.connection.execute(each.group_by(lines.c.after).order_by(func.min(lines.c.id)))
    return tuple(shown(StageDwell, row, seconds=int(row.seconds), now=row.stage == project.stage) for row in rows)


def last_stage(service: Service, project: Any) -> str:
    """The stage in which a project that ended stood before."""
    table = table_of(StageChange)
    mine = service.company_wide(StageChange, table.c.after).where(
        table.c.project_id == project.id, table.c.after.not_in(ENDS)
    )
    latest = by_index(mine.order_by(table.c.id.desc()).limit(1), table, OF_PROJECT)
    return str(service.work.connection.scalar(latest))


def _lines(service: Service, project: Any) -> Any:
    table = table_of(StageChange)
    left = func.lead(table.c.at, type_=UtcDateTime()).over(partition_by=table.c.project_id, order_by=table.c.id)
    mine = service.company_wide(StageChange, *table.c, left.label("left_at")).where(table.c.project_id == project.id)
    lines = mine.subquery("moves")
    now = Seconds().process_bind_param(service.work.journal.now(), service.work.connection.dialect)
    stood = func.coalesce(epoch(lines.c.left_at), now) - epoch(lines.c.at)
    seconds = case((lines.c.after.in_(ENDS), None), else_=stood)
    return select(*(one for one in lines.c if one.name != "left_at"), seconds.label("seconds")).subquery("lines")
