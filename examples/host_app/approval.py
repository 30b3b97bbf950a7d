"""The approval process: the route is ours, the record of the approval and every opinion are the CRM's.

`judge` is pure and says where an approval stands. The event handlers keep our process in step through
`delivery.connection`. What a person does on our page is `act`: our row and the CRM's in one transaction.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, func, insert, select, update
from sqlalchemy.orm import Session

from examples.host_app.org_chart import FINANCE_LEAD
from examples.host_app.tables import ApprovalProcess, ApprovalStep
from oa_crm import CRM, Scope
from oa_crm.errors import InvalidInput
from oa_crm.hooks import ApprovalFacts, Decision, Delivery, Judgement, Opinion, Receipt, hookimpl
from oa_crm.hooks.payloads import ApprovalRequested, ContractWithdrawn, OpinionGiven
from oa_crm.schemas import ApprovalOut


class ApprovalProcesses:
    """First the requester's manager, then the finance lead, in turn. Whoever rejects ends it."""

    name = "oa_approval"

    @hookimpl
    def provide_workflow(self) -> "ApprovalProcesses":
        return self

    def judge(self, facts: ApprovalFacts, opinions: Sequence[Opinion]) -> Judgement:
        """Where the approval stands after these opinions."""
        route = _route(facts)
        if opinions and opinions[-1].decision is Decision.REJECT:
            return Judgement.rejected()
        if len(opinions) == len(route):
            return Judgement.approved()
        return Judgement.waiting(route[len(opinions)])

    @hookimpl
    def on_approval_requested(self, event: ApprovalRequested, delivery: Delivery) -> Receipt:
        connection = delivery.connection
        known = connection.scalar(select(ApprovalProcess.id).filter_by(approval_id=str(event.approval_id)))
        process = known or _start(connection, event)
        return Receipt(f"P-{process:05d}", url=f"/oa/processes/{process}", label="approval process")

    @hookimpl
    def on_opinion_given(self, event: OpinionGiven, delivery: Delivery) -> None:
        connection = delivery.connection
        process = _process_of(connection, event.approval_id)
        # `act` wrote this already; an opinion that was given elsewhere, say in a chat, arrives here first.
        said: dict[str, Any] = {"state": event.decision.value, "words": event.words, "acted_at": event.occurred_at}
        _change_steps(connection, process, said, employee_id=event.member_id)
        if event.waiting_on:
            _ask(connection, process, event.newly_asked)
        else:
            _end(connection, process, "rejected" if event.decision is Decision.REJECT else "agreed")

    @hookimpl
    def on_contract_withdrawn(self, event: ContractWithdrawn, delivery: Delivery) -> None:
        connection = delivery.connection
        process = _process_of(connection, event.approval_id)
        _change_steps(connection, process, {"state": "cancelled"})
        _end(connection, process, "cancelled")


def act(engine: Engine, crm: CRM, scope: Scope, contract_id: UUID, decision: str, words: str) -> ApprovalOut:
    """What our approval page does: our step and the CRM's opinion, both or neither.

    Raises whatever the CRM refuses with; then our step stands as it was, too.
    """
    with Session(engine) as session, session.begin():
        mine = select(ApprovalStep).filter_by(employee_id=scope.actor.id, state="asked")
        mine = mine.join(ApprovalProcess).where(ApprovalProcess.contract_id == str(contract_id))
        step = session.scalars(mine.with_for_update()).one()
        step.state, step.words = decision, words
        approval_id = UUID(step.process.approval_id)
        session.flush()
        with crm.join(session, scope) as unit:
            said = {"decision": decision, "words": words or None}
            return unit.approvals.decide(approval_id, said, idempotency_key=f"oa-step-{step.id}")


def _route(facts: ApprovalFacts) -> list[str]:
    if facts.manager_id is None:
        raise InvalidInput.one("requested_by", f"{facts.requested_by} has no manager", "somebody who reports to one")
    return [facts.manager_id, FINANCE_LEAD]


def _start(connection: Connection, event: ApprovalRequested) -> int:
    facts = {
        "approval_id": str(event.approval_id),
        "contract_id": str(event.contract_id),
        "title": f"{event.number} {event.title} {event.amount}",
        "requested_by": event.requested_by,
        "state": "running",
        "started_at": event.occurred_at,
    }
    process = connection.scalars(insert(ApprovalProcess).values(**facts).returning(ApprovalProcess.id)).one()
    _ask(connection, process, event.waiting_on)
    return process


def _process_of(connection: Connection, approval_id: UUID) -> int:
    # There is one: deliveries about one contract arrive in order, and the request came before.
    return int(
        connection.scalars(select(ApprovalProcess.id).where(ApprovalProcess.approval_id == str(approval_id))).one()
    )


def _ask(connection: Connection, process: int, members: Sequence[str]) -> None:
    mine = ApprovalStep.process_id == process
    asked = set(connection.scalars(select(ApprovalStep.employee_id).where(mine)))
    last = connection.scalar(select(func.max(ApprovalStep.position)).where(mine)) or 0
    for position, member in enumerate((one for one in members if one not in asked), start=last + 1):
        step = {"process_id": process, "position": position, "employee_id": member, "state": "asked", "words": ""}
        connection.execute(insert(ApprovalStep).values(**step))


def _change_steps(connection: Connection, process: int, values: dict[str, Any], **which: str) -> None:
    steps = update(ApprovalStep).where(ApprovalStep.process_id == process)
    steps = steps.filter_by(**which) if which else steps.where(ApprovalStep.state == "asked")
    connection.execute(steps.values(**values))


def _end(connection: Connection, process: int, state: str) -> None:
    connection.execute(update(ApprovalProcess).where(ApprovalProcess.id == process).values(state=state))
