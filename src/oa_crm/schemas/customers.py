"""Customers, and what was said to them."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BeforeValidator, Field

from oa_crm.schemas.base import HostId, In, Line, Out, Patch, Prose, Record

Names = Annotated[tuple[Line, ...], Field(max_length=20, description="at most 20 names of 1 to 200 characters")]
StoredNames = Annotated[tuple[str, ...], BeforeValidator(lambda kept: kept or ())]


class CustomerIn(In):
    """A customer to put on file. `owner_id` is who follows it; left out, it is whoever creates it.

    `former_names` are names it bore before, `aliases` others it is known by; it is found again by each.
    """

    name: Line = Field(description="full registered name, 1 to 200 characters")
    short_name: str | None = Field(default=None, max_length=100)
    credit_code: str | None = Field(default=None, description="Unified Social Credit Code, GB 32100-2015")
    industry: str | None = Field(default=None, max_length=60)
    region: str | None = Field(default=None, max_length=60)
    phone: str | None = Field(default=None, max_length=40)
    email: str | None = Field(default=None, max_length=254)
    website: str | None = Field(default=None, max_length=200)
    address: str | None = Field(default=None, max_length=200)
    former_names: Names = ()
    aliases: Names = ()
    level: str | None = Field(default=None, max_length=20)
    source: str | None = Field(default=None, max_length=60)
    owner_id: HostId | None = None


class CustomerPatch(Patch):
    """Facts to change on a customer. When `name` changes and `former_names` is left out, the old name is kept there."""

    name: Line | None = Field(default=None, description="full registered name, 1 to 200 characters")
    short_name: str | None = Field(default=None, max_length=100)
    credit_code: str | None = Field(default=None, description="Unified Social Credit Code, GB 32100-2015")
    industry: str | None = Field(default=None, max_length=60)
    region: str | None = Field(default=None, max_length=60)
    phone: str | None = Field(default=None, max_length=40)
    email: str | None = Field(default=None, max_length=254)
    website: str | None = Field(default=None, max_length=200)
    address: str | None = Field(default=None, max_length=200)
    former_names: Names | None = None
    aliases: Names | None = None
    level: str | None = Field(default=None, max_length=20)
    source: str | None = Field(default=None, max_length=60)


class CustomerOut(Record):
    """A customer as it stands."""

    name: str
    short_name: str | None
    credit_code: str | None
    industry: str | None
    region: str | None
    phone: str | None
    email: str | None
    website: str | None
    address: str | None
    former_names: StoredNames
    aliases: StoredNames
    level: str | None
    source: str | None
    owner_id: str | None
    last_follow_up_at: datetime | None


class CustomerFilter(In):
    """Which customers to list; every given field must match. `name` matches the beginning of the name."""

    name: str | None = Field(default=None, max_length=200)
    owner_id: HostId | None = None
    industry: str | None = None
    region: str | None = None
    level: str | None = None
    sort: Literal["newest", "name"] = "newest"


class FollowUpIn(In):
    """What was said. `happened_at` left out means now; history may be given with its own time."""

    customer_id: UUID
    project_id: UUID | None = None
    way: Literal["visit", "phone", "wechat", "mail", "meeting", "demo", "other"]
    outcome: Prose = Field(description="what came out of the conversation")
    key_issue: Prose | None = None
    next_contact_on: date | None = None
    happened_at: AwareDatetime | None = None


class FollowUpOut(Out):
    """A follow-up as it was recorded; it never changes."""

    id: UUID
    customer_id: UUID
    project_id: UUID | None
    way: str
    outcome: str
    key_issue: str | None
    next_contact_on: date | None
    happened_at: datetime
    created_at: datetime
    created_by: str
