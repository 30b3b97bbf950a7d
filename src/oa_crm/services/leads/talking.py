"""Somebody talked to a lead: it is being followed from then on, and its score knows."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update

from oa_crm.models import Lead, table_of
from oa_crm.services.base import Service, must_be
from oa_crm.services.leads import scoring
from oa_crm.services.leads.telling import OPEN, read_back


def talked(service: Service, id: UUID, happened_at: datetime) -> Any:
    """Keep when it was, under the lead's lock, which keeps a conversion from passing us. Not an edit: the version
    stays. The row as it is then."""
    row = service.one(Lead, id, "write", lock=True)
    must_be("lead", row.state, *OPEN)
    latest = max(filter(None, (row.last_follow_up_at, happened_at)))
    score = scoring.scored(service.work, {**row._mapping, "last_follow_up_at": latest})
    table = table_of(Lead)
    mine = (table.c.tenant_id == service.work.scope.tenant) & (table.c.id == id)
    kept = update(table).where(mine).values(last_follow_up_at=latest, state="following", **score)
    service.work.connection.execute(kept)
    return read_back(service, id)
