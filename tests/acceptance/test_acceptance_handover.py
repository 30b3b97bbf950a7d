"""The story of feature 4: somebody leaves, and nothing falls through. In business words."""

from dataclasses import replace

from sqlalchemy import Engine

from oa_crm.hooks.payloads import HandoverAcknowledged, HandoverDue
from oa_crm.testing import CrmKit


def test_whoever_takes_over_a_leavers_customers_sees_everything(crm_kit: CrmKit, database: Engine) -> None:
    kit = crm_kit(database=database)
    with kit.unit("seller") as unit:
        paper = unit.customers.create({"name": "青山造纸有限公司", "region": "330106", "level": "A"})
        food = unit.customers.create({"name": "碧海食品有限公司", "region": "440300", "level": "B"})
        unit.contacts.create({"customer_id": paper.id, "name": "林晓", "role": "decision_maker"})
        project = unit.projects.create({"customer_id": paper.id, "name": "仓库管理系统一期"})
        unit.projects.move(project.id, {"to": "proposal", "expected_version": 1})
        unit.followups.log({"customer_id": paper.id, "way": "visit", "outcome": "下周给报价", "key_issue": "预算未批"})
    # 小张离职
    kit.company.people["seller"] = replace(kit.company.people["seller"], active=False)
    with kit.unit("admin") as unit:
        unit.directory.sync()
    kit.relay.drain()
    (due,) = kit.recorder.of(HandoverDue)
    assert (due.superior_id, due.counts) == ("manager", {"customer": 2, "project": 1})
    # 经理按地区交接: 浙江的客户给同事, 其余进公海
    wanted = {"leaver_id": "seller", "rules": [{"regions": ["330000"], "to": ["colleague"]}], "reason": "张伟离职"}
    with kit.unit("manager") as unit:
        preview = unit.handover.preview(wanted)
        assert preview.conflicts == ()
        done = unit.handover.execute(wanted, fingerprint=preview.fingerprint)
    assert done.id == due.handover_id
    assert (done.receivers[0].counts, done.pooled) == ({"customer": 1, "project": 1}, {"customer": 1})
    # 接收人看到全部: 联系人, 商机, 每次沟通, 作者与阶段不变
    with kit.unit("colleague") as unit:
        file = unit.customers.file(paper.id)
        assert file.customer.owner_id == "colleague"
        (talk,) = unit.followups.history(paper.id).items
        assert (talk.outcome, talk.key_issue, talk.created_by) == ("下周给报价", "预算未批", "seller")
        assert unit.projects.get(project.id).stage == "proposal"
        assert unit.contacts.find({"customer_id": paper.id}).items[0].name == "林晓"
        assert [one.owner_id for one in unit.pool.history(paper.id).items] == ["colleague", "seller"]
        unit.handover.acknowledge(done.id, comment="已阅, 本周逐一拜访")
    with kit.unit("manager") as unit:
        assert unit.pool.find().items[0].name == food.name
        assert unit.handover.get(done.id).receivers[0].words == "已阅, 本周逐一拜访"
    kit.relay.drain()
    assert [one.member_id for one in kit.recorder.of(HandoverAcknowledged)] == ["colleague"]
