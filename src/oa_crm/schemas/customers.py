"""Customers, follow-ups, and the answer of the duplicate check."""

from datetime import date, datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from oa_crm.schemas.base import HostId, In, Line, Out, Patch, Prose, Record


class CustomerIn(In):
    """A customer to put on file. `owner_id` is who follows it; left out, it is whoever creates it."""

    name: Line = Field(description="full registered name, 1 to 200 characters")
    short_name: str | None = Field(default=None, max_length=100)
    credit_code: str | None = Field(default=None, description="Unified Social Credit Code, GB 32100-2015")
    industry: str | None = Field(default=None, max_length=60)
    region: str | None = Field(default=None, max_length=60)
    phone: str | None = Field(default=None, max_length=40)
    level: str | None = Field(default=None, max_length=20)
    source: str | None = Field(default=None, max_length=60)
    owner_id: HostId | None = None


class CustomerPatch(Patch):
    """Facts to change on a customer."""

    name: Line | None = Field(default=None, description="full registered name, 1 to 200 characters")
    short_name: str | None = Field(default=None, max_length=100)
    credit_code: str | None = Field(default=None, description="Unified Social Credit Code, GB 32100-2015")
    industry: str | None = Field(default=None, max_length=60)
    region: str | None = Field(default=None, max_length=60)
    phone: str | None = Field(default=None, max_length=40)
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


class Verdict(StrEnum):
    """What follows from a check: go on, look first, or stop."""

    CLEAR = "clear"
    WARN = "warn"
    BLOCK = "block"


class Hit(Out):
    """A customer on file that the draft may be the same as, and who follows it.

    `customer_id` is None where the asker may not open the file; contact data is never shown.
    `score` is 0 to 1; `tier` is certain, suspected or related; `reasons` are in the asker's language.
    """

    customer_id: UUID | None
    name: str
    owner_name: str | None
    department: str | None
    last_follow_up_at: datetime | None
    score: float
    tier: str
    reasons: tuple[str, ...]


class CheckReport(Out):
    """The answer of the duplicate check: the verdict and the hits, best first."""

    verdict: Verdict
    hits: tuple[Hit, ...] = ()

    def summary(self, locale: str = "en") -> str:
        """The best hit in one sentence: which customer, who follows it, and why we think so."""
        if not self.hits:
            return "未发现重复" if locale.startswith("zh") else "nothing like it is on file"
        best = self.hits[0]
        why = ", ".join(best.reasons)
        if locale.startswith("zh"):
            holder = f"由{best.owner_name}跟进" if best.owner_name else "现在公海"
            return f"{best.name},{holder}({why})"
        holder = f"followed by {best.owner_name}" if best.owner_name else "in the pool"
        return f"{best.name}, {holder} ({why})"


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
