"""What contracts and approvals share: the facts of a contract, the workflow's judgement, reading them back."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, insert, select, update

from oa_crm.errors import IllegalState
from oa_crm.hooks.ports import ApprovalFacts, Decision, Judgement, Opinion
from oa_crm.models import Approval, Contract, Member, Waiting, table_of
from oa_crm.models import Opinion as OpinionRow
from oa_crm.money import Money
from oa_crm.schemas import ApprovalOut, ContractOut, OpinionOut
from oa_crm.services.base import Service, shown
from oa_crm.services.work import Work


def amount_of(row: Any) -> Money:
    """The contract's amount."""
    return Money(row.amount_minor, row.currency)


def contract_out(row: Any) -> ContractOut:
    """A contract row as it is shown."""
    return shown(ContractOut, row, amount=amount_of(row))


def contract_row(service: Service, id: UUID) -> Any:
    """The contract as it stands, for reading back what was just written."""
    mine = service.company_wide(Contract).where(table_of(Contract).c.id == id)
    return service.work.connection.execute(mine).one()


def contract_facts(row: Any) -> dict[str, Any]:
    """The facts that every contract event carries."""
    names = ("number", "title", "customer_id", "project_id", "owner_id")
    return {"contract_id": row.id, "amount": amount_of(row), **{name: getattr(row, name) for name in names}}


def snapshot(row: Any) -> dict[str, object]:
    """What is approved: the facts of the contract at submission, as JSON."""
    amount = amount_of(row)
    return {
        "number": row.number,
        "title": row.title,
        "customer_id": str(row.customer_id),
        "project_id": str(row.project_id),
        "amount": str(amount.amount),
        "currency": amount.currency,
    }


def judge(work: Work, row: Any, requested_by: str, opinions: Sequence[Opinion]) -> Judgement:
    """Ask the workflow where the approval stands."""
    table = table_of(Member)
    manager = work.connection.scalars(
        select(table.c.manager_id).where(table.c.tenant_id == work.scope.tenant, table.c.id == requested_by)
    ).one_or_none()
    facts = ApprovalFacts(work.scope.tenant, "contract", row.id, row.title, amount_of(row), requested_by, manager)
    return work.runtime.ports.workflow.judge(facts, opinions)


def open_approval(service: Service, contract_id: UUID) -> Any:
    """The contract's waiting approval, locked. Raises `IllegalState` when there is none."""
    table = table_of(Approval)
    query = service.company_wide(Approval).where(
        table.c.thing_kind == "contract", table.c.thing_id == contract_id, table.c.state == "waiting"
    )
    row = service.work.connection.execute(query.with_for_update()).one_or_none()
    if row is None:
        raise IllegalState(kind="approval", state="decided", allowed=("waiting",))
    return row


def move_on(service: Service, approval: Any, state: str, waiting_on: Sequence[str] = ()) -> bool:
    """Move a waiting approval on; False when somebody else was first."""
    table = table_of(Approval)
    work = service.work
    now = work.journal.now()
    statement = (
        update(table)
        .where(and_(table.c.tenant_id == work.scope.tenant, table.c.id == approval.id, table.c.state == "waiting"))
        .values(
            state=state,
            waiting_on=list(waiting_on),
            decided_at=None if state == "waiting" else now,
            version=approval.version + 1,
            updated_at=now,
            updated_by=work.scope.actor.id,
        )
    )
    if work.connection.execute(statement).rowcount != 1:
        return False
    wait_on(work, approval.id, waiting_on)
    return True


def wait_on(work: Work, approval_id: UUID, members: Sequence[str]) -> None:
    """Put the approval on these people's lists and off everybody else's."""
    mine = and_(Waiting.tenant_id == work.scope.tenant, Waiting.approval_id == approval_id)
    work.connection.execute(delete(Waiting).where(mine))
    rows = [
        {"tenant_id": work.scope.tenant, "member_id": one, "approval_id": approval_id} for one in sorted(set(members))
    ]
    if rows:
        work.connection.execute(insert(Waiting), rows)


def opinions(service: Service, approval_id: UUID) -> list[OpinionOut]:
    """Every opinion of an approval, oldest first; read as committed, whatever the snapshot."""
    table = table_of(OpinionRow)
    query = service.company_wide(OpinionRow).where(table.c.approval_id == approval_id).order_by(table.c.position)
    rows = service.work.connection.execute(query.with_for_update(read=True))
    return [shown(OpinionOut, row) for row in rows]


def as_heard(opinion: OpinionOut) -> Opinion:
    """An opinion as the workflow port takes it."""
    return Opinion(opinion.member_id, Decision(opinion.decision), opinion.words, opinion.given_at)


def approval_out(service: Service, id: UUID) -> ApprovalOut:
    """An approval with its opinions, as it stands."""
    row = service.work.connection.execute(service.company_wide(Approval).where(table_of(Approval).c.id == id)).one()
    return shown(ApprovalOut, row, waiting_on=tuple(row.waiting_on), opinions=tuple(opinions(service, id)))
