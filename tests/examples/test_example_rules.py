"""What the host allows: posts and reaches, closed periods, legal holds, its own numbers and categories."""

from datetime import date, timedelta

import pytest
from examples.host_app.app import HostApp
from examples.host_app.numbering import Numbering
from examples.host_app.tables import Activity
from sqlalchemy import select

from oa_crm.errors import Forbidden, NotFound, Vetoed
from tests.examples import given


def _codes(refused: Vetoed) -> list[tuple[str, str]]:
    return [(plugin, objection.code) for plugin, objection in refused.objections]


def test_an_expense_of_a_closed_month_is_refused(host: HostApp) -> None:
    project = given.project(host)
    old = {"project_id": project.id, "category": "travel", "amount": "10.00"}
    with host.crm.begin(host.as_(given.SALESMAN)) as unit, pytest.raises(Vetoed) as refused:
        unit.expenses.book({**old, "occurred_on": given.TODAY - timedelta(days=100)})
    assert _codes(refused.value) == [("oa_finance_rules", "period_closed")]


def test_a_reversal_into_a_closed_month_is_refused(host: HostApp) -> None:
    booked = given.expense(host, given.project(host).id)
    backdated = {"reason": "误报", "occurred_on": given.TODAY - timedelta(days=100)}
    with host.crm.begin(host.as_(given.FINANCE)) as unit, pytest.raises(Vetoed) as refused:
        unit.expenses.reverse(booked.id, backdated)
    assert _codes(refused.value) == [("oa_finance_rules", "period_closed")]


@pytest.mark.parametrize(("amount", "passes"), [("1999999.99", True), ("2000000.00", False)])
def test_a_contract_beyond_the_managers_power_goes_to_the_board_first(host: HostApp, amount: str, passes: bool) -> None:
    project = given.project(host)
    if passes:
        given.contract(host, project.id, amount)
        return
    with pytest.raises(Vetoed) as refused:
        given.contract(host, project.id, amount)
    assert _codes(refused.value) == [("oa_finance_rules", "board_decides")]


def test_a_name_on_legal_hold_does_not_go_on_file(host: HostApp) -> None:
    with pytest.raises(Vetoed) as refused:
        given.customer(host, "赤霄环宇控股有限公司")
    assert _codes(refused.value) == [("oa_finance_rules", "legal_hold")]


def test_a_key_account_is_assigned_and_not_claimed(host: HostApp) -> None:
    customer = given.customer(host, "星河数据(北京)有限公司", level="A")
    with host.crm.begin(host.as_(given.SALESMAN)) as unit:
        unit.pool.release(customer.id, expected_version=customer.version, reason="换组")
    with host.crm.begin(host.as_(given.SALESMAN)) as unit, pytest.raises(Vetoed) as refused:
        unit.pool.claim(customer.id)
    assert _codes(refused.value) == [("oa_finance_rules", "key_account")]


def test_the_hosts_own_expense_category_is_posted_to_its_own_account(host: HostApp) -> None:
    booked = given.expense(host, given.project(host).id, "16800.00", "exhibition")
    host.crm.relay.drain()
    (posting,) = host.ledger.postings("hengzhou", [booked.id])
    assert posting.amount == booked.amount


@pytest.mark.parametrize(("level", "sees"), [("A", True), ("B", False)])
def test_the_other_departments_manager_sees_key_accounts_only(host: HostApp, level: str, sees: bool) -> None:
    made = given.customer(host, level=level)
    with host.crm.begin(host.as_("xu.bo"), read_only=True) as unit:
        if sees:
            assert unit.customers.get(made.id) == made
        else:
            with pytest.raises(NotFound):
                unit.customers.get(made.id)


def test_hr_reads_contracts_and_no_customers(host: HostApp) -> None:
    project = given.project(host)
    drawn = given.contract(host, project.id)
    with host.crm.begin(host.as_("gao.fei"), read_only=True) as unit:
        assert unit.contracts.get(drawn.id).number == drawn.number
        with pytest.raises(NotFound):
            unit.customers.get(project.customer_id)


def test_a_salesperson_settles_nothing(host: HostApp) -> None:
    project = given.project(host)
    with host.crm.begin(host.as_(given.SALESMAN)) as unit, pytest.raises(Forbidden):
        unit.settlements.settle(project.id)


def test_contract_numbers_begin_anew_each_month() -> None:
    format_ = Numbering().number_format("hengzhou", "contract", date(2026, 3, 9))
    assert (format_.series, format_.prefix, format_.width) == ("contract-202603", "HZ-XS-202603-", 3)


def test_finance_sees_a_mask_of_a_telephone_number(host: HostApp) -> None:
    made = given.customer(host, phone="138 1234 5678")
    with host.crm.begin(host.as_(given.FINANCE), read_only=True) as unit:
        assert unit.customers.get(made.id).phone == "138****5678"
    with host.crm.begin(host.as_(given.MANAGER), read_only=True) as unit:
        assert unit.customers.get(made.id).phone == "+8613812345678"


def test_the_platforms_news_forgets_a_person_with_the_crm(host: HostApp) -> None:
    made = given.customer(host, "林晓峰", kind="person")
    host.crm.relay.drain()
    with host.crm.begin(host.as_system()) as unit:
        unit.privacy.erase({"kind": "customer", "thing_id": made.id, "reason": "来函 2026-17"})
    host.crm.relay.drain()
    with host.engine.connect() as connection:
        lines = list(connection.scalars(select(Activity.text).order_by(Activity.id)))
    assert "林晓峰" not in str(lines)
    assert "(个人信息已删除)" in lines
