"""The audit of one thing, for those who may see it."""

from uuid import UUID

from oa_crm.models import AuditEntry, table_of
from oa_crm.schemas import AuditOut
from oa_crm.services import access, pages
from oa_crm.services.base import Service, shown
from oa_crm.services.kinds import model_of

_SET_UP = {"pool": "pool", "holding_limit": "pool", "remit": "remit"}
"""What a company sets up, and the right to administer that shows its audit."""


class Audit(Service):
    """Who did what, when, and what it changed."""

    def of(self, kind: str, thing_id: UUID, *, limit: int = 200) -> tuple[AuditOut, ...]:
        """The last `limit` entries about a thing that the actor may see, oldest first; about a pool, a holding limit or
        a remit, for those who administer them."""
        if kind in _SET_UP:
            access.require(self.work, "administer", _SET_UP[kind])
        else:
            self.one(model_of(kind, *_SET_UP), thing_id)
        table = table_of(AuditEntry)
        query = self.company_wide(AuditEntry).where(table.c.kind == kind, table.c.thing_id == str(thing_id))
        rows = self.work.connection.execute(query.order_by(table.c.id.desc()).limit(pages.size(self.work, limit))).all()
        return tuple(shown(AuditOut, row) for row in reversed(rows))
