"""Help that is asked for inside the company."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from oa_crm.schemas.base import HostId, In, Line, Out, Prose, Record
from oa_crm.schemas.times import Day

HelpState = Literal["asked", "accepted", "declined", "answered", "closed"]
_SHOW = "facts to show, such as customer.industry or project.stage"


class HelpIn(In):
    """What is asked, of whom, and by when. Exactly one of `member_id`, `department_id` and `role` says of whom.

    `show` names facts of the customer and, of a project, of that; they are kept as they are now. Whoever is asked sees
    these and nothing else of the file.
    """

    customer_id: UUID | None = None
    project_id: UUID | None = None
    member_id: HostId | None = None
    department_id: HostId | None = None
    role: HostId | None = None
    title: Line
    question: Prose | None = None
    due_on: Day
    show: Annotated[tuple[str, ...], Field(max_length=40)] = Field(default=(), description=_SHOW)


class HelpFilter(In):
    """Which requests to list; every given field must match. `mine` are those that the actor is asked, or has taken
    up."""

    customer_id: UUID | None = None
    project_id: UUID | None = None
    state: HelpState | None = None
    mine: bool = False


class HelpInFile(Record):
    """A request with its last answer; `created_by` asked."""

    customer_id: UUID
    project_id: UUID | None
    title: str
    question: str | None
    to_kind: Literal["member", "department", "role"]
    to_id: str
    helper_id: str | None
    due_on: date
    state: HelpState
    answer: str | None
    answered_at: datetime | None
    answered_by: str | None


class HelpOut(HelpInFile):
    """A request with the facts that go with it, as they were when it was asked."""

    shown: Mapping[str, str | None]


class HelpEntryOut(Out):
    """One thing that was done with a request: asked, accepted, declined, answered, closed, reopened."""

    id: UUID
    request_id: UUID
    what: str
    words: str | None
    at: datetime
    by: str
