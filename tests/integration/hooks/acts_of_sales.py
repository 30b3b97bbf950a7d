"""What makes the events of projects, contracts and expenses happen, and the facts that they carry."""

from collections.abc import Callable
from typing import Any

from oa_crm.testing import Kit

Facts = dict[str, object]


def _begun(kit: Kit) -> Facts:
    made = kit.given.project(name="Plant two", expected="120000.50")
    ids = {"project_id": made.id, "customer_id": made.customer_id}
    return {**ids, "name": "Plant two", "owner_id": "seller", "stage": "lead", "expected": made.expected}


def _moved(kit: Kit) -> Facts:
    made = kit.given.project(name="Plant two")
    with kit.unit() as unit:
        unit.projects.move(made.id, {"to": "proposal", "expected_version": 1, "reason": "They asked for it"})
    return {"project_id": made.id, "before": "lead", "after": "proposal", "reason": "They asked for it"}


def _settled(kit: Kit) -> Facts:
    contract = kit.given.approved_contract()
    with kit.unit(read_only=True) as unit:
        project = unit.projects.get(contract.project_id)
    kit.given.expense(project, amount="1280.00")
    kit.given.reversed_expense(kit.given.expense(project, amount="80.10"))
    with kit.unit("manager") as unit:
        unit.settlements.settle(project.id)
    figures = {"revenue": "10,000.00 CNY", "expenses": "1,280.00 CNY", "profit": "8,720.00 CNY"}
    return {"project_id": project.id, "customer_id": project.customer_id, **figures}


def _contract(kit: Kit, contract_id: object) -> Facts:
    with kit.unit(read_only=True) as unit:
        made = unit.contracts.get(contract_id)  # type: ignore[arg-type]
    ids = {"contract_id": made.id, "project_id": made.project_id, "customer_id": made.customer_id}
    return {**ids, "number": "HT-2026-0001", "title": "A contract", "owner_id": "seller", "amount": "10,000.00 CNY"}


def _submitted(kit: Kit) -> Facts:
    approval = kit.given.submitted_contract()
    return {**_contract(kit, approval.thing_id), "approval_id": approval.id, "snapshot_hash": approval.snapshot_hash}


def _requested(kit: Kit) -> Facts:
    approval = kit.given.submitted_contract()
    asked = {"approval_id": approval.id, "requested_by": "seller", "waiting_on": ("manager",)}
    return {**_contract(kit, approval.thing_id), **asked}


def _decided(kit: Kit, decision: str) -> tuple[Any, Facts]:
    approval = kit.given.submitted_contract()
    with kit.unit("manager") as unit:
        unit.approvals.decide(approval.id, {"decision": decision, "words": "价格合适"})
    return approval, _contract(kit, approval.thing_id)


def _said(kit: Kit) -> Facts:
    approval, facts = _decided(kit, "agree")
    said = {"member_id": "manager", "decision": "agree", "words": "价格合适", "waiting_on": (), "newly_asked": ()}
    return {**facts, "approval_id": approval.id, **said}


def _approved(kit: Kit) -> Facts:
    approval, facts = _decided(kit, "agree")
    return {**facts, "approval_id": approval.id}


def _replanned(kit: Kit) -> Facts:
    project = kit.given.project()
    with kit.unit() as unit:
        changes = {"name": "A larger sale", "expected": "7.00", "expected_close_on": None}
        unit.projects.update(project.id, {"expected_version": project.version, **changes})
    facts = {"project_id": project.id, "customer_id": project.customer_id, "owner_id": "seller"}
    return {**facts, "name": "A larger sale", "changed": ("expected", "name")}


def _rejected(kit: Kit) -> Facts:
    approval, facts = _decided(kit, "reject")
    return {**facts, "approval_id": approval.id, "words": "价格合适"}


def _withdrawn(kit: Kit) -> Facts:
    approval = kit.given.submitted_contract()
    with kit.unit() as unit:
        unit.contracts.withdraw(approval.thing_id, reason="A better offer")
    return {**_contract(kit, approval.thing_id), "approval_id": approval.id, "reason": "A better offer"}


def _expense(made: Any, **more: object) -> Facts:
    ids = {"project_id": made.project_id, "customer_id": made.customer_id}
    return {**ids, "category": "travel", "amount": "1,280.00 CNY", "claimant_id": "seller", **more}


def _booked(kit: Kit) -> Facts:
    made = kit.given.expense(amount="1280.00", description="Train to Hangzhou")
    return _expense(made, expense_id=made.id, occurred_on=made.occurred_on, description="Train to Hangzhou")


def _reversed(kit: Kit) -> Facts:
    booked = kit.given.expense(amount="1280.00")
    reversal = kit.given.reversed_expense(booked)
    return _expense(booked, expense_id=booked.id, reversal_id=reversal.id, reason="Booked by mistake")


ACTS: dict[str, Callable[[Kit], Facts]] = {
    "on_project_created": _begun,
    "on_project_updated": _replanned,
    "on_project_stage_changed": _moved,
    "on_project_settled": _settled,
    "on_contract_submitted": _submitted,
    "on_approval_requested": _requested,
    "on_opinion_given": _said,
    "on_contract_approved": _approved,
    "on_contract_rejected": _rejected,
    "on_contract_withdrawn": _withdrawn,
    "on_expense_booked": _booked,
    "on_expense_reversed": _reversed,
}
ACTORS = {
    "on_project_settled": "manager",
    "on_opinion_given": "manager",
    "on_contract_approved": "manager",
    "on_contract_rejected": "manager",
}
