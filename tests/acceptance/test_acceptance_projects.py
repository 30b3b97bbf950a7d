"""A big deal from the first visit to the signature, in the words of the people who make it."""

from typing import Any

import pytest
from sqlalchemy import Engine

from oa_crm.errors import Forbidden, GatesClosed, IllegalState, InvalidInput
from oa_crm.schemas import PipelineOut, ProjectOut
from oa_crm.testing import CrmKit, Kit

STAGES = [
    {"key": "contacted", "labels": {"zh": "初步接触"}, "win_rate": 10, "max_days": 30},
    {"key": "demonstrated", "labels": {"zh": "方案演示"}, "win_rate": 30, "gates": {"ways": ["demo"]}},
    {
        "key": "quoted",
        "labels": {"zh": "正式报价"},
        "win_rate": 60,
        "gates": {"fields": ["expected", "expected_close_on", "decision_maker"], "approval": True},
    },
]


def _pipeline_of_sales(kit: Kit) -> PipelineOut:
    """The administrator writes down how the sales department sells to large customers."""
    data = {"name": "key_accounts", "labels": {"zh": "大客户直销"}, "departments": ["sales"], "stages": STAGES}
    with kit.unit("admin") as unit:
        return unit.pipelines.define(data)


def _begun(kit: Kit) -> ProjectOut:
    with kit.unit("seller") as unit:
        customer = unit.customers.create({"name": "云帆智能科技(杭州)有限公司", "level": "A"})
        return unit.projects.create({"customer_id": customer.id, "name": "智能仓储一期"})


def _move(kit: Kit, project: ProjectOut, to: str, by: str = "seller", **more: Any) -> ProjectOut:
    with kit.unit(by) as unit:
        version = unit.projects.get(project.id).version
        return unit.projects.move(project.id, {"to": to, "expected_version": version, **more})


def test_a_deal_goes_by_the_pipeline_of_its_department_from_first_visit_to_quotation(
    crm_kit: CrmKit, database: Engine
) -> None:
    kit = crm_kit(database=database)
    pipeline, project = _pipeline_of_sales(kit), _begun(kit)
    assert (project.pipeline_id, project.stage) == (pipeline.id, "contacted")
    # Nobody quotes whom he has not shown anything: all that is missing is told at once.
    with pytest.raises(GatesClosed) as closed:
        _move(kit, project, "quoted")
    missing = ["follow_up", "expected", "expected_close_on", "decision_maker", "approval"]
    assert [one.field for one in closed.value.problems] == missing
    with kit.unit("seller") as unit:
        talk = {"customer_id": project.customer_id, "project_id": project.id, "way": "demo"}
        unit.followups.log({**talk, "outcome": "演示顺利,总经理要求报价", "key_issue": "与现有系统的接口"})
        unit.projects.update(
            project.id, {"expected_version": 1, "expected": "860000.00", "expected_close_on": "2026-06-30"}
        )
        # Who decides there, and whom he listens to.
        chief = unit.contacts.create({"customer_id": project.customer_id, "name": "林晓", "role": "decision_maker"})
        user = unit.contacts.create({"customer_id": project.customer_id, "name": "周敏", "role": "user"})
        chain = [
            {"contact_id": user.id, "role": "user", "attitude": "supports", "influence": 2},
            {"contact_id": chief.id, "role": "decision_maker", "attitude": "neutral", "influence": 5},
        ]
        unit.projects.set_chain(project.id, {"links": chain, "expected_version": 2})
        asked = unit.projects.ask_entry(project.id, {"to": "quoted", "reason": "客户要在月底前收到报价"})
    # A quotation goes out with the manager's word, never with the salesperson's own.
    with kit.unit("seller") as unit, pytest.raises(Forbidden):
        unit.projects.grant_entry(asked.id)
    with kit.unit("manager") as unit:
        assert [one.reason for one in unit.projects.entries(state="requested").items] == ["客户要在月底前收到报价"]
        unit.projects.grant_entry(asked.id, comment="折扣不超过九折")
    assert _move(kit, project, "quoted").stage == "quoted"
    # The customer wants to see more first. Going back needs a reason, and the next quotation the manager's word again.
    with pytest.raises(InvalidInput):
        _move(kit, project, "demonstrated")
    _move(kit, project, "demonstrated", reason="客户增加了接口需求,要再演示")
    with pytest.raises(GatesClosed):
        _move(kit, project, "quoted")
    with kit.unit("manager") as unit:
        history = [(one.after, one.reason) for one in unit.projects.stages(project.id)]
        assert history == [("contacted", None), ("quoted", None), ("demonstrated", "客户增加了接口需求,要再演示")]
    kit.relay.drain()
    assert kit.recorder.hooks.count("on_stage_entry_requested") == 1
    assert kit.recorder.hooks.count("on_stage_entry_decided") == 1


def test_what_was_promised_for_the_quarter_is_compared_with_what_became_of_it(
    crm_kit: CrmKit, database: Engine
) -> None:
    kit = crm_kit(database=database)
    _pipeline_of_sales(kit)
    project = _begun(kit)
    with kit.unit("seller") as unit:
        plan = {"expected_version": 1, "expected": "860000.00", "expected_close_on": "2026-06-30"}
        unit.projects.update(project.id, plan)
        for name, amount in (("设备升级", "100000.00"), ("年度维护", "40000.00")):
            other = {"customer_id": project.customer_id, "name": name, "expected": amount}
            unit.projects.create({**other, "expected_close_on": "2026-05-31"})
    with kit.unit("seller") as unit, pytest.raises(Forbidden):
        unit.forecasts.freeze({"name": "二季度"})
    with kit.unit("manager") as unit:
        period = {"closes_from": "2026-04-01", "closes_to": "2026-06-30"}
        promised = unit.forecasts.freeze({"name": "二季度", **period})
        (sum,) = unit.forecasts.read(promised.id)
    assert (promised.projects, str(sum.expected), str(sum.weighted)) == (3, "1,000,000.00 CNY", "100,000.00 CNY")
    # The signature slips into the next quarter; it is told how often and how far.
    with kit.unit("seller") as unit:
        unit.projects.update(project.id, {"expected_version": 2, "expected_close_on": "2026-08-15"})
        slips = unit.projects.slips(project.id)
    assert [one.days for one in slips] == [None, 46]
    with kit.unit("manager") as unit:
        (change,) = unit.forecasts.compare(promised.id)
        assert (change.before, change.after) == (sum, unit.forecasts.show(period)[0])
        assert str(change.weighted) == "-86,000.00 CNY"
        (still,) = unit.forecasts.read(promised.id)
    assert still == sum, "what was promised stays what it was"


def test_a_deal_that_was_lost_is_won_after_all(crm_kit: CrmKit, database: Engine) -> None:
    kit = crm_kit(database=database)
    _pipeline_of_sales(kit)
    project = _begun(kit)
    with pytest.raises(InvalidInput):
        _move(kit, project, "lost")
    lost = _move(kit, project, "lost", because="price", reason="对手低两成")
    assert (lost.state, lost.end_reason) == ("lost", "price")
    # The competitor does not deliver. The manager lets it go on where it stood.
    kit.clock.advance(days=40)
    again = {"expected_version": lost.version, "reason": "对手无法按期交付,客户回头"}
    with kit.unit("seller") as unit, pytest.raises(Forbidden):
        unit.projects.reopen(project.id, again)
    with kit.unit("manager") as unit:
        opened = unit.projects.reopen(project.id, again)
        assert (opened.state, opened.stage, opened.end_reason) == ("open", "contacted", None)
        assert opened.stalls_at is not None
    # The contract is approved, and with it the deal is won: nobody opens it again.
    contract = kit.given.approved_contract(kit.given.contract(opened, amount="860000.00"))
    assert contract.state == "approved"
    with kit.unit("manager") as unit:
        won = unit.projects.get(project.id)
        assert won.state == "won"
        with pytest.raises(IllegalState):
            unit.projects.reopen(project.id, {"expected_version": won.version, "reason": "再谈一次"})
        told = [(one.before, one.after, one.because) for one in unit.projects.stages(project.id)]
    assert told == [
        (None, "contacted", None), ("contacted", "lost", "price"),
        ("lost", "contacted", None), ("contacted", "won", None),
    ]  # fmt: skip
    kit.relay.drain()
    assert kit.recorder.hooks.count("on_project_reopened") == 1
