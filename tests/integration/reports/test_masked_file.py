"""The printed file of somebody who may not see amounts and phones: it is printed, and does not tell them."""

import pytest
from sqlalchemy import Engine
from tests.integration.privacy.ruling import dim_everything

from oa_crm.reports import customer_file_html
from oa_crm.testing import CrmKit


@pytest.mark.parametrize("sight", ["masked", "hidden"])
def test_a_file_is_printed_for_who_sees_no_amounts(sqlite: Engine, crm_kit: CrmKit, sight: str) -> None:
    kit = crm_kit(database=sqlite)
    customer = kit.given.customer(phone="0571-88880000")
    kit.given.approved_contract(kit.given.contract(kit.given.project(customer), amount="98765.43"))
    with kit.unit("manager", read_only=True) as unit:
        page = customer_file_html(unit.customers.file(customer.id), locale="zh-CN")
        assert "98,765.43" in page
        assert "88880000" in page
    dim_everything(kit, sight)
    with kit.unit("manager", read_only=True) as unit:
        page = customer_file_html(unit.customers.file(customer.id), locale="zh-CN")
    assert "98,765.43" not in page
    assert "88880000" not in page
    with kit.unit("admin") as unit:
        looked = [one for one in unit.privacy.looks({"kind": "customer"}).items if one.thing_id == customer.id]
    assert looked
