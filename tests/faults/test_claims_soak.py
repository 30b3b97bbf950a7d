"""Many people claim the same customers at once, round after round: one winner each, nobody has more than he may, and
the ledger has no gap.

Threads on PostgreSQL and MariaDB, processes on SQLite. `make soak` runs the long form, 64 people after 1,000 customers,
until a hundred rounds are done or the minutes of each database are over; it prints what ran.
"""

import random
import string
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from oa_crm import CRM, Actor, Unit
from oa_crm.models import Customer, Ownership, table_of
from oa_crm.testing.company import TENANT
from tests.faults import crowd
from tests.faults.crowd import Bounds
from tests.faults.processes import warm

pytestmark = pytest.mark.faults

SHORT = Bounds(6, 4, 6, 4, 4, 8, customers=70, scarce=30)
LONG = Bounds(24, 15, 24, 15, 16, 200, customers=1000, scarce=600, often=(1, 9, 40))
SHORT_ROUNDS, ROUNDS, PROCESSES = 2, 100, 8


def test_whoever_claims_at_once_wins_alone_and_within_his_bounds(
    database_url: str, backend: str, soak_minutes: float | None, soak_customers: int
) -> None:
    bounds, rounds = (SHORT, SHORT_ROUNDS) if soak_minutes is None else (LONG.after(soak_customers), ROUNDS)
    people, taken = list(bounds.people), 0
    with _on_stage(database_url, bounds) as (crm, workers, groups):
        ids = _set_up(crm, bounds)
        began = time.monotonic()
        done = 0
        while done < rounds and (done == 0 or time.monotonic() - began < (soak_minutes or 1) * 60):
            done += 1
            offered = ids if done % 2 else ids[: bounds.scarce]
            won = _played(workers, crowd.claim, [(done, some, offered, done * 1000 + at) for at, some in groups])
            _is_fair(crm, bounds, won, offered)
            taken += sum(map(len, won.values()))
            told = [(done, {one: won[one] for one in some}) for _, some in groups]
            spent = time.monotonic() - began
            told_so_far = f"{backend}: round {done}, {sum(map(len, won.values()))} won, {spent:.0f} s"
            print(told_so_far, flush=True)  # noqa: T201 - shown with -s
            assert sum(workers.map(crowd.give_back, *zip(*told, strict=True))) == sum(map(len, won.values()))
        spent = time.monotonic() - began
        _the_whole_ledger_is_true(crm)
    how = "processes" if backend == "sqlite" else "threads"
    print(  # noqa: T201 - shown with -s
        f"{backend}: {done} of {rounds} rounds in {spent:.0f} s: {len(people)} people in {len(groups)} {how}, "
        f"{bounds.customers} customers, {taken} claims won, {taken} given back"
    )


@contextmanager
def _on_stage(url: str, bounds: Bounds) -> Iterator[tuple[CRM, Executor, list[tuple[int, list[str]]]]]:
    people = list(bounds.people)
    stage = crowd.enter(url, bounds, len(people))
    many = PROCESSES if url.startswith("sqlite") else len(people)
    groups = list(enumerate(people[at::many] for at in range(many)))
    workers: Executor = (
        ProcessPoolExecutor(many, warm, crowd.enter, (url, bounds, 1))
        if url.startswith("sqlite")
        else ThreadPoolExecutor(many)
    )
    try:
        with workers:
            yield stage.crm, workers, groups
    finally:
        crowd.leave()


def _played(
    workers: Executor, act: Callable[..., dict[str, list[UUID]]], told: list[tuple[Any, ...]]
) -> dict[str, list[UUID]]:
    won: dict[str, list[UUID]] = {}
    for one in workers.map(act, *zip(*told, strict=True)):
        won |= one
    return won


def _set_up(crm: CRM, bounds: Bounds) -> list[UUID]:
    with crm.begin(crm.scope(tenant=TENANT, actor=Actor.system())) as unit:
        unit.directory.sync()
    with crm.begin(crm.scope(tenant=TENANT, actor="admin")) as unit:
        limits = {"quota": {"claims_per_day": bounds.quota}, "holding": {"holding": bounds.holding}}
        for department, limit in (limits | {"sum": {"together": True, "holding": bounds.sum}}).items():
            unit.pools.set_limit({"seat": {"kind": "department", "id": department}, **limit})
    chance, ids = random.Random(20260302), []
    for _ in range(bounds.customers // 10):
        with crm.begin(crm.scope(tenant=TENANT, actor="seller")) as unit:
            ids += [_pooled(unit, chance) for _ in range(10)]
    return ids


def _pooled(unit: Unit, chance: random.Random) -> UUID:
    name = "".join(chance.choices(string.ascii_lowercase, k=16))
    made = unit.customers.create({"name": name}, override_reason="a soak")
    return unit.pool.release(made.id, expected_version=made.version, reason="for everybody").id


def _is_fair(crm: CRM, bounds: Bounds, won: dict[str, list[UUID]], offered: list[UUID]) -> None:
    """What the winners were told is what the rows say, and all bounds hold: reached where there was enough."""
    owners = {id: one for one, ids in won.items() for id in ids}
    assert len(owners) == sum(map(len, won.values())), "one customer was given to two"
    c, o = table_of(Customer).c, table_of(Ownership).c
    with crm.engine.connect() as connection:
        held = {row.id: row.owner_id for row in connection.execute(sa.select(c.id, c.owner_id)) if row.owner_id}
        kept = sa.select(o.customer_id, sa.func.count(), sa.func.min(o.number), sa.func.max(o.number))
        ledger = {row[0]: tuple(row[1:]) for row in connection.execute(kept.group_by(o.customer_id))}
        numbers = dict(map(tuple, connection.execute(sa.select(c.id, c.owner_no))))
    assert held == owners
    assert ledger == {id: (number, 1, number) for id, number in numbers.items()}, "the ledger has a gap"
    has = Counter({one: len(ids) for one, ids in won.items()})
    together = sum(has[one] for one, department in bounds.people.items() if department == "sum")
    if len(offered) < bounds.most:
        assert len(owners) == len(offered), "somebody might have had one that nobody got"
        assert all(has[one] <= bounds.quota for one, of in bounds.people.items() if of == "quota")
        assert all(has[one] <= bounds.holding for one, of in bounds.people.items() if of == "holding")
        assert together <= bounds.sum
        return
    assert {has[one] for one, of in bounds.people.items() if of == "quota"} == {bounds.quota}
    assert {has[one] for one, of in bounds.people.items() if of == "holding"} == {bounds.holding}
    assert together == bounds.sum


def _the_whole_ledger_is_true(crm: CRM) -> None:
    """Every interval of every customer follows the one before it, and somebody's is followed by a pool's."""
    o = table_of(Ownership).c
    rows = sa.select(o.customer_id, o.number, o.owner_id, o.pool_id, o.since).order_by(o.customer_id, o.number)
    with crm.engine.connect() as connection:
        for before, row in pairwise(connection.execute(rows)):
            if before.customer_id != row.customer_id:
                continue
            assert row.number == before.number + 1
            assert row.since >= before.since
            assert (before.owner_id is None) != (row.owner_id is None)
            assert (row.owner_id is None) != (row.pool_id is None)
