"""The library's side: a CRM on a database with one salesperson and a base of customers."""

from collections.abc import Iterator
from itertools import islice

from sqlalchemy import Engine

from benchmarks.companies import companies, fill
from oa_crm import CRM, Actor, Settings

SELLER = "seller"


def open_crm(engine: Engine, *, plugins: tuple[object, ...] = (), notify: bool = True) -> CRM:
    """A CRM on the host's engine."""
    return CRM(engine, plugins=plugins, settings=Settings(notify=notify))


def hire(crm: CRM, *tenants: str) -> None:
    """A company with one salesperson, for each tenant."""
    for tenant in tenants:
        with crm.begin(crm.scope(tenant=tenant, actor=Actor.system())) as unit:
            unit.directory.save_department({"id": "sales", "name": "Sales"})
            person = {"id": SELLER, "name": "Salesperson", "department_id": "sales", "roles": ("salesperson",)}
            unit.directory.save_member(person)


class CrmCustomers:
    """Creates one customer per unit, with the duplicate check on."""

    def __init__(self, crm: CRM, tenant: str, names: Iterator[str]) -> None:
        self._crm, self._tenant, self._names = crm, tenant, names

    def create(self, count: int) -> None:
        for name in islice(self._names, count):
            with self._crm.begin(self._crm.scope(tenant=self._tenant, actor=SELLER)) as unit:
                # A reason, because among random names some look alike, and a warning must not end the run.
                unit.customers.create(
                    {"name": name, "industry": "software", "region": "CN"}, override_reason="another company"
                )


def base(engine: Engine, tenants: tuple[str, ...], size: int) -> Iterator[str]:
    """Fill each tenant with the same `size` customers; gives the names that come after them."""
    names = companies(7)
    first = list(islice(names, size))
    for tenant in tenants:
        fill(engine, tenant, SELLER, first)
    return names
