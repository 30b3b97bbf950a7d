"""Things that have happened in the example host, each done by the person who does it there."""

from datetime import UTC, datetime
from uuid import UUID

from examples.host_app import approval
from examples.host_app.app import HostApp

from oa_crm.schemas import ApprovalOut, ContractOut, CustomerOut, ExpenseOut, ProjectOut

SALESMAN, MANAGER, FINANCE = "zhang.wei", "he.lin", "tang.xin"
TODAY = datetime.now(UTC).date()


def customer(host: HostApp, name: str = "宁波砚舸机械有限公司", **facts: str) -> CustomerOut:
    """A customer of the salesman."""
    with host.crm.begin(host.as_(SALESMAN)) as unit:
        return unit.customers.create({"name": name, **facts})


def project(host: HostApp) -> ProjectOut:
    """A project with a new customer."""
    with host.crm.begin(host.as_(SALESMAN)) as unit:
        made = unit.customers.create({"name": "宁波砚舸机械有限公司"})
        return unit.projects.create({"customer_id": made.id, "name": "一期"})


def another_project(host: HostApp) -> ProjectOut:
    """One more project with the same customer, who is put on file at the first."""
    with host.crm.begin(host.as_(SALESMAN)) as unit:
        known = unit.customers.find(limit=1).items
        made = known[0] if known else unit.customers.create({"name": "宁波砚舸机械有限公司"})
        return unit.projects.create({"customer_id": made.id, "name": "又一期"})


def contract(host: HostApp, project_id: UUID, amount: str = "98000.50") -> ContractOut:
    """A contract, handed in for approval and carried to the approval process."""
    with host.crm.begin(host.as_(SALESMAN)) as unit:
        drawn = unit.contracts.create({"project_id": project_id, "title": "合同", "amount": amount})
        unit.contracts.submit(drawn.id, expected_version=drawn.version)
    host.crm.relay.drain()
    return drawn


def says(host: HostApp, member: str, contract_id: UUID, decision: str = "agree", words: str = "同意") -> ApprovalOut:
    """An approver acts on the host's own page, and the rest of the platform hears of it."""
    said = approval.act(host.engine, host.crm, host.as_(member), contract_id, decision, words)
    host.crm.relay.drain()
    return said


def approved(host: HostApp, project_id: UUID, amount: str = "98000.50") -> ContractOut:
    """A contract that both approvers agreed to."""
    drawn = contract(host, project_id, amount)
    says(host, MANAGER, drawn.id)
    says(host, FINANCE, drawn.id)
    return drawn


def expense(host: HostApp, project_id: UUID, amount: str = "1280.00", category: str = "travel") -> ExpenseOut:
    """A booked expense, not yet carried to the books."""
    with host.crm.begin(host.as_(SALESMAN)) as unit:
        facts = {"project_id": project_id, "category": category, "amount": amount, "occurred_on": TODAY}
        return unit.expenses.book(facts)
