"""What makes the events of teams happen, and the facts that they carry."""

from datetime import date
from decimal import Decimal
from typing import Any

from oa_crm.testing import Kit

Facts = dict[str, object]
UNTIL = date(2030, 12, 31)


def _joined(kit: Kit, thing: Any, kind: str) -> Any:
    seat = {"kind": kind, "thing_id": thing.id, "member_id": "colleague", "level": "write", "role": "presales"}
    with kit.unit() as unit:
        return unit.teams.join({**seat, "until": UNTIL, "reason": "The tender"})


def joined(kit: Kit) -> Facts:
    """A colleague comes to the team of a customer."""
    customer = kit.given.customer()
    seat = _joined(kit, customer, "customer")
    told = {"customer_id": customer.id, "name": customer.name, "owner_id": "seller", "project_id": None}
    told |= {"seat_id": seat.id, "member_id": "colleague", "level": "write", "role": "presales"}
    return {**told, "project": None, "until": UNTIL, "reason": "The tender"}


def left(kit: Kit) -> Facts:
    """He is taken off the team of a project."""
    project = kit.given.project()
    seat = _joined(kit, project, "project")
    with kit.unit() as unit:
        unit.teams.leave(seat.id, {"reason": "The tender is over"})
    told = {"customer_id": project.customer_id, "project_id": project.id, "project": project.name, "seat_id": seat.id}
    return {**told, "member_id": "colleague", "how": "removed", "reason": "The tender is over", "owner_id": "seller"}


def divided(kit: Kit) -> Facts:
    """The owner shares the credit with who helped him."""
    project = kit.given.project()
    _joined(kit, project, "project")
    parts = [{"member_id": "seller", "percent": "62.5"}, {"member_id": "colleague", "percent": "37.5"}]
    with kit.unit() as unit:
        unit.teams.set_shares(project.id, {"shares": parts, "expected_version": 0, "reason": "As agreed"})
    told = {"project_id": project.id, "customer_id": project.customer_id, "name": project.name, "owner_id": "seller"}
    now = (("seller", Decimal("62.50")), ("colleague", Decimal("37.50")))
    return {**told, "number": 1, "shares": now, "before": (("seller", Decimal("100.00")),), "reason": "As agreed"}


ACTS = {
    "on_team_member_joined": joined,
    "on_team_member_left": left,
    "on_project_shares_changed": divided,
}
