"""销售把多年攒下的通讯录交给系统:每个人归到自己的客户名下,上下级关系跟着进来,认识的人更新,不对的行退回来改。"""

from pathlib import Path

from sqlalchemy import Engine
from tests.integration.exchange.tables import book, sheet

from oa_crm.testing import CrmKit

YUNFAN, CHANGFENG = "云帆智能科技(杭州)有限公司", "长风物流有限公司"
HEADINGS = ("公司", "联系人", "职位", "手机", "上级", "角色", "生日", "状态", "离职日期")
BOOK = (
    ("云帆智能科技（杭州）有限公司", "林晓", "采购经理", "138 0013 8000", "许澜", "把关人", "3月2日", "", ""),
    ("云帆智能科技（杭州）有限公司", "许澜", "总经理", "139 0013 9000", "", "决策人", "1975/3/2", "", ""),
    (CHANGFENG, "周航", "调度主任", "137 0013 7000", "", "使用者", "", "", ""),
    (CHANGFENG, "陈默", "前任总监", "", "", "", "", "离职", "2024/5/31"),
    ("青山造纸有限公司", "孙立", "", "136 0013 6000", "", "", "", "", ""),
    (YUNFAN, "赵敏", "前台", "号码待补", "林晓", "", "", "", ""),
)


def test_an_address_book_comes_into_the_crm(crm_kit: CrmKit, database: Engine, tmp_path: Path) -> None:
    kit = crm_kit(database=database)
    yunfan, changfeng = kit.given.customer(name=YUNFAN), kit.given.customer(name=CHANGFENG)
    kit.given.contact(changfeng, name="周航", mobile="13700137000", wechat="zhouhang")
    with kit.unit("colleague") as unit:
        unit.customers.create({"name": "青山造纸有限公司"})
    path, seller = book(tmp_path / "通讯录.xlsx", BOOK, HEADINGS), kit.scope("seller", locale="zh-CN")
    # 先试一遍:系统里还什么都没有变。
    tried = kit.crm.exchange.import_contacts(seller, path, dry_run=True)
    assert (tried.created, tried.asked, tried.failed) == (3, 1, 2)
    # 正式导入,没能进来的行在批注表里。
    answers = tmp_path / "待处理.xlsx"
    done = kit.crm.exchange.import_contacts(seller, path, answers=answers)
    assert (done.created, done.asked, done.failed) == (3, 1, 2)
    head, known, others, wrong = sheet(answers)
    why, decision = head.index("问题说明"), head.index("处理方式")
    assert str(known[why]).startswith("联系人: 该客户下已有联系人 周航")
    assert str(others[why]).startswith("公司: 没有您可写入的该客户"), "同事的客户,不透露是否存在"
    assert str(wrong[why]).startswith("手机: ")
    # 周航更新,赵敏的号码补上,别人的客户删掉,再导入一次。
    known[decision], wrong[3] = "更新", "135 0013 5000"
    again = kit.crm.exchange.import_contacts(seller, book(tmp_path / "已处理.xlsx", [known, wrong], head))
    assert (again.created, again.updated, again.failed) == (1, 1, 0)
    with kit.unit("seller") as unit:
        (boss,) = unit.contacts.reporting(yunfan.id)
        assert (boss.name, [(one.name, [below.name for below in one.reports]) for one in boss.reports]) == (
            "许澜",
            [("林晓", ["赵敏"])],
        )
        there = {one.name: one for one in unit.contacts.find({"customer_id": changfeng.id}).items}
        assert (there["周航"].wechat, there["周航"].posts[0].title) == ("zhouhang", "调度主任")
        assert [there[name].posts[0].status for name in ("周航", "陈默")] == ["active", "left"]
    kit.relay.drain()
    assert kit.recorder.hooks.count("on_contact_added") == 5
    assert kit.recorder.hooks.count("on_customers_imported") == 2


def test_an_address_book_goes_out_is_mended_and_comes_back(crm_kit: CrmKit, database: Engine, tmp_path: Path) -> None:
    kit = crm_kit(database=database)
    yunfan, changfeng = kit.given.customer(name=YUNFAN), kit.given.customer(name=CHANGFENG)
    boss = kit.given.contact(yunfan, name="许澜", mobile="13900139000", primary=True)
    lin = kit.given.contact(yunfan, name="林晓", mobile="13800138000", title="采购经理", reports_to=boss.id)
    gone = kit.given.contact(changfeng, name="陈默", phones=["0571-88886666转801"])
    seller = kit.scope("seller", locale="zh-CN")
    with kit.crm.begin(seller) as unit:
        unit.contacts.leave(gone.posts[0].id, {"expected_version": 1})
        # 全部导出:每人在每个客户一行,离职的也在。
        out = unit.exchange.export_contacts(to=tmp_path / "通讯录.xlsx")
    assert out.rows == 3
    head, *people = sheet(tmp_path / "通讯录.xlsx")
    name, mobile = head.index("姓名"), head.index("手机")
    assert [row[name] for row in people] == ["许澜", "林晓", "陈默"]
    # 只改一个手机号,原样导入,不用对列。
    people[1][mobile] = "136 0013 6000"
    path = book(tmp_path / "已改.xlsx", people, head)
    done = kit.crm.exchange.import_contacts(seller, path, {"on_duplicate": "update"})
    assert (done.created, done.updated, done.asked, done.failed) == (0, 3, 0, 0)
    with kit.unit("seller") as unit:
        now = unit.contacts.get(lin.id)
        assert (now.mobile, now.posts) == ("+8613600136000", lin.posts)
        assert unit.contacts.get(boss.id) == boss
        assert unit.contacts.get(gone.id).phones == gone.phones
    # 谁导出了个人信息,管理员查得到;别的同事一个人也导不出来。
    with kit.unit("admin") as unit:
        (look,) = unit.privacy.looks({"what": "exported"}).items
        assert (look.actor_id, look.kind, look.many) == ("seller", "contact", 3)
        assert {"name", "mobile", "phones"} <= set(look.fields)
    with kit.unit("colleague") as unit:
        assert unit.exchange.export_contacts(to=tmp_path / "别人.xlsx").rows == 0
    kit.relay.drain()
    assert kit.recorder.hooks.count("on_contact_updated") == 1
    assert kit.recorder.hooks.count("on_customers_exported") == 2
