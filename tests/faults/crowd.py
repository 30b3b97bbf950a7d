"""The people of the soak, and what each of them does: claims until he may have no more, then gives everything back.

Some are bounded by a quota a day, some by how many they hold, some by what their department holds together. They are
threads of one process, or, on SQLite, processes that each play several people.
"""

import random
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, TypeVar
from uuid import UUID

import sqlalchemy as sa

from oa_crm import CRM, Unit
from oa_crm.database import tune
from oa_crm.errors import Busy, CrmError
from oa_crm.hooks import Department, Member
from oa_crm.testing.company import TENANT, KitCompany

FULL = {"claim_quota", "holding_limit"}
LOST = {"illegal_state", "not_found"}
BEGAN = datetime(2026, 3, 2, 9, tzinfo=UTC)
TRIES, AT_ONCE = 400, 50
SHARES = (1, 10, AT_ONCE)

Answer = TypeVar("Answer")


class Bounds(NamedTuple):
    """How many people there are, what bounds them, and how many customers they are after."""

    quota_people: int
    quota: int
    holding_people: int
    holding: int
    sum_people: int
    sum: int
    customers: int
    scarce: int
    """How many they are after in every second round: fewer than they might have."""
    often: tuple[int, int, int] = (2, 3, 5)
    """How often they claim one by one, some at once, and many at once."""

    @property
    def people(self) -> dict[str, str]:
        """Their departments by their ids."""
        named = (("quota", self.quota_people), ("holding", self.holding_people), ("sum", self.sum_people))
        return {f"{department}-{number}": department for department, many in named for number in range(many)}

    @property
    def most(self) -> int:
        """How many they may have in all."""
        return self.quota_people * self.quota + self.holding_people * self.holding + self.sum

    def after(self, customers: int) -> "Bounds":
        """The same people after another number of customers, bounded accordingly."""
        share = customers / self.customers
        parts = {name: max(1, round(getattr(self, name) * share)) for name in ("quota", "holding", "sum", "scarce")}
        return self._replace(customers=customers, **parts)


class Crowd(KitCompany):
    """The kit's company, with the crowd in it."""

    name = "crowd"

    def __init__(self, bounds: Bounds) -> None:
        super().__init__()
        self._departments += [Department(name, name, parent_id="sales") for name in ("quota", "holding", "sum")]
        for id, department in bounds.people.items():
            self.people[id] = Member(id, id, department, "manager", ("salesperson",))


class Day:
    """A clock that stands on the day of a round: whoever used up his quota has a new one in the next."""

    def __init__(self) -> None:
        self.round = 0

    def now(self) -> datetime:
        return BEGAN + timedelta(days=self.round)


class Stage:
    """A CRM and its day, one for each process."""

    def __init__(self, url: str, bounds: Bounds, connections: int) -> None:
        self.bounds = bounds
        pooled = {} if url.startswith("sqlite") else {"pool_size": connections}
        self.day, self.engine = Day(), tune(sa.create_engine(url, **pooled))
        self.crm = CRM(self.engine, plugins=[Crowd(bounds)], clock=self.day)


_stages: list[Stage] = []


def enter(url: str, bounds: Bounds, connections: int) -> Stage:
    """Begin to play in this process."""
    _stages.append(Stage(url, bounds, connections))
    return _stages[-1]


def leave() -> None:
    """Close what `enter` opened."""
    stage = _stages.pop()
    stage.crm.close()
    stage.engine.dispose()


def claim(round: int, people: Sequence[str], ids: Sequence[UUID], seed: int) -> dict[str, list[UUID]]:
    """Each of these people goes through all customers, a share at a time, in turn with the others; what each got.

    They begin at the same end, so that all are after the same ones. Whoever has enough tries once more, in vain.
    """
    stage, chance = _stages[-1], random.Random(seed)
    stage.day.round = round
    won: dict[str, list[UUID]] = {one: [] for one in people}
    left = {one: list(_shares(ids, chance, stage.bounds.often)) for one in people}
    while left:
        for one in list(left):
            got, full = _claimed(stage.crm, one, left[one].pop(0))
            won[one] += got
            if full or not left[one]:
                del left[one]
    return won


def give_back(round: int, won: dict[str, list[UUID]]) -> int:
    """Everybody releases what he has; how many."""
    stage = _stages[-1]
    stage.day.round = round
    for one, ids in won.items():
        for some in _cut(sorted(ids), AT_ONCE):
            _patiently(stage.crm, one, lambda unit, some=some: _release(unit, some))
    return sum(map(len, won.values()))


def _shares(ids: Sequence[UUID], chance: random.Random, often: Sequence[int]) -> Iterable[list[UUID]]:
    """The customers from the front on, neighbours a little mixed, one at a time or some at once."""
    for some in _cut(ids, AT_ONCE):
        mixed = chance.sample(some, len(some))
        (share,) = chance.choices(SHARES, often)
        yield from _cut(mixed, share)


def _cut(ids: Sequence[UUID], size: int) -> Iterable[list[UUID]]:
    return (list(ids[at : at + size]) for at in range(0, len(ids), size))


def _claimed(crm: CRM, by: str, ids: list[UUID]) -> tuple[list[UUID], bool]:
    """Which of these customers he got, and whether he may have no more."""
    answers = _patiently(crm, by, lambda unit: _ask(unit, ids))
    codes = {problem for problem in answers.values() if problem}
    assert codes <= FULL | LOST, codes
    full = bool(codes & FULL)
    if full:
        more = _patiently(crm, by, lambda unit: _ask(unit, ids))
        assert all(more.values()), f"{by} had enough, and got more"
    return [id for id, problem in answers.items() if problem is None], full


def _ask(unit: Unit, ids: Sequence[UUID]) -> dict[UUID, str | None]:
    """What kept which of these from him: one alone by the verb for one, more by that for many."""
    if len(ids) > 1:
        return {one.customer_id: one.problem for one in unit.pool.claim_many(ids).answers}
    try:
        return {unit.pool.claim(ids[0]).id: None}
    except Busy:
        raise
    except CrmError as error:
        return {ids[0]: error.code}


def _release(unit: Unit, ids: Sequence[UUID]) -> None:
    for id in ids:
        unit.pool.release(id, expected_version=unit.customers.get(id).version, reason="the next round")


def _patiently(crm: CRM, by: str, do: Callable[[Unit], Answer]) -> Answer:
    """One unit of somebody; again while the database says `busy`, as its message tells a caller to."""
    for _ in range(TRIES):
        try:
            with crm.begin(crm.scope(tenant=TENANT, actor=by)) as unit:
                return do(unit)
        except Busy:
            continue
    raise AssertionError(f"{by} waits for ever")
