"""What makes the events of projects in pipelines happen, and the facts that they carry."""

from typing import Any

from oa_crm.testing import Kit

Facts = dict[str, object]


def asked_to_enter(kit: Kit) -> Facts:
    """The salesperson asks his manager to let the project in."""
    project = kit.given.project(name="Plant two", type=kit.given.pipeline().name)
    asked = kit.given.entry_request(project)
    told = {"project_id": project.id, "customer_id": project.customer_id, "name": "Plant two", "owner_id": "seller"}
    why = {"reason": "They asked for an offer", "requested_by": "seller", "manager_id": "manager"}
    return {**told, "entry_id": asked.id, "stage": "offered", **why}


def not_let_in(kit: Kit) -> Facts:
    """The manager says no."""
    asked: dict[str, Any] = asked_to_enter(kit)
    with kit.unit("manager") as unit:
        unit.projects.refuse_entry(asked["entry_id"], comment="Show it to them first")
    kept = {name: value for name, value in asked.items() if name not in ("reason", "manager_id")}
    return {**kept, "granted": False, "comment": "Show it to them first"}


def open_again(kit: Kit) -> Facts:
    """It was lost, and the manager lets it go on."""
    project = kit.given.project(name="Plant two")
    with kit.unit() as unit:
        unit.projects.move(project.id, {"to": "lost", "expected_version": 1, "because": "no_budget"})
    with kit.unit("manager") as unit:
        unit.projects.reopen(project.id, {"expected_version": 2, "reason": "There is money now"})
    told = {"project_id": project.id, "customer_id": project.customer_id, "name": "Plant two", "owner_id": "seller"}
    return {**told, "before": "lost", "stage": "lead", "reason": "There is money now"}


ACTS = {
    "on_project_reopened": open_again,
    "on_stage_entry_requested": asked_to_enter,
    "on_stage_entry_decided": not_let_in,
}
ACTORS = {"on_project_reopened": "manager", "on_stage_entry_decided": "manager"}
