"""The old customer list comes into the CRM, in the words of the people who kept it."""

from pathlib import Path

from sqlalchemy import Engine
from tests.integration.exchange.tables import book, sheet

from oa_crm.testing import CrmKit

LIST = (
    ("杭州云帆智能科技有限公司", "0571-88886666", "软件", "杭州", "Salesperson"),
    ("长风物流有限公司", "13800138000", "", "上海", "Other Salesperson"),
    ("雲帆智能科技(杭州)股份公司", "", "", "", "Salesperson"),
    ("碧海食品有限公司", "电话待补", "食品", "青岛", "Salesperson"),
)
HEADINGS = ("客户名称", "联系电话", "所属行业", "城市", "业务员")


def test_an_old_list_comes_into_the_crm(crm_kit: CrmKit, database: Engine, tmp_path: Path) -> None:
    kit = crm_kit(database=database)
    kit.given.customer(name="长风物流有限公司")
    path, manager = book(tmp_path / "老客户.xlsx", LIST, HEADINGS), kit.scope("manager", locale="zh-CN")
    # The manager first looks what would happen: nothing is written yet.
    tried = kit.crm.exchange.import_customers(manager, path, dry_run=True)
    assert (tried.created, tried.asked, tried.failed) == (1, 2, 1)
    with kit.unit("manager") as unit:
        assert len(unit.customers.find().items) == 1
    # Then she takes it in, and gets back what stayed out.
    answers = tmp_path / "待处理.xlsx"
    done = kit.crm.exchange.import_customers(manager, path, answers=answers)
    assert (done.created, done.asked, done.failed) == (1, 2, 1)
    head, *rows = sheet(answers)
    assert [row[0] for row in rows] == [name for name, *_ in LIST[1:]]
    why, decision = head.index("问题说明"), head.index("处理方式")
    assert "联系电话" in str(rows[2][why])
    # She decides row by row: the known one is brought up to date, the other is a second company, a phone is put right.
    rows[0][decision], rows[1][decision], rows[2][1] = "更新", "新建", "0532-80001000"
    reason = {"reason": "同一集团的两家公司"}
    again = kit.crm.exchange.import_customers(manager, book(tmp_path / "已处理.xlsx", rows, head), reason)
    assert (again.created, again.updated, again.asked, again.failed) == (2, 1, 0, 0)
    with kit.unit("seller") as unit:
        mine = {one.name: one for one in unit.customers.find().items}
        assert set(mine) == {LIST[0][0], LIST[1][0], LIST[2][0], LIST[3][0]}
        assert mine["长风物流有限公司"].region == "310000", "his before, brought up to date, and still his"
        # He takes his customers with him to a fair; the manager sees that he did.
        out = unit.exchange.export_customers(to=tmp_path / "我的客户.xlsx", fields=("name", "phone"))
    assert out.rows == len(sheet(tmp_path / "我的客户.xlsx")) - 1 == 4
    kit.relay.drain()
    assert kit.recorder.hooks.count("on_customers_imported") == 2
    assert kit.recorder.hooks.count("on_customers_exported") == 1
    assert kit.recorder.hooks.count("on_customer_created") == 4
