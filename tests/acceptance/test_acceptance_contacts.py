"""客户联系人:谁拍板、谁把关,人走了记录还在。 People at a customer, in the words of those who sell to them."""

import pytest
from sqlalchemy import Engine

from oa_crm.errors import DuplicateContact, NotFound
from oa_crm.hooks.payloads import ContactLeft
from oa_crm.testing import CrmKit


def test_a_decision_maker_changes_his_employer(crm_kit: CrmKit, database: Engine) -> None:
    """林晓是云帆的采购总监,年后去了长风做副总:云帆留下记录,长风有了熟人。"""
    kit = crm_kit(database=database)
    yunfan = kit.given.customer(name="云帆智能科技(杭州)有限公司")
    changfeng = kit.given.customer(name="长风物流有限公司")
    with kit.unit() as unit:
        lin = unit.contacts.create(
            {"customer_id": yunfan.id, "name": "林晓", "mobile": "13800138000", "title": "采购总监",
             "role": "decision_maker", "started_on": "2022-06-01", "primary": True}
        )  # fmt: skip
        unit.contacts.create({"customer_id": yunfan.id, "name": "周航", "role": "gatekeeper", "reports_to": lin.id})
    with kit.unit() as unit:
        unit.contacts.move(lin.id, {"customer_id": changfeng.id, "title": "副总经理", "role": "influencer"})
    with kit.unit(read_only=True) as unit:
        at_changfeng, at_yunfan = unit.contacts.get(lin.id).posts
        assert (at_changfeng.title, at_changfeng.status) == ("副总经理", "active")
        assert (at_yunfan.title, at_yunfan.status, at_yunfan.ended_on) == ("采购总监", "left", kit.clock.now().date())
        deciders = unit.contacts.find({"customer_id": yunfan.id, "role": "decision_maker", "status": "active"})
        assert deciders.items == (), "云帆现在没有决策人了"
        assert [one.name for one in unit.contacts.reporting(yunfan.id)] == ["周航"]
    kit.relay.drain()
    assert [event.customer_id for event in kit.recorder.of(ContactLeft)] == [yunfan.id]


def test_a_colleague_neither_sees_nor_doubles_the_people_of_a_customer(crm_kit: CrmKit, database: Engine) -> None:
    """同事看不到我客户的联系人;经理重复录入时会被提醒。"""
    kit = crm_kit(database=database)
    yunfan = kit.given.customer(name="云帆智能科技(杭州)有限公司")
    lin = kit.given.contact(yunfan, name="林晓", mobile="13800138000")
    with kit.unit("colleague", read_only=True) as unit:
        assert unit.contacts.find({"phone": "138 0013 8000"}).items == ()
        with pytest.raises(NotFound):
            unit.contacts.get(lin.id)
    with kit.unit("manager") as unit, pytest.raises(DuplicateContact) as told:
        unit.contacts.create({"customer_id": yunfan.id, "name": "林经理", "phones": ["+86 138 0013 8000"]})
    assert told.value.text("zh-CN") == "“林经理”疑似该客户已登记的联系人:林晓;如确需新增请填写原因"
