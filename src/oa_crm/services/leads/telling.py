"""What a changed lead tells: its audit entry, its event, and itself."""

from typing import Any
from uuid import UUID

from oa_crm.hooks.payloads import LeadUpdated
from oa_crm.models import Lead, table_of
from oa_crm.schemas import LeadOut
from oa_crm.services.amounts import money
from oa_crm.services.base import Service, shown

OPEN = ("new", "following")


def budget(row: Any) -> Any:
    """The budget of a row, as money."""
    return None if row.budget_minor is None else money(row.budget_minor, row.currency)


def out(row: Any) -> LeadOut:
    """A lead as it is shown."""
    return shown(LeadOut, row, budget=budget(row))


def read_back(service: Service, id: UUID) -> Any:
    """The row as it is now. Whoever gave a lead away may not see it any more; he still gets his answer."""
    mine = service.company_wide(Lead).where(table_of(Lead).c.id == id)
    return service.work.connection.execute(mine).one()


def facts(row: Any) -> dict[str, Any]:
    """What every event of a lead says."""
    return {"lead_id": row.id, **{name: getattr(row, name) for name in ("company_name", "owner_id", "source", "score")}}


def changed(
    service: Service, operation: str, id: UUID, changes: dict[str, list[Any]], reason: str | None = None
) -> LeadOut:
    """Record and announce a change that was just written."""
    row = read_back(service, id)
    service.work.journal.record(operation, "lead", id, changes, reason)
    if changes:
        service.work.journal.emit(LeadUpdated, **facts(row), state=row.state, changed=tuple(sorted(changes)))
    return out(row)
