"""Pools, what people do with the customers in them, how much one may hold, and who had a customer when."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field

from oa_crm.schemas.base import HostId, In, Line, Out, Patch, Record
from oa_crm.schemas.customer_lists import Levels
from oa_crm.schemas.customers import Kind, Status

HIDEABLE = ("name", "kind", "industry", "region", "size", "level", "source", "tags", "last_follow_up_at")
Hidden = Annotated[
    tuple[Literal["name", "kind", "industry", "region", "size", "level", "source", "tags", "last_follow_up_at"], ...],
    Field(max_length=len(HIDEABLE)),
]
Words = Annotated[tuple[Annotated[str, Field(min_length=1, max_length=60)], ...], Field(max_length=100)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]
Days = Annotated[int, Field(ge=0, le=3650)]
Hours = Annotated[int, Field(ge=0, le=24 * 365)]
Ids = Annotated[tuple[UUID, ...], Field(min_length=1, max_length=500)]


class Seat(In):
    """Whom a pool or a limit names: one member, everybody of a department and those below it, or of a role."""

    kind: Literal["member", "department", "role"]
    id: HostId


Seats = Annotated[tuple[Seat, ...], Field(max_length=500)]


class RouteRule(In):
    """Which customers fall into a pool: everything that is given must match. Regions and industries hold what is below
    them; `departments` is the one of who had the customer last, with those below it."""

    regions: Words = ()
    industries: Words = ()
    sources: Words = ()
    levels: Words = ()
    kinds: tuple[Kind, ...] = ()
    departments: Words = ()


Routes = Annotated[tuple[RouteRule, ...], Field(max_length=100)]


class PoolIn(In):
    """A pool to open. Without `members` everybody who may claim is one; without `routes` it takes whatever comes to it.

    `position` is its place in the order in which customers are routed. `claims_per_day` is how many customers one
    person may claim from it a day, `cooldown_days` how long who had a customer may not claim it back, `wait_hours` how
    long a customer lies in it before anybody may claim it.
    """

    name: Line = Field(max_length=100)
    position: int = Field(default=100, ge=0, le=1_000_000)
    admins: Seats = ()
    members: Seats = ()
    hidden: Hidden = Field(default=(), description="what members do not see of customers in it")
    routes: Routes = ()
    claims_per_day: Count | None = None
    cooldown_days: Days | None = None
    wait_hours: Hours | None = None


class PoolPatch(Patch):
    """What to change on a pool; lists are replaced as a whole."""

    name: Line | None = Field(default=None, max_length=100)
    position: int | None = Field(default=None, ge=0, le=1_000_000)
    admins: Seats | None = None
    members: Seats | None = None
    hidden: Hidden | None = None
    routes: Routes | None = None
    claims_per_day: Count | None = None
    cooldown_days: Days | None = None
    wait_hours: Hours | None = None


class PoolOut(Record):
    """A pool as it stands. `mine`: whether the actor is one of its members, `administered`: one of its admins."""

    name: str
    position: int
    state: str
    admins: tuple[Seat, ...]
    members: tuple[Seat, ...]
    hidden: tuple[str, ...]
    routes: tuple[RouteRule, ...]
    claims_per_day: int | None
    cooldown_days: int | None
    wait_hours: int | None
    mine: bool
    administered: bool


class PoolFinding(Out):
    """Something about the pools that somebody should look at.

    `code` is member_without_pool (somebody who may claim and is in no pool: `member_id`), routes_overlap (`pool_id` and
    `other_pool_id` both match some customers, which fall into the first), never_reached (every customer falls into
    `other_pool_id` before `pool_id` is looked at), or unknown_seat (`pool_id` names `subject`, who is nobody).
    """

    code: Literal["member_without_pool", "routes_overlap", "never_reached", "unknown_seat"]
    pool_id: UUID | None = None
    other_pool_id: UUID | None = None
    member_id: str | None = None
    subject: str | None = None


class PooledCustomer(Out):
    """A customer in a pool, before anybody has it: what its pool does not hide, and never a way to reach it.

    `pooled_since` is when it came there, `claimable_from` when it has waited as long as its pool says; who had it
    himself may have to wait longer.
    """

    KIND = "customer"

    id: UUID
    pool_id: UUID
    name: str | None
    kind: str | None
    industry: str | None
    region: str | None
    size: str | None
    level: str | None
    source: str | None
    tags: Annotated[tuple[str, ...] | None, BeforeValidator(lambda stored: stored and tuple(stored))]
    last_follow_up_at: datetime | None
    pooled_since: datetime
    claimable_from: datetime


class PoolAnswer(Out):
    """What became of one customer of a batch: it was done, or the `problem` that kept it from it, by code and text."""

    customer_id: UUID
    done: bool
    problem: str | None = None
    text: str | None = None


class PoolAnswers(Out):
    """One answer for each customer, in the order they were given; `done` counts those that worked."""

    answers: tuple[PoolAnswer, ...]
    done: int


class OwnershipOut(Out):
    """Who had a customer from `since` until `until` (None: still): `owner_id`, or nobody, while it lay in `pool_id`."""

    number: int
    owner_id: str | None
    pool_id: UUID | None
    since: datetime
    until: datetime | None
    cause: str
    by_id: str
    reason: str | None


class Free(In):
    """What does not count as held: customers of these levels or states, locked ones, those with approved contracts."""

    levels: Levels | None = None
    statuses: tuple[Status, ...] = ()
    locked: bool = False
    with_contract: bool = False


class HoldingLimitIn(In):
    """How many customers a person may hold, claim a day, and lock. None leaves it open.

    It is for `everybody`, or for whom `seat` names; then for each of them, or with `together` for a department's people
    as a sum. Of several, that of the member goes before that of his role, his department, and everybody; sums hold
    besides. `expected_version` is 0 for one that is new.
    """

    seat: Seat | None = None
    together: bool = False
    holding: Count | None = None
    claims_per_day: Count | None = None
    locks: Count | None = None
    free: Free = Free()
    expected_version: int = Field(default=0, ge=0, le=2**31 - 1)


class HoldingLimitOut(Record):
    """A limit as it stands; `seat` is None when it is for everybody."""

    seat: Seat | None
    together: bool
    holding: int | None
    claims_per_day: int | None
    locks: int | None
    free: Free


class Holding(Out):
    """What a person holds now and what he may: None where nothing bounds it. `claims_left` is for today."""

    member_id: str
    held: int
    holding_limit: int | None
    claimed_today: int
    claims_per_day: int | None
    claims_left: int | None
    locked: int
    lock_limit: int | None


class DistributionIn(In):
    """Customers of a pool to give to people, one by one.

    `round_robin` gives to whoever was given one longest ago, `load` to whoever holds fewest. `among` names who may get
    some; without it, the pool's members. At most `most` customers, those that lie longest first; in place of those that
    nobody may have, the next ones, among the first five times `most` in the pool.
    """

    pool_id: UUID
    way: Literal["round_robin", "load"] = "round_robin"
    among: Seats = ()
    most: int = Field(default=100, ge=1, le=500)
    reason: str | None = Field(default=None, max_length=500)


class Passed(Out):
    """Somebody who was passed over, and why: `holding_limit` (his hands are full)."""

    member_id: str
    because: str


class DistributionOut(Out):
    """Who was given which customer, and who was passed over. `left`: of the `most` that were wanted, or of as many as
    lay in the pool, how many were not given."""

    given: dict[UUID, str]
    passed: tuple[Passed, ...]
    left: int


class PoolFilter(In):
    """Which customers of the pools to list: those that lie longest first."""

    pool_id: UUID | None = None
    name: str | None = Field(default=None, max_length=200)
    levels: Levels | None = None
    region: str | None = Field(default=None, max_length=60)
    industry: str | None = Field(default=None, max_length=60)
