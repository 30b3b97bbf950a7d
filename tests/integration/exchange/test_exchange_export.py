"""Customers out to a file: within scope, as the person sees them, no formula, counted and logged."""

from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import Engine
from tests.integration.custom.defining import define
from tests.integration.exchange.tables import lines, sheet
from tests.integration.services.acting import count, doing, invalid, refused, rows

from oa_crm import Settings
from oa_crm.models import AuditEntry, Customer, EventRow
from oa_crm.settings import ExchangeSettings
from oa_crm.testing import CrmKit, Kit

DANGEROUS = ('=HYPERLINK("http://x.example")', "+86 571", "-2+3", "@SUM(1)", "＝1＋1", "  =1+1")


def _export(kit: Kit, to: Any, actor: str = "seller", **more: Any) -> Any:
    return doing(kit, actor, lambda unit: unit.exchange.export_customers(to=to, **more))


@pytest.mark.parametrize("format", ["xlsx", "csv"])
def test_a_person_takes_out_what_he_may_see_and_nothing_else(kit: Kit, tmp_path: Path, format: str) -> None:
    mine = kit.given.customer(name="云帆智能科技有限公司", tags=("重点", "展会"), phone="0571-88886666")
    doing(kit, "colleague", lambda unit: unit.customers.create({"name": "长风物流有限公司"}))
    path = tmp_path / f"out.{format}"
    out = _export(kit, path, fields=("name", "tags", "phone", "owner_id", "id"), format=format)
    found = sheet(path) if format == "xlsx" else lines(path)
    assert out.rows == 1
    phone = "+8657188886666" if format == "xlsx" else "'+8657188886666"
    assert found == [
        ["name", "tags", "phone", "owner", "id"],
        ["云帆智能科技有限公司", "重点; 展会", phone, "seller", str(mine.id)],
    ]
    everybody = _export(kit, tmp_path / "all", "manager", format=format)
    assert everybody.rows == 2
    assert [one.name for one in tmp_path.iterdir() if one.name.endswith(".part")] == []


def test_fields_that_are_hidden_or_masked_leave_as_he_sees_them(kit: Kit, tmp_path: Path) -> None:
    define(kit, "margin", see=("sales_manager",))
    define(kit, "mobile", masked=("salesperson",))
    values = {"name": "云帆智能科技有限公司", "owner_id": "seller", "custom": {"margin": "12", "mobile": "13800138000"}}
    doing(kit, "manager", lambda unit: unit.customers.create(values))
    fields = ("custom.mobile",)
    _export(kit, tmp_path / "his.csv", fields=fields, format="csv")
    _export(kit, tmp_path / "hers.csv", "manager", fields=("custom.margin", *fields), format="csv")
    assert lines(tmp_path / "his.csv")[1:] == [["•••"]]
    assert lines(tmp_path / "hers.csv")[1:] == [["12", "13800138000"]]
    with invalid("fields"):
        _export(kit, tmp_path / "no.csv", fields=("custom.margin",), format="csv")
    whole = _export(kit, tmp_path / "whole.csv", format="csv")
    assert "custom.mobile" in whole.fields
    assert "custom.margin" not in whole.fields
    assert not (tmp_path / "no.csv").exists()


@pytest.mark.parametrize("name", DANGEROUS)
def test_no_cell_is_a_formula(sqlite_kit: Kit, tmp_path: Path, name: str) -> None:
    sqlite_kit.given.customer(name=f"{name}有限公司", short_name=f"\t{name}")
    for format in ("csv", "xlsx"):
        _export(sqlite_kit, tmp_path / format, fields=("name", "short_name"), format=format)
    kept = f"{name}有限公司".strip()
    assert lines(tmp_path / "csv")[1] == [f"'{kept}", f"'\t{name}"]
    assert sheet(tmp_path / "xlsx")[1] == [kept, f"\t{name}"]
    with ZipFile(tmp_path / "xlsx") as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
        assert b'quotePrefix="1"' in archive.read("xl/styles.xml")


def test_an_export_is_logged_and_told_without_saying_whose(kit: Kit, tmp_path: Path) -> None:
    kit.given.customer(level="A")
    kit.given.customer(level="B")
    _export(kit, tmp_path / "out", fields=("name",), where={"level": "A"})
    (entry,) = rows(kit, AuditEntry, operation="exchange.export_customers")
    assert (entry["actor_id"], entry["kind"]) == ("seller", "export")
    assert entry["changes"] == {"rows": [None, 1], "fields": [None, ["name"]], "where": [None, {"level": "A"}]}
    (event,) = rows(kit, EventRow, hook="on_customers_exported")
    assert {name: event["payload"][name] for name in ("rows", "fields", "actor")} == {
        "rows": 1, "fields": ["name"], "actor": "seller",
    }  # fmt: skip


def test_a_persons_day_is_limited_and_what_is_refused_leaves_nothing(
    database: Engine, crm_kit: CrmKit, tmp_path: Path
) -> None:
    kit = crm_kit(database=database, settings=Settings(exchange=ExchangeSettings(exported_rows_a_day=5)))
    for _ in range(3):
        kit.given.customer()
    _export(kit, tmp_path / "first")
    with refused("export_limit", limit=5, left=2, asked=3):
        _export(kit, tmp_path / "second")
    assert not (tmp_path / "second").exists()
    assert count(kit, AuditEntry, operation="exchange.export_customers") == 1
    _export(kit, tmp_path / "his", "colleague")
    kit.clock.advance(days=1)
    assert _export(kit, tmp_path / "second").rows == 3


def test_what_fails_on_the_way_leaves_no_file_and_no_entry(kit: Kit, tmp_path: Path) -> None:
    kit.given.customer()

    class Full:
        def write(self, _: bytes) -> int:
            raise OSError("no space left")

        def flush(self) -> None: ...
        def writable(self) -> bool:
            return True

        def readable(self) -> bool:
            return False

        def seekable(self) -> bool:
            return False

        closed = False

    with pytest.raises(OSError, match="no space left"):
        _export(kit, Full(), format="csv")
    assert count(kit, AuditEntry, operation="exchange.export_customers") == 0
    with invalid("format"):
        _export(kit, tmp_path / "x.pdf", format="pdf")
    assert list(tmp_path.iterdir()) == []


def test_an_export_streams(kit: Kit, tmp_path: Path) -> None:
    """As many statements for a thousand customers as for one."""
    statements = []
    for _ in range(2):
        for _ in range(7):
            kit.given.customer()
        sent = _statements(kit, tmp_path)
        statements.append(sent)
    assert statements[0] == statements[1]
    assert count(kit, Customer) == 14


def _statements(kit: Kit, tmp_path: Path) -> int:
    from tests.integration.services.acting import listening

    with listening(kit.crm.engine) as sent:
        _export(kit, tmp_path / "out", format="csv")
    return len(sent)
