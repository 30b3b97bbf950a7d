"""Forecasts: what open projects may bring, weighted by the win rate of their stage; frozen, and compared."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from oa_crm.money import Money
from oa_crm.schemas.base import In, Line, Out, Shows, Version
from oa_crm.schemas.projects import ProjectOut
from oa_crm.schemas.times import Day

By = Literal["pipeline", "stage", "owner", "department", "month"]


class ForecastAsk(In):
    """Which open projects to add up, and by what. Without days all of them, also those without an expected day."""

    by: By = "pipeline"
    closes_from: Day | None = None
    closes_to: Day | None = Field(default=None, description="the last day that counts")


class ForecastIn(In):
    """A forecast to freeze, under a name such as "2026 Q4"."""

    name: Line
    closes_from: Day | None = None
    closes_to: Day | None = Field(default=None, description="the last day that counts")


class ForecastOut(Out):
    """A frozen forecast: its name, its period, how many projects it took in, who froze it when."""

    id: UUID
    name: str
    closes_from: date | None
    closes_to: date | None
    projects: int
    frozen_at: datetime
    frozen_by: str


class ForecastSum(Out):
    """What the projects of one `key` may bring in one currency: an id, a stage, a month such as 2026-03, or None.

    `weighted` is the sum of each amount times the win rate of its stage, rounded half up once, here.
    """

    key: str | None
    currency: str
    projects: int
    expected: Annotated[Money | None, Shows.of("project.expected")]
    weighted: Annotated[Money | None, Shows.of("project.expected")]


class ForecastChange(Out):
    """The same key in two forecasts; None where one has nothing of it."""

    key: str | None
    currency: str
    before: ForecastSum | None
    after: ForecastSum | None
    weighted: Annotated[Money | None, Shows.of("project.expected")]


class BoardSum(Out):
    """What the projects of a column may bring in one currency."""

    currency: str
    projects: int
    expected: Annotated[Money | None, Shows.of("project.expected")]


class BoardColumn(Out):
    """A stage on the board: how many open projects, what they may bring, and the first of them in their order.

    `next` goes on by `projects.column`.
    """

    stage: str
    win_rate: int
    projects: int
    sums: tuple[BoardSum, ...]
    cards: tuple[ProjectOut, ...]
    next: str | None


class PlaceIn(In):
    """Where a card goes in its column: right below the card of the project `below`, or to the top."""

    below: UUID | None = None
    expected_version: Version = Field(description="the version you read before moving")
