"""Remits: for which customers somebody is responsible, beside what he reaches."""

from collections.abc import Mapping
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from oa_crm.schemas.base import In, Line, Out, Patch, Record
from oa_crm.schemas.customers import Kind
from oa_crm.schemas.pools import Seat, Words

_Few = Annotated[dict[Annotated[str, Field(min_length=1, max_length=40)], Words], Field(max_length=20)]


class RemitWhere(In):
    """Which customers: everything that is given must match, and of each list one. Regions and industries hold what is
    below them, categories too; a customer without the fact is outside.

    `categories` names trees, `custom` fields of the type choice. `pools` in a grant are customers that lie in them; in
    a limit, of those in pools only these.
    """

    regions: Words = ()
    industries: Words = ()
    sources: Words = ()
    levels: Words = ()
    kinds: tuple[Kind, ...] = ()
    categories: _Few = Field(default_factory=dict)
    custom: _Few = Field(default_factory=dict)
    pools: tuple[UUID, ...] = Field(default=(), max_length=100)


class RemitIn(In):
    """A remit to give to whom `seat` names: one member, everybody of a department and those below it, or of a role.

    A `limit` takes everything else away from them, for every act; a `grant` adds these customers to what they reach, to
    read or, with `may` "write", to work on. It gives no act that their role does not.
    """

    name: Line = Field(max_length=100)
    seat: Seat
    effect: Literal["grant", "limit"]
    may: Literal["read", "write"] = Field(default="read", description="what a grant lets them do: read or write")
    where: RemitWhere


class RemitPatch(Patch):
    """What to change on a remit; `where` is replaced as a whole. Whom it is about and its effect stay."""

    name: Line | None = Field(default=None, max_length=100)
    may: Literal["read", "write"] | None = None
    where: RemitWhere | None = None


class RemitOut(Record):
    """A remit as it stands: `in_force` or `withdrawn`. Codes are in their one form."""

    name: str
    seat: Seat
    effect: str
    may: str
    where: RemitWhere
    state: str


class MyRemit(Out):
    """A remit of the asking person: what it does, and for which customers."""

    name: str
    effect: str
    may: str
    where: Mapping[str, object]
