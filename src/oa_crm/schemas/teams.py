"""Teams: seats on customers and projects, and whose the credit for a project is."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from oa_crm.schemas.base import Amount, HostId, In, Line, Out, Reason
from oa_crm.schemas.times import Day

Level = Literal["read", "write"]
Teamed = Literal["customer", "project"]
Role = Annotated[str, Field(min_length=1, max_length=40)]


class TeamSeatIn(In):
    """A member to be put on the team of a customer or project. `role` is a word of `settings.team_roles`; `until` is
    the last day on which the seat gives anything, left out for a seat without end."""

    kind: Teamed
    thing_id: UUID
    member_id: HostId
    level: Level = "read"
    role: Role = "other"
    until: Day | None = None
    reason: Reason | None = None


class TeamSeatPatch(In):
    """What changes on a seat: what is not given stays. The seat's id is the version: each change ends it and begins
    the next. `until` may be taken away with None."""

    level: Level | None = None
    role: Role | None = None
    until: Day | None = None
    reason: Reason | None = None


class CreditShareIn(In):
    """What a member gets of the credit: percent with at most two decimals, exact, more than nothing."""

    member_id: HostId
    percent: Amount = Field(description="such as 40 or '33.34'; no float")


class CreditIn(In):
    """The whole credit of a project, divided: the shares sum to exactly 100. `expected_version` is the version of the
    split that it replaces, 0 where the owner has it all because nothing was said."""

    shares: Annotated[tuple[CreditShareIn, ...], Field(min_length=1, max_length=50)]
    expected_version: Annotated[int, Field(ge=0, le=2**31 - 1)]
    reason: Reason | None = None


class TeamLeaveIn(In):
    """Why somebody leaves a team. Who has a share of the project's credit leaves with a new split of it, or not."""

    reason: Reason
    split: CreditIn | None = None


class TeamSeatOut(Out):
    """A seat, as it is or was. `ended_how` is changed, left, removed, expired, pooled, became_owner,
    handed_over or dissolved.

    `active` tells whether the member is still there; who left the company has no rights, whatever seats he has.
    """

    id: UUID
    kind: str
    thing_id: UUID
    member_id: str
    level: str
    role: str
    until_on: date | None
    since: datetime
    by_id: str
    reason: str | None
    ended_at: datetime | None
    ended_by: str | None
    ended_how: str | None
    ended_because: str | None
    active: bool = True


class MySeat(Out):
    """A seat of the actor's own that gives him something now, with what it is on. `customer` is a name, so that a
    helper on a project knows for whom he works; it gives no right on that customer."""

    id: UUID
    kind: str
    thing_id: UUID
    called: Line
    customer: str
    level: str
    role: str
    until_on: date | None
    since: datetime


class CreditShareOut(Out):
    """What a member has of the credit, in percent."""

    member_id: str
    percent: Decimal


class CreditOut(Out):
    """The credit of a project from `since` on. `version` 0 is what holds while nothing was said: the owner has it all;
    then `since` is when the project began, and nobody set it."""

    project_id: UUID
    version: int
    since: datetime
    by_id: str | None
    reason: str | None
    shares: tuple[CreditShareOut, ...]
