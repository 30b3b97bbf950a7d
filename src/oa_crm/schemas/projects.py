"""Sales projects, their stages, and their profit and loss."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from oa_crm.money import Money
from oa_crm.schemas.base import Amount, HostId, In, Line, Out, Patch, Reason, Record, Shows, Version
from oa_crm.schemas.custom import GivenCustom, StoredCustom
from oa_crm.schemas.pipelines import ProjectType
from oa_crm.schemas.times import Day


class ProjectIn(In):
    """A sales project to begin. `expected` is the amount hoped for, in the project's currency."""

    KIND = "project"

    customer_id: UUID = Field(description="the id of a customer on file")
    name: Line = Field(description="what is to be sold, 1 to 200 characters")
    owner_id: HostId | None = None
    currency: str | None = Field(default=None, pattern=r"^[A-Z]{3}$", description="ISO 4217, such as CNY")
    expected: Amount | None = Field(default=None, description="an exact amount, such as '1280.00'")
    expected_close_on: Day | None = None
    type: ProjectType | None = Field(default=None, description="what kind of project it is, such as renewal")
    custom: GivenCustom = Field(default={}, description="values by the custom field's name")


class ProjectPatch(Patch):
    """Facts to change on a project. Its stage moves by `move`, its money stays in its currency."""

    KIND = "project"

    name: Line | None = Field(default=None, description="what is to be sold, 1 to 200 characters")
    expected: Amount | None = Field(default=None, description="an exact amount, such as '1280.00'")
    expected_close_on: Day | None = None
    type: ProjectType | None = None
    custom: GivenCustom = Field(default={}, description="values by the custom field's name")


class ProjectOut(Record):
    """A project as it stands. `state` is open, won, lost, invalid or settled.

    `pipeline_id` None is the pipeline of the settings; `stalls_at` is when its stage takes too long.
    """

    KIND = "project"
    name: str
    customer_id: UUID
    owner_id: str
    stage: str
    state: str
    currency: str
    expected: Money | None
    expected_close_on: date | None
    type: str | None
    end_reason: str | None
    pipeline_id: UUID | None
    stalls_at: datetime | None
    custom: StoredCustom


class ProjectFilter(In):
    """Which projects to list; every given field must match."""

    customer_id: UUID | None = None
    owner_id: HostId | None = None
    state: Literal["open", "won", "lost", "invalid", "settled"] | None = None
    type: ProjectType | None = None
    end_reason: Line | None = None
    pipeline_id: UUID | None = None
    stage: Line | None = None
    stalled: bool | None = Field(default=None, description="open projects whose stage takes too long, or all others")
    custom: GivenCustom = Field(default={}, description="values by the custom field's name")
    sort: str = Field(default="newest", pattern=r"^(newest|-?custom:[a-z][a-z0-9_]{0,39})$")


class StageMove(In):
    """A move of a project. `to` is a stage of the pipeline, or won, lost, invalid.

    Backwards moves need a `reason`. Lost and invalid need a word of the settings' reasons as `because`; who gives only
    a `reason` means "other", which needs one.
    """

    to: Line = Field(description="a stage of the pipeline, or won, lost, invalid")
    expected_version: Version = Field(description="the version you read before moving")
    because: Line | None = Field(default=None, description="one of the reasons in the settings")
    reason: Reason | None = None


class ReopenIn(In):
    """A project that ended goes on: at the stage `to`, or where it stood when it ended."""

    to: Line | None = Field(default=None, description="a stage of the pipeline")
    expected_version: Version = Field(description="the version you read before moving")
    reason: Reason


class StageChangeOut(Out):
    """One move as it was made. `seconds` is how long the project stood there, until it moved on or until now; None for
    an end."""

    before: str | None
    after: str
    reason: str | None
    because: str | None
    at: datetime
    by: str
    seconds: int | None


class StageDwell(Out):
    """How long a project was in a stage altogether, and how often it came there. `now`: it stands there."""

    stage: str
    times: int
    seconds: int
    now: bool


class ProfitAndLoss(Out):
    """A project's result: approved contracts less booked expenses, exact.

    `by_category` sums the expenses, reversals included; `settled_at` is None while the figures still move. A figure is
    None for those who may not see what it is made of.
    """

    project_id: UUID
    revenue: Annotated[Money | None, Shows.of("contract.amount")]
    expenses: Annotated[Money | None, Shows.of("expense.amount")]
    profit: Annotated[Money | None, Shows.of("contract.amount", "expense.amount")]
    by_category: Annotated[dict[str, Money], Shows.of("expense.amount")]
    settled_at: datetime | None = None
    settled_by: str | None = None


class Discrepancy(Out):
    """A document on which we and the books do not agree. `ours` or `theirs` is None where it is missing."""

    document_kind: str
    document_id: UUID
    ours: Annotated[Money | None, Shows.of("contract.amount", "expense.amount")]
    theirs: Annotated[Money | None, Shows.of("contract.amount", "expense.amount")]


class Reconciliation(Out):
    """Our documents of a project against the host's books, line by line."""

    project_id: UUID
    matched: int
    discrepancies: tuple[Discrepancy, ...]

    @property
    def agrees(self) -> bool:
        """True when every document is in the books with the same amount, once."""
        return not self.discrepancies
