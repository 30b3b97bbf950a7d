"""What happens to leads."""

from datetime import date
from uuid import UUID

from oa_crm.hooks.payloads.base import Event
from oa_crm.money import Money


class LeadEvent(Event):
    """Anything that happened to a lead. The person's name and numbers stay in the file: they are personal data."""

    KIND = "lead"
    AGGREGATE = "lead_id"
    lead_id: UUID
    company_name: str
    owner_id: str | None
    source: str | None = None
    score: int = 0


class LeadCreated(LeadEvent):
    """A lead came in, to somebody or into the pool."""

    HOOK = "on_lead_created"
    region: str | None = None
    industry: str | None = None
    budget: Money | None = None


class LeadUpdated(LeadEvent):
    """Facts of a lead, its owner or its state changed; `changed` holds the field names, `owner_id` who has it now."""

    HOOK = "on_lead_updated"
    state: str
    changed: tuple[str, ...]


class LeadFollowedUp(LeadEvent):
    """A conversation with a lead was recorded. The words stay in the file: they are personal data."""

    HOOK = "on_lead_followed_up"
    follow_up_id: UUID
    way: str
    next_contact_on: date | None


class LeadConverted(LeadEvent):
    """A lead became a customer, made for it unless it is `into_existing`. `contact_id` and `project_id` are None where
    none was wanted."""

    HOOK = "on_lead_converted"
    customer_id: UUID
    contact_id: UUID | None
    project_id: UUID | None
    into_existing: bool
    follow_ups: int = 0


class LeadInvalidated(LeadEvent):
    """A lead turned out to be none; `because` is a word of `settings.lead_invalid_reasons`."""

    HOOK = "on_lead_invalidated"
    because: str
