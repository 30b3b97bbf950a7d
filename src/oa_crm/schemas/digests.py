"""Digests: what a member wants to be told of, and what he was told."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from oa_crm.hooks.ports import Reach
from oa_crm.money import Money
from oa_crm.schemas.base import In, Out, Record

ChangeName = Annotated[str, StringConstraints(max_length=40)]


class SubscriptionIn(In):
    """Which kinds of changes to be told of (left out: all), and how far around oneself.

    `expected_version` is that of the subscription that this one replaces; left out for the first.
    """

    kinds: Annotated[tuple[ChangeName, ...], Field(min_length=1, max_length=50)] | None = None
    reach: Reach = Field(default=Reach.OWN, description="own, team, department, subtree or all")
    expected_version: int | None = Field(default=None, ge=1, le=2**31 - 1)


class SubscriptionOut(Record):
    """What a member wants to be told of. `state` is active or ended."""

    member_id: str
    kinds: tuple[str, ...]
    reach: str
    state: str


class DigestOut(Out):
    """A digest: how many changes it tells of, from when to when, and when its reader acknowledged it."""

    id: UUID
    member_id: str
    since: datetime
    built_at: datetime
    changes: int
    acknowledged_at: datetime | None


class DigestLineOut(Out):
    """A key change: `what` it is, of which thing (`kind`, `thing_id`, `name` now), and the value before and after.

    `customer_id` is the customer that the thing belongs to. `field` is the one that changed, as the audit has it.
    """

    id: UUID
    what: str
    kind: str
    thing_id: UUID
    customer_id: UUID
    name: str
    field: str
    before: Money | str | None
    after: Money | str | None
    reason: str | None
    at: datetime
    by: str


class DigestsBuilt(Out):
    """What building did: the new digests, by member."""

    members: int
    digests: tuple[DigestOut, ...]
