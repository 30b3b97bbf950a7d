"""Handovers: what somebody holds, how it is to be split, what would come of it, and what came of it."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from oa_crm.schemas.base import HostId, In, Line, Out, Reason, Record
from oa_crm.schemas.contracts import ContractOut
from oa_crm.schemas.customer_lists import Levels
from oa_crm.schemas.customers import CustomerOut
from oa_crm.schemas.followups import FollowUpOut
from oa_crm.schemas.matters import MatterOut
from oa_crm.schemas.plans import PlanOut
from oa_crm.schemas.pools import Count, Words
from oa_crm.schemas.projects import ProjectOut
from oa_crm.schemas.strategies import StrategyInFile

Clock = Literal["restart", "keep", "grace"]
Members = Annotated[tuple[HostId, ...], Field(min_length=1, max_length=100)]
Kinds = Annotated[tuple[Line, ...], Field(max_length=30)]


class SplitRule(In):
    """Who receives what: everything that is given must match. Regions hold what is below them; a project or a contract
    has the region and level of its customer.

    With several in `to`, customers go to whoever holds fewest, other things to each in turn. With `capacity` nobody
    comes to hold more customers than that; what is left goes by the rest of the handover.
    """

    kinds: Kinds = Field(default=(), description="customer, lead, project, ...; left out: all kinds")
    regions: Words = ()
    levels: Levels | None = None
    to: Members
    capacity: Count | None = None


class ItemReceiver(In):
    """One thing that goes to somebody whatever the rules say."""

    kind: Line
    id: UUID
    to: HostId


class HandoverIn(In):
    """How to split what `leaver_id` holds. The first rule that matches decides; `items` go before all rules.

    A project, a contract or whatever else goes with its customer follows it when the customer goes to somebody in this
    handover. What nobody takes goes to `rest_to`; without him customers go into the pool `pool_id` (left out: the
    first), leads into theirs, and everything else to the leaver's superior. With `stays` it stays where it is.

    `clock` says what becomes of protection: it restarts for the new owner, it is kept as it runs, or it is kept and
    ends `grace_days` from now at the earliest.
    """

    leaver_id: HostId
    rules: tuple[SplitRule, ...] = Field(default=(), max_length=100)
    items: tuple[ItemReceiver, ...] = Field(default=(), max_length=500)
    rest_to: HostId | None = None
    pool_id: UUID | None = None
    stays: bool = False
    clock: Clock = "restart"
    grace_days: int = Field(default=30, ge=1, le=3650)
    over_limits: bool = Field(default=False, description="past holding limits; for who administers handovers")
    reason: Reason | None = None


class HeldCount(Out):
    """How many things of a kind somebody holds, and how many of them would follow a customer of his."""

    kind: str
    title: str
    count: int
    follow: int = 0


class HandoverPlan(Out):
    """What somebody holds. `along` is what goes with his customers by itself: contacts, talks. `seats` counts the teams
    that he sits in, which nobody takes over."""

    leaver_id: str
    name: str
    active: bool
    superior_id: str | None
    holdings: tuple[HeldCount, ...]
    along: dict[str, int]
    seats: int


class HeldThing(Out):
    """One thing that somebody holds."""

    kind: str
    id: UUID
    title: str
    customer_id: UUID | None
    region: str | None
    level: str | None
    version: int


class HandoverConflict(Out):
    """Why a handover cannot be, or for whom it is too much. Those that are `soft` an administrator may pass."""

    code: str
    member_id: str | None = None
    kind: str | None = None
    count: int | None = None
    limit: int | None = None
    held: int | None = None
    soft: bool = False
    text: str = ""


class ReceiverShare(Out):
    """What somebody would receive, by kind."""

    member_id: str
    counts: dict[str, int]


class HandoverPreview(Out):
    """What a handover would do, and what stands against it. `ends` counts the plans, whoever is to do them, that end
    with what goes into a pool. `fingerprint` stands for what is held now and for how it was asked to be split:
    `execute` takes it and does this and nothing else."""

    leaver_id: str
    fingerprint: str
    receivers: tuple[ReceiverShare, ...]
    pooled: dict[str, int]
    ends: dict[str, int]
    stays: dict[str, int]
    conflicts: tuple[HandoverConflict, ...]


class HandoverReceiverOut(Out):
    """What somebody received, and whether he has taken note of it."""

    member_id: str
    counts: dict[str, int]
    acknowledged_at: datetime | None
    words: str | None


class HandoverOut(Record):
    """A handover. `state`: due, executed, undone, dismissed; `cause`: asked, left (he left), moved (another
    department)."""

    leaver_id: str
    cause: str
    state: str
    superior_id: str | None
    clock: str | None
    reason: str | None
    executed_at: datetime | None
    executed_by: str | None
    undo_until: datetime | None
    closed_at: datetime | None
    closed_by: str | None
    closed_because: str | None
    receivers: tuple[HandoverReceiverOut, ...] = ()
    pooled: dict[str, int] = Field(default_factory=dict)


class HandoverItemOut(Out):
    """One thing that was handed over: to `receiver_id`, or into a pool."""

    kind: str
    id: UUID
    customer_id: UUID | None
    receiver_id: str | None
    pool_id: UUID | None
    put_back: bool


class HandoverLeft(Out):
    """A thing that an undoing left where it is: it went on since."""

    kind: str
    id: UUID


class HandoverUndone(Out):
    """What an undoing put back and what it left, by kind; `left` are the first two hundred of those. `handed_on` are
    plans, issues, needs and strategies that came to receivers since with what went back: the leaver sees to them."""

    handover: HandoverOut
    restored: dict[str, int]
    handed_on: dict[str, int] = Field(default_factory=dict)
    left_counts: dict[str, int]
    left: tuple[HandoverLeft, ...]


class HandedCustomer(Out):
    """One customer that somebody received, with what he has to know on the first day: what was said last, what is under
    way, what is open and what comes next."""

    customer: CustomerOut
    protected_until: datetime | None
    last_talk: FollowUpOut | None
    projects: tuple[ProjectOut, ...]
    contracts: tuple[ContractOut, ...]
    matters: tuple[MatterOut, ...]
    plans: tuple[PlanOut, ...]
    strategies: tuple[StrategyInFile, ...]


class HandedThing(Out):
    """One more thing that somebody received: a lead, a project of another's customer, an approval, a view, a pool."""

    kind: str
    id: UUID
    title: str


class HandoverDocument(Out):
    """What one receiver got by a handover, as the one who reads it may see it at `read_at`.

    `customers` are a page of them in the order of their ids; `next` leads to the following one. `things` are the rest,
    at most 500 of each kind. `counts` is what he received, whoever reads; `names` calls the members who occur.
    """

    handover: HandoverOut
    receiver_id: str
    counts: dict[str, int]
    customers: tuple[HandedCustomer, ...]
    next: str | None
    things: tuple[HandedThing, ...]
    names: dict[str, str]
    read_at: datetime
    read_by: str
