"""A customer created in a unit against the same rows added and committed by plain SQLAlchemy."""

from collections.abc import Iterator
from itertools import tee

from sqlalchemy import Engine, func, select

from benchmarks.bare import TABLES, BareCustomers, Written
from benchmarks.crm_side import SELLER, CrmCustomers, base, hire, open_crm
from benchmarks.databases import Place
from benchmarks.measure import Row, quotients, rates, take_turns
from benchmarks.options import Options

GOAL = 1 / 3
_GOALS_FOR = ("sqlite", "postgresql")
_WRITTEN = ("customer", "ownership", "duplicate_entry", "name_prefix", "audit", "event")


def run(place: Place, options: Options) -> Iterator[Row]:
    """Both sides write to the same tables of the same database, each for a tenant of its own."""
    engine = place.engine()
    crm = open_crm(engine)
    hire(crm, "crm", "bare")
    names = base(engine, ("crm", "bare"), options.base)
    CrmCustomers(crm, "crm", names).create(1)
    before = _counts(engine, "crm"), _counts(engine, "bare")
    ours, theirs = tee(names)
    bare = BareCustomers(engine, "bare", SELLER, theirs, Written.by(engine, "crm"))
    bare.prepare(options.each * (options.rounds + 1))
    sides = {"bare SQLAlchemy": bare.create, "oa_crm unit": CrmCustomers(crm, "crm", ours).create}
    seconds = take_turns(sides, rounds=options.rounds, each=options.each)
    _same_rows(engine, *before)
    engine.dispose()
    ratio = quotients(seconds["bare SQLAlchemy"], seconds["oa_crm unit"])
    has_goal = place.kind in _GOALS_FOR
    yield Row("create customer", place.kind, "bare SQLAlchemy", rates(seconds["bare SQLAlchemy"]), "/s")
    yield Row(
        "create customer", place.kind, "oa_crm unit", rates(seconds["oa_crm unit"]), "/s", ratio, "bare rate",
        ">= 0.33" if has_goal else "", ratio.median >= GOAL if has_goal else None,
    )  # fmt: skip


def _counts(engine: Engine, tenant: str) -> dict[str, int]:
    with engine.connect() as connection:
        tables = ((name, TABLES.tables[f"oa_crm_{name}"]) for name in _WRITTEN)
        return {
            name: connection.scalar(select(func.count()).where(table.c.tenant_id == tenant)) or 0
            for name, table in tables
        }


def _same_rows(engine: Engine, ours: dict[str, int], theirs: dict[str, int]) -> None:
    """Both tenants must have grown by the same rows, else the comparison means nothing."""
    grown = [
        {name: count - before[name] for name, count in _counts(engine, tenant).items()}
        for tenant, before in (("crm", ours), ("bare", theirs))
    ]
    if grown[0] != grown[1]:
        raise AssertionError(f"the sides wrote different rows: {grown[0]} and {grown[1]}")
