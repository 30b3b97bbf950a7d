"""Half a year of two customers, in the words of the people who work them."""

from datetime import date

from sqlalchemy import Engine

from oa_crm import Actor
from oa_crm.hooks.payloads import CustomerRecycled, ProtectionWarned
from oa_crm.testing import CrmKit

SYSTEM = Actor.system()


def test_who_works_keeps_and_who_only_writes_notes_loses(crm_kit: CrmKit, database: Engine) -> None:
    kit = crm_kit(database=database)
    busy, idle = kit.given.customer(name="云帆智能科技有限公司"), kit.given.customer(name="长风物流有限公司")
    with kit.crm.begin(kit.scope("seller", locale="zh-CN")) as unit:
        told = unit.pool.explain(idle.id)
        assert told.text == "按规则“default”保护至 2026-08-29 当日结束:自 2026-03-02 起 180 天无实质进展"
        assert {"visit", "stage_forward", "contract", "extension"} <= set(told.extended_by)
    # The one is visited. The other is written about, and its "visit" was none, as the manager finds out.
    for days in range(1, 180):
        kit.clock.advance(days=1)
        if days == 100:
            kit.given.follow_up(busy, way="visit", outcome="看过样机")
            kit.given.follow_up(idle, way="phone", outcome="无人接听")
            sham = kit.given.follow_up(idle, way="visit", outcome="已拜访")
        if days == 120:
            with kit.unit("manager") as unit:
                unit.pool.strike(sham.id, reason="当天在公司开会")
                assert unit.followups.history(idle.id).items[0].outcome == "已拜访", "what was said stays as it was"
        kit.crm.pool.sweep(kit.scope(SYSTEM))
    kit.relay.drain()
    assert [(one.days, one.manager_id) for one in kit.recorder.of(ProtectionWarned)] == [(14, None), (7, None)]
    # On the last day but one he asks for more; the manager gives him ten days.
    with kit.unit("seller") as unit:
        asked = unit.pool.extend({"customer_id": idle.id, "days": 10, "reason": "客户下周开标"})
    with kit.unit("manager") as unit:
        granted = unit.pool.grant_extension(asked.id, comment="最后一次")
        assert unit.pool.explain(idle.id).last_day == date(2026, 9, 8)
        assert granted.state == "granted"
    with kit.unit("manager") as unit:
        foreseen = unit.pool.preview(on=date(2026, 9, 8)).items
        assert [(one.name, one.owner_id) for one in foreseen] == [("长风物流有限公司", "seller")]
    for _ in range(12):
        kit.clock.advance(days=1)
        kit.crm.pool.sweep(kit.scope(SYSTEM))
    kit.relay.drain()
    (lost,) = kit.recorder.of(CustomerRecycled)
    assert (lost.name, lost.former_owner_id, lost.rule) == ("长风物流有限公司", "seller", "default")
    assert [one.manager_id for one in kit.recorder.of(ProtectionWarned)][-1] == "manager"
    with kit.unit("seller") as unit:
        assert [one.name for one in unit.customers.find().items] == ["云帆智能科技有限公司"]


def test_a_company_tries_a_rule_before_it_holds(crm_kit: CrmKit, database: Engine) -> None:
    kit = crm_kit(database=database)
    key, other = kit.given.customer(name="碧海食品有限公司", level="A"), kit.given.customer(name="金石建材有限公司")
    kit.clock.advance(days=60)
    rule = {"name": "两月无跟进", "when": {"what": "no_follow_up", "days": 40, "working": True}}
    with kit.unit("admin") as unit:
        trial = unit.pool.try_rule(rule)
        assert [(one.owner_id, one.now, one.then) for one in trial.owners] == [("seller", 0, 2)]
        sparing = {"name": "重点客户", "levels": ["A"], "when": {"what": "never"}}
        rules = {"rules": [sparing, rule], "calendar": {"off": ["2026-05-01"], "on": ["2026-04-11"]}}
        unit.pool.set_protection({"rules": rules, "expected_version": 0})
        assert unit.pool.explain(key.id).protected_until is None
        assert unit.pool.explain(other.id).last_day == date(2026, 4, 24)
    for _ in range(8):
        assert kit.crm.pool.sweep(kit.scope(SYSTEM)).recycled == 0, "it is a month late, and still he is warned first"
        kit.clock.advance(days=1)
    assert kit.crm.pool.sweep(kit.scope(SYSTEM)).recycled == 1
