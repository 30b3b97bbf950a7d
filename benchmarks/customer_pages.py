"""Pages of the customer list and searches by text: how long each takes as the base grows, beside a bare statement.

Every size is asked the same questions in turns; the base grows from one size to the next. They are asked by who sees
all files, by one of two hundred salespeople, whose own list grows with the base, and by one who has as many at each
size, as in a company that grows by people.
"""

import random
import time
from collections.abc import Callable, Iterator
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Engine, and_, select, update

from benchmarks.databases import Place
from benchmarks.firm_base import ASKER, BOSS, SELLERS, TENANT, load, own_tables, staff
from benchmarks.firms import firms
from benchmarks.measure import Row, Spread
from benchmarks.options import Options
from oa_crm import CRM, Actor, Unit
from oa_crm.models import Customer, table_of

_PAGE, _DAY = 50, date(2026, 3, 2)
_GOAL = "p95 grows < 1.5 times"
_STEADY, _EVERY = "steady", 10
_RARE = ("云帆", "启明", "瑞远", "yunfan", "长风", "qm")
Question = Callable[[Unit, random.Random], object]

QUESTIONS: dict[str, Question] = {
    "page newest": lambda unit, _: unit.customers.find(limit=_PAGE),
    "page by name": lambda unit, _: unit.customers.find({"sort": "name"}, limit=_PAGE),
    "page next contact": lambda unit, _: unit.customers.find({"sort": "next_contact"}, limit=_PAGE),
    "search rare word": lambda unit, chance: unit.customers.find({"text": chance.choice(_RARE)}, limit=_PAGE),
    "search common word": lambda unit, _: unit.customers.find({"text": "科技"}, limit=_PAGE),
    "search two words": lambda unit, chance: unit.customers.find({"text": f"科技 {chance.choice(_RARE)}"}, limit=_PAGE),
}


def run(place: Place, options: Options) -> Iterator[Row]:
    """p50 and p95 of each question at each size, as its boss and as a salesperson asks."""
    engine, made = place.engine(), firms(7)
    crm = CRM(engine)
    staff(crm)
    _hire_steady(crm)
    held, first = 0, dict[tuple[str, str], float]()
    for size in options.firms:
        load(engine, islice(made, size - held))
        held = size
        _settle(engine, min(options.firms) // 20)
        bare = _p(_timed(options, lambda: _bare(engine)))
        yield _row(place, size, "bare newest", bare)
        for actor in (BOSS, ASKER, _STEADY):
            for name, ask in QUESTIONS.items():
                seconds = _p(_asked(crm, options, actor, ask))
                grew = seconds[1] / first.setdefault((actor, name), seconds[1])
                yield _row(
                    place, size, f"{name}, {actor}", seconds, bare[0], grew if size != options.firms[0] else None
                )


def _asked(crm: CRM, options: Options, actor: str, ask: Question) -> list[float]:
    chance, scope = random.Random(11), crm.scope(tenant=TENANT, actor=actor)

    def once() -> None:
        with crm.begin(scope, read_only=True) as unit:
            ask(unit, chance)

    return _timed(options, once)


def _timed(options: Options, do: Callable[[], object]) -> list[float]:
    do()
    found = []
    for _ in range(options.checks):
        started = time.perf_counter()
        do()
        found.append(time.perf_counter() - started)
    return found


def _p(seconds: list[float]) -> tuple[float, float, float]:
    """Median, 95th percentile, least."""
    ordered = sorted(seconds)
    return ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)], ordered[0]


def _row(
    place: Place,
    size: int,
    side: str,
    seconds: tuple[float, float, float],
    bare: float | None = None,
    grew: float | None = None,
) -> Row:
    """Told as median (least - p95)."""
    middle, high, least = (one * 1000 for one in seconds)
    ratio = None if bare is None else Spread.of([seconds[0] / bare])
    met = None if grew is None else grew < 1.5
    against, goal = ("bare newest" if bare else ""), (f"{_GOAL}: {grew:.2f}" if grew is not None else "")
    return Row(
        f"customer pages {size:,}", place.kind, side, Spread(middle, least, high), "ms", ratio, against, goal, met
    )


def _bare(engine: Engine) -> list[Any]:
    table = table_of(Customer)
    with own_tables(engine).connect() as connection:
        newest = select(table).where(table.c.tenant_id == TENANT).order_by(table.c.id.desc()).limit(_PAGE + 1)
        return list(connection.execute(newest))


def _hire_steady(crm: CRM) -> None:
    with crm.begin(crm.scope(tenant=TENANT, actor=Actor.system())) as unit:
        person = {"id": _STEADY, "name": "Steady", "department_id": "sales", "roles": ("salesperson",)}
        unit.directory.save_member(person)


def _settle(engine: Engine, steady: int) -> None:
    """A tenth of the customers have a day for the next contact; one person has `steady` of these. The planner knows
    what there is."""
    table, tenth = table_of(Customer), [f"seller-{number}" for number in range(0, SELLERS, _EVERY)]
    with own_tables(engine).begin() as connection:
        theirs = and_(table.c.tenant_id == TENANT, table.c.owner_id.in_(tenth))
        connection.execute(update(table).where(theirs).values(next_contact_on=_DAY))
        _keep_steady(connection, theirs, steady)
        if connection.dialect.name in ("postgresql", "sqlite"):
            connection.exec_driver_sql("ANALYZE")


def _keep_steady(connection: Connection, theirs: Any, many: int) -> None:
    """From all over the base; what he had before goes to another."""
    c, table = table_of(Customer).c, table_of(Customer)
    his = and_(c.tenant_id == TENANT, c.owner_id == _STEADY)
    connection.execute(update(table).where(his).values(owner_id=f"seller-{_EVERY}"))
    ids = connection.scalars(select(c.id).where(theirs, c.owner_id != ASKER).order_by(c.id)).all()
    some = ids[:: max(1, len(ids) // many)][:many]
    connection.execute(update(table).where(c.tenant_id == TENANT, c.id.in_(some)).values(owner_id=_STEADY))
