"""Leads: who may become a customer, what he is worth calling for, and what he became."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from oa_crm.money import Money
from oa_crm.schemas.base import Amount, HostId, In, Line, Out, Patch, Prose, Reason, Record, Version
from oa_crm.schemas.contacts import Email

State = Literal["new", "following", "converted", "invalid"]
Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
_COMPANY = "the company's name, 1 to 200 characters"
_CURRENCY = "ISO 4217, such as CNY"
_AMOUNT = "an exact amount, such as '1280.00'"
_PHONE = "as one dials it; kept as E.164"
_INDUSTRY = "GB/T 4754-2017: a code such as I65, or a name"
_REGION = "GB/T 2260 or ISO 3166: a code such as 330106 or US-CA, or a name"
_VERSION = "the version you read before editing"


class LeadIn(In):
    """A lead that comes in. `owner_id` left out means the actor, unless `pool`: then nobody has it until it is claimed.

    `budget` is in `currency`, or in `settings.default_currency`.
    """

    KIND = "lead"

    company_name: Line = Field(description=_COMPANY)
    person_name: Line | None = None
    phone: Annotated[str, StringConstraints(max_length=40)] | None = Field(default=None, description=_PHONE)
    email: Email | None = None
    source: Short | None = None
    region: Short | None = Field(default=None, description=_REGION)
    industry: Short | None = Field(default=None, description=_INDUSTRY)
    need: Prose | None = None
    currency: str | None = Field(default=None, pattern=r"^[A-Z]{3}$", description=_CURRENCY)
    budget: Amount | None = Field(default=None, description=_AMOUNT)
    notes: Prose | None = None
    owner_id: HostId | None = None
    pool: bool = False


class LeadPatch(Patch):
    """Facts to change on a lead that is new or being followed. A lead's currency stays."""

    KIND = "lead"

    company_name: Line | None = Field(default=None, description=_COMPANY)
    person_name: Line | None = None
    phone: Annotated[str, StringConstraints(max_length=40)] | None = Field(default=None, description=_PHONE)
    email: Email | None = None
    source: Short | None = None
    region: Short | None = Field(default=None, description=_REGION)
    industry: Short | None = Field(default=None, description=_INDUSTRY)
    need: Prose | None = None
    budget: Amount | None = Field(default=None, description=_AMOUNT)
    notes: Prose | None = None


class LeadOut(Record):
    """A lead as it stands. `owner_id` is None in the pool; the ids of customer, contact and project are what it was
    converted to, `invalid_because` why it is none."""

    KIND = "lead"

    company_name: str
    person_name: str | None
    phone: str | None
    email: str | None
    source: str | None
    region: str | None
    industry: str | None
    need: str | None
    currency: str
    budget: Money | None
    notes: str | None
    owner_id: str | None
    state: str
    score: int
    invalid_because: str | None
    last_follow_up_at: datetime | None
    customer_id: UUID | None
    contact_id: UUID | None
    project_id: UUID | None


class PooledLead(Out):
    """A lead that nobody has, without what would let somebody reach its people past the pool."""

    KIND = "lead"

    id: UUID
    version: int
    company_name: str
    source: str | None
    region: str | None
    industry: str | None
    need: str | None
    budget: Money | None
    state: str
    score: int
    last_follow_up_at: datetime | None
    created_at: datetime


class LeadFilter(In):
    """Which leads to list; every given field must match. `sort` by score puts the best first."""

    owner_id: HostId | None = None
    state: State | None = None
    source: str | None = None
    region: str | None = None
    industry: str | None = None
    sort: Literal["newest", "score"] = "newest"


class LeadReason(Out):
    """One rule that holds: its points, and why, in the reader's language."""

    rule: str
    points: int
    reason: str


class LeadScore(Out):
    """Why a lead has its score: `score` is the sum of the reasons' points."""

    lead_id: UUID
    score: int
    reasons: tuple[LeadReason, ...]


class LeadInvalid(In):
    """Why a lead is none: a word of `settings.lead_invalid_reasons`, and more in `comment`."""

    because: Short = Field(description="one of the reasons in the settings")
    expected_version: Version = Field(description=_VERSION)
    comment: Reason | None = None


class LeadConversion(In):
    """What a lead becomes. `into` is a customer on file; left out, one is made of the lead's facts, named
    `customer_name` or as the lead is.

    A contact is made where the lead names a person, unless `contact_id` says who at `into` it is; a project unless
    `project` is False, named `project_name` or as the customer is.
    """

    KIND = "customer"

    expected_version: Version = Field(description=_VERSION)
    into: UUID | None = Field(default=None, description="the id of a customer on file")
    customer_name: Line | None = Field(default=None, description="full registered name, 1 to 200 characters")
    credit_code: str | None = Field(default=None, description="Unified Social Credit Code, GB 32100-2015")
    contact_id: UUID | None = None
    project: bool = True
    project_name: Line | None = Field(default=None, description="what is to be sold, 1 to 200 characters")


class ConversionOut(Out):
    """The lead as converted; it holds the ids of what it became. `follow_ups` went along."""

    lead: LeadOut
    follow_ups: int
