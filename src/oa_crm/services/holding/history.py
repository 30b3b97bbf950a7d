"""Who had a customer when, read from the ledger."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select

from oa_crm.models import Ownership, table_of
from oa_crm.schemas import OwnershipOut, Page
from oa_crm.services import cursors, pages
from oa_crm.services.work import Work

_SORT = "ownership"


def page(work: Work, customer_id: UUID, after: str | None, limit: int | None) -> Page[OwnershipOut]:
    """The intervals of one customer, newest first. One statement."""
    query, size = _intervals(work, customer_id), pages.size(work, limit)
    ledger = table_of(Ownership)
    if after is not None:
        told, _ = cursors.read(_SORT, after, 2)
        query = query.where(ledger.c.number < cursors.value(cursors.number, told))
    rows = work.connection.execute(query.order_by(ledger.c.number.desc()).limit(size + 1)).all()
    last = cursors.write(_SORT, [str(rows[size - 1].number), str(customer_id)]) if len(rows) > size else None
    return Page(items=tuple(_told(row) for row in rows[:size]), next=last)


def at(work: Work, customer_id: UUID, moment: datetime) -> OwnershipOut | None:
    """The interval in which `moment` lies; None before the customer came on file."""
    ledger = table_of(Ownership)
    query = _intervals(work, customer_id).where(ledger.c.since <= moment)
    row = work.connection.execute(query.order_by(ledger.c.number.desc()).limit(1)).one_or_none()
    return None if row is None else _told(row)


def _intervals(work: Work, customer_id: UUID) -> Any:
    ledger = table_of(Ownership)
    later = ledger.alias("later")
    next_one = and_(
        later.c.tenant_id == ledger.c.tenant_id, later.c.customer_id == ledger.c.customer_id,
        later.c.number == ledger.c.number + 1,
    )  # fmt: skip
    joined = ledger.outerjoin(later, next_one)
    mine = and_(ledger.c.tenant_id == work.scope.tenant, ledger.c.customer_id == customer_id)
    return select(ledger, later.c.since.label("until")).select_from(joined).where(mine)


def _told(row: Any) -> OwnershipOut:
    return OwnershipOut(**{name: getattr(row, name) for name in OwnershipOut.model_fields})
