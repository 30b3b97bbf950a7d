"""How the events of handovers come about in a kit."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from oa_crm.testing.kit import Kit


def move(kit: Kit) -> object:
    """Somebody goes to another department: one who holds something as soon as he has been given it."""
    at = {one: member.department_id for one, member in kit.company.people.items()}
    mover = next(one for one in ("seller", "colleague", "people") if at.get(one) in ("sales", "company"))
    there = "company" if at[mover] == "sales" else "sales"
    kit.company.people[mover] = replace(kit.company.people[mover], department_id=there)
    with kit.unit("admin") as unit:
        return unit.directory.sync()


def become_due(kit: Kit) -> object:
    """The seller, who has a customer, goes to another department; the relay does the rest. His next move opens none
    while one is due, so the one before is dismissed."""
    with kit.unit("admin") as unit:
        for one in unit.handover.find(state="due").items:
            unit.handover.dismiss(one.id, reason="He keeps them")
    kit.given.customer()
    return move(kit)


def execute(kit: Kit) -> Any:
    """What the seller has goes to the colleague."""
    kit.given.customer()
    wanted = {"leaver_id": "seller", "rest_to": "colleague"}
    with kit.unit("admin") as unit:
        seen = unit.handover.preview(wanted)
        return unit.handover.execute(wanted, fingerprint=seen.fingerprint)


def undo(kit: Kit) -> object:
    """And comes back."""
    done = execute(kit)
    with kit.unit("admin") as unit:
        return unit.handover.undo(done.id, reason="He stays")


def acknowledge(kit: Kit) -> object:
    """The colleague takes note of it."""
    done = execute(kit)
    with kit.unit("colleague") as unit:
        return unit.handover.acknowledge(done.id)


HANDOVER_MAKERS: dict[str, Callable[[Kit], object]] = {
    "on_member_moved": move,
    "on_handover_due": become_due,
    "on_handover_executed": execute,
    "on_handover_undone": undo,
    "on_handover_acknowledged": acknowledge,
}
