"""离职交接:接手的人拿到一份完整的客户档案。 A salesperson leaves; his successor reads the whole file, and prints it."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from oa_crm import Actor
from oa_crm.errors import NotFound
from oa_crm.reports import customer_file_html
from oa_crm.testing import CrmKit

OFFICE = ZoneInfo("Asia/Shanghai")


def test_the_successor_of_a_leaver_knows_where_things_stand(crm_kit: CrmKit, database: Engine) -> None:
    """销售离职,经理打印档案交给接手人:谁拍板、谈到哪、欠着什么、钱花在哪、以前是谁在跟,一页不落。"""
    kit = crm_kit(database=database)
    customer = kit.given.customer(name="云帆智能科技(杭州)有限公司", level="B")
    kit.given.contact(customer, name="林晓", title="采购总监", role="decision_maker", primary=True)
    project = kit.given.project(customer, name="仓库管理系统", expected="500000.00")
    first = {"way": "visit", "outcome": "参观仓库", "happened_at": datetime(2026, 1, 5, 2, tzinfo=UTC)}
    kit.given.follow_up(customer, project_id=project.id, **first)
    kit.given.follow_up(customer, way="meeting", outcome="价格谈定", key_issue="质保期要两年")
    kit.given.approved_contract(kit.given.contract(project, title="一期合同", amount="480000.00"))
    kit.given.submitted_contract(kit.given.contract(project, title="质保补充协议", amount="20000.00"))
    kit.given.expense(project, category="entertainment", amount="4260.00")
    with kit.unit() as unit:
        unit.customers.update(customer.id, {"expected_version": 1, "level": "A"})

    # 张三离职:组织架构里他已不在职
    kit.company.people["seller"] = replace(kit.company.people["seller"], active=False)
    with kit.unit(Actor.system()) as unit:
        unit.directory.sync()
    # 同事现在还看不到;经理看得到全部
    with kit.unit("colleague", read_only=True) as unit, pytest.raises(NotFound):
        unit.customers.file(customer.id)
    with kit.unit("manager", read_only=True) as unit:
        file = unit.customers.file(customer.id)

    assert file.owner is not None
    assert not file.owner.active
    assert file.contacts.items[0].posts[0].role == "decision_maker"
    assert [one.outcome for one in file.follow_ups.items] == ["价格谈定", "参观仓库"]
    assert {one.word: str(one.amount) for one in file.contracts.sums} == {
        "approved": "480,000.00 CNY",
        "in_approval": "20,000.00 CNY",
    }
    assert [one.changes.get("level") for one in file.history.items] == [["B", "A"], [None, "B"]]

    paper = customer_file_html(file, "zh-CN", zone=OFFICE, company="蘅舟办公软件")
    for told in (
        "林晓",
        "价格谈定",
        "质保期要两年",
        "一期合同",
        "待审批",
        "4,260.00 CNY",
        "(已离职)",
        "Sales Manager 打印于",
    ):
        assert told in paper, told
