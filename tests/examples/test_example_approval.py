"""The approval process: two people in turn, their page and the CRM in one transaction, opinions in full."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from examples.host_app.app import HostApp
from examples.host_app.approval import ApprovalProcesses, act
from examples.host_app.tables import ApprovalProcess, ApprovalStep, InboxMessage
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound

from oa_crm import Money
from oa_crm.errors import InvalidInput
from oa_crm.hooks import ApprovalFacts, Decision, Judgement, Opinion
from tests.examples import given
from tests.examples.given import FINANCE, MANAGER


def _facts(manager: str | None = MANAGER) -> ApprovalFacts:
    return ApprovalFacts("t", "contract", uuid4(), "合同", Money(100, "CNY"), given.SALESMAN, manager)


def _said(member: str, decision: Decision) -> Opinion:
    return Opinion(member, decision, "", datetime.now(UTC))


def _steps(host: HostApp, contract_id: UUID) -> list[tuple[str, str, str]]:
    query = select(ApprovalStep.employee_id, ApprovalStep.state, ApprovalStep.words)
    query = query.join(ApprovalProcess).where(ApprovalProcess.contract_id == str(contract_id))
    with host.engine.connect() as connection:
        return [(row[0], row[1], row[2]) for row in connection.execute(query.order_by(ApprovalStep.id))]


def _process(host: HostApp, contract_id: UUID) -> str:
    query = select(ApprovalProcess.state).where(ApprovalProcess.contract_id == str(contract_id))
    with host.engine.connect() as connection:
        return connection.scalars(query).one()


def test_the_manager_is_asked_first_and_the_finance_lead_after_him() -> None:
    judge = ApprovalProcesses().judge
    agree = Decision.AGREE
    assert judge(_facts(), []) == Judgement.waiting(MANAGER)
    assert judge(_facts(), [_said(MANAGER, agree)]) == Judgement.waiting(FINANCE)
    assert judge(_facts(), [_said(MANAGER, agree), _said(FINANCE, agree)]) == Judgement.approved()


@pytest.mark.parametrize("agreed", [0, 1])
def test_a_rejection_at_any_step_ends_it(agreed: int) -> None:
    opinions = [*[_said(MANAGER, Decision.AGREE)] * agreed, _said(FINANCE, Decision.REJECT)]
    assert ApprovalProcesses().judge(_facts(), opinions) == Judgement.rejected()


def test_somebody_without_a_manager_cannot_ask() -> None:
    with pytest.raises(InvalidInput, match="no manager"):
        ApprovalProcesses().judge(_facts(None), [])


def test_both_opinions_are_kept_on_both_sides(host: HostApp) -> None:
    drawn = given.contract(host, given.project(host).id)
    assert _steps(host, drawn.id) == [(MANAGER, "asked", "")]
    given.says(host, MANAGER, drawn.id, words="质保条款已核对。同意。")
    assert _steps(host, drawn.id) == [(MANAGER, "agree", "质保条款已核对。同意。"), (FINANCE, "asked", "")]
    said = given.says(host, FINANCE, drawn.id, words="付款节点合理。")
    assert said.state == "approved"
    assert [one.words for one in said.opinions] == ["质保条款已核对。同意。", "付款节点合理。"]
    assert _process(host, drawn.id) == "agreed"


def test_a_rejection_ends_the_process_and_the_next_person_is_never_asked(host: HostApp) -> None:
    drawn = given.contract(host, given.project(host).id)
    given.says(host, MANAGER, drawn.id, "reject", "价格太低")
    assert _steps(host, drawn.id) == [(MANAGER, "reject", "价格太低")]
    assert _process(host, drawn.id) == "rejected"


def test_what_the_crm_refuses_leaves_the_hosts_step_as_it_was(host: HostApp) -> None:
    drawn = given.contract(host, given.project(host).id)
    with pytest.raises(InvalidInput, match="rejection needs them"):
        act(host.engine, host.crm, host.as_(MANAGER), drawn.id, "reject", "")
    assert _steps(host, drawn.id) == [(MANAGER, "asked", "")]


def test_nobody_acts_who_is_not_asked(host: HostApp) -> None:
    drawn = given.contract(host, given.project(host).id)
    with pytest.raises(NoResultFound):
        act(host.engine, host.crm, host.as_(FINANCE), drawn.id, "agree", "同意")


def test_an_opinion_given_elsewhere_reaches_the_process(host: HostApp) -> None:
    drawn = given.contract(host, given.project(host).id)
    with host.crm.begin(host.as_(MANAGER)) as unit:
        (waiting,) = unit.approvals.waiting()
        unit.approvals.decide(waiting.id, {"decision": "agree", "words": "在手机上同意"})
    host.crm.relay.drain()
    assert _steps(host, drawn.id) == [(MANAGER, "agree", "在手机上同意"), (FINANCE, "asked", "")]


def test_a_withdrawn_contract_cancels_its_process(host: HostApp) -> None:
    drawn = given.contract(host, given.project(host).id)
    with host.crm.begin(host.as_(given.SALESMAN)) as unit:
        unit.contracts.withdraw(drawn.id, reason="金额有误")
    host.crm.relay.drain()
    assert _process(host, drawn.id) == "cancelled"
    assert _steps(host, drawn.id) == [(MANAGER, "cancelled", "")]


def test_a_repeated_delivery_starts_no_second_process_and_sends_no_second_message(host: HostApp) -> None:
    drawn = given.approved(host, given.project(host).id)
    steps = _steps(host, drawn.id)
    with host.engine.connect() as connection:
        messages = connection.execute(select(InboxMessage.key, InboxMessage.employee_id)).all()
    assert [one.employee_id for one in messages] == [MANAGER, FINANCE, given.SALESMAN]
    assert host.crm.relay.redeliver() > 0
    host.crm.relay.drain()
    assert host.crm.relay.status() == {}
    assert _steps(host, drawn.id) == steps
    with host.engine.connect() as connection:
        assert connection.execute(select(InboxMessage.key, InboxMessage.employee_id)).all() == messages


def test_the_process_is_linked_to_the_contract(host: HostApp) -> None:
    drawn = given.contract(host, given.project(host).id)
    with host.crm.begin(host.as_(FINANCE), read_only=True) as unit:
        (link,) = [one for one in unit.links.of("contract", drawn.id) if one.label == "approval process"]
    assert link.ref == "P-00001"
