"""Whose a project was, term by term. Projects come to another owner by a handover alone, and back by its undoing."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_

from oa_crm.models import Handover, HandoverItem, table_of
from oa_crm.services.base import Service


class Term(NamedTuple):
    """Since when a project was somebody's."""

    since: datetime
    owner_id: str


def of_project(service: Service, project: Any) -> list[Term]:
    """Every term of a project, oldest first. One statement, over the handovers since it was made."""
    i, h = table_of(HandoverItem).c, table_of(Handover).c
    by = and_(h.tenant_id == i.tenant_id, h.id == i.handover_id, h.executed_at >= project.created_at)
    columns = (h.leaver_id, i.receiver_id, h.executed_at, h.closed_at, i.put_back)
    query = service.company_wide(HandoverItem, *columns).join(table_of(Handover), by)
    ours = query.where(i.kind == "project", i.thing_id == project.id).order_by(h.executed_at, h.id)
    turns: list[tuple[datetime, str, str]] = []
    for row in service.work.connection.execute(ours):
        turns.append((row.executed_at, row.leaver_id, row.receiver_id))
        if row.put_back is not None:
            turns.append((row.closed_at, row.receiver_id, row.leaver_id))
    turns.sort(key=lambda turn: turn[0])
    first = Term(project.created_at, turns[0][1] if turns else project.owner_id)
    return [first, *(Term(at, after) for at, _, after in turns)]


def at_moment(terms: list[Term], at: datetime | None) -> Term:
    """The term that a moment is in; without one the present one."""
    begun = terms if at is None else [one for one in terms if one.since <= at]
    return begun[-1] if begun else terms[0]
