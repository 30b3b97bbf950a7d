"""A list of somebody with seats is read by ranges of indexes, on all three databases, at twenty thousand customers;
on SQLite also where nobody ever ran ANALYZE."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, text
from tests.integration.services.acting import Sent, listening
from tests.integration.teams.sitting import seat

from oa_crm.ids import new_id
from oa_crm.models import Customer, table_of
from oa_crm.services import reaching
from oa_crm.testing import Kit

MANY = 20_000


def _fill(kit: Kit, *, analysed: bool = True) -> None:
    """Customers of other people. SQLite knows of its rows only what ANALYZE told it."""
    now = kit.clock.now()
    common = {"tenant_id": "acme", "version": 1, "created_at": now, "created_by": "x", "updated_at": now}
    table = table_of(Customer)
    with kit.crm.engine.begin() as connection:
        for start in range(0, MANY, 1000):
            some = [
                {**common, "id": new_id(), "updated_by": "x", "name": f"c{number}", "owner_id": f"m{number % 200}"}
                for number in range(start, start + 1000)
            ]
            connection.execute(insert(table), some)
        if analysed:
            tables = " TABLE" if connection.dialect.name == "mysql" else ""
            connection.execute(text(f"ANALYZE{tables} oa_crm_customer"))


def _listed(kit: Kit, actor: str, **where: Any) -> tuple[int, list[Sent]]:
    """How many customers he has on a page, and the statements that found them."""
    with listening(kit.crm.engine) as sent, kit.unit(actor, read_only=True) as unit:
        found = len(unit.customers.find(where).items)
    return found, [one for one in sent if "oa_crm_customer" in one]


def _plan(kit: Kit, said: list[Sent]) -> str:
    dialect = kit.crm.engine.dialect.name
    how = "EXPLAIN QUERY PLAN" if dialect == "sqlite" else "EXPLAIN"
    with kit.crm.engine.connect() as connection:
        rows = [row for one in said for row in connection.exec_driver_sql(f"{how} {one}", one.given)]
    return "\n".join(" ".join(map(str, row)) for row in rows)


@pytest.mark.parametrize("listed", [0, 2000])
def test_a_page_with_seats_reads_ranges_of_indexes(kit: Kit, listed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order of an index, and by the ids of who sees few."""
    monkeypatch.setattr(reaching, "LISTED", listed)
    helped = [kit.given.customer() for _ in range(20)]
    for one in helped:
        seat(kit, one)
    with kit.unit("colleague") as unit:
        for number in range(20):
            unit.customers.create({"name": f"{number} 青山{number}造纸"}, override_reason="另一家")
    _fill(kit)
    found, said = _listed(kit, "helper")
    plan = _plan(kit, said)
    assert found == 20
    assert "SCAN oa_crm_customer" not in plan, plan
    assert "Seq Scan on oa_crm_customer" not in plan, plan
    assert "ix_oa_crm_customer_tenant_id_owner_id_" in plan, plan


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize("sort", ["newest", "oldest"])
def test_without_statistics_no_page_with_seats_walks_the_base(
    kit: Kit, sort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where he sees too many to be listed by their ids; how those are read is looked at with the lists."""
    monkeypatch.setattr(reaching, "LISTED", 0)
    _his_own_and_helped(kit)
    _fill(kit, analysed=False)
    found, said = _listed(kit, "helper", sort=sort)
    plan = _plan(kit, said[-1:])
    looked = [line for line in plan.splitlines() if "oa_crm_customer " in line]
    assert found == 10
    assert len(looked) == 2, plan
    assert "ix_oa_crm_customer_tenant_id_owner_id_id (tenant_id=? AND owner_id=?)" in looked[0], plan
    assert "(tenant_id=? AND id=?)" in looked[1], plan


def test_pages_of_own_and_helped_ones_hold_each_once_and_in_order(kit: Kit) -> None:
    his = _his_own_and_helped(kit)
    for sort, wanted in (("newest", sorted(his, reverse=True)), ("oldest", sorted(his))):
        seen, after = list[UUID](), None
        with kit.unit("helper", read_only=True) as unit:
            while not seen or after is not None:
                page = unit.customers.find({"sort": sort}, after=after, limit=3)
                seen, after = [*seen, *(one.id for one in page.items)], page.next
        assert seen == wanted


def _his_own_and_helped(kit: Kit) -> list[UUID]:
    """Four customers that he has, and six, among them in age, that he helps with."""
    his = []
    for number in range(10):
        by = "helper" if number % 3 == 0 else "seller"
        with kit.unit(by) as unit:
            one = unit.customers.create({"name": f"{number} 青山{number}造纸"}, override_reason="另一家")
        if by == "seller":
            seat(kit, one)
        his.append(one.id)
    return his
