"""The verbs of handovers: a part of the table in `verbs.py`."""

from typing import Any

from tests.integration.services.acting import SYSTEM
from tests.integration.services.verb import Verb

from oa_crm.ids import new_id
from oa_crm.models import Handover
from oa_crm.services.base import Service
from oa_crm.testing import Kit

WANTED = {"leaver_id": "seller", "rest_to": "colleague"}


def previewed(kit: Kit) -> Any:
    """What the preview says of a customer with a project."""
    kit.given.project()
    with kit.unit("manager", read_only=True) as unit:
        return unit.handover.preview(WANTED)


def executed(kit: Kit) -> Any:
    """It was done."""
    seen = previewed(kit)
    with kit.unit("manager") as unit:
        return unit.handover.execute(WANTED, fingerprint=seen.fingerprint)


def due(kit: Kit) -> Any:
    """One that asks to be run, as a delivery opens it."""
    with kit.unit(SYSTEM) as unit:
        service, id = Service(unit._work), new_id()
        names = ("event_id", "clock", "counts", "reason", "executed_at", "executed_by", "undo_until", "closed_at",
                 "closed_by", "closed_because")  # fmt: skip
        facts = {"leaver_id": "seller", "cause": "left", "state": "due", "superior_id": "manager", "due_mark": "seller"}
        service.add(Handover, id=id, **dict.fromkeys(names), **facts, **service.stamps())
        unit._work.journal.record("handover.open", "handover", id)
    with kit.unit("manager", read_only=True) as unit:
        return unit.handover.get(id)


HANDOVER_VERBS = (
    Verb(
        "handover.execute", "manager", previewed,
        lambda unit, it, **key: unit.handover.execute(WANTED, fingerprint=it.fingerprint, **key),
        lambda unit, it, **key: unit.handover.execute({**WANTED, "clock": "keep"}, fingerprint=it.fingerprint, **key),
    ),
    Verb(
        "handover.undo", "manager", executed,
        lambda unit, it, **key: unit.handover.undo(it.id, reason="弄错了", **key),
        lambda unit, it, **key: unit.handover.undo(it.id, reason="不走了", **key),
    ),
    Verb(
        "handover.acknowledge", "colleague", executed,
        lambda unit, it: unit.handover.acknowledge(it.id),
        lambda unit, it: unit.handover.acknowledge(it.id, comment="已阅"),
    ),
    Verb(
        "handover.dismiss", "manager", due,
        lambda unit, it: unit.handover.dismiss(it.id, reason="无需交接"),
        lambda unit, it: unit.handover.dismiss(it.id, reason="留任"),
    ),
)  # fmt: skip

HANDOVER_KEYLESS = {
    "handover.acknowledge": "note is taken once",
    "handover.dismiss": "a due handover is dismissed once",
}
