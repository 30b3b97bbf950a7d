"""销售跟进:说过什么、答应了什么、什么时候再去。 Follow-ups, in the words of those who sell."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from oa_crm import Actor, hookimpl
from oa_crm.errors import Forbidden, NotFound
from oa_crm.hooks import Message
from oa_crm.hooks.payloads import CustomerNeglected, FollowUpCommented, FollowUpOverdue
from oa_crm.testing import CrmKit


def test_a_visit_leads_to_a_promise_that_is_kept_in_time(crm_kit: CrmKit, database: Engine) -> None:
    """拜访云帆,记下在场的人和卡点,约好三天后送报价;逾期了经理也知道,最后办成。"""
    kit = crm_kit(database=database)
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


def test_words_once_said_stay_and_are_put_right_beside(crm_kit: CrmKit, database: Engine) -> None:
    """记错了预算,不许改原话,只能补充更正;经理点评,提到谁谁就知道,看不到客户的人不会被通知。"""
    kit = crm_kit(database=database)
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
    crm_kit: CrmKit, database: Engine, tmp_path: Path
) -> None:
    """旧系统十年的跟进记录导入:谁记的还是谁记的,时间还是当时的时间;久未跟进的客户提醒到人。"""
    kit = crm_kit(database=database)
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


class Phone:
    """宿主系统的消息通道:谁收到了什么主题。"""

    name = "phone"

    def __init__(self) -> None:
        self.rung: list[tuple[str, str]] = []

    @hookimpl
    def provide_notifier(self) -> "Phone":
        return self

    def notify(self, message: Message, *, key: str) -> None:
        self.rung.append((message.to, message.topic))


def test_a_planned_visit_ends_with_the_manager_who_clears_what_stands_in_the_way(
    crm_kit: CrmKit, database: Engine
) -> None:
    """先定计划,拜访后记录;补充更正;点评提到经理;卡点记为关键问题,自己解决不了就上报经理;经理催办、解决,全程留痕。"""
    phone = Phone()
    kit = crm_kit(phone, database=database)
    yunfan = kit.given.customer(name="云帆智能科技(杭州)有限公司")

    def heard() -> list[tuple[str, str]]:
        kit.relay.drain()
        rung, phone.rung = phone.rung, []
        return [one for one in rung if one[0] in ("seller", "manager")]

    with kit.unit("manager") as unit:
        due = kit.clock.now() + timedelta(days=2)
        visit = {"customer_id": yunfan.id, "way": "visit", "purpose": "谈交付期", "due_at": due}
        plan = unit.plans.plan({**visit, "assignee_id": "seller"})
    assert heard() == [("seller", "plan_planned")]
    kit.clock.advance(days=2)
    kit.crm.reminders.run(kit.scope(Actor.system()))
    assert heard() == [("seller", "follow_up_due")]

    with kit.unit() as unit:
        said = unit.followups.log(
            {"customer_id": yunfan.id, "way": "visit", "outcome": "客户要 30 天交付", "plan_id": plan.id}
        )
        assert unit.plans.get(plan.id).follow_up_id == said.id
        unit.followups.add_to(said.id, "更正:是 45 天")
        unit.followups.comment(said.id, {"words": "@经理 我们做得到吗?", "mentions": ["manager"]})
        about = {"customer_id": yunfan.id, "follow_up_id": said.id, "words": "45 天内交付"}
        issue = unit.issues.open({**about, "weight": 2, "assignee_id": "seller", "due_on": "2026-03-20"})
    assert heard() == [("manager", "follow_up_mentioned")]

    with kit.unit() as unit:
        up = {"assignee_id": "manager", "weight": 3, "expected_version": issue.version}
        issue = unit.issues.update(issue.id, up)
        unit.issues.comment(issue.id, {"words": "生产排不开,请经理协调", "follow_up_id": said.id})
    assert heard() == [("manager", "issue_changed")]

    with kit.unit("manager") as unit:
        (open_one,) = unit.issues.find({"assignee_id": "manager", "state": "open"}).items
        assert (open_one.id, open_one.weight) == (issue.id, 3)
        how = {"state": "resolved", "words": "加一条产线", "expected_version": open_one.version}
        unit.issues.close(issue.id, how)
        assert [one.words for one in unit.issues.notes(issue.id).items] == ["加一条产线", "生产排不开,请经理协调"]
    with kit.unit("manager") as unit:
        story = {one.what for one in unit.timeline.of_customer(yunfan.id).items}
    assert story >= {
        "plans.plan", "follow_up.logged", "followups.add_to", "followups.comment", "issues.open", "issues.update",
        "issues.comment", "issues.close",
    }  # fmt: skip


def test_whoever_takes_a_customer_over_takes_over_what_was_planned(crm_kit: CrmKit, database: Engine) -> None:
    """客户转给同事,约好的拜访也归他;放回公海,计划取消,再没有人被提醒。"""
    phone = Phone()
    kit = crm_kit(phone, database=database)
    yunfan = kit.given.customer(name="云帆智能科技(杭州)有限公司")
    with kit.unit() as unit:
        due = kit.clock.now() + timedelta(days=3)
        visit = {"customer_id": yunfan.id, "way": "visit", "purpose": "送样机", "due_at": due}
        plan = unit.plans.plan(visit)
    with kit.unit("manager") as unit:
        unit.pool.transfer(yunfan.id, "colleague", expected_version=1, reason="张伟调岗")
    with kit.unit("colleague") as unit:
        assert [one.id for one in unit.plans.agenda().items] == [plan.id]
        version = unit.customers.get(yunfan.id).version
        unit.pool.release(yunfan.id, expected_version=version, reason="没有需求")
    kit.relay.drain()
    phone.rung.clear()
    kit.clock.advance(days=4)
    kit.crm.reminders.run(kit.scope(Actor.system()))
    kit.relay.drain()
    assert phone.rung == []
    with kit.unit("manager") as unit:
        ended = unit.plans.get(plan.id)
        assert (ended.state, ended.ended_because) == ("cancelled", "customer released")
