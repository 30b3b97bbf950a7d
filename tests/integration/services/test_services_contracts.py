"""Contracts and their approvals: drawn up, changed, submitted, taken back, decided; every opinion kept."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine
from tests.integration.services.acting import SYSTEM, count, decide, doing, invalid, refused
from tests.integration.services.plugins import Route

from oa_crm import Money
from oa_crm.hooks import NumberFormat, hookimpl
from oa_crm.hooks.payloads import (
    ApprovalRequested,
    ContractApproved,
    ContractEvent,
    ContractRejected,
    ContractWithdrawn,
    OpinionGiven,
)
from oa_crm.models import Contract, Opinion, Waiting
from oa_crm.schemas import ApprovalOut, ProjectOut
from oa_crm.testing import CrmKit, Kit

STEP = ("manager", "chief", "accountant")


def _get(kit: Kit, approval: ApprovalOut) -> str:
    return doing(kit, SYSTEM, lambda unit: unit.contracts.get(approval.thing_id)).state


def _draft(project: ProjectOut, title: str) -> dict[str, object]:
    return {"project_id": project.id, "title": title, "amount": "1"}


def _waiting(kit: Kit, member: str) -> list[ApprovalOut]:
    return list(doing(kit, member, lambda unit: unit.approvals.waiting()))


def test_numbers_are_without_gaps_also_after_failures(kit: Kit) -> None:
    project = kit.given.project()
    first = kit.given.contract(project)
    with kit.unit() as unit:
        with invalid("amount"):
            unit.contracts.create({"project_id": project.id, "title": "甲", "amount": "0"})
        second = unit.contracts.create(_draft(project, "乙"))
    with pytest.raises(ZeroDivisionError):
        doing(kit, "seller", lambda unit: unit.contracts.create(_draft(project, "丙")).amount.minor / 0)
    third = kit.given.contract(project)
    assert [one.number for one in (first, second, third)] == ["HT-2026-0001", "HT-2026-0002", "HT-2026-0003"]
    kit.clock.advance(days=365)
    assert kit.given.contract(project).number == "HT-2027-0001"


def test_companies_count_by_themselves(kit: Kit) -> None:
    kit.given.contract()
    doing(kit, SYSTEM, lambda unit: unit.directory.sync(), tenant="other")

    def sell(unit: object) -> str:
        customer = unit.customers.create({"name": "长风物流有限公司"})
        project = unit.projects.create({"customer_id": customer.id, "name": "WMS"})
        return unit.contracts.create({"project_id": project.id, "title": "甲", "amount": "1"}).number

    assert doing(kit, "seller", sell, tenant="other") == "HT-2026-0001"


class _Stuck:
    name = "stuck_numbering"

    @hookimpl
    def provide_numbering(self) -> "_Stuck":
        return self

    def number_format(self, tenant: str, kind: str, on: object) -> NumberFormat:
        # Two series with one prefix: the second contract of a year gets the number of the first.
        self.calls = getattr(self, "calls", 0) + 1
        return NumberFormat(series=f"s{self.calls}", prefix="X-", width=1)


def test_a_numbering_that_repeats_itself_is_told_so(database: Engine, crm_kit: CrmKit) -> None:
    kit = crm_kit(_Stuck(), database=database)
    assert kit.given.contract().number == "X-1"
    with refused("configuration") as caught:
        kit.given.contract()
    assert "X-1" in str(caught.value)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        "HT-0001",
        NumberFormat(series=""),
        NumberFormat(series="s" * 61),
        NumberFormat(series=None),
        NumberFormat(series="s", prefix=None),
        NumberFormat(series="s", prefix="p" * 40),
        NumberFormat(series="s", prefix="a\0"),
        NumberFormat(series="s", width=0),
        NumberFormat(series="s", width="4"),
        NumberFormat(series="s", width=10**9),
    ],
)
def test_a_numbering_that_cannot_be_kept_is_told_so(crm_kit: CrmKit, answer: Any) -> None:
    numbering = _Stuck()
    numbering.number_format = lambda tenant, kind, on: answer
    kit = crm_kit(numbering)
    with refused("configuration") as caught:
        kit.given.contract()
    assert "number_format" in str(caught.value)
    assert count(kit, Contract) == 0


def test_a_contract_is_in_its_projects_money(kit: Kit) -> None:
    project = kit.given.project(currency="JPY")
    contract = kit.given.contract(project, amount="1280")
    assert contract.amount == Money(1280, "JPY")
    assert (contract.state, contract.customer_id, contract.approved_at) == ("draft", project.customer_id, None)
    with invalid("amount"):
        kit.given.contract(project, amount="12.80")


def test_a_contract_is_drawn_up_on_an_open_or_won_project(kit: Kit) -> None:
    project = kit.given.project()
    kit.given.approved_contract(kit.given.contract(project))
    kit.given.contract(project)
    lost = kit.given.project()
    doing(
        kit, "seller", lambda unit: unit.projects.move(lost.id, {"to": "lost", "expected_version": 1, "reason": "价"})
    )
    with refused("illegal_state", kind="project", state="lost", allowed="open / won"):
        kit.given.contract(lost)


def test_a_draft_and_a_rejected_contract_may_be_changed(kit: Kit) -> None:
    contract = kit.given.contract()
    patch = {"expected_version": 1, "amount": "12.34", "title": "新标题"}
    changed = doing(kit, "seller", lambda unit: unit.contracts.update(contract.id, patch))
    assert (changed.amount, changed.title, changed.version) == (Money(1234, "CNY"), "新标题", 2)
    entry = doing(kit, "seller", lambda unit: unit.audit.of("contract", contract.id))[-1]
    assert entry.changes == {"title": ["A contract", "新标题"], "amount_minor": [1_000_000, 1234]}
    with refused("stale_version", expected=1, current=2):
        doing(kit, "seller", lambda unit: unit.contracts.update(contract.id, patch))
    approval = kit.given.submitted_contract(changed)
    with refused("illegal_state", state="in_approval", allowed="draft / rejected"):
        doing(kit, "seller", lambda unit: unit.contracts.update(contract.id, {**patch, "expected_version": 3}))
    decide(kit, approval, "manager", "reject", "太低")
    again = doing(
        kit, "seller", lambda unit: unit.contracts.update(contract.id, {"expected_version": 4, "amount": "15"})
    )
    assert (again.state, again.amount.minor) == ("rejected", 1500)


def test_what_is_submitted_is_what_was_seen(kit: Kit) -> None:
    contract = kit.given.contract(amount="98000.50")
    with refused("stale_version", current=1):
        doing(kit, "seller", lambda unit: unit.contracts.submit(contract.id, expected_version=2))
    approval = kit.given.submitted_contract(contract)
    assert (approval.state, approval.waiting_on, approval.requested_by) == ("waiting", ("manager",), "seller")
    assert approval.snapshot["amount"] == "98000.50"
    assert approval.snapshot["number"] == contract.number
    with refused("illegal_state", state="in_approval"):
        doing(kit, "seller", lambda unit: unit.contracts.submit(contract.id, expected_version=2))
    decide(kit, approval, "manager", "reject", "太低")
    again = doing(kit, "seller", lambda unit: unit.contracts.submit(contract.id, expected_version=3))
    assert again.id != approval.id
    assert again.snapshot_hash == approval.snapshot_hash, "the same contract has the same hash"


def test_in_turn_one_after_the_other(database: Engine, crm_kit: CrmKit) -> None:
    kit = crm_kit(Route("in_turn", *STEP), database=database)
    approval = kit.given.submitted_contract()
    for number, member in enumerate(STEP):
        assert approval.waiting_on == (member,)
        assert [one.id for one in _waiting(kit, member)] == [approval.id]
        for other in {*STEP} - {member}:
            assert not _waiting(kit, other)
        for other in STEP[number + 1 :]:
            with refused("forbidden", actor=other, action="decide"):
                decide(kit, approval, other)
        kit.clock.advance(minutes=5)
        approval = decide(kit, approval, member, words=f"{member} 同意\n第{number}条")
    assert (approval.state, approval.waiting_on, approval.decided_at) == ("approved", (), kit.clock.now())
    assert [one.words for one in approval.opinions] == [
        f"{name} 同意\n第{number}条" for number, name in enumerate(STEP)
    ]
    assert [one.given_at for one in approval.opinions] == sorted({one.given_at for one in approval.opinions})
    kit.relay.drain()
    assert [one.newly_asked for one in kit.recorder.of(OpinionGiven)] == [("chief",), ("accountant",), ()]


def test_all_must_agree_in_any_order(database: Engine, crm_kit: CrmKit) -> None:
    kit = crm_kit(Route("all", *STEP), database=database)
    approval = kit.given.submitted_contract()
    assert approval.waiting_on == STEP
    for member in reversed(STEP):
        assert _get(kit, approval) == "in_approval"
        approval = decide(kit, approval, member)
    assert (approval.state, _get(kit, approval)) == ("approved", "approved")
    assert count(kit, Waiting) == 0


def test_any_of_them_is_enough(database: Engine, crm_kit: CrmKit) -> None:
    kit = crm_kit(Route("any", *STEP), database=database)
    approval = decide(kit, kit.given.submitted_contract(), "chief")
    assert (approval.state, [one.member_id for one in approval.opinions]) == ("approved", ["chief"])
    assert not _waiting(kit, "manager")
    with refused("illegal_state", state="approved", allowed="waiting"):
        decide(kit, approval, "manager")


def test_an_approval_wins_the_project_and_tells(kit: Kit) -> None:
    project = kit.given.project()
    contract = kit.given.approved_contract(kit.given.contract(project))
    assert (contract.state, contract.approved_at) == ("approved", kit.clock.now())
    with kit.unit(read_only=True) as unit:
        assert (unit.projects.get(project.id).state, unit.projects.get(project.id).stage) == ("won", "won")
        assert unit.projects.stages(project.id)[-1].reason == "contract approved"
    kit.given.approved_contract(kit.given.contract(project))
    kit.relay.drain()
    events = [
        event for event in kit.recorder.events if isinstance(event, ContractEvent) and event.contract_id == contract.id
    ]
    assert [event.HOOK for event in events] == [
        "on_contract_submitted",
        "on_approval_requested",
        "on_opinion_given",
        "on_contract_approved",
    ]
    assert {(event.number, event.amount) for event in events} == {(contract.number, contract.amount)}
    assert kit.recorder.hooks.count("on_project_stage_changed") == 1, "a won project is not won again"


def test_a_rejection_needs_words_and_keeps_them_in_full(kit: Kit) -> None:
    approval = kit.given.submitted_contract()
    for words in (None, "   "):
        with invalid("words"):
            doing(
                kit,
                "manager",
                lambda unit, w=words: unit.approvals.decide(approval.id, {"decision": "reject", "words": w}),
            )
    assert count(kit, Opinion) == 0
    words = "毛利太低。\n" + "请重新报价!" * 900
    rejected = decide(kit, approval, "manager", "reject", words)
    assert (rejected.state, rejected.opinions[0].words, _get(kit, approval)) == ("rejected", words, "rejected")
    kit.relay.drain()
    assert kit.recorder.of(ContractRejected)[0].words == words
    assert not kit.recorder.of(ContractApproved)


def test_nobody_speaks_twice_or_too_late_or_unasked(database: Engine, crm_kit: CrmKit) -> None:
    kit = crm_kit(Route("all", "manager", "chief"), database=database)
    approval = kit.given.submitted_contract()
    decide(kit, approval, "manager", words="第一次")
    with refused("forbidden", actor="manager", action="decide"):
        decide(kit, approval, "manager", words="第二次")
    for unasked in ("seller", "accountant", "admin"):
        with refused("forbidden", actor=unasked, action="decide"):
            decide(kit, approval, unasked)
    decide(kit, approval, "chief")
    for late in ("manager", "chief", "seller"):
        with refused("illegal_state", kind="approval", state="approved"):
            decide(kit, approval, late)
    assert [one.words for one in _as_it_stands(kit, approval).opinions] == ["第一次", "同意"]


def _as_it_stands(kit: Kit, approval: ApprovalOut) -> ApprovalOut:
    return doing(kit, "seller", lambda unit: unit.approvals.get(approval.id))


def test_an_outsider_does_not_learn_that_an_approval_exists(kit: Kit) -> None:
    approval = kit.given.submitted_contract()
    for insider in ("seller", "manager", "chief", "people"):
        assert doing(kit, insider, lambda unit: unit.approvals.get(approval.id)) == approval
    with refused("not_found", kind="approval", id=str(approval.id)):
        doing(kit, "colleague", lambda unit: unit.approvals.get(approval.id))
    with refused("not_found", kind="approval", id=str(approval.id)):
        decide(kit, approval, "colleague")


def test_a_deputy_speaks_for_another_and_both_names_are_kept(kit: Kit) -> None:
    approval = kit.given.submitted_contract()
    with kit.crm.begin(kit.crm.scope(tenant="acme", actor="chief", on_behalf_of="manager")) as unit:
        done = unit.approvals.decide(approval.id, {"decision": "agree", "words": "代为同意"})
    (opinion,) = done.opinions
    assert (opinion.member_id, opinion.given_by, done.state) == ("manager", "chief", "approved")
    kit.relay.drain()
    (event,) = kit.recorder.of(OpinionGiven)
    assert (event.member_id, event.actor, event.on_behalf_of) == ("manager", "chief", "manager")
    entry = doing(kit, "seller", lambda unit: unit.audit.of("contract", done.thing_id))[-1]
    assert (entry.actor_id, entry.on_behalf_of, entry.operation) == ("chief", "manager", "approvals.decide")


def test_speaking_for_somebody_who_is_not_asked_is_refused(kit: Kit) -> None:
    approval = kit.given.submitted_contract()
    scope = kit.crm.scope(tenant="acme", actor="manager", on_behalf_of="chief")
    with kit.crm.begin(scope) as unit, refused("forbidden", action="decide"):
        unit.approvals.decide(approval.id, {"decision": "agree"})


def test_one_acts_for_an_active_member_or_for_the_system(kit: Kit) -> None:
    approval = kit.given.submitted_contract()
    for absent in ("gone", "Manager", "x" * 64):
        scope = kit.crm.scope(tenant="acme", actor="chief", on_behalf_of=absent)
        with kit.crm.begin(scope, read_only=True) as unit, refused("unknown_actor", actor=absent):
            unit.approvals.get(approval.id)
    with kit.crm.begin(kit.crm.scope(tenant="acme", actor="seller", on_behalf_of="system")) as unit:
        unit.customers.create({"name": "长风物流有限公司"})


def test_only_who_asked_takes_a_contract_back(kit: Kit) -> None:
    approval = kit.given.submitted_contract()
    take_back = lambda unit: unit.contracts.withdraw(approval.thing_id, reason="另有方案")  # noqa: E731
    with refused("forbidden", actor="manager", action="withdraw"):
        doing(kit, "manager", take_back)
    with refused("not_found"):
        doing(kit, "colleague", take_back)
    contract = doing(kit, "seller", take_back)
    assert (contract.state, _as_it_stands(kit, approval).state) == ("draft", "withdrawn")
    assert not _waiting(kit, "manager")
    with refused("illegal_state", state="withdrawn"):
        decide(kit, approval, "manager")
    with refused("illegal_state", state="draft", allowed="in_approval"):
        doing(kit, "seller", take_back)
    kit.relay.drain()
    assert [event.reason for event in kit.recorder.of(ContractWithdrawn)] == ["另有方案"]


@pytest.mark.parametrize("reason", ["", "  ", None])
def test_taking_back_needs_a_reason(kit: Kit, reason: str | None) -> None:
    approval = kit.given.submitted_contract()
    with invalid("reason"):
        doing(kit, "seller", lambda unit: unit.contracts.withdraw(approval.thing_id, reason=reason))


def test_somebody_without_a_manager_learns_why_he_cannot_submit(kit: Kit) -> None:
    contract = kit.given.contract()
    boss = kit.company.people["seller"]
    kit.company.people["seller"] = type(boss)("seller", "Salesperson", "sales", None, ("salesperson",))
    doing(kit, "admin", lambda unit: unit.directory.sync())
    with invalid("requested_by"):
        doing(kit, "seller", lambda unit: unit.contracts.submit(contract.id, expected_version=1))
    assert doing(kit, "seller", lambda unit: unit.contracts.get(contract.id)) == contract


def test_a_settled_projects_draft_is_not_submitted_any_more(kit: Kit) -> None:
    project = kit.given.project()
    forgotten = kit.given.contract(project)
    kit.given.approved_contract(kit.given.contract(project))
    frozen = doing(kit, "manager", lambda unit: unit.settlements.settle(project.id))
    with refused("illegal_state", kind="project", state="settled"):
        doing(kit, "seller", lambda unit: unit.contracts.submit(forgotten.id, expected_version=1))
    assert doing(kit, "manager", lambda unit: unit.settlements.preview(project.id)) == frozen


def test_who_is_asked_is_announced_with_the_request(database: Engine, crm_kit: CrmKit) -> None:
    kit = crm_kit(Route("all", *STEP), database=database)
    kit.given.submitted_contract()
    kit.relay.drain()
    (event,) = kit.recorder.of(ApprovalRequested)
    assert (event.waiting_on, event.requested_by) == (STEP, "seller")
    assert event.occurred_at == datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
