"""A base of fictitious companies put on file set-based, in slices, as an old base would lie there."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from sqlalchemy import Engine, insert

from benchmarks.firms import Firm
from oa_crm import CRM, Actor
from oa_crm.duplicates import Engine as Matchers
from oa_crm.duplicates import default_engine
from oa_crm.ids import new_id
from oa_crm.models import SCHEMA_TOKEN, Customer, table_of
from oa_crm.services.clashes import keeping

TENANT, ASKER, BOSS = "firms", "seller-0", "boss"
SELLERS = 200
_SLICE = 50_000


@dataclass(frozen=True, slots=True)
class Loaded:
    """Customers put on file, and the seconds it took: their rows alone, and their keys."""

    count: int
    rows: float
    keys: float


def staff(crm: CRM, tenant: str = TENANT) -> None:
    """Two hundred salespeople, and an administrator who may open every file."""
    with crm.begin(crm.scope(tenant=tenant, actor=Actor.system())) as unit:
        unit.directory.save_department({"id": "sales", "name": "Sales"})
        for number in range(SELLERS):
            person = {"id": f"seller-{number}", "name": f"Seller {number}", "department_id": "sales"}
            unit.directory.save_member({**person, "roles": ("salesperson",)})
        unit.directory.save_member({"id": BOSS, "name": "Boss", "department_id": "sales", "roles": ("crm_admin",)})


def load(engine: Engine, firms: Iterable[Firm], *, tenant: str = TENANT, matchers: Matchers = default_engine) -> Loaded:
    """Put `firms` on file, fifty thousand to a transaction, with the keys that the library itself writes."""
    count, rows, keys, ours = 0, 0.0, 0.0, own_tables(engine)
    for slice_ in _slices(firms):
        customers = [(new_id(), firm) for firm in slice_]
        started = time.perf_counter()
        with ours.begin() as connection:
            connection.execute(
                insert(table_of(Customer)),
                [row(id, firm, count + at, tenant) for at, (id, firm) in enumerate(customers)],
            )
            written = time.perf_counter()
            keeping.write(connection, matchers, tenant, [(id, firm.draft()) for id, firm in customers])
        count, rows, keys = count + len(customers), rows + written - started, keys + time.perf_counter() - written
    return Loaded(count, rows, keys)


def own_tables(engine: Engine) -> Engine:
    """The same engine for statements on the library's tables."""
    return engine.execution_options(schema_translate_map={SCHEMA_TOKEN: None})


def row(id: object, firm: Firm, number: int, tenant: str = TENANT) -> dict[str, Any]:
    """A customer's row as the library writes it; the salespeople take turns as owners."""
    now, owner = datetime.now(UTC), f"seller-{number % SELLERS}"
    return {
        "id": id, "tenant_id": tenant, "name": firm.name, "short_name": None, "credit_code": firm.credit_code,
        "industry": firm.trade[:60], "region": firm.place or None, "phone": firm.phone, "email": firm.email,
        "website": None, "address": None, "former_names": None, "aliases": None, "level": None, "source": None,
        "owner_id": owner, "last_follow_up_at": now, "version": 1, "created_at": now, "created_by": owner,
        "updated_at": now, "updated_by": owner,
    }  # fmt: skip


def _slices(firms: Iterable[Firm]) -> Iterator[list[Firm]]:
    source = iter(firms)
    while slice_ := list(islice(source, _SLICE)):
        yield slice_
