"""Plans of follow-ups: what is due, for whom, and how it ended."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from oa_crm.schemas.base import HostId, In, Out, Prose, Reason, Record, Shows, Version
from oa_crm.schemas.followups import Code
from oa_crm.schemas.times import Moment

PlanState = Literal["planned", "done", "cancelled"]
Minutes = Annotated[int, Field(ge=0, le=60 * 24 * 30, description="minutes before it is due, at most 30 days")]


class PlanIn(In):
    """A follow-up to come, with a customer or a lead: one of the two. Left out, `assignee_id` is the actor."""

    customer_id: UUID | None = None
    lead_id: UUID | None = None
    project_id: UUID | None = None
    way: Code = Field(description="one of the ways in the settings")
    purpose: Prose = Field(description="what for")
    due_at: Moment
    remind_before: Minutes = 60
    assignee_id: HostId | None = None


class Rescheduling(In):
    """Another time for a plan, and why."""

    due_at: Moment
    reason: Reason
    remind_before: Minutes | None = None
    expected_version: Version = Field(description="the version you read before editing")


class PlanOut(Record):
    """A plan as it stands. Of a lead that became a customer it has both. `due_on` is the company's day of `due_at`;
    done, `follow_up_id` is what did it. `moved` counts how often it was rescheduled."""

    customer_id: UUID | None
    lead_id: UUID | None
    project_id: UUID | None
    assignee_id: str
    way: str
    purpose: Annotated[str | None, Shows.of("follow_up.outcome")]
    due_at: datetime
    due_on: date
    remind_before: int
    moved: int
    state: str
    follow_up_id: UUID | None
    ended_at: datetime | None
    ended_because: Annotated[str | None, Shows.of("follow_up.outcome")]


class PlanFilter(In):
    """Which plans to list, by when they are due; every given field must match. `overdue` are planned ones whose time
    has passed."""

    customer_id: UUID | None = None
    lead_id: UUID | None = None
    assignee_id: HostId | None = None
    state: PlanState | None = None
    overdue: bool = False


class Agenda(Out):
    """How much somebody has to do: plans that are overdue, due on this day of the company, and later."""

    overdue: int
    today: int
    later: int
