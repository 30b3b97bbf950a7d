"""Same-database deliveries per second: fan-out, claim, a handler that inserts one row, and the mark.

The workers are processes with `relay.run()`. The clock runs from their start signal to the moment that the
last delivery was marked done. The floor is the handler's own insert and nothing else, a hundred to a transaction.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import Engine, func, insert, select

from benchmarks.bare import TABLES
from benchmarks.databases import Place
from benchmarks.measure import Rounds, Row, quotients, rates
from benchmarks.options import Options
from benchmarks.relay_worker import EFFECTS
from oa_crm.database import transaction
from oa_crm.hooks.payloads import CustomerCreated
from oa_crm.ids import new_id
from oa_crm.services.journal import event_row

GOAL = 2000
_FLOOR, _ONE, _TWO = "floor: bare inserts", "1 worker", "2 workers"
_BATCH = 100


def run(place: Place, options: Options) -> Iterator[Row]:
    """One worker and, where two can write at once, two, in turns."""
    engine = place.engine()
    EFFECTS.create(engine)
    workers = {_ONE: 1} if place.kind.startswith("sqlite") else {_ONE: 1, _TWO: 2}
    seconds: Rounds = {name: [] for name in (_FLOOR, *workers)}
    for _ in range(options.relay_rounds):
        seconds[_FLOOR].append(_floor(engine, options.deliveries) / options.deliveries)
        for name, count in workers.items():
            took = _carried(place, engine, count, options.deliveries)
            seconds[name].append(took / options.deliveries)
    engine.dispose()
    for name, taken in seconds.items():
        yield _row(place.kind, name, taken, seconds)


def _row(kind: str, name: str, taken: list[float], seconds: Rounds) -> Row:
    against = {_ONE: _FLOOR, _TWO: _ONE}.get(name)
    ratio = quotients(seconds[against], taken) if against else None
    rate = rates(taken)
    goal, met = "", None
    if kind == "postgresql" and ratio is not None:
        goal = f">= {GOAL}/s" if name == _ONE else "> 1 worker"
        met = rate.median >= GOAL if name == _ONE else ratio.median > 1
    return Row("relay deliveries", kind, name, rate, "/s", ratio, against or "", goal, met)


def _floor(engine: Engine, count: int) -> float:
    row = {"delivery_key": f"{new_id()}:effect", "made_at": datetime.now(UTC).replace(tzinfo=None)}
    started = time.perf_counter()
    for first in range(0, count, _BATCH):
        with transaction(engine) as connection:
            for _ in range(min(_BATCH, count - first)):
                connection.execute(insert(EFFECTS), row)
    return time.perf_counter() - started


def _carried(place: Place, engine: Engine, count: int, total: int) -> float:
    _happen(engine, total)
    command = [sys.executable, "-m", "benchmarks.relay_worker", place.kind, place.url, str(total)]
    started = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(count)
    ]
    for worker in started:
        assert worker.stdout
        assert worker.stdout.readline() == "ready\n"
    begun = datetime.now(UTC)
    for worker in started:
        assert worker.stdin
        worker.stdin.write("go\n")
        worker.stdin.flush()
    for worker in started:
        worker.communicate()
        assert worker.returncode == 0
    return (_all_done(engine, total) - begun).total_seconds()


def _happen(engine: Engine, total: int) -> None:
    """An empty outbox, and then `total` new customers' events in it."""
    tables = TABLES.tables
    with engine.begin() as connection:
        for table in (EFFECTS, tables["oa_crm_delivery"], tables["oa_crm_event"]):
            connection.execute(table.delete())
        connection.execute(insert(tables["oa_crm_event"]), [event_row(_event(number)) for number in range(total)])


def _event(number: int) -> CustomerCreated:
    return CustomerCreated(
        id=new_id(), tenant=f"company {number % 5}", actor="seller", request_id=str(new_id()),
        occurred_at=datetime.now(UTC), customer_id=new_id(), name=f"Customer {number}", owner_id="seller",
    )  # fmt: skip


def _all_done(engine: Engine, total: int) -> datetime:
    """When the last delivery was done. Fails unless every effect is there exactly once."""
    delivery = TABLES.tables["oa_crm_delivery"]
    with engine.connect() as connection:
        effects = connection.execute(
            select(func.count(), func.count(EFFECTS.c.delivery_key.distinct())).select_from(EFFECTS)
        ).one()
        done = connection.execute(
            select(func.count(), func.max(delivery.c.finished_at)).where(delivery.c.state == "done")
        ).one()
    assert (*effects, done[0]) == (total, total, total), f"{effects} effects, {done[0]} done, of {total}"
    last: datetime = done[1]
    return last
