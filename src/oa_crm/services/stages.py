"""The history of a project's stages, which always explains where it stands. Shared by moves and approvals."""

from typing import Any
from uuid import UUID

from sqlalchemy import insert

from oa_crm.hooks.payloads import ProjectStageChanged
from oa_crm.models import StageChange
from oa_crm.services.piping.courses import Course
from oa_crm.services.work import Work


def keep(
    work: Work,
    project_id: UUID,
    before: str | None,
    after: str,
    reason: str | None = None,
    *,
    course: Course | None = None,
    because: str | None = None,
) -> None:
    """Add one move to the history, with how far it led in its course."""
    row = {
        "tenant_id": work.scope.tenant,
        "project_id": project_id,
        "before": before,
        "after": after,
        "reason": reason,
        "because": because,
        "step": None if course is None else course.step(after),
        "pipeline_id": None if course is None else course.id,
        "at": work.journal.now(),
        "by": work.scope.actor.id,
    }
    work.connection.execute(insert(StageChange), row)


def moved(
    work: Work,
    operation: str,
    row: Any,
    after: str,
    reason: str | None,
    *,
    course: Course,
    because: str | None = None,
) -> None:
    """Record, audit and announce a move that was just written; `row` is the project before it, `because` the word for
    why it ended."""
    keep(work, row.id, row.stage, after, reason, course=course, because=because)
    tell(work, operation, row, after, reason, course=course, because=because)


def tell(
    work: Work,
    operation: str,
    row: Any,
    after: str,
    reason: str | None,
    *,
    course: Course,
    because: str | None = None,
) -> None:
    """Audit and announce a move whose history is kept; digests learn the order of its stages."""
    work.journal.steps[str(row.id)] = course.keys
    changes: dict[str, list[Any]] = {"stage": [row.stage, after]}
    if row.pipeline_id != course.id:
        changes["pipeline_id"] = [row.pipeline_id, course.id]
    if row.end_reason != because:
        changes["end_reason"] = [row.end_reason, because]
    work.journal.record(operation, "project", row.id, changes, reason)
    work.journal.emit(
        ProjectStageChanged,
        project_id=row.id,
        customer_id=row.customer_id,
        name=row.name,
        owner_id=row.owner_id,
        before=row.stage,
        after=after,
        reason=reason,
        because=because,
    )
