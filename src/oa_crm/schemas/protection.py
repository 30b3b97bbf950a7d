"""The protection clock: the rules of a company as data, and what the clock says of a customer."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from oa_crm.schemas.base import In, Out, Reason
from oa_crm.schemas.customers import Kind
from oa_crm.schemas.times import Day

What = Literal["no_follow_up", "no_progress", "no_project", "no_contract", "held", "contract_over", "never"]
Way = Literal["visit", "phone", "wechat", "mail", "meeting", "demo", "other"]
Days = Annotated[int, Field(ge=1, le=3660)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Weekday = Annotated[int, Field(ge=0, le=6)]
_LEAVES, _DEEP = 20, 5
_WHEN = "one of what, all and any: {'what': 'no_progress', 'days': 180}"


class When(In):
    """When a rule recycles: a condition `what` that has held for `days`, or `all` or `any` of several.

    Days are those of the calendar on the wall, or with `working` the company's working days. Every condition counts
    from no earlier than when its owner got the customer.
    """

    what: What | None = Field(default=None, description=_WHEN)
    days: Days | None = Field(default=None, description="1 to 3660, for every condition but never")
    working: bool = False
    all: tuple["When", ...] | None = Field(default=None, min_length=1)
    any: tuple["When", ...] | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _one_of_three(self) -> "When":
        if sum(one is not None for one in (self.what, self.all, self.any)) != 1:
            raise PydanticCustomError("not_one_condition", "it needs exactly one of what, all and any")
        if (self.days is None) != (self.what in (None, "never")):
            raise PydanticCustomError("days_of_a_condition", "a condition needs days; all, any and never have none")
        if len(list(self.leaves())) > _LEAVES or self.depth() > _DEEP:
            raise PydanticCustomError("too_many_conditions", "it has more than 20 conditions, or more than 5 levels")
        return self

    @property
    def parts(self) -> tuple["When", ...]:
        """What `all` or `any` is of."""
        return self.all or self.any or ()

    def leaves(self) -> Iterator["When"]:
        """The conditions in it."""
        if self.what is not None:
            yield self
        for one in self.parts:
            yield from one.leaves()

    def depth(self) -> int:
        """How many levels it has."""
        return 1 + max((one.depth() for one in self.parts), default=0)


class ProtectionRule(In):
    """A rule. It fits customers of these levels and kinds that came out of one of these pools; one that is left out
    fits every customer. Of a company's rules the first that fits decides."""

    name: Name
    when: When
    levels: tuple[Name, ...] = ()
    kinds: tuple[Kind, ...] = ()
    pools: tuple[UUID, ...] = ()


class Progress(In):
    """What counts as substantive progress: talks of these ways, a project that begins, one that gets further than
    it ever was, a contract that is approved."""

    ways: tuple[Way, ...] = ("visit", "meeting", "demo")
    projects: bool = True
    stages: bool = True
    contracts: bool = True


class ProtectionWarningStage(In):
    """A warning so many days before the deadline: to the owner, and with `manager` to his manager as well."""

    days: Annotated[int, Field(ge=1, le=365)]
    manager: bool = False


class WorkingCalendar(In):
    """Which days are working days: these weekdays (0 is Monday), without the `off` days, and with those days on which
    work is made up for (调休) in `on`."""

    weekdays: tuple[Weekday, ...] = Field(default=(0, 1, 2, 3, 4), min_length=1)
    off: tuple[Day, ...] = ()
    on: tuple[Day, ...] = ()


Excluded = Literal["locked", "open_approval", "open_contract"]
_STAGES = (
    ProtectionWarningStage(days=14),
    ProtectionWarningStage(days=7),
    ProtectionWarningStage(days=1, manager=True),
)


class ProtectionRules(In):
    """Everything that a company decides about protection. What is left out is as shipped.

    After its own `rules` comes the shipped one, named "default": no substantive progress for 180 days.
    """

    rules: tuple[ProtectionRule, ...] = Field(default=(), max_length=100)
    progress: Progress = Progress()
    excluded: tuple[Excluded, ...] = ("locked", "open_approval", "open_contract")
    excluded_kinds: tuple[Kind, ...] = ()
    alive_days: Days = Field(default=180, description="an open project that stood still for longer protects no more")
    contract_days: Days = Field(default=365, description="a contract counts as open so long after its approval")
    warnings: tuple[ProtectionWarningStage, ...] = Field(default=_STAGES, max_length=10)
    notice_days: Annotated[int, Field(ge=0, le=365)] = Field(default=7, description="from warning to recycling")
    pause_days: Days = Field(default=7, description="a sweep after a longer pause only warns")
    calendar: WorkingCalendar = WorkingCalendar()
    projects: Literal["stay", "close"] = "stay"
    plans: Literal["end", "stay"] = "end"
    extensions: Annotated[int, Field(ge=0, le=100)] = Field(default=2, description="grants an owner may get")
    extension_days: Days = Field(default=30, description="the longest extension")

    @model_validator(mode="after")
    def _each_once(self) -> "ProtectionRules":
        names = [one.name for one in self.rules]
        if len(set(names)) != len(names) or "default" in names:
            raise PydanticCustomError("name_twice", "two rules have one name, or one is named default")
        days = [one.days for one in self.warnings]
        if len(set(days)) != len(days):
            raise PydanticCustomError("stage_twice", "two warnings have the same days")
        return self


class ProtectionChange(In):
    """The rules to set; `expected_version` is the version that they replace, 0 for the shipped ones."""

    rules: ProtectionRules = Field(description="everything: what is left out is as shipped")
    expected_version: int = Field(ge=0, le=2**31 - 1, description="the version you read before editing, 0 for none")


class ProtectionRulesOut(Out):
    """The rules that hold. `waiting` says that deadlines are still being worked out anew by them."""

    version: int
    rules: ProtectionRules
    changed_by: str | None
    changed_at: datetime | None
    waiting: bool


class Counted(Out):
    """One condition of the rule: from when it counts, and since when it holds; None if it does not come to that."""

    what: str
    days: int | None
    working: bool
    since: datetime | None
    due: datetime | None
    decides: bool


class KeptOut(Out):
    """What keeps the clock from running, or, with `until`, from ending before."""

    reason: str
    until: datetime | None = None


class WarningGiven(Out):
    """A warning that was given, so many days before which deadline, and to whom."""

    days: int
    deadline: datetime
    at: datetime
    owner_id: str
    manager_id: str | None


class ProtectionOut(Out):
    """What the clock says of a customer. `protected_until` is the end of `last_day` in the company's time zone; None
    where the clock does not run. `recycled_from` is when a sweep may take it, warned as it is now or in time.

    `extended_by` are the codes of what would move the deadline; `text` says all that in the reader's language.
    """

    customer_id: UUID
    owner_id: str | None
    owner_since: datetime | None
    protected_until: datetime | None
    last_day: date | None
    rule: str | None
    since: datetime | None
    conditions: tuple[Counted, ...]
    extended_by: tuple[str, ...]
    kept_out: tuple[KeptOut, ...]
    warnings: tuple[WarningGiven, ...]
    recycled_from: datetime | None
    text: str


class DueCustomer(Out):
    """A customer that would be recycled, from whom, and by which rule."""

    id: UUID
    name: str
    owner_id: str
    level: str | None
    protected_until: datetime
    protected_by: str


class OwnerLoss(Out):
    """How many customers of an owner are past their deadline by the rules of now, and by the rule that is tried."""

    owner_id: str
    now: int
    then: int


class RuleTrial(Out):
    """Who would lose what. `considered` customers have an owner; `examples` are those that would be past their
    deadline by the tried rule and are not now, the first hundred."""

    considered: int
    now: int
    then: int
    owners: tuple[OwnerLoss, ...]
    examples: tuple[DueCustomer, ...]


class SweepFailure(Out):
    """A customer that a sweep passed over, and why."""

    customer_id: UUID
    error: str


class SweepKept(Out):
    """A customer that is due and stays with its owner, for a plugin objects; `why` in the reader's language."""

    customer_id: UUID
    why: str


class SweepOut(Out):
    """What a sweep did. `next` is where the next slice goes on, None at the end; `held` that nothing is recycled yet,
    for the clock or the sweeps made a jump. `kept` are those to whose going a plugin objected."""

    warned: int = 0
    recycled: int = 0
    corrected: int = 0
    failed: tuple[SweepFailure, ...] = ()
    kept: tuple[SweepKept, ...] = ()
    held: bool = False
    next: str | None = None


class ExtensionIn(In):
    """A request for more days for a customer, and why."""

    customer_id: UUID
    days: Days
    reason: Reason


class ExtensionOut(Out):
    """A request for an extension, and what became of it: requested, granted (up to `until`) or refused."""

    id: UUID
    customer_id: UUID
    days: int
    reason: str
    state: str
    until: datetime | None
    requested_at: datetime
    requested_by: str
    decided_at: datetime | None
    decided_by: str | None
    comment: str | None


class StruckOut(Out):
    """A talk that the clock passes over, why and by whom."""

    follow_up_id: UUID
    customer_id: UUID
    reason: str
    at: datetime
    by: str


def as_kept(rules: ProtectionRules) -> dict[str, Any]:
    """The rules as they are kept: only what differs from what is shipped."""
    return rules.model_dump(mode="json", exclude_defaults=True)
