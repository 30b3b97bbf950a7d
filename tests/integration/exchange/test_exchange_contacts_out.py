"""People at customers out to a file: within scope, as the person sees them, counted and logged, and no more of them
than what they are now, or were last.
"""

from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import Engine
from tests.integration.exchange.tables import lines, sheet
from tests.integration.exchange.test_exchange_contacts import QINGSHAN, YUNFAN
from tests.integration.exchange.test_exchange_export import DANGEROUS
from tests.integration.privacy.canaries import CANARIES, CanaryGiven, leaks
from tests.integration.privacy.ruling import dim_everything, rule
from tests.integration.services.acting import SYSTEM, count, doing, everything, invalid, listening, refused, rows
from tests.integration.teams.sitting import seat

from oa_crm import Settings
from oa_crm.exchange import person_columns
from oa_crm.hooks.payloads import CustomersExported
from oa_crm.models import AuditEntry, Look
from oa_crm.settings import ExchangeSettings
from oa_crm.testing import CrmKit, Kit


def people_out(kit: Kit, to: Any, actor: str = "seller", where: Any = None, **more: Any) -> Any:
    """The people whom a person sees, who reads Chinese, in a file."""
    more = {"format": "xlsx" if str(to).endswith("xlsx") else "csv", **more}
    with kit.crm.begin(kit.scope(actor, locale="zh-CN")) as unit:
        return unit.exchange.export_contacts(where, to=to, **more)


def told(kit: Kit, folder: Path, *fields: str, actor: str = "seller", where: Any = None) -> list[Any]:
    """What of them stands below the headings; a single field without its list."""
    path = folder / "told.csv"
    people_out(kit, path, actor, where, fields=fields)
    below = lines(path)[1:]
    return [line[0] for line in below] if len(fields) == 1 else below


@pytest.mark.parametrize("format", ["xlsx", "csv"])
def test_a_person_takes_out_whom_he_may_see_with_all_that_is_on_file(kit: Kit, tmp_path: Path, format: str) -> None:
    yunfan = kit.given.customer(name=YUNFAN)
    boss = kit.given.contact(yunfan, name="许澜")
    lin = kit.given.contact(
        yunfan, name="林晓", mobile="13800138000", phones=["0571-88886666转801", "13900139000"],
        emails=["lin@yunfan.example", "lin2@yunfan.example"], wechat="linxiao", birthday="--03-02", gender="female",
        salutation="林总", notes="爱喝龙井", title="采购总监", department="采购部", role="influencer",
        reports_to=boss.id, started_on="2021-06-01", primary=True,
    )  # fmt: skip
    theirs = doing(kit, "colleague", lambda unit: unit.customers.create({"name": "长风物流有限公司"}))
    doing(kit, "colleague", lambda unit: unit.contacts.create({"customer_id": theirs.id, "name": "周航"}))
    path = tmp_path / f"people.{format}"
    out = people_out(kit, path)
    head, top, below = sheet(path) if format == "xlsx" else lines(path)
    assert head == [one.zh for one in person_columns.FIXED if one.told]
    assert out.fields == tuple(one.name for one in person_columns.FIXED if one.told)
    assert (out.rows, top[head.index("姓名")], top[head.index("首要联系人")]) == (2, "许澜", "否")
    guard = "" if format == "xlsx" else "'"
    assert dict(zip(head, below, strict=True)) == {
        "姓名": "林晓", "客户名称": YUNFAN, "客户编号": str(yunfan.id), "职务": "采购总监", "部门": "采购部",
        "决策角色": "影响者", "汇报对象": "许澜", "手机": f"{guard}+8613800138000",
        "其他电话": f"{guard}+8657188886666转801; +8613900139000", "邮箱": "lin@yunfan.example; lin2@yunfan.example",
        "微信": "linxiao", "生日": f"{guard}--03-02", "性别": "女", "称呼": "林总", "首要联系人": "是", "状态": "在职",
        "任职日期": "2021-06-01", "离职日期": "", "备注": "爱喝龙井", "任职编号": str(lin.posts[0].id),
        "联系人编号": str(lin.id),
    }  # fmt: skip
    assert people_out(kit, tmp_path / "all.csv", "manager").rows == 3
    with kit.crm.begin(kit.scope("seller", locale="en")) as unit:
        unit.exchange.export_contacts(to=tmp_path / "en.csv", fields=("name", "role", "phones"), format="csv")
    assert lines(tmp_path / "en.csv")[::2] == [
        ["name", "role", "other phones"],
        ["林晓", "influencer", "'+8657188886666 ext 801; +8613900139000"],
    ]
    assert [one.name for one in tmp_path.iterdir() if one.name.endswith(".part")] == []


def test_there_is_one_row_for_what_somebody_is_at_a_customer_or_was_last(kit: Kit, tmp_path: Path) -> None:
    yunfan, qingshan = kit.given.customer(name=YUNFAN), kit.given.customer(name=QINGSHAN)
    boss = kit.given.contact(yunfan, name="许澜")
    lin = kit.given.contact(yunfan, name="林晓", title="采购员", reports_to=boss.id)
    for there in (qingshan, yunfan, qingshan):
        kit.clock.advance(days=1)
        move = {"customer_id": there.id, "title": f"在{there.name[:2]}"}
        move |= {"reports_to": boss.id} if there is yunfan else {}  # 许澜 is still there when he is not.
        doing(kit, "seller", lambda unit, move=move: unit.contacts.move(lin.id, move))
    kit.given.contact(yunfan, name="周航")
    found = told(kit, tmp_path, "customer", "name", "title", "status", "reports_to", "primary")
    assert found == [
        [YUNFAN, "许澜", "", "在职", "", "否"],
        [YUNFAN, "林晓", "在云帆", "已离职", "", ""],
        [YUNFAN, "周航", "", "在职", "", "否"],  # who came last, and stands with those of his customer
        [QINGSHAN, "林晓", "在青山", "在职", "", "否"],
    ]


def test_the_filter_is_that_of_the_list_and_of_the_row(kit: Kit, tmp_path: Path) -> None:
    yunfan, qingshan = kit.given.customer(name=YUNFAN), kit.given.customer(name=QINGSHAN)
    lin = kit.given.contact(yunfan, name="林晓", mobile="13800138000", role="user")
    kit.given.contact(yunfan, name="周航", role="decision_maker")
    move = {"customer_id": qingshan.id, "role": "decision_maker"}
    doing(kit, "seller", lambda unit: unit.contacts.move(lin.id, move))
    for where, wanted in (
        ({}, ["云帆林晓", "云帆周航", "青山林晓"]),
        ({"customer_id": qingshan.id}, ["青山林晓"]),
        ({"role": "decision_maker"}, ["云帆周航", "青山林晓"]),
        ({"status": "left"}, ["云帆林晓"]),
        ({"phone": "138 0013 8000"}, ["云帆林晓", "青山林晓"]),
        ({"name": "林", "status": "active"}, ["青山林晓"]),
        ({"customer_id": yunfan.id, "role": "user", "status": "active"}, []),
    ):
        found = told(kit, tmp_path, "customer", "name", where=where)
        assert [f"{firm[:2]}{name}" for firm, name in found] == wanted, where


def test_who_reads_no_customer_takes_nobody_out(kit: Kit, tmp_path: Path) -> None:
    yunfan = kit.given.customer(name=YUNFAN)
    kit.given.contact(yunfan, name="林晓")
    before = everything(kit)
    with refused("forbidden"):
        people_out(kit, tmp_path / "no.csv", "people")
    with invalid("fields"):
        people_out(kit, tmp_path / "no.csv", fields=("decision",))
    with invalid("format"):
        people_out(kit, tmp_path / "no.pdf", format="pdf")
    assert everything(kit) == before
    assert list(tmp_path.iterdir()) == []
    assert told(kit, tmp_path, "name", actor="colleague") == []
    assert told(kit, tmp_path, "name", actor="colleague", where={"customer_id": yunfan.id}) == []
    seat(kit, yunfan, "colleague")
    assert told(kit, tmp_path, "name", actor="colleague") == ["林晓"]


def test_nobody_of_a_customer_that_was_merged_and_nobody_who_was_erased_is_in_it(kit: Kit, tmp_path: Path) -> None:
    yunfan, qingshan = kit.given.customer(name=YUNFAN), kit.given.customer(name=QINGSHAN)
    boss = kit.given.contact(yunfan, name="许澜", mobile="13700137000")
    kit.given.contact(yunfan, name="林晓", reports_to=boss.id)
    pair = {"winner_id": qingshan.id, "loser_id": yunfan.id, "winner_version": 1, "loser_version": 1}
    doing(kit, "manager", lambda unit: unit.merges.merge(pair))
    assert told(kit, tmp_path, "customer", "name", "reports_to") == [[QINGSHAN, "许澜", ""], [QINGSHAN, "林晓", "许澜"]]
    assert told(kit, tmp_path, "name", where={"customer_id": yunfan.id}) == []
    with kit.unit("admin") as unit:
        unit.privacy.erase({"kind": "contact", "thing_id": boss.id, "reason": "本人要求"})
    assert told(kit, tmp_path, "customer", "name", "reports_to") == [[QINGSHAN, "林晓", ""]]


def test_masks_and_rights_hold_in_a_file(kit: Kit, tmp_path: Path) -> None:
    yunfan = kit.given.customer(name=YUNFAN)
    boss = kit.given.contact(yunfan, name="许澜", mobile="13800138000", birthday="1975-03-02")
    kit.given.contact(yunfan, name="林晓", reports_to=boss.id)
    rule(kit, "contact", "mobile", masked=("salesperson",))
    rule(kit, "contact", "birthday", see=("sales_manager",))
    fields = ("name", "mobile", "birthday", "reports_to")
    assert told(kit, tmp_path, *fields) == [["许澜", "138****8000", "", ""], ["林晓", "", "", "许澜"]]
    assert told(kit, tmp_path, *fields, actor="manager")[0] == ["许澜", "'+8613800138000", "1975-03-02", ""]
    rule(kit, "contact", "name", masked=("salesperson",))
    assert [line[::3] for line in told(kit, tmp_path, *fields)] == [["许**", ""], ["林**", "许**"]]
    with invalid("phone"):
        people_out(kit, tmp_path / "no.csv", where={"phone": "13800138000"})


@pytest.mark.parametrize("sight", ["masked", "hidden"])
def test_no_fact_that_is_dimmed_leaves_in_a_file(kit: Kit, tmp_path: Path, sight: str) -> None:
    given = CanaryGiven(kit)
    firm = kit.given.customer()
    boss = given.contact(firm)
    kit.given.contact(firm, reports_to=boss.id)
    wanted = {f"contact.{name}" for name in CANARIES["contact"]} - {"contact.gender"}
    people_out(kit, tmp_path / "open.csv")
    assert leaks((tmp_path / "open.csv").read_text(encoding="utf-8-sig")) == wanted, "else this proves nothing"
    dim_everything(kit, sight)
    assert people_out(kit, tmp_path / "dim.csv").rows == 2
    assert leaks((tmp_path / "dim.csv").read_text(encoding="utf-8-sig")) == set()
    assert told(kit, tmp_path, "gender") == ["", ""] if sight == "hidden" else ["•••", ""]


@pytest.mark.parametrize("name", DANGEROUS)
def test_no_cell_of_a_person_is_a_formula(sqlite_kit: Kit, tmp_path: Path, name: str) -> None:
    kit, said = sqlite_kit, name.strip()
    kit.given.contact(name=said, title=said, wechat=said, notes=said)
    fields = ("name", "title", "wechat", "notes")
    people_out(kit, tmp_path / "a.xlsx", fields=fields)
    assert told(kit, tmp_path, *fields) == [[f"'{said}"] * 4]
    assert sheet(tmp_path / "a.xlsx")[1] == [said] * 4
    with ZipFile(tmp_path / "a.xlsx") as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
        assert b'quotePrefix="1"' in archive.read("xl/styles.xml")


def test_an_export_of_people_is_a_look_an_entry_and_an_event(kit: Kit, tmp_path: Path) -> None:
    yunfan = kit.given.customer(name=YUNFAN)
    kit.given.contact(yunfan, name="林晓", role="user")
    kit.given.contact(yunfan, name="周航")
    rule(kit, "contact", "wechat", masked=("salesperson",))
    people_out(kit, tmp_path / "a.csv", where={"role": "user"}, fields=("customer", "name", "wechat", "mobile"))
    (entry,) = rows(kit, AuditEntry, operation="exchange.export_contacts")
    assert (entry["actor_id"], entry["kind"]) == ("seller", "export")
    fields = ["customer", "name", "wechat", "mobile"]
    assert entry["changes"] == {"rows": [None, 1], "fields": [None, fields], "where": [None, {"role": "user"}]}
    (look,) = rows(kit, Look, what="exported")
    assert (look["actor_id"], look["kind"], look["many"], look["detail"]) == ("seller", "contact", 1, "contacts.csv")
    assert look["fields"] == ["name", "mobile"], "a mask tells of nobody"
    kit.relay.drain()
    (event,) = kit.recorder.of(CustomersExported)
    assert (event.what, event.rows, event.format, event.actor) == ("contacts", 1, "csv", "seller")
    assert event.fields == tuple(fields)


def test_people_and_customers_count_towards_one_day(database: Engine, crm_kit: CrmKit, tmp_path: Path) -> None:
    kit = crm_kit(database=database, settings=Settings(exchange=ExchangeSettings(exported_rows_a_day=5)))
    for _ in range(3):
        kit.given.contact()
    people_out(kit, tmp_path / "first.csv")
    with refused("export_limit", limit=5, left=2, asked=3):
        people_out(kit, tmp_path / "second.csv")
    with refused("export_limit", limit=5, left=2, asked=3):
        doing(kit, "seller", lambda unit: unit.exchange.export_customers(to=tmp_path / "second.csv"))
    assert not (tmp_path / "second.csv").exists()
    assert count(kit, AuditEntry, kind="export") == count(kit, Look, what="exported") == 1
    kit.clock.advance(days=1)
    assert people_out(kit, tmp_path / "second.csv").rows == 3


def test_an_export_of_people_streams(kit: Kit, tmp_path: Path) -> None:
    """As many statements for whoever there are, and one that reads them."""
    counts, customers = [], [kit.given.customer() for _ in range(3)]
    for many in (2, 9):
        for customer in customers:
            boss = kit.given.contact(customer)
            for _ in range(many):
                kit.given.contact(customer, reports_to=boss.id)
        with listening(kit.crm.engine) as sent:
            people_out(kit, tmp_path / "a.csv")
        counts.append(len(sent))
        reading = [one for one in sent if "oa_crm_post" in one and "count(" not in one.lower()]
        assert len(reading) == 1
    assert counts[0] == counts[1]


@pytest.mark.parametrize("where", [{}, {"name": "林"}, {"phone": "13800138000"}, {"status": "left"}])
@pytest.mark.parametrize("actor", ["seller", "manager", SYSTEM], ids=["seller", "manager", "system"])
def test_people_are_read_from_the_customers_on_and_never_from_all_of_the_company(
    sqlite_kit: Kit, actor: Any, where: Any
) -> None:
    kit = sqlite_kit
    with listening(kit.crm.engine) as sent, kit.crm.begin(kit.scope(actor)) as unit:
        unit.exchange.export_contacts(where, to=BytesIO(), format="csv")
    for said in [one for one in sent if "oa_crm_post" in one]:
        with kit.crm.engine.connect() as connection:
            plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}", said.given)]
        assert not [line for line in plan if line.startswith("SCAN")], plan
        assert not [line for line in plan if "oa_crm_contact " in line and line.endswith("(tenant_id=?)")], plan
