"""销售跟进:说过什么、答应了什么、什么时候再去。 Follow-ups, in the words of those who sell."""

from datetime import timedelta
from pathlib import Path

import pytest

from oa_crm import Actor
from oa_crm.errors import Forbidden, NotFound
from oa_crm.hooks.payloads import CustomerNeglected, FollowUpCommented, FollowUpOverdue
from oa_crm.testing import CrmKit


def test_a_visit_leads_to_a_promise_that_is_kept_in_time(crm_kit: CrmKit, database_url: str) -> None:
    """拜访云帆,记下在场的人和卡点,约好三天后送报价;逾期了经理也知道,最后办成。"""
    kit = crm_kit(database=database_url)
    yunfan = kit.given.customer(name="云帆智能科技(杭州)有限公司")
    lin = kit.given.contact(yunfan, name="林晓", role="decision_maker")
    with kit.unit() as unit:
        visit = unit.followups.log(
            {"customer_id": yunfan.id, "way": "visit", "outcome": "看了演示,预算 50 万", "result": "interested",
             "met": [lin.id], "members": ["manager"], "place": "西溪园区 3 号楼"}
        )  # fmt: skip
        issue = unit.issues.open(
            {"customer_id": yunfan.id, "follow_up_id": visit.id, "words": "交付期要 60 天以内", "weight": 3}
        )
        unit.needs.open({"customer_id": yunfan.id, "words": "与金蝶对接", "product_line": "MES"})
        due = kit.clock.now() + timedelta(days=3)
        promise = unit.plans.plan({"customer_id": yunfan.id, "way": "visit", "purpose": "送报价", "due_at": due})
        assert unit.customers.get(yunfan.id).next_contact_on == promise.due_on
    kit.clock.advance(days=6)
    told = kit.crm.reminders.run(kit.scope(Actor.system()))
    assert (told.due, told.overdue) == (0, 1)
    kit.relay.drain()
    (late,) = kit.recorder.of(FollowUpOverdue)
    assert (late.member_id, late.manager_id, late.days) == ("seller", "manager", 3)
    with kit.unit() as unit:
        quoted = unit.followups.log(
            {"customer_id": yunfan.id, "way": "visit", "outcome": "报价已送,45 天交付", "plan_id": promise.id}
        )
        how = {"state": "resolved", "words": "改为 45 天", "follow_up_id": quoted.id, "expected_version": 1}
        unit.issues.close(issue.id, how)
        assert unit.plans.agenda().items == ()
        assert unit.issues.find({"customer_id": yunfan.id, "state": "open"}).items == ()
        assert [one.words for one in unit.needs.find({"customer_id": yunfan.id}).items] == ["与金蝶对接"]


def test_words_once_said_stay_and_are_put_right_beside(crm_kit: CrmKit, database_url: str) -> None:
    """记错了预算,不许改原话,只能补充更正;经理点评,提到谁谁就知道,看不到客户的人不会被通知。"""
    kit = crm_kit(database=database_url)
    yunfan = kit.given.customer(name="云帆智能科技(杭州)有限公司")
    said = kit.given.follow_up(yunfan, outcome="预算 50 万")
    with kit.unit() as unit:
        unit.followups.add_to(said.id, "听错了,预算是 60 万")
    with kit.unit("manager") as unit:
        note = unit.followups.comment(said.id, {"words": "尽快报价", "mentions": ["seller", "colleague"]})
        (shown,) = unit.customers.file(yunfan.id).follow_ups.items
    assert (shown.outcome, [one.words for one in shown.addenda]) == ("预算 50 万", ["听错了,预算是 60 万"])
    assert note.reached == ("seller",)
    kit.relay.drain()
    heard = [(one.what, one.mentioned) for one in kit.recorder.of(FollowUpCommented)]
    assert heard == [("addendum", ()), ("comment", ("seller",))]
    with kit.unit("chief") as unit, pytest.raises(Forbidden):
        unit.followups.add_to(said.id, "我来改")
    with kit.unit("colleague") as unit, pytest.raises(NotFound):
        unit.followups.comment(said.id, {"words": "我看看"})


def test_ten_years_of_history_come_with_their_authors_and_ring_no_bell(
    crm_kit: CrmKit, database_url: str, tmp_path: Path
) -> None:
    """旧系统十年的跟进记录导入:谁记的还是谁记的,时间还是当时的时间;久未跟进的客户提醒到人。"""
    kit = crm_kit(database=database_url)
    yunfan = kit.given.customer(name="云帆智能科技(杭州)有限公司")
    kit.crm.reminders.run(kit.scope(Actor.system()))
    path = tmp_path / "旧系统.csv"
    path.write_text(
        "客户名称,跟进时间,跟进人,跟进方式,跟进内容\n"
        "云帆智能科技(杭州)有限公司,2016/3/5,seller,拜访,第一次见面\n"
        "云帆智能科技(杭州)有限公司,2019-08-12 10:00,colleague,电话,续约\n",
        encoding="utf-8",
    )
    job = kit.crm.exchange.import_follow_ups(kit.scope("manager"), path)
    assert (job.created, job.failed) == (2, 0)
    with kit.unit(read_only=True) as unit:
        told = [(one.created_by, one.happened_at.year, one.way) for one in unit.followups.find().items]
    assert told == [("colleague", 2019, "phone"), ("seller", 2016, "visit")]
    kit.clock.advance(days=7)
    assert kit.crm.reminders.run(kit.scope(Actor.system())).neglected == 1
    kit.relay.drain()
    (forgotten,) = kit.recorder.of(CustomerNeglected)
    assert (forgotten.name, forgotten.days, forgotten.owner_id) == (yunfan.name, 7, "seller")
