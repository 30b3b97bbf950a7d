"""What a new version says: to the audit of the strategy and of its customer or project, where digests find it as a key
change, and to the world. Words stay with the version."""

from typing import Any

from oa_crm.hooks.payloads import StrategyChanged
from oa_crm.services.base import Service
from oa_crm.services.subjects import Subject


def facts(row: Any, subject: Subject) -> dict[str, Any]:
    """What every event of a strategy says."""
    return {
        "strategy_id": row.id,
        "customer_id": row.customer_id,
        "project_id": row.project_id,
        "name": subject.name,
        "owner_id": row.owner_id,
        "number": row.version,
    }


def changed(
    service: Service,
    operation: str,
    row: Any,
    subject: Subject,
    what: str,
    fields: tuple[str, ...],
    managers: tuple[str, ...],
    reason: str | None,
) -> None:
    """Record and announce a version that was just kept."""
    before = None if what == "written" else row.version - 1
    after = None if what == "retired" else row.version
    journal = service.work.journal
    journal.record(operation, "strategy", row.id, {"version": [before, row.version]}, reason)
    journal.record(operation, subject.kind, subject.id, {"strategy.version": [before, after]}, reason)
    told = {"what": what, "changed": fields, "review_on": row.review_on, "managers": managers}
    journal.emit(StrategyChanged, **facts(row, subject), **told)
