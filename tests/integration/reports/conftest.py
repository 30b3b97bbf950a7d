"""A customer's file to print: one of a real sale, on SQLite, since the subject is the paper."""

from datetime import UTC, date, datetime

import pytest

from oa_crm.schemas import CustomerFileOut
from oa_crm.testing import CrmKit, Kit


@pytest.fixture
def kit(crm_kit: CrmKit) -> Kit:
    return crm_kit()


@pytest.fixture
def file(kit: Kit) -> CustomerFileOut:
    """As the sales manager reads it."""
    facts = {"name": "云帆智能科技(杭州)有限公司", "level": "A", "industry": "软件", "region": "330106"}
    customer = kit.given.customer(**facts, invoice={"bank_account": "5719 0000"})
    kit.given.contact(
        customer, name="林晓", title="采购总监", role="decision_maker", mobile="13800138000", primary=True
    )
    project = kit.given.project(customer, name="ERP 一期", expected="500000.00", expected_close_on=date(2026, 6, 30))
    talk = {"way": "visit", "outcome": "参观车间\n总经理在场", "key_issue": "预算未批"}
    kit.given.follow_up(customer, project_id=project.id, happened_at=datetime(2026, 1, 3, 2, tzinfo=UTC), **talk)
    kit.given.approved_contract(kit.given.contract(project, title="ERP 合同", amount="480000.00"))
    kit.given.submitted_contract(kit.given.contract(project, title="补充协议", amount="20000.00"))
    kit.given.reversed_expense(kit.given.expense(project, category="gifts", amount="300.00"))
    kit.given.file(customer, name="名片.txt")
    with kit.unit("manager", read_only=True) as unit:
        return unit.customers.file(customer.id)
