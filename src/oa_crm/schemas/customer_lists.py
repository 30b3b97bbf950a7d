"""Which customers somebody wants to see, in which order, and what he keeps of it: filters, views, groups."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from oa_crm.money import Money
from oa_crm.schemas.base import HostId, In, Out, Patch, Record, Shows
from oa_crm.schemas.custom import FieldName, GivenCustom
from oa_crm.schemas.customers import CustomerNumberIn, CustomerOut, Kind, Size, Status, Tags
from oa_crm.schemas.times import Day, Moment

Sort = Annotated[
    str,
    StringConstraints(
        pattern=r"^(newest|oldest|name|last_follow_up|next_contact|updated|-?custom:[a-z][a-z0-9_]{0,39})$",
    ),
]
Shared = Literal["nobody", "department", "everybody"]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
if TYPE_CHECKING:
    Column = str
else:
    Column = Literal[tuple(CustomerOut.model_fields)]
Columns = Annotated[tuple[Column, ...], Field(max_length=50)]
Levels = Annotated[tuple[Annotated[str, StringConstraints(max_length=20)], ...], Field(min_length=1, max_length=50)]


class CustomerFilter(In):
    """Which customers to list; every given field must match.

    `industry`, `region` and `categories` hold everything below them. `name` is how the name begins, `text` any words of
    it, its pinyin or initials. `department_id` is the owner's, with those below it. Of a time, `_since` is taken along
    and `_before` is not.

    Sorts: `newest` and `oldest` by entry, `name` by code point, `last_follow_up` and `updated` latest first,
    `next_contact` soonest first; customers without the time come last, newest first. `custom:<field>` sorts by a custom
    field, `-custom:<field>` downwards.
    """

    FOUND_BY: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "phone": ("customer.phone", "customer.phones"),
        "email": ("customer.email",),
        "number": ("customer.numbers",),
    }

    text: str | None = Field(default=None, max_length=200)
    name: str | None = Field(default=None, max_length=200)
    owner_id: HostId | None = None
    department_id: HostId | None = None
    pooled: bool | None = None
    kind: Kind | None = None
    industry: str | None = Field(default=None, max_length=60)
    region: str | None = Field(default=None, max_length=60)
    level: str | None = Field(default=None, max_length=20)
    levels: Levels | None = None
    categories: dict[FieldName, FieldName] = Field(default={}, max_length=10, description="category by the tree's name")
    status: Status | None = None
    size: Size | None = None
    source: str | None = Field(default=None, max_length=60)
    tags_any: Tags | None = None
    tags_all: Tags | None = None
    created_since: Moment | None = None
    created_before: Moment | None = None
    updated_since: Moment | None = None
    updated_before: Moment | None = None
    last_follow_up_since: Moment | None = None
    last_follow_up_before: Moment | None = None
    next_contact_since: Day | None = None
    next_contact_before: Day | None = None
    has_parent: bool | None = None
    phone: str | None = Field(default=None, max_length=60)
    email: str | None = Field(default=None, max_length=254)
    number: CustomerNumberIn | None = None
    favourites: bool | None = None
    custom: GivenCustom = Field(default={}, description="values by the custom field's name")
    sort: Sort = "newest"


class ViewIn(In):
    """A list of customers to keep: its filter with the sort, and the columns to show."""

    name: Title
    where: CustomerFilter = CustomerFilter()
    columns: Columns = ()
    shared: Shared = "nobody"


class ViewPatch(Patch):
    """What to change on a view; `where` and `columns` are replaced as a whole."""

    name: Title | None = None
    where: CustomerFilter | None = None
    columns: Columns | None = None
    shared: Shared | None = None


class ViewOut(Record):
    """A view as it stands. `mine`: whether the actor may change it."""

    owner_id: str
    name: str
    where: CustomerFilter
    columns: tuple[str, ...]
    shared: str
    department_id: str | None
    mine: bool


class GroupMember(Out):
    """A customer of a group; `depth` is 0 for the topmost, `above` the nearest one above it that the actor sees."""

    customer_id: UUID
    name: str
    short_name: str | None
    owner_id: str | None
    above: UUID | None
    depth: int


class CustomerGroup(Out):
    """A group of customers from the top down, each after the one above it; `hidden` ones the actor may not see."""

    members: tuple[GroupMember, ...]
    hidden: int


class DealFacts(Out):
    """What was sold to a customer: its approved contracts that the actor sees, and their sums by currency."""

    customer_id: UUID
    contracts: int
    amounts: Annotated[tuple[Money, ...], Shows.of("contract.amount")]
