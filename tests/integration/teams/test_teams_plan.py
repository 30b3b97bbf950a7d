"""A list of somebody with seats is read by ranges of indexes, on all three databases, at twenty thousand customers."""

from typing import Any

from sqlalchemy import event, insert, text
from tests.integration.teams.sitting import seat

from oa_crm.ids import new_id
from oa_crm.models import Customer, table_of
from oa_crm.testing import Kit

MANY = 20_000


def _fill(kit: Kit) -> None:
    """Customers of other people."""
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
        # As a database in use is: without its statistics SQLite walks the company's customers in the order of the page.
        tables = " TABLE" if connection.dialect.name == "mysql" else ""
        connection.execute(text(f"ANALYZE{tables} oa_crm_customer"))


def _listed(kit: Kit, actor: str) -> tuple[int, Any]:
    """How many customers he has on a page, and the statement that found them."""
    sent: list[tuple[str, Any]] = []

    def listen(_c: Any, _cursor: Any, statement: str, given: Any, *_rest: Any) -> None:
        sent.append((statement, given))

    event.listen(kit.crm.engine, "before_cursor_execute", listen)
    try:
        with kit.unit(actor, read_only=True) as unit:
            found = len(unit.customers.find().items)
    finally:
        event.remove(kit.crm.engine, "before_cursor_execute", listen)
    return found, next(one for one in sent if "oa_crm_customer.industry" in one[0])


def _plan(kit: Kit, statement: str, given: Any) -> str:
    dialect = kit.crm.engine.dialect.name
    how = "EXPLAIN QUERY PLAN" if dialect == "sqlite" else "EXPLAIN"
    with kit.crm.engine.connect() as connection:
        rows = connection.exec_driver_sql(f"{how} {statement}", given).all()
    return "\n".join(" ".join(map(str, row)) for row in rows)


def test_a_page_with_seats_reads_ranges_of_indexes(kit: Kit) -> None:
    helped = [kit.given.customer() for _ in range(20)]
    for one in helped:
        seat(kit, one)
    with kit.unit("colleague") as unit:
        for number in range(20):
            unit.customers.create({"name": f"{number} 青山{number}造纸"}, override_reason="另一家")
    _fill(kit)
    found, (statement, given) = _listed(kit, "helper")
    plan = _plan(kit, statement, given)
    assert found == 20
    assert "SCAN oa_crm_customer" not in plan, plan
    assert "Seq Scan on oa_crm_customer" not in plan, plan
    assert "ix_oa_crm_customer_tenant_id_owner_id_id" in plan, plan
