"""Customers."""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated, Any, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field, StringConstraints, computed_field
from pydantic_core import PydanticCustomError

from oa_crm.codes import industry_name, region_name
from oa_crm.schemas.base import HostId, In, Line, Out, Patch, Record
from oa_crm.schemas.custom import GivenCustom, StoredCustom

Kind = Literal["enterprise", "institution", "government", "person"]
Size = Literal["micro", "small", "medium", "large"]
Status = Literal["prospect", "active", "dormant", "lost"]
Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Names = Annotated[tuple[Line, ...], Field(max_length=20, description="at most 20 names of 1 to 200 characters")]
Tags = Annotated[tuple[Tag, ...], Field(max_length=50, description="at most 50 words of 1 to 40 characters")]
_INDUSTRY = "GB/T 4754-2017: a code such as I65, or a name"
_REGION = "GB/T 2260 or ISO 3166: a code such as 330106 or US-CA, or a name"
_PHONE = "as one dials it; kept as E.164"


def _stored(kept: Any) -> Any:
    return kept or ()


def _degrees(value: Any) -> Decimal:
    """Seven decimals exactly. A JSON number comes as a float, which is told by its shortest form."""
    given = {"given": repr(value)}
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise PydanticCustomError("not_a_number", "{given} is no number", given)
    try:
        told = Decimal(repr(value) if isinstance(value, float) else value)
    except InvalidOperation:
        raise PydanticCustomError("not_a_number", "{given} is no number", given) from None
    if not told.is_finite() or told.adjusted() > 3:
        raise PydanticCustomError("not_a_number", "{given} is no number", given)
    exact = told.quantize(Decimal("1e-7"))
    if exact != told:
        raise PydanticCustomError("too_many_decimals", "{given} has more than 7 decimals", given)
    return exact


if TYPE_CHECKING:
    Degree = Decimal | str | float
else:
    Degree = Annotated[Decimal, BeforeValidator(_degrees)]
Latitude = Annotated[Degree, Field(ge=-90, le=90, description="degrees north, at most 7 decimals")]
Longitude = Annotated[Degree, Field(ge=-180, le=180, description="degrees east, at most 7 decimals")]


class CustomerNumberIn(In):
    """An identity number beside the credit code: a scheme of python-stdnum such as "us.ein", "de.vat", "cn.ric"."""

    scheme: Annotated[str, StringConstraints(to_lower=True, max_length=20)]
    number: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]


class PhoneIn(In):
    """A further telephone number, and what it is for."""

    number: Annotated[str, StringConstraints(max_length=60)] = Field(description=_PHONE)
    label: Tag | None = None


class InvoiceFacts(In):
    """What stands on an invoice to this customer, and where its money is."""

    title: Line | None = None
    tax_number: Short | None = None
    address: Line | None = None
    phone: Short | None = None
    bank_name: Line | None = None
    bank_account: Short | None = None


class CustomerIn(In):
    """A customer to put on file. `owner_id` is who follows it; left out, it is whoever creates it.

    `former_names` are names it bore before, `aliases` others it is known by, `foreign_name` what it calls itself
    abroad; it is found again by each. `numbers` identify it like the credit code: one number is one customer.
    """

    KIND = "customer"

    kind: Kind = "enterprise"
    name: Line = Field(description="full registered name, 1 to 200 characters")
    short_name: str | None = Field(default=None, max_length=100)
    foreign_name: Line | None = None
    credit_code: str | None = Field(default=None, description="Unified Social Credit Code, GB 32100-2015")
    numbers: Annotated[tuple[CustomerNumberIn, ...], Field(max_length=20)] = ()
    industry: str | None = Field(default=None, max_length=60, description=_INDUSTRY)
    region: str | None = Field(default=None, max_length=60, description=_REGION)
    size: Size | None = None
    status: Status = "active"
    phone: str | None = Field(default=None, max_length=40, description=_PHONE)
    phones: Annotated[tuple[PhoneIn, ...], Field(max_length=20)] = ()
    email: str | None = Field(default=None, max_length=254)
    website: str | None = Field(default=None, max_length=200)
    address: str | None = Field(default=None, max_length=200)
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    invoice: InvoiceFacts | None = None
    former_names: Names = ()
    aliases: Names = ()
    tags: Tags = ()
    level: str | None = Field(default=None, max_length=20)
    source: str | None = Field(default=None, max_length=60)
    parent_id: UUID | None = Field(default=None, description="the customer above it in its group")
    owner_id: HostId | None = None
    custom: GivenCustom = Field(default={}, description="values by the custom field's name")


class CustomerPatch(Patch):
    """Facts to change on a customer. When `name` changes and `former_names` is left out, the old name is kept there.

    A list is replaced as a whole, and so is `invoice`.
    """

    KIND = "customer"

    kind: Kind | None = None
    name: Line | None = Field(default=None, description="full registered name, 1 to 200 characters")
    short_name: str | None = Field(default=None, max_length=100)
    foreign_name: Line | None = None
    credit_code: str | None = Field(default=None, description="Unified Social Credit Code, GB 32100-2015")
    numbers: Annotated[tuple[CustomerNumberIn, ...], Field(max_length=20)] | None = None
    industry: str | None = Field(default=None, max_length=60, description=_INDUSTRY)
    region: str | None = Field(default=None, max_length=60, description=_REGION)
    size: Size | None = None
    status: Status | None = None
    phone: str | None = Field(default=None, max_length=40, description=_PHONE)
    phones: Annotated[tuple[PhoneIn, ...], Field(max_length=20)] | None = None
    email: str | None = Field(default=None, max_length=254)
    website: str | None = Field(default=None, max_length=200)
    address: str | None = Field(default=None, max_length=200)
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    invoice: InvoiceFacts | None = None
    former_names: Names | None = None
    aliases: Names | None = None
    tags: Tags | None = None
    level: str | None = Field(default=None, max_length=20)
    source: str | None = Field(default=None, max_length=60)
    parent_id: UUID | None = Field(default=None, description="the customer above it in its group")
    custom: GivenCustom = Field(default={}, description="values by the custom field's name")


class Called(Out):
    """What a code is called. Where there is no English name, the Chinese one stands for it."""

    zh: str
    en: str


class CustomerOut(Record):
    """A customer as it stands. `next_contact_on` comes from its latest follow-up.

    `owner_id` has it since `owner_since`; without an owner it has lain in `pool_id` since then. While `locked_at` is
    set, its owner keeps it from being recycled.
    """

    KIND = "customer"

    kind: str
    name: str
    short_name: str | None
    foreign_name: str | None
    credit_code: str | None
    numbers: Annotated[tuple[CustomerNumberIn, ...], BeforeValidator(_stored)]
    industry: str | None
    region: str | None
    size: str | None
    status: str
    phone: str | None
    phones: Annotated[tuple[PhoneIn, ...], BeforeValidator(_stored)]
    email: str | None
    website: str | None
    address: str | None
    latitude: Decimal | None
    longitude: Decimal | None
    invoice: InvoiceFacts | None
    former_names: Annotated[tuple[str, ...], BeforeValidator(_stored)]
    aliases: Annotated[tuple[str, ...], BeforeValidator(_stored)]
    tags: Annotated[tuple[str, ...], BeforeValidator(_stored)]
    level: str | None
    level_pinned: bool = False
    source: str | None
    owner_id: str | None
    owner_since: datetime | None
    pool_id: UUID | None
    locked_at: datetime | None
    parent_id: UUID | None
    custom: StoredCustom
    last_follow_up_at: datetime | None
    next_contact_on: date | None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def industry_name(self) -> Called | None:
        """What `industry` is called; None for text that is no code of GB/T 4754, as older customers may have it."""
        name = industry_name(self.industry)
        return name and Called(zh=name.zh, en=name.en)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def region_name(self) -> Called | None:
        """What `region` is called, from the top; None for text that is no code."""
        name = region_name(self.region)
        return name and Called(zh=name.zh, en=name.en)
