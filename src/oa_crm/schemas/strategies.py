"""Strategies: how we mean to win a customer or a project, version by version."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from oa_crm.schemas.base import HostId, In, Line, Out, Patch, Prose, Reason, Record
from oa_crm.schemas.times import Day

MOST_STEPS = 50
MOST_MENTIONS = 20
_GOAL = "what we want to reach, in words"
_NO = "the number of a step that stays; left out for a new one"


class StepIn(In):
    """A next step. `no` is that of a step which stays, also when its words change; without one it is a new step."""

    no: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = Field(default=None, description=_NO)
    what: Line
    who_id: HostId | None = None
    due_on: Day | None = None


Steps = Annotated[tuple[StepIn, ...], Field(max_length=MOST_STEPS)]


class StrategyIn(In):
    """The first version, of a customer or of a project. `owner_id` left out means the actor."""

    customer_id: UUID | None = None
    project_id: UUID | None = None
    owner_id: HostId | None = None
    goal: Prose = Field(description=_GOAL)
    approach: Prose | None = None
    steps: Steps = ()
    review_on: Day | None = None
    reason: Reason | None = None


class StrategyRevision(Patch):
    """A further version: what changes, and why. `steps` replaces the list; a step that stays carries its `no`."""

    owner_id: HostId | None = None
    goal: Prose | None = Field(default=None, description=_GOAL)
    approach: Prose | None = None
    steps: Steps = ()
    review_on: Day | None = None
    reason: Reason


class StrategyFilter(In):
    """Which strategies to list; every given field must match. `living` leaves out those retired and set aside."""

    customer_id: UUID | None = None
    project_id: UUID | None = None
    owner_id: HostId | None = None
    living: bool | None = None


class StrategyCommentIn(In):
    """Something said to the present version. `mentions` are members who are told of it."""

    words: Prose
    mentions: Annotated[tuple[HostId, ...], Field(max_length=MOST_MENTIONS)] = ()


class StepOut(Out):
    """A next step; `done_at` is None while it is open."""

    no: int
    what: str
    who_id: str | None
    due_on: date | None
    done_at: datetime | None = None
    done_by: str | None = None


class StrategyReaderOut(Out):
    """Who was told of a version, and when he acknowledged it; None while it waits for him."""

    member_id: str
    acknowledged_at: datetime | None


class StrategyInFile(Record):
    """A strategy as it stands; `version` is the number of its last version.

    `state`: living, retired, or set_aside by a merge of its customer into one that has a living strategy itself.
    """

    customer_id: UUID
    project_id: UUID | None
    owner_id: str
    state: Literal["living", "retired", "set_aside"]
    goal: str
    approach: str | None
    steps: tuple[StepOut, ...]
    review_on: date | None
    ended_at: datetime | None
    ended_by: str | None
    ended_because: str | None


class StrategyOut(StrategyInFile):
    """A strategy with the readers of its last version."""

    readers: tuple[StrategyReaderOut, ...] = ()

    @property
    def awaited(self) -> tuple[str, ...]:
        """Who has not acknowledged the last version yet."""
        return tuple(one.member_id for one in self.readers if one.acknowledged_at is None)


class StrategyVersionOut(Out):
    """One version, whole, with what changed, why, and who has acknowledged it."""

    strategy_id: UUID
    number: int
    what: str
    owner_id: str
    goal: str
    approach: str | None
    steps: tuple[StepOut, ...]
    review_on: date | None
    changed: tuple[str, ...]
    reason: str | None
    at: datetime
    by: str
    readers: tuple[StrategyReaderOut, ...] = ()


class StrategyDifference(Out):
    """One field of two versions; None where a version has none. A step's is "steps.<no>.<field>"."""

    field: str
    before: str | None
    after: str | None


class StrategyComparison(Out):
    """What differs between two versions, field by field."""

    strategy_id: UUID
    one: int
    other: int
    fields: tuple[StrategyDifference, ...]


class StrategyMarkOut(Out):
    """A step ticked off, or opened again."""

    id: UUID
    strategy_id: UUID
    step: int
    done: bool
    note: str | None
    at: datetime
    by: str


class StrategyCommentOut(Out):
    """What was said, to which version."""

    id: UUID
    strategy_id: UUID
    number: int
    words: str
    mentions: tuple[str, ...]
    at: datetime
    by: str
