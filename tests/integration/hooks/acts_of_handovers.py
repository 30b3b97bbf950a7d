"""What makes the events of handovers and of moves happen, and the facts that they carry."""

from collections.abc import Callable
from dataclasses import replace

from oa_crm.testing import Kit

Facts = dict[str, object]


def moved(kit: Kit) -> Facts:
    """The seller goes to the company's own department."""
    kit.company.people["seller"] = replace(kit.company.people["seller"], department_id="company", manager_id="chief")
    with kit.unit("admin") as unit:
        unit.directory.sync()
    here = {"department_id": "company", "former_department_id": "sales"}
    above = {"manager_id": "chief", "former_manager_id": "manager"}
    return {"member_id": "seller", "name": "Salesperson", **here, **above}


def become_due(kit: Kit) -> Callable[[], Facts]:
    """The seller, who has a customer, goes; the relay opens his handover, so what it is called is told after that."""
    kit.given.customer()
    moved(kit)

    def due() -> Facts:
        with kit.unit("admin", read_only=True) as unit:
            (one,) = unit.handover.find(state="due").items
        told = {"handover_id": one.id, "leaver_id": "seller", "cause": "moved", "superior_id": "manager"}
        return {**told, "counts": {"customer": 1}}

    return due


def executed(kit: Kit) -> Facts:
    """The manager gives a customer and its project to the colleague."""
    kit.given.project()
    wanted = {"leaver_id": "seller", "rest_to": "colleague", "reason": "He leaves us"}
    with kit.unit("manager") as unit:
        seen = unit.handover.preview(wanted)
        done = unit.handover.execute(wanted, fingerprint=seen.fingerprint)
    receivers = {"colleague": {"customer": 1, "project": 1}}
    return {
        "handover_id": done.id,
        "leaver_id": "seller",
        "receivers": receivers,
        "pooled": {},
        "reason": "He leaves us",
    }


def undone(kit: Kit) -> Facts:
    """It was a mistake."""
    done = executed(kit)
    with kit.unit("manager") as unit:
        unit.handover.undo(done["handover_id"], reason="He stays")  # type: ignore[arg-type]
    kept = {name: done[name] for name in ("handover_id", "leaver_id")}
    return {
        **kept,
        "receivers": ("colleague",),
        "restored": {"customer": 1, "project": 1},
        "left": {},
        "reason": "He stays",
    }


def acknowledged(kit: Kit) -> Facts:
    """The colleague has read what is his now."""
    done = executed(kit)
    with kit.unit("colleague") as unit:
        unit.handover.acknowledge(done["handover_id"], comment="I call them all")  # type: ignore[arg-type]
    kept = {name: done[name] for name in ("handover_id", "leaver_id")}
    return {**kept, "member_id": "colleague", "words": "I call them all"}


ACTS = {
    "on_member_moved": moved,
    "on_handover_due": become_due,
    "on_handover_executed": executed,
    "on_handover_undone": undone,
    "on_handover_acknowledged": acknowledged,
}
ACTORS = {
    "on_member_moved": "admin",
    "on_handover_due": "system",
    "on_handover_executed": "manager",
    "on_handover_undone": "manager",
    "on_handover_acknowledged": "colleague",
}
