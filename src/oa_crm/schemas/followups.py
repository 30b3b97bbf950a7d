"""What was said to customers and leads, and what was added to it."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import BeforeValidator, Field, StringConstraints

from oa_crm.schemas.base import HostId, In, Line, Out, Prose, Shows
from oa_crm.schemas.customers import Latitude, Longitude
from oa_crm.schemas.times import Day, Moment, Timely

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=20)]
Members = Annotated[tuple[HostId, ...], Field(max_length=20, description="ids of members, at most 20")]


def _stored(kept: Any) -> Any:
    return kept or ()


class FollowUpIn(In):
    """What was said, to a customer or to a lead: one of the two.

    `happened_at` left out means now; history may be given with its own time. `way` and `result` are codes of the
    settings. `members` took part on our side beside who records it, `met` are contacts who stood at the customer then.
    """

    KIND = "follow_up"

    customer_id: UUID | None = None
    lead_id: UUID | None = None
    project_id: UUID | None = None
    way: Code = Field(description="one of the ways in the settings")
    outcome: Prose = Field(description="what came out of the conversation")
    result: Code | None = Field(default=None, description="one of the results in the settings")
    key_issue: Prose | None = None
    next_contact_on: Day | None = None
    happened_at: Moment | None = None
    ended_at: Moment | None = None
    members: Members = ()
    met: Annotated[tuple[UUID, ...], Field(max_length=50, description="ids of contacts, at most 50")] = ()
    plan_id: UUID | None = Field(default=None, description="the plan that this follow-up was for")
    place: Line | None = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None


class FollowUpRow(In):
    """A follow-up as a row of a file tells it: of the customer that is called so, or has this id, Unified Social Credit
    Code or identity number; recorded by `created_by`, an id or a name, or by who takes it in. A time without a zone is
    the company's."""

    KIND = "follow_up"
    FOUND_BY: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "credit_code": ("customer.credit_code",),
        "number": ("customer.numbers",),
    }

    name: Line | None = None
    customer_id: UUID | None = None
    credit_code: Line | None = None
    number: Line | None = Field(default=None, description="scheme:number, such as us.ein:91-1144442")
    created_by: HostId | None = None
    happened_at: Timely
    way: Code = Field(description="one of the ways in the settings")
    outcome: Prose = Field(description="what came out of the conversation")
    result: Code | None = Field(default=None, description="one of the results in the settings")
    key_issue: Prose | None = None
    next_contact_on: Day | None = None
    place: Line | None = None


class FollowUpNoteOut(Out):
    """What was added to a follow-up: an "addendum" that corrects it, or a "comment". It never changes.

    `reached` are those of the `mentions` who may see the follow-up, and so are told.
    """

    id: UUID
    follow_up_id: UUID
    what: str
    words: Annotated[str | None, Shows.of("follow_up.outcome")]
    mentions: Annotated[tuple[str, ...], BeforeValidator(_stored)] = ()
    reached: Annotated[tuple[str, ...], BeforeValidator(_stored)] = ()
    created_at: datetime
    created_by: str


class FollowUpOut(Out):
    """A follow-up as it was recorded; it never changes. One of a lead has the customer as well, once it became one.

    One that came with an import has its `import_id`, its author and its own time; `created_at` is when it was taken in.
    `addenda` correct it, the first one first; `comments` says how many there are. `outcome` is None for those who may
    not see it.
    """

    KIND = "follow_up"

    id: UUID
    customer_id: UUID | None
    lead_id: UUID | None = None
    project_id: UUID | None
    way: str
    outcome: str | None
    result: str | None = None
    key_issue: str | None
    next_contact_on: date | None
    happened_at: datetime
    ended_at: datetime | None = None
    members: Annotated[tuple[str, ...], BeforeValidator(_stored)] = ()
    met: Annotated[tuple[UUID, ...], BeforeValidator(_stored)] = ()
    place: str | None = None
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    created_at: datetime
    created_by: str
    import_id: UUID | None = None
    addenda: tuple[FollowUpNoteOut, ...] = ()
    comments: int = 0


class FollowUpFilter(In):
    """Which follow-ups to list, the last said first; every given field must match. `since` is taken along, `before` is
    not. `text` are words that stand in the outcome or the key issue, every one of them, in either case."""

    FOUND_BY: ClassVar[Mapping[str, tuple[str, ...]]] = {"text": ("follow_up.outcome", "follow_up.key_issue")}

    text: Line | None = None
    customer_id: UUID | None = None
    lead_id: UUID | None = None
    project_id: UUID | None = None
    contact_id: UUID | None = Field(default=None, description="a contact who took part")
    created_by: HostId | None = None
    way: Code | None = None
    result: Code | None = None
    since: Moment | None = None
    before: Moment | None = None


class CommentIn(In):
    """A comment on a follow-up. `mentions` are members whom it names; who may see the follow-up is told."""

    words: Prose
    mentions: Members = ()
