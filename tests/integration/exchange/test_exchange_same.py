"""What an import writes is what a create writes, column by column, on every database."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from tests.integration.exchange.tables import book, taken_in
from tests.integration.services.acting import doing

from oa_crm.models import Base, table_of
from oa_crm.testing import Kit

HEADINGS = (
    "name", "short name", "foreign name", "credit code", "identity numbers", "kind", "industry", "region", "size",
    "level", "status", "source", "owner", "phone", "other phones", "email", "website", "address", "latitude",
    "longitude", "former names", "aliases", "tags", "tax number", "bank", "medal", "grades", "amount", "day",
)  # fmt: skip
CELLS = (
    "杭州云帆智能科技有限公司", "云帆", "Yunfan Ltd",
    "91330106MA2H3C4D5W", "us.ein:91-1144442; lei:213800KUD8LAJWSQ9D15",
    "institution", "软件", "杭州", "small", "A", "prospect", "展会", "seller", "0571-88886666", "13800138000 (总机)",
    "a@yunfan.example", "https://yunfan.example", "文三路 1 号", 30.25, 120.125, "老云帆公司", "帆云; YF", "重点; 展会",
    "913301", "中国银行", "gold", "gold; silver", 1280.5, "2026-03-02",
)  # fmt: skip
FACTS: dict[str, Any] = {
    "name": CELLS[0], "short_name": "云帆", "foreign_name": "Yunfan Ltd", "credit_code": CELLS[3],
    "numbers": [{"scheme": "us.ein", "number": "91-1144442"}, {"scheme": "lei", "number": "213800KUD8LAJWSQ9D15"}],
    "kind": "institution", "industry": "软件", "region": "杭州", "size": "small", "level": "A", "status": "prospect",
    "source": "展会", "owner_id": "seller", "phone": "0571-88886666",
    "phones": [{"number": "13800138000", "label": "总机"}], "email": "a@yunfan.example",
    "website": "https://yunfan.example", "address": "文三路 1 号", "latitude": "30.25", "longitude": "120.125",
    "former_names": ["老云帆公司"], "aliases": ["帆云", "YF"], "tags": ["重点", "展会"],
    "invoice": {"tax_number": "913301", "bank_name": "中国银行"},
    "custom": {"medal": "gold", "grades": ["gold", "silver"], "amount": "1280.50", "day": "2026-03-02"},
}  # fmt: skip
CUSTOMERS = ("oa_crm_customer", "oa_crm_audit", "oa_crm_event", "oa_crm_ownership", "oa_crm_custom_value",
             "oa_crm_name_prefix", "oa_crm_customer_number", "oa_crm_customer_tag")  # fmt: skip
_OWN = {"id", "at", "created_at", "updated_at", "occurred_at", "customer_id", "thing_id", "event_id", "entry_id",
        "lane", "open_lane", "request_id", "tenant_id", "import_id"}  # fmt: skip
_NOT_THEIRS = {"oa_crm_import", "oa_crm_import_row", "oa_crm_duplicate_key", "oa_crm_duplicate_gate", "oa_crm_member",
               "oa_crm_department", "oa_crm_duplicate_search", "oa_crm_custom_set", "oa_crm_custom_field"}  # fmt: skip


def _rows(kit: Kit, tenant: str) -> dict[str, list[dict[str, Any]]]:
    """Every row of a company, without what differs from act to act."""
    found = {}
    with kit.crm.engine.connect() as connection:
        for table in {table for mapper in Base.registry.mappers for table in mapper.tables}:
            if table.name in _NOT_THEIRS or "tenant_id" not in table.c:
                continue
            rows = connection.execute(select(table).where(table.c.tenant_id == tenant)).all()
            plain = [{name: value for name, value in row._mapping.items() if name not in _OWN} for row in rows]
            for one in plain:
                if "payload" in one:
                    one["payload"] = {
                        name: value for name, value in one["payload"].items() if name not in _OWN | {"tenant"}
                    }
            if table.name == "oa_crm_ownership":
                # It says how the customer came.
                plain = [{**one, "cause": None} for one in plain]
            if table.name in ("oa_crm_audit", "oa_crm_event"):
                plain = [one for one in plain if one["kind"] == "customer"]
            found[table.name] = sorted(plain, key=repr)
    return found


def _keys(kit: Kit) -> list[int]:
    from oa_crm.models import DuplicateKey

    with kit.crm.engine.connect() as connection:
        table = table_of(DuplicateKey)
        return list(connection.scalars(select(table.c.entry_id)))


def test_an_imported_customer_is_a_created_one_column_by_column(local_kit: Kit, tmp_path: Path) -> None:
    kit = local_kit
    _define(kit, "acme")
    _define(kit, "other")
    path = book(tmp_path / "firm.xlsx", [CELLS], HEADINGS)
    done = kit.crm.exchange.import_customers(kit.scope("boss", tenant="other"), path)
    assert done.created == 1
    doing(kit, "boss", lambda unit: unit.customers.create(FACTS))
    created, imported = _rows(kit, "acme"), _rows(kit, "other")
    assert created["oa_crm_customer"], "something was compared"
    assert len(created["oa_crm_name_prefix"]) > 10
    assert len(created["oa_crm_audit"]) == len(created["oa_crm_event"]) == 1
    assert created == imported
    entries = _keys(kit)
    assert {entries.count(one) for one in set(entries)} == {len(entries) // 2}, "each has as many keys"


def _define(kit: Kit, tenant: str) -> None:
    from oa_crm import Actor

    def staff(unit: Any) -> None:
        unit.directory.save_department({"id": "sales", "name": "Sales"})
        for id, role in (("boss", "sales_manager"), ("seller", "salesperson")):
            unit.directory.save_member({"id": id, "name": id.title(), "department_id": "sales", "roles": (role,)})
        for name, type, facts in (
            ("medal", "choice", {"options": {"gold": {"zh": "金牌"}, "silver": {"zh": "银牌"}}}),
            ("grades", "multi_choice", {"options": {"gold": {"zh": "金牌"}, "silver": {"zh": "银牌"}}}),
            ("amount", "money", {}),
            ("day", "date", {"unique": True}),
        ):
            unit.fields.define({"kind": "customer", "name": name, "type": type, "label": {"en": name}, **facts})

    doing(kit, Actor.system(), staff, tenant=tenant)


def test_what_was_taken_out_is_taken_in_again(local_kit: Kit, tmp_path: Path) -> None:
    kit = local_kit
    for tenant in ("acme", "other"):
        _define(kit, tenant)
    doing(kit, "boss", lambda unit: unit.customers.create(FACTS))
    for format in ("csv", "xlsx"):
        doing(kit, "boss", lambda unit: unit.exchange.export_customers(to=tmp_path / f"out.{format}", format=format))  # noqa: B023
    done = kit.crm.exchange.import_customers(kit.scope("boss", tenant="other"), tmp_path / "out.csv")
    assert done.created == 1, done
    created, imported = _rows(kit, "acme"), _rows(kit, "other")
    assert created["oa_crm_customer"] == imported["oa_crm_customer"]
    assert taken_in(kit, tmp_path / "out.xlsx", "boss", on_duplicate="skip").skipped == 1


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_what_was_taken_out_and_is_brought_up_to_date_by_it_stays_as_it_is(
    local_kit: Kit, tmp_path: Path, format: str
) -> None:
    kit, path = local_kit, tmp_path / f"out.{format}"
    _define(kit, "acme")
    made = doing(kit, "boss", lambda unit: unit.customers.create(FACTS))
    plain = doing(kit, "boss", lambda unit: unit.customers.create({"name": "长风物流有限公司"}))
    doing(kit, "boss", lambda unit: unit.exchange.export_customers(to=path, format=format))
    before = _rows(kit, "acme")
    assert taken_in(kit, path, "boss", on_duplicate="update").updated == 2
    after = _rows(kit, "acme")
    assert [after[name] for name in CUSTOMERS] == [before[name] for name in CUSTOMERS]
    # One cell is another one: that is written, and no more.
    change = {"expected_version": plain.version, "address": "江滨路 8 号"}
    doing(kit, "boss", lambda unit: unit.customers.update(plain.id, change))
    assert taken_in(kit, path, "boss", on_duplicate="update").updated == 2
    there = [doing(kit, "boss", lambda unit, one=one: unit.customers.get(one.id)) for one in (made, plain)]
    assert [(one.version, one.address) for one in there] == [(1, FACTS["address"]), (2, "江滨路 8 号")]
    # So it is with a field of the company's own.
    changed = {"expected_version": made.version, "custom": {"medal": "silver"}}
    doing(kit, "boss", lambda unit: unit.customers.update(made.id, changed))
    assert taken_in(kit, path, "boss", on_duplicate="update").updated == 2
    there = [doing(kit, "boss", lambda unit, one=one: unit.customers.get(one.id)) for one in (made, plain)]
    assert [(one.version, one.custom.get("medal")) for one in there] == [(3, "gold"), (2, None)]
