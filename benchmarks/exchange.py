"""A workbook of customers taken in by a fresh process: rows a second and memory, with the full check and without.

Without the check, the floor is what plain SQLAlchemy Core takes to write the very same rows, read back beforehand, in
transactions of the same size.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, insert, select
from xlsxwriter import Workbook

from benchmarks.databases import Place
from benchmarks.duplicate_costs import PLAIN
from benchmarks.firm_base import TENANT, own_tables, staff
from benchmarks.firms import firms
from benchmarks.measure import Row, Spread
from benchmarks.options import Options
from oa_crm import CRM, Settings
from oa_crm.ids import new_id
from oa_crm.models import AuditEntry, Customer, DuplicateEntry, EventRow, NamePrefix, table_of

_HEADINGS = ("客户名称", "统一社会信用代码", "电话", "邮箱", "行业", "地区", "级别", "来源")
_GOAL_RATE, _GOAL_MEMORY, _GOAL_RATIO = 3000, 500, 1 / 4
_GOALS_FOR = ("sqlite", "postgresql")
_WRITTEN = (Customer, DuplicateEntry, NamePrefix, AuditEntry, EventRow)


def run(place: Place, options: Options) -> Iterator[Row]:
    """With the check, without, and the same rows bare."""
    engine = place.engine()
    crm = CRM(engine, settings=Settings())
    for tenant in (TENANT, PLAIN):
        staff(crm, tenant)
    with tempfile.TemporaryDirectory() as folder:
        path = _book(Path(folder) / "customers.xlsx", options.imported)
        checked = _imported(place, path, TENANT)
        unchecked = _imported(place, path, PLAIN)
    bare = _bare(engine, options.imported)
    engine.dispose()
    goals = place.kind in _GOALS_FOR
    name = f"import of {options.imported:,} customers"
    yield _rate(name, place, "full check", checked, _GOAL_RATE if goals else None)
    memory = checked["memory"]
    yield Row(
        name, place.kind, "full check, memory", Spread.of([memory]), "MiB", None, "", "< 500 MiB", memory < _GOAL_MEMORY
    )
    yield _rate(name, place, "full check, processor only", checked, None, "processor")
    ratio = Spread.of([bare / unchecked["seconds"]])
    yield Row(
        name, place.kind, "without check", Spread.of([unchecked["created"] / unchecked["seconds"]]), "/s", ratio,
        "executemany", ">= 0.25" if goals else "", ratio.median >= _GOAL_RATIO if goals else None,
    )  # fmt: skip
    yield Row(name, place.kind, "executemany of the same rows", Spread.of([options.imported / bare]), "/s")


def _rate(name: str, place: Place, side: str, told: dict[str, float], goal: float | None, by: str = "seconds") -> Row:
    rate = told["created"] / told[by]
    met = None if goal is None else rate >= goal
    return Row(name, place.kind, side, Spread.of([rate]), "/s", None, "", f">= {goal}/s" if goal else "", met)


def _book(path: Path, count: int) -> Path:
    with Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, _HEADINGS)
        for at, firm in enumerate(islice(firms(3), count), start=1):
            told = (firm.name, firm.credit_code or "", firm.phone or "", firm.email or "", "软件", "杭州", "A", "展会")
            sheet.write_row(at, 0, told)
    return path


def _imported(place: Place, path: Path, tenant: str) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.exchange_worker", place.kind, place.url, str(path), tenant]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    told: dict[str, float] = json.loads(done.stdout)
    return told


def _bare(engine: Engine, count: int) -> float:
    """Seconds for the rows of the import without a check, written once more for another company."""
    ours, taken = own_tables(engine), 0.0
    size = Settings().exchange.slice
    with ours.connect() as connection:
        customers = table_of(Customer)
        ids = list(connection.scalars(select(customers.c.id).where(customers.c.tenant_id == PLAIN)))
    for at in range(0, count, size):
        rows = _again(ours, ids[at : at + size])
        started = time.perf_counter()
        with ours.begin() as connection:
            for model in _WRITTEN:
                if rows[model]:
                    connection.execute(insert(model), rows[model])
        taken += time.perf_counter() - started
    return taken


def _again(engine: Engine, ids: list[Any]) -> dict[Any, list[dict[str, Any]]]:
    """Everything of these customers, as rows of the company "bare"."""
    made = {id: new_id() for id in ids}
    new: dict[Any, Any] = {**made, **{str(id): str(other) for id, other in made.items()}}
    found = {}
    with engine.connect() as connection:
        for model in _WRITTEN:
            table = table_of(model)
            key = next(table.c[name] for name in ("thing_id", "customer_id", "id") if name in table.c)
            theirs = ids if key.name != "thing_id" else [str(id) for id in ids]
            rows = connection.execute(select(table).where(table.c.tenant_id == PLAIN, key.in_(theirs)))
            found[model] = [_changed(dict(row._mapping), key.name, new) for row in rows]
    return found


def _changed(row: dict[str, Any], key: str, new: dict[Any, Any]) -> dict[str, Any]:
    if key != "id":
        row.pop("id", None)
    if "event_id" in row:
        row["event_id"] = new_id()
    return {**row, "tenant_id": "bare", key: new[row.get(key)]}
