"""The protection clock on a large base: preview, the nightly sweep that finds nothing, and one that recycles many.

What it is measured against is the least that anybody could do: one raw UPDATE, the ledger copied by one INSERT, and
the two events a customer that others wait for. Ours looks at the facts of each once more, and writes the audit as well.
"""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, and_, insert, literal, select, update

from benchmarks.bare import TABLES
from benchmarks.companies import customer_row
from benchmarks.crm_side import SELLER, hire, open_crm
from benchmarks.databases import Place
from benchmarks.department_pages import settle
from benchmarks.measure import Row, Spread, quotients, scaled
from benchmarks.options import Options
from oa_crm import CRM, Actor, Scope
from oa_crm.ids import new_id
from oa_crm.schemas import ProtectionRules
from oa_crm.services.journal import lane
from oa_crm.services.protection.reckoning import Reckoner

TENANT, AT_ONCE = "crm", 10_000
GOAL_MS, GOAL_TIMES = 50, 2
_HOOKS = ("on_customer_owner_changed", "on_customer_recycled")
_CUSTOMER, _LEDGER, _EVENT = (TABLES.tables[f"oa_crm_{name}"] for name in ("customer", "ownership", "event"))


def run(place: Place, options: Options) -> Iterator[Row]:
    """One base; as many due customers for each side, which take turns by rounds of their own."""
    engine = place.engine()
    crm = open_crm(engine)
    hire(crm, TENANT)
    scope = crm.scope(tenant=TENANT, actor=Actor.system())
    crm.pool.sweep(scope)
    rest = options.held - 2 * options.due * options.sweeps
    _fill(engine, rest, due=False)
    settle(engine)
    what = f"{options.held:,} customers"
    idle = scaled([_timed(lambda: crm.pool.sweep(scope)) for _ in range(options.sweeps + 4)][1:], 1000)
    yield Row(f"sweep that finds nothing, {what}", place.kind, "oa_crm", idle, "ms", goal=f"< {GOAL_MS} ms",
              met=idle.median < GOAL_MS)  # fmt: skip
    ours, raw, seen = [], [], []
    for _ in range(options.sweeps):
        _fill(engine, options.due, due=True)
        seen.append(_timed(lambda: _preview(crm, scope, options.due)))
        ours.append(_timed(lambda: _sweep(crm, scope, options.due)))
        _fill(engine, options.due, due=True)
        raw.append(_timed(lambda: _raw(engine, options.due)))
    due = f"{options.due:,} due of {what}"
    yield Row(f"preview of {due}, all pages", place.kind, "oa_crm", scaled(seen, 1000), "ms", quotients(seen, raw),
              "raw time")  # fmt: skip
    yield Row(f"recycle {due}", place.kind, "raw UPDATE, ledger, events", Spread.of(raw), "s")
    times = quotients(ours, raw)
    yield Row(f"recycle {due}", place.kind, "oa_crm sweep", Spread.of(ours), "s", times, "raw time",
              f"<= {GOAL_TIMES} times", times.median <= GOAL_TIMES)  # fmt: skip
    engine.dispose()


def _timed(do: Callable[[], object]) -> float:
    started = time.perf_counter()
    do()
    return time.perf_counter() - started


def _fill(engine: Engine, many: int, *, due: bool) -> None:
    """Customers as the clock has them: held for up to 160 days, or for 181 with every warning given."""
    reckoner, now = Reckoner(ProtectionRules(), "Asia/Shanghai"), datetime.now(UTC)
    with engine.begin() as connection:
        for at in range(0, many, AT_ONCE):
            some = [_customer(reckoner, now, number, due) for number in range(at, min(many, at + AT_ONCE))]
            connection.execute(insert(_CUSTOMER), some)
            names = ("tenant_id", "owner_id", "pool_id")
            ledger = [
                {
                    **{name: one[name] for name in names}, "customer_id": one["id"], "number": 1, "cause": "create",
                    "since": one["owner_since"], "by_id": SELLER, "reason": None,
                }
                for one in some
            ]  # fmt: skip
            connection.execute(insert(_LEDGER), ledger)


def _customer(reckoner: Reckoner, now: datetime, number: int, due: bool) -> dict[str, Any]:
    since = now - timedelta(days=182 if due else number % 160)
    until = reckoner.days.due(since, 180)
    warned = {"warned_for": until, "warned_days": 1, "warned_at": now - timedelta(days=15)} if due else {}
    return {
        **customer_row(TENANT, SELLER, new_id(), f"客户 {number}"),
        "owner_since": since, "owner_no": 1, "pool_id": None, "created_at": since, "protected_until": until,
        "protected_by": "default", "sweep_at": until if due else reckoner.warn_at(until, 14),
        "warned_for": None, "warned_days": None, "warned_at": None, **warned,
    }  # fmt: skip


def _preview(crm: CRM, scope: Scope, many: int) -> None:
    seen, after = 0, None
    with crm.begin(scope, read_only=True) as unit:
        while True:
            page = unit.pool.preview(after=after, limit=500)
            seen, after = seen + len(page.items), page.next
            if after is None:
                break
    _must(seen, many)


def _sweep(crm: CRM, scope: Scope, many: int) -> None:
    _must(crm.pool.sweep(scope, slice=2000).recycled, many)


def _raw(engine: Engine, many: int) -> None:
    """One transaction of four statements, with the same columns set and the same events written."""
    c, now, pool = _CUSTOMER.c, datetime.now(UTC), new_id()
    with engine.begin() as connection:
        late = and_(c.tenant_id == TENANT, c.protected_until <= now)
        due = connection.execute(select(c.id, c.name, c.owner_id, c.protected_until).where(late)).all()
        nothing = dict.fromkeys(("owner_id", "protected_until", "protected_by", "sweep_at", "warned_for", "warned_at"))
        turned = {"pool_id": pool, "owner_no": c.owner_no + 1, "owner_since": now, "updated_at": now}
        taken = update(_CUSTOMER).where(late).values(**nothing, **turned, version=c.version + 1)
        _must(connection.execute(taken).rowcount, many)
        said = (literal("recycle"), literal("system"), literal("default"))
        columns = ["tenant_id", "customer_id", "number", "owner_id", "pool_id", "since", "cause", "by_id", "reason"]
        now_there = select(c.tenant_id, c.id, c.owner_no, c.owner_id, c.pool_id, c.owner_since, *said)
        pooled = and_(c.tenant_id == TENANT, c.pool_id == pool)
        connection.execute(insert(_LEDGER).from_select(columns, now_there.where(pooled)))
        for at in range(0, len(due), AT_ONCE):
            some = due[at : at + AT_ONCE]
            connection.execute(insert(_EVENT), [_event(hook, row, pool, now) for row in some for hook in _HOOKS])


def _event(hook: str, row: Any, pool: UUID, now: datetime) -> dict[str, Any]:
    own, id = lane(TENANT, "customer", str(row.id)), new_id()
    payload = {
        "id": str(id), "tenant": TENANT, "actor": "system", "on_behalf_of": None, "request_id": "r",
        "occurred_at": now.isoformat(), "customer_id": str(row.id), "name": row.name, "owner_id": None,
        "former_owner_id": row.owner_id, "pool_id": str(pool), "rule": "default",
        "protected_until": row.protected_until.isoformat(),
    }  # fmt: skip
    return {
        "tenant_id": TENANT, "event_id": id, "hook": hook, "version": 1, "kind": "customer",
        "thing_id": str(row.id), "lane": own, "payload": payload, "occurred_at": now, "open": 1, "open_lane": own,
    }  # fmt: skip


def _must(found: int, wanted: int) -> None:
    if found != wanted:
        raise AssertionError(f"{found} instead of {wanted}")
