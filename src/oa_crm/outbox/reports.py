"""Deliveries as the relay shows them to an operator."""

from datetime import datetime
from uuid import UUID

from oa_crm.schemas.base import Out


class DeliveryOut(Out):
    """One delivery: which event about which thing, to which plugin, how it stands and what stopped it."""

    id: int
    tenant_id: str
    plugin: str
    state: str
    attempts: int
    not_before: datetime
    last_error: str | None
    event_id: UUID
    hook: str
    kind: str
    thing_id: str
    occurred_at: datetime
