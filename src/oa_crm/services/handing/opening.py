"""A handover that is due because somebody left, or went to another department. It asks to be run; it moves nothing."""

from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from oa_crm.hooks.payloads import HandoverDue
from oa_crm.ids import new_id
from oa_crm.models import Handover
from oa_crm.services.base import Service
from oa_crm.services.handing import helping, holdings
from oa_crm.services.work import Work

LEFT = "left"
_EMPTY = ("clock", "counts", "reason", "executed_at", "executed_by", "undo_until", "closed_at", "closed_by",
          "closed_because")  # fmt: skip


def open_for(work: Work, leaver: str, cause: str, superior: str | None, event_id: UUID) -> UUID | None:
    """Open a handover and tell his superior; None where he holds nothing and, gone, helps with nothing, or one is due,
    or this event did before."""
    counts = {kind: many for kind, many in holdings.counted(work, leaver).items() if many}
    if cause == LEFT and (seats := helping.count(work, leaver)):
        counts[helping.KIND] = seats
    if not counts:
        return None
    service, id = Service(work), new_id()
    facts: dict[str, Any] = {"leaver_id": leaver, "cause": cause, "superior_id": superior}
    row = {**dict.fromkeys(_EMPTY), **facts, "state": "due", "due_mark": leaver, "event_id": event_id}
    try:
        with work.connection.begin_nested():
            service.add(Handover, id=id, **row, **service.stamps())
    except IntegrityError:
        return None
    changes: dict[str, list[Any]] = {name: [None, value] for name, value in facts.items() if value is not None}
    work.journal.record("handover.open", "handover", id, changes)
    work.journal.emit(HandoverDue, handover_id=id, leaver_id=leaver, cause=cause, superior_id=superior, counts=counts)
    return id
