"""What happens to shares. What is shared stays in the file: an event names the facts, not their values."""

from datetime import datetime
from uuid import UUID

from oa_crm.hooks.payloads.base import Event


class ShareGiven(Event):
    """Facts of a customer or project were shared with a member, until `expires_at`. `facts` names them."""

    HOOK = "on_share_given"
    KIND = "share"
    AGGREGATE = "share_id"
    share_id: UUID
    customer_id: UUID
    project_id: UUID | None
    receiver_id: str
    facts: tuple[str, ...]
    expires_at: datetime
