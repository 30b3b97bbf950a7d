"""What is known of a sales project: amount lines, slips, competitors, and who decides."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field, StringConstraints

from oa_crm.money import Money
from oa_crm.schemas.base import Amount, In, Line, Out, Patch, Prose, Reason, Record, Shows, Version
from oa_crm.schemas.base import _exact as exact
from oa_crm.schemas.contacts import Role

MOST_LINES, MOST_LINKS = 200, 100
_Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Quantity = Annotated[Decimal, BeforeValidator(exact), Field(gt=0, le=10**9, decimal_places=3)]
Discount = Annotated[Decimal, BeforeValidator(exact), Field(ge=0, le=100, decimal_places=2)]
Attitude = Literal["supports", "neutral", "opposes", "unknown"]
Standing = Literal["competing", "ahead", "behind", "out"]


class ProjectLineIn(In):
    """A product in the expected amount: so many at a price, less a discount in percent, rounded half up to the cent.

    `code` and `product_line` are the company's own words until there is a list of products.
    """

    code: _Word
    name: Line
    product_line: _Word | None = None
    quantity: Quantity = Decimal(1)
    unit_price: Amount = Field(description="an exact amount, such as '1280.00'")
    discount: Discount = Decimal(0)


class ProjectLinesIn(In):
    """All lines of a project, in order; none takes them away and leaves the expected amount as it is."""

    KIND = "project"

    lines: Annotated[tuple[ProjectLineIn, ...], Field(max_length=MOST_LINES)]
    expected_version: Version = Field(description="the version you read before editing")


class ProjectLineOut(Out):
    """A line as it is, with its amount. What an amount tells is seen as the project's expected amount is."""

    position: int
    code: str
    name: str
    product_line: str | None
    quantity: Decimal
    unit_price: Annotated[Money | None, Shows.of("project.expected")]
    discount: Decimal
    amount: Annotated[Money | None, Shows.of("project.expected")]


class ProjectSlipOut(Out):
    """One change of the expected day: `days` later, below 0 sooner, None where there was or is no day."""

    before: date | None
    after: date | None
    days: int | None
    at: datetime
    by: str


class CompetitorIn(In):
    """Who else would win the project, what speaks for him, and what we answer."""

    name: Line
    strengths: Prose | None = None
    answer: Prose | None = None
    state: Standing = "competing"


class CompetitorPatch(Patch):
    """What to change of a competitor. His name stays."""

    strengths: Prose | None = None
    answer: Prose | None = None
    state: Standing = "competing"


class CompetitorOut(Record):
    """A competitor as he stands: competing, ahead, behind or out."""

    project_id: UUID
    name: str
    strengths: str | None
    answer: str | None
    state: str


class ChainLinkIn(In):
    """A contact of the customer in the decision. `influence` is from 1 to 5."""

    contact_id: UUID
    role: Role
    attitude: Attitude = "unknown"
    influence: Annotated[int, Field(ge=1, le=5)] = 3
    note: Reason | None = None


class ChainIn(In):
    """The whole decision chain, in order."""

    links: Annotated[tuple[ChainLinkIn, ...], Field(max_length=MOST_LINKS)]
    expected_version: Version = Field(description="the version you read before editing")


class ChainLinkOut(Out):
    """A person in the decision; what he is called, the contact tells."""

    contact_id: UUID
    position: int
    role: str
    attitude: str
    influence: int
    note: str | None
