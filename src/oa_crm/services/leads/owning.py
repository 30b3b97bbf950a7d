"""Who has a lead: claimed from the pool, assigned, released into it. The count of a conditional UPDATE decides."""

from typing import Any
from uuid import UUID

from sqlalchemy import update

from oa_crm.errors import IllegalState
from oa_crm.models import Lead, table_of
from oa_crm.services import access, people, planned
from oa_crm.services.base import Service, must_be
from oa_crm.services.leads.telling import OPEN, changed


def claim(service: Service, id: UUID) -> Any:
    """Take a lead out of the pool. Of many who try at once one has it; the row as it is then."""
    work, table = service.work, table_of(Lead)
    if work.who.is_system:
        # The system owns nothing, and is told so of a lead that is there.
        service.one(Lead, id)
    owner = people.new_owner(work, "lead", None)
    free = access.in_pool(work, Lead) & (table.c.id == id) & table.c.state.in_(OPEN)
    stamps = {"updated_at": work.journal.now(), "updated_by": owner, "version": table.c.version + 1}
    if work.connection.execute(update(table).where(free).values(owner_id=owner, **stamps)).rowcount != 1:
        # Who may not see it learns by this that there is no such lead, not that a colleague was quicker.
        row = service.one(Lead, id)
        state = row.state if row.owner_id is None else "owned"
        raise IllegalState(kind="lead", state=state, allowed=("in_pool",))
    return changed(service, "leads.claim", id, {"owner_id": [None, owner]})


def assign(service: Service, id: UUID, to: str, expected_version: int, reason: str | None) -> Any:
    """Give it to a member within the actor's reach."""
    row = _open(service, id, expected_version)
    owner = people.receiver(service.work, "lead", to)
    service.change(Lead, row, expected_version, owner_id=owner)
    planned.hand_on(service, Lead, id, row.owner_id, owner)
    return changed(service, "leads.assign", id, {"owner_id": [row.owner_id, owner]}, reason)


def release(service: Service, id: UUID, expected_version: int, reason: str) -> Any:
    """Put it back into the pool."""
    row = _open(service, id, expected_version)
    must_be("lead", "in_pool" if row.owner_id is None else "owned", "owned")
    service.change(Lead, row, expected_version, owner_id=None)
    planned.end(service, Lead, [id], "lead released")
    return changed(service, "leads.release", id, {"owner_id": [row.owner_id, None]}, reason)


def _open(service: Service, id: UUID, expected_version: int) -> Any:
    row = service.one(Lead, id, "write")
    service.fresh(Lead, row, expected_version)
    must_be("lead", row.state, *OPEN)
    return row
