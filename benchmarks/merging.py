"""Customers merged: one with a thousand rows against raw UPDATEs of the same rows, and a thousand pairs in one call."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, insert, select, update

from benchmarks.bare import TABLES
from benchmarks.crm_side import SELLER, base, hire, open_crm
from benchmarks.databases import Place
from benchmarks.measure import Row, Spread, quotients, scaled
from benchmarks.options import Options
from oa_crm import CRM, Actor
from oa_crm.ids import new_id

TENANT, GOAL_MS = "crm", 100
_LINKED = ("oa_crm_project", "oa_crm_contract", "oa_crm_follow_up", "oa_crm_expense")


def run(place: Place, options: Options) -> Iterator[Row]:
    """Each round merges and splits two customers of its own; then raw UPDATEs lead the same rows over."""
    engine = place.engine()
    crm = open_crm(engine)
    hire(crm, TENANT)
    base(engine, (TENANT,), options.base + 2 * options.pairs)
    ids = iter(_customers(engine))
    merged, split, raw = [], [], []
    for number in range(options.merges + 1):
        winner, loser = islice(ids, 2)
        _link(engine, loser, options.linked)
        seconds = _merge_and_split(crm, winner, loser), _raw(engine, loser, winner)
        # The first fills caches.
        if number:
            merged.append(seconds[0][0])
            split.append(seconds[0][1])
            raw.append(seconds[1])
    what, ms = f"merge with {options.linked} rows", scaled(merged, 1000)
    goal = place.kind == "sqlite" and options.linked == 1000
    yield Row(what, place.kind, "raw UPDATEs", scaled(raw, 1000), "ms")
    yield Row(
        what, place.kind, "oa_crm merge", ms, "ms", quotients(merged, raw), "raw time",
        f"< {GOAL_MS} ms" if goal else "", ms.median < GOAL_MS if goal else None,
    )  # fmt: skip
    yield Row(what, place.kind, "oa_crm split", scaled(split, 1000), "ms", quotients(split, raw), "raw time")
    pairs = list(islice(zip(ids, ids, strict=False), options.pairs))
    yield Row(f"merge {len(pairs)} pairs in one call", place.kind, "oa_crm", _many(crm, pairs), "s")
    engine.dispose()


def _customers(engine: Engine) -> list[UUID]:
    table = TABLES.tables["oa_crm_customer"]
    with engine.connect() as connection:
        return list(connection.scalars(select(table.c.id).where(table.c.tenant_id == TENANT).order_by(table.c.id)))


def _link(engine: Engine, customer: UUID, rows: int) -> None:
    """So many conversations; inserted raw, since how they came there is not measured."""
    now = datetime.now(UTC)
    facts: dict[str, Any] = {
        "tenant_id": TENANT, "customer_id": customer, "project_id": None, "way": "phone", "outcome": "谈好了",
        "key_issue": None, "next_contact_on": None, "happened_at": now, "created_at": now, "created_by": SELLER,
    }  # fmt: skip
    with engine.begin() as connection:
        connection.execute(insert(TABLES.tables["oa_crm_follow_up"]), [{**facts, "id": new_id()} for _ in range(rows)])


def _merge_and_split(crm: CRM, winner: UUID, loser: UUID) -> tuple[float, float]:
    started = time.perf_counter()
    with _unit(crm) as unit:
        ids = {"winner_id": winner, "loser_id": loser}
        done = unit.merges.merge({**ids, "winner_version": 1, "loser_version": 1})
    merged = time.perf_counter()
    with _unit(crm) as unit:
        told = unit.merges.split(done.id, reason="two companies", override_reason="two companies")
    if told.restored != done.moved:
        raise AssertionError(f"{done.moved} moved and {told.restored} came back")
    return merged - started, time.perf_counter() - merged


def _raw(engine: Engine, loser: UUID, winner: UUID) -> float:
    """The least that anybody could do: lead the rows over, and mark the loser."""
    started = time.perf_counter()
    with engine.begin() as connection:
        for name in _LINKED:
            table = TABLES.tables[name]
            mine = (table.c.tenant_id == TENANT) & (table.c.customer_id == loser)
            connection.execute(update(table).where(mine).values(customer_id=winner))
        customer = TABLES.tables["oa_crm_customer"]
        connection.execute(update(customer).where(customer.c.id == loser).values(merged_into=winner))
    return time.perf_counter() - started


def _many(crm: CRM, pairs: list[tuple[UUID, UUID]]) -> Spread:
    started = time.perf_counter()
    with _unit(crm) as unit:
        done = unit.merges.merge_many([{"winner_id": winner, "loser_id": loser} for winner, loser in pairs])
    if done.merged != len(pairs):
        raise AssertionError(f"{done.merged} of {len(pairs)} pairs were merged")
    return Spread.of([time.perf_counter() - started])


def _unit(crm: CRM) -> Any:
    return crm.begin(crm.scope(tenant=TENANT, actor=Actor.system()))
