"""The audit of one thing, for those who may see it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement

from oa_crm.errors import NotFound
from oa_crm.models import AuditEntry, Customer, Post, Project, StageRequest, table_of
from oa_crm.schemas import AuditOut
from oa_crm.services import access, entries, pages
from oa_crm.services.base import Service, as_id, shown
from oa_crm.services.kinds import model_of
from oa_crm.services.timeline.rows import of_posts_where

_SET_UP = {"pool": "pool", "holding_limit": "pool", "remit": "remit", "pipeline": "pipeline"}
"""What a company sets up, and the right to administer that shows its audit."""
_FORECAST, _STAGE_REQUEST = "forecast", "stage_request"


class Audit(Service):
    """Who did what, when, and what it changed."""

    def of(self, kind: str, thing_id: UUID, *, limit: int = 200) -> tuple[AuditOut, ...]:
        """The last `limit` entries about a thing that the actor may see, oldest first; about a pool, a holding limit, a
        remit or a pipeline, for those who administer them; about a forecast, for those who may freeze one."""
        if kind in _SET_UP:
            access.require(self.work, "administer", _SET_UP[kind])
        elif kind == _FORECAST:
            access.require(self.work, "freeze", "project")
        elif kind == _STAGE_REQUEST:
            self._of_a_project(as_id(thing_id))
        else:
            self.one(model_of(kind, *_SET_UP, _FORECAST, _STAGE_REQUEST), thing_id)
        table = table_of(AuditEntry)
        query = self.company_wide(AuditEntry).where(table.c.kind == kind, table.c.thing_id == str(thing_id))
        if kind == "contact":
            query = query.where(self._of_seen_posts(as_id(thing_id)))
        query = query.where(entries.for_others(self.work)).order_by(table.c.id.desc())
        rows = self.work.connection.execute(query.limit(pages.size(self.work, limit))).all()
        left = self._customers_left(rows) if kind == "contact" else frozenset[str]()
        return tuple(shown(AuditOut, row, changes=_told(row, left)) for row in reversed(rows))

    def _of_seen_posts(self, id: UUID) -> ColumnElement[bool]:
        """What a person is at a customer is told to whoever sees that customer."""
        return of_posts_where(self, access.visible(self.work, Post), table_of(Post).c.contact_id == id)

    def _customers_left(self, rows: Sequence[Any]) -> frozenset[str]:
        """Those of the customers that a person left which the actor sees."""
        ids = {UUID(one) for row in rows for one in _left(row)}
        return frozenset(map(str, access.seen_among(self.work, Customer, ids, self.work.who)))

    def _of_a_project(self, id: UUID) -> None:
        """A request to enter a stage is seen by whoever sees its project."""
        query = self.company_wide(StageRequest, table_of(StageRequest).c.project_id)
        project = self.work.connection.scalar(query.where(table_of(StageRequest).c.id == id))
        if project is None:
            raise NotFound(_STAGE_REQUEST, id)
        try:
            self.one(Project, project)
        except NotFound:
            raise NotFound(_STAGE_REQUEST, id) from None


def _left(row: Any) -> list[str]:
    """The customers that a person left to come elsewhere."""
    return (row.changes.get("left") or [None, None])[1] or []


def _told(row: Any, seen: frozenset[str]) -> dict[str, Any]:
    """The changes of an entry, with those alone of the customers that were left which are `seen`."""
    if not _left(row):
        return dict(row.changes)
    return {**row.changes, "left": [None, [one for one in _left(row) if one in seen]]}
