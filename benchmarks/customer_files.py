"""The complete file of a customer as the base grows, beside hand-written SQL of the same sections; and a thick one.

Every customer has a little of everything, those that are asked for have more. The sides take turns.
"""

import time
from collections.abc import Callable, Iterator
from itertools import islice
from statistics import median
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, bindparam, insert, select, text
from tests.support.thick_files import rows_of

from benchmarks.databases import Place
from benchmarks.firm_base import ASKER, BOSS, TENANT, load, own_tables, staff
from benchmarks.firms import firms
from benchmarks.measure import Row, Spread
from benchmarks.options import Options
from oa_crm import CRM
from oa_crm.models import Customer, table_of
from oa_crm.models.types import PublicId

_GOAL, _A_LITTLE, _MORE, _ASKED, _AT_ONCE = "p95 grows < 1.5 times", 1, 30, 50, 500
_MINE = "WHERE tenant_id = :tenant AND customer_id = :id"
_OF_PROJECTS = f"WHERE tenant_id = :tenant AND project_id IN (SELECT id FROM oa_crm_project {_MINE})"
_ABOUT = "WHERE tenant_id = :tenant AND kind = 'customer' AND thing_id = :text_id"
_CHANGES = "AND (changes LIKE '%\"owner_id\":%' OR changes LIKE '%\"level\":%' OR changes LIKE '%\"status\":%')"
_KEPT = "FROM oa_crm_file WHERE tenant_id = :tenant AND removed_at IS NULL"
_HELD_BY = {
    "contact": f"SELECT contact_id FROM oa_crm_post {_MINE}",
    **{
        kind: f"SELECT id FROM oa_crm_{kind} {_MINE}"
        for kind in ("lead", "follow_up", "project", "contract", "expense")
    },
}
_HELD = " UNION ALL ".join(
    (
        f"SELECT * {_KEPT} AND kind = 'customer' AND thing_id = :id",
        *(f"SELECT * {_KEPT} AND kind = '{kind}' AND thing_id IN ({ids})" for kind, ids in _HELD_BY.items()),
    )
)
BARE = tuple(
    text(statement).bindparams(bindparam("id", type_=PublicId())) if ":id" in statement else text(statement)
    for statement in (
        "SELECT * FROM oa_crm_customer WHERE tenant_id = :tenant AND id = :id",
        "SELECT p.*, c.* FROM oa_crm_post p JOIN oa_crm_contact c ON c.tenant_id = p.tenant_id AND c.id = p.contact_id "
        "WHERE p.tenant_id = :tenant AND p.customer_id = :id ORDER BY p.is_primary IS NULL, p.is_current IS NULL, "
        "p.id DESC LIMIT 20",
        f"SELECT status, COUNT(*) FROM oa_crm_post {_MINE} GROUP BY status",
        f"SELECT * FROM oa_crm_project {_MINE} ORDER BY id DESC LIMIT 20",
        f"SELECT state, currency, COUNT(*), SUM(expected_minor) FROM oa_crm_project {_MINE} GROUP BY state, currency",
        f"SELECT * FROM oa_crm_follow_up {_MINE} ORDER BY happened_at DESC, id DESC LIMIT 20",
        f"SELECT COUNT(*) FROM oa_crm_follow_up {_MINE}",
        "SELECT c.*, a.waiting_on FROM oa_crm_contract c LEFT JOIN oa_crm_approval a ON a.tenant_id = c.tenant_id "
        "AND a.thing_kind = 'contract' AND a.thing_id = c.id AND a.state = 'waiting' "
        "WHERE c.tenant_id = :tenant AND c.customer_id = :id ORDER BY c.id DESC LIMIT 20",
        f"SELECT state, currency, COUNT(*), SUM(amount_minor) FROM oa_crm_contract {_MINE} GROUP BY state, currency",
        f"SELECT * FROM oa_crm_expense {_MINE} ORDER BY id DESC LIMIT 20",
        "SELECT category, currency, COUNT(*), SUM(amount_minor) "
        f"FROM oa_crm_expense {_MINE} GROUP BY category, currency",
        f"SELECT * FROM oa_crm_settlement {_OF_PROJECTS} ORDER BY id DESC LIMIT 20",
        f"SELECT currency, COUNT(*), SUM(revenue_minor) FROM oa_crm_settlement {_OF_PROJECTS} GROUP BY currency",
        f"SELECT * FROM ({_HELD}) AS held ORDER BY id DESC LIMIT 20",
        f"SELECT COUNT(*) FROM ({_HELD}) AS held",
        f"SELECT * FROM oa_crm_audit {_ABOUT} {_CHANGES} ORDER BY id DESC LIMIT 20",
        f"SELECT COUNT(*) FROM oa_crm_audit {_ABOUT} {_CHANGES}",
        "SELECT m.id, m.name, d.name FROM oa_crm_member m LEFT JOIN oa_crm_department d ON d.tenant_id = m.tenant_id "
        "AND d.id = m.department_id WHERE m.tenant_id = :tenant AND m.id IN ('boss', 'seller-0')",
    )
)


def run(place: Place, options: Options) -> Iterator[Row]:
    """p50 and p95 at each size, as one who sees all and as a salesperson; then one customer with very many talks."""
    engine, made = place.engine(), firms(7)
    crm = CRM(engine)
    staff(crm)
    held, first = 0, dict[str, float]()
    for size in options.filed:
        load(engine, islice(made, size - held))
        asked = _fill(engine, held, size)
        held = size
        _settle(engine)
        for actor in (BOSS, ASKER):
            bare, ours = _both(crm, engine, actor, asked, options.checks)
            grew = _p95(ours) / first.setdefault(actor, _p95(ours))
            yield _row(place, f"{size:,}", f"by hand, {actor}", bare)
            yield _row(place, f"{size:,}", f"file, {actor}", ours, bare, grew if size != options.filed[0] else None)
    thick = asked[0]
    _insert(engine, [(thick, 0, options.talks)])
    _settle(engine)
    bare, ours = _both(crm, engine, BOSS, [thick], max(5, options.checks // 10))
    name = f"{options.talks:,} talks"
    yield _row(place, name, "by hand, boss", bare)
    yield _row(place, name, "file, boss", ours, bare)


def _both(crm: CRM, engine: Engine, actor: str, asked: list[UUID], times: int) -> tuple[list[float], list[float]]:
    scope, bare_engine = crm.scope(tenant=TENANT, actor=actor), own_tables(engine)

    def by_hand(id: UUID) -> None:
        with bare_engine.connect() as connection:
            for statement in BARE:
                given = {"tenant": TENANT, "id": id, "text_id": str(id)}
                connection.execute(statement, {name: given[name] for name in statement._bindparams}).all()

    def file(id: UUID) -> None:
        with crm.begin(scope, read_only=True) as unit:
            assert unit.customers.file(id).customer.id == id

    bare, ours = list[float](), list[float]()
    for at in range(-5, times):
        for found, do in ((bare, by_hand), (ours, file)):
            seconds = _timed(do, asked[at % len(asked)])
            if at >= 0:
                found.append(seconds)
    return bare, ours


def _timed(do: Callable[[UUID], None], id: UUID) -> float:
    started = time.perf_counter()
    do(id)
    return time.perf_counter() - started


def _fill(engine: Engine, held: int, size: int) -> list[UUID]:
    """A little of everything for new customers; those of the first seller that are asked for have more."""
    table = table_of(Customer)
    with own_tables(engine).connect() as connection:
        ids = list(connection.scalars(select(table.c.id).where(table.c.tenant_id == TENANT).order_by(table.c.id)))
        mine = select(table.c.id).where(table.c.tenant_id == TENANT, table.c.owner_id == ASKER).order_by(table.c.id)
        asked = list(connection.scalars(mine.limit(_ASKED)))
    new = [(id, _MORE if id in asked else _A_LITTLE, 0) for id in ids[held:size]]
    for at in range(0, len(new), _AT_ONCE):
        _insert(engine, new[at : at + _AT_ONCE])
    return asked


def _insert(engine: Engine, customers: list[tuple[UUID, int, int]]) -> None:
    tables = table_of(Customer).metadata.tables
    whole: dict[str, list[dict[str, Any]]] = {}
    for id, number, talks in customers:
        for name, rows in rows_of(TENANT, ASKER, id, number, talks or number).items():
            whole.setdefault(name, []).extend(rows)
    with own_tables(engine).begin() as connection:
        for name, rows in whole.items():
            for at in range(0, len(rows), 5000):
                connection.execute(insert(tables[f"oa_crm.oa_crm_{name}"]), rows[at : at + 5000])


def _settle(engine: Engine) -> None:
    with own_tables(engine).begin() as connection:
        if connection.dialect.name in ("postgresql", "sqlite"):
            connection.exec_driver_sql("ANALYZE")


def _p95(seconds: list[float]) -> float:
    return sorted(seconds)[int(len(seconds) * 0.95)]


def _row(
    place: Place, size: str, side: str, seconds: list[float], bare: list[float] | None = None, grew: float | None = None
) -> Row:
    """Told as median (least - p95)."""
    value = Spread(median(seconds) * 1000, min(seconds) * 1000, _p95(seconds) * 1000)
    ratio = None if bare is None else Spread.of([median(seconds) / median(bare)])
    goal, met = ("", None) if grew is None else (f"{_GOAL}: {grew:.2f}", grew < 1.5)
    return Row(f"customer file {size}", place.kind, side, value, "ms", ratio, "by hand" if bare else "", goal, met)
