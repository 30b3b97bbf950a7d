"""What a claim costs, won and refused, one by one and many at once: statements, and time by the clock.

Each is a unit of its own that is taken back at its end, so that all meet the same pool. So the commit is not in it, nor
what the end of a unit writes: the deadline, the audit, the events.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Engine, event, insert

from benchmarks.bare import TABLES
from benchmarks.companies import customer_row
from benchmarks.crm_side import SELLER, hire, open_crm
from benchmarks.databases import Place
from benchmarks.department_pages import settle
from benchmarks.measure import Row, Spread, scaled
from benchmarks.options import Options
from oa_crm import CRM, Actor, Unit
from oa_crm.errors import CrmError
from oa_crm.ids import new_id

TENANT, SIZES = "claims", (1, 50)
_HELD, _FULL = "somebody has them", "his quota is full"


class _TakenBack(Exception):
    pass


def run(place: Place, options: Options) -> Iterator[Row]:
    """A won claim, one of what somebody has, and one beyond the quota, at each size."""
    engine = place.engine()
    crm = open_crm(engine)
    hire(crm, TENANT)
    _people(crm)
    lying, held = _customers(engine, None), _customers(engine, "other")
    settle(engine)
    for size in SIZES:
        sides = {"won": (SELLER, lying), _HELD: (SELLER, held), _FULL: ("full", lying)}
        for side, (by, ids) in sides.items():
            seconds, statements = _measured(engine, options.rounds, _claim(crm, by, ids[:size]))
            what = f"claim of {size}, {side}"
            yield Row(what, place.kind, "statements", Spread.of([float(statements)]), "")
            yield Row(what, place.kind, "time", scaled(seconds, 1000), "ms")
    engine.dispose()


def _people(crm: CRM) -> None:
    with crm.begin(crm.scope(tenant=TENANT, actor=Actor.system())) as unit:
        for id, role in (("other", "salesperson"), ("full", "salesperson"), ("chief", "crm_admin")):
            unit.directory.save_member({"id": id, "name": id, "department_id": "sales", "roles": (role,)})
    with crm.begin(crm.scope(tenant=TENANT, actor="chief")) as unit:
        unit.pools.open({"name": "pool", "position": 1})
        unit.pools.set_limit({"holding": 1000, "claims_per_day": 1000})
        unit.pools.set_limit({"seat": {"kind": "member", "id": "full"}, "claims_per_day": 0})


def _customers(engine: Engine, owner: str | None) -> list[UUID]:
    pools = TABLES.tables["oa_crm_pool"]
    with engine.begin() as connection:
        pool = None if owner else connection.scalar(pools.select().with_only_columns(pools.c.id))
        where = {"owner_id": owner, "owner_no": 1, "owner_since": datetime.now(UTC), "pool_id": pool}
        made = [{**customer_row(TENANT, SELLER, new_id(), f"{owner} {at}"), **where} for at in range(max(SIZES))]
        connection.execute(insert(TABLES.tables["oa_crm_customer"]), made)
    return [one["id"] for one in made]


def _claim(crm: CRM, by: str, ids: list[UUID]) -> Callable[[], None]:
    def do(unit: Unit) -> None:
        if len(ids) > 1:
            unit.pool.claim_many(ids)
            return
        with suppress(CrmError):
            unit.pool.claim(ids[0])

    def once() -> None:
        with suppress(_TakenBack), crm.begin(crm.scope(tenant=TENANT, actor=by)) as unit:
            do(unit)
            raise _TakenBack

    return once


def _measured(engine: Engine, rounds: int, once: Callable[[], None]) -> tuple[list[float], int]:
    sent: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    once()
    event.listen(engine, "before_cursor_execute", note)
    once()
    event.remove(engine, "before_cursor_execute", note)
    seconds = []
    for _ in range(rounds):
        started = time.perf_counter()
        once()
        seconds.append(time.perf_counter() - started)
    return seconds, len(sent)
