"""What the keys cost: time when a customer is written, room in the database, a scan, a rebuild.

The share of a base that is scanned or keyed anew here lies evenly in it, so its rate holds for the whole.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Connection, Engine, select, text, update

from benchmarks.databases import Place
from benchmarks.duplicate_checks import facts
from benchmarks.firm_base import BOSS, TENANT, Loaded, load, own_tables, staff
from benchmarks.firms import Firm
from benchmarks.measure import Rounds, take_turns
from oa_crm import CRM, Actor, Settings
from oa_crm.duplicates import Engine as Matchers
from oa_crm.models import DuplicateEntry, table_of
from oa_crm.services.clashes.keeping import NOT_KEYED
from oa_crm.services.matching import Matching

PLAIN = "plain"
_NOBODY = Matchers(())
_KEY_TABLES, _PREFIX_TABLE = ("oa_crm_duplicate_entry", "oa_crm_duplicate_key"), "oa_crm_name_prefix"


@dataclass(frozen=True, slots=True)
class Scanned:
    """`looked_at` customers in `seconds` by two processes, of which the larger held `memory` MiB."""

    looked_at: int
    seconds: float
    memory: float


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """Seconds for a customer's keys, and for one sweep of the whole table."""

    each: float
    sweep: float


def creates(
    crm: CRM, engine: Engine, on_file: Iterable[Firm], firms: Iterator[Firm], *, rounds: int, each: int
) -> Rounds:
    """Seconds of a create with check and keys, and of one without either, in turns.

    The other company has as many on file: among few, what every customer has beside keys is written to fewer pages.
    """
    bare = _without_matchers(engine)
    load(engine, on_file, tenant=PLAIN, matchers=_NOBODY)
    sides = {"with": _creator(crm, TENANT, firms), "without": _creator(bare, PLAIN, firms)}
    return take_turns(sides, rounds=rounds, each=each)


def bulk(engine: Engine, firms: Sequence[Firm]) -> Loaded:
    """More customers put on the base in bulk."""
    return load(engine, firms)


def bytes_each(engine: Engine, customers: int) -> tuple[float, float]:
    """Bytes a customer in the tables of the check with their indexes, and in the one for type-ahead."""
    with engine.connect() as connection:
        sizes = {name: _bytes(connection, name) for name in (*_KEY_TABLES, _PREFIX_TABLE)}
    return sum(sizes[name] for name in _KEY_TABLES) / customers, sizes[_PREFIX_TABLE] / customers


def scan(place: Place, base: int, customers: int) -> Scanned:
    """Two processes look through `customers` of the base, each through a shard of it."""
    shards = max(2, 2 * base // customers)
    command = [sys.executable, "-m", "benchmarks.duplicate_scan", place.kind, place.url]
    started = [
        subprocess.Popen([*command, str(shard), str(shards)], stdout=subprocess.PIPE, text=True) for shard in (0, 1)
    ]
    told = [json.loads(worker.communicate()[0]) for worker in started]
    return Scanned(
        sum(one["looked_at"] for one in told),
        max(one["seconds"] for one in told),
        max(one["memory"] for one in told),
    )


def rebuild(crm: CRM, engine: Engine, customers: int) -> Rebuilt:
    """Take the keys of some customers for missing, and have them made anew."""
    entry = table_of(DuplicateEntry)
    with own_tables(engine).begin() as connection:
        some = connection.scalars(select(entry.c.id).where(entry.c.tenant_id == TENANT).limit(customers)).all()
        for at in range(0, len(some), 500):
            stale = entry.c.id.in_(some[at : at + 500])
            connection.execute(update(entry).where(stale).values(keyed_as=NOT_KEYED))
    marks: list[tuple[float, int]] = []
    started = time.perf_counter()
    crm.duplicates.rebuild(
        crm.scope(tenant=TENANT, actor=Actor.system()),
        on_progress=lambda done: marks.append((time.perf_counter() - started, done.done)),
    )
    keyed, ended = marks[-2][0], marks[-1][0]
    return Rebuilt(keyed / max(1, marks[-1][1]), ended - keyed)


def _creator(crm: CRM, tenant: str, firms: Iterator[Firm]) -> Callable[[int], None]:
    def create(count: int) -> None:
        for firm in islice(firms, count):
            with crm.begin(crm.scope(tenant=tenant, actor=BOSS)) as unit:
                # A reason, because new firms may look like others, and a warning must not end the run.
                unit.customers.create(facts(firm), override_reason="another company")

    return create


def _without_matchers(engine: Engine) -> CRM:
    """A CRM that checks nothing and keeps no keys, with staff in a tenant of its own."""
    crm = CRM(engine, settings=Settings(searches_per_hour=10**9))
    object.__setattr__(crm._runtime, "matching", Matching(_NOBODY))
    staff(crm, PLAIN)
    return crm


def _bytes(connection: Connection, table: str) -> float:
    if connection.dialect.name == "sqlite":
        query = "SELECT SUM(pgsize) FROM dbstat WHERE name IN (SELECT name FROM sqlite_schema WHERE tbl_name = :table)"
    elif connection.dialect.name == "postgresql":
        query = "SELECT pg_total_relation_size(CAST(:table AS regclass))"
    else:
        connection.execute(text(f"ANALYZE TABLE {table}"))
        query = (
            "SELECT data_length + index_length FROM information_schema.tables "
            "WHERE table_schema = DATABASE() AND table_name = :table"
        )
    return float(connection.scalar(text(query), {"table": table}) or 0)
