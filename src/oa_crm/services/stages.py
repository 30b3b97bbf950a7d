"""The history of a project's stages, which always explains where it stands. Shared by moves and approvals."""

from typing import Any
from uuid import UUID

from sqlalchemy import insert

from oa_crm.hooks.payloads import ProjectStageChanged
from oa_crm.models import StageChange
from oa_crm.services.work import Work


def keep(work: Work, project_id: UUID, before: str | None, after: str, reason: str | None = None) -> None:
    """Add one move to the history."""
    row = {
        "tenant_id": work.scope.tenant,
        "project_id": project_id,
        "before": before,
        "after": after,
        "reason": reason,
        "at": work.journal.now(),
        "by": work.scope.actor.id,
    }
    work.connection.execute(insert(StageChange), row)


def moved(work: Work, operation: str, row: Any, after: str, reason: str | None) -> None:
    """Record, audit and announce a move that was just written; `row` is the project before it."""
    keep(work, row.id, row.stage, after, reason)
    work.journal.record(operation, "project", row.id, {"stage": [row.stage, after]}, reason)
    work.journal.emit(
        ProjectStageChanged,
        project_id=row.id,
        customer_id=row.customer_id,
        name=row.name,
        owner_id=row.owner_id,
        before=row.stage,
        after=after,
        reason=reason,
    )
