"""Sales expenses."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from oa_crm.money import Money
from oa_crm.schemas.base import Amount, HostId, In, Out, Reason
from oa_crm.schemas.times import Day


class ExpenseIn(In):
    """An expense to book on a project, in its currency. `claimant_id` left out is whoever books it."""

    KIND = "expense"

    project_id: UUID = Field(description="the id of a project")
    category: str = Field(max_length=40, description="one of the expense categories")
    amount: Amount = Field(description="an exact amount above zero, such as '1280.00'")
    currency: str | None = Field(default=None, pattern=r"^[A-Z]{3}$", description="the project's currency")
    occurred_on: Day = Field(description="the day of the expense")
    description: str = Field(default="", max_length=500)
    claimant_id: HostId | None = None


class ReversalIn(In):
    """The reversal of a booked expense, in full."""

    reason: Reason = Field(description="why it is reversed, in a few words")
    occurred_on: Day | None = Field(default=None, description="left out: today")


class ExpenseOut(Out):
    """An expense as it was booked, or the reversal of one: then `amount` is negative. Amount and description
    are None for those who may not see them."""

    KIND = "expense"

    id: UUID
    project_id: UUID
    customer_id: UUID
    claimant_id: str
    category: str
    amount: Money | None
    occurred_on: date
    description: str | None
    reversal_of: UUID | None
    created_at: datetime
    created_by: str


class ExpenseFilter(In):
    """Which expenses to list; every given field must match."""

    project_id: UUID | None = None
    claimant_id: HostId | None = None
    category: str | None = None
