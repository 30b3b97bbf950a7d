"""The audit of one thing, for those who may see it."""

from uuid import UUID

from oa_crm.errors import NotFound
from oa_crm.models import AuditEntry, Project, StageRequest, table_of
from oa_crm.schemas import AuditOut
from oa_crm.services import access, pages
from oa_crm.services.base import Service, as_id, shown
from oa_crm.services.kinds import model_of

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
        rows = self.work.connection.execute(query.order_by(table.c.id.desc()).limit(pages.size(self.work, limit))).all()
        return tuple(shown(AuditOut, row) for row in reversed(rows))

    def _of_a_project(self, id: UUID) -> None:
        """A request to enter a stage is seen by whoever sees its project."""
        query = self.company_wide(StageRequest, table_of(StageRequest).c.project_id)
        project = self.work.connection.scalar(query.where(table_of(StageRequest).c.id == id))
        if project is None:
            raise NotFound(_STAGE_REQUEST, id)
        self.one(Project, project)
