"""What the protection clock does to customers, and what people ask of it."""

from datetime import datetime
from uuid import UUID

from oa_crm.hooks.payloads.customers import CustomerEvent


class ProtectionWarned(CustomerEvent):
    """A customer comes near its deadline: `days` are the stage of the warning. `manager_id` is who shall be told
    besides the owner, None where the stage is the owner's alone."""

    HOOK = "on_protection_warned"
    manager_id: str | None
    days: int
    protected_until: datetime
    rule: str


class CustomerRecycled(CustomerEvent):
    """The clock took a customer from `former_owner_id` and laid it into a pool; `owner_id` is None."""

    HOOK = "on_customer_recycled"
    former_owner_id: str
    pool_id: UUID
    rule: str
    protected_until: datetime


class ExtensionRequested(CustomerEvent):
    """An owner asks for more days; `manager_id` is his manager, None where he has none."""

    HOOK = "on_extension_requested"
    extension_id: UUID
    days: int
    reason: str
    requested_by: str
    manager_id: str | None


class ExtensionDecided(CustomerEvent):
    """A request for more days was granted, up to `until`, or refused."""

    HOOK = "on_extension_decided"
    extension_id: UUID
    requested_by: str
    granted: bool
    until: datetime | None
    comment: str | None
