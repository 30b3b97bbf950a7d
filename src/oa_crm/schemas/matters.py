"""Key issues and needs: what lives on from follow-up to follow-up."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from oa_crm.schemas.base import HostId, In, Out, Patch, Prose, Record, Shows, Version
from oa_crm.schemas.customers import Short
from oa_crm.schemas.times import Day

Weight = Annotated[int, Field(ge=1, le=3, description="1 to 3, the weightiest 3")]


class MatterIn(In):
    """A key issue or a need of a customer. `weight` is the severity of an issue, the priority of a need; `follow_up_id`
    is the conversation in which it came up, if it did in one."""

    customer_id: UUID
    project_id: UUID | None = None
    follow_up_id: UUID | None = None
    words: Prose = Field(description="what it is about")
    weight: Weight = 2
    product_line: Short | None = None
    assignee_id: HostId | None = None
    due_on: Day | None = None


class MatterPatch(Patch):
    """What to change; the words stay, and are added to by a comment."""

    weight: Weight | None = None
    product_line: Short | None = None
    assignee_id: HostId | None = None
    due_on: Day | None = None


class MatterClose(In):
    """How it ended: an issue is "resolved", a need "answered" or "dropped". `follow_up_id` is where that was said."""

    state: Literal["resolved", "answered", "dropped"]
    words: Prose = Field(description="how, in a few words")
    follow_up_id: UUID | None = None
    expected_version: Version = Field(description="the version you read before editing")


class MatterComment(In):
    """A comment, or a follow-up that spoke of it, or both."""

    words: Prose
    follow_up_id: UUID | None = None


class MatterOut(Record):
    """A key issue or a need as it stands."""

    what: str
    customer_id: UUID
    project_id: UUID | None
    follow_up_id: UUID | None
    words: Annotated[str | None, Shows.of("follow_up.key_issue")]
    weight: int
    product_line: str | None
    assignee_id: str | None
    due_on: date | None
    state: str


class MatterNoteOut(Out):
    """What was said to it: `what` is comment, resolved, answered, dropped or reopened. It never changes."""

    id: UUID
    matter_id: UUID
    what: str
    words: Annotated[str | None, Shows.of("follow_up.key_issue")]
    follow_up_id: UUID | None
    created_at: datetime
    created_by: str


class MatterFilter(In):
    """Which to list, newest first; every given field must match."""

    customer_id: UUID | None = None
    project_id: UUID | None = None
    assignee_id: HostId | None = None
    state: Literal["open", "resolved", "answered", "dropped"] | None = None
    product_line: Short | None = None
