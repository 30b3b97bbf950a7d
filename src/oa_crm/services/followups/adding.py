"""Something is added to a follow-up: an addendum that corrects it, or a comment. The follow-up stays as it is."""

from typing import Any
from uuid import UUID

from oa_crm.errors import InvalidInput
from oa_crm.hooks.payloads import FollowUpCommented
from oa_crm.ids import new_id
from oa_crm.models import FollowUp, FollowUpNote
from oa_crm.schemas.followups import CommentIn, FollowUpNoteOut
from oa_crm.services import access, people
from oa_crm.services.base import Service

_ASKS = {"addendum": ("write", "followups.add_to"), "comment": ("read", "followups.comment")}


def add(service: Service, id: UUID, what: str, comment: CommentIn) -> FollowUpNoteOut:
    """Everything that `followups.add_to` and `followups.comment` do, in their savepoint."""
    work, (action, operation) = service.work, _ASKS[what]
    said = service.one(FollowUp, id, action)
    mentions = tuple(dict.fromkeys(comment.mentions))
    note = {
        "id": new_id(),
        "follow_up_id": said.id,
        "what": what,
        "words": comment.words,
        "mentions": list(mentions) or None,
        "reached": _reached(service, said, mentions) or None,
        "created_at": work.journal.now(),
        "created_by": work.scope.actor.id,
    }
    service.add(FollowUpNote, **note)
    kind, about = ("customer", said.customer_id) if said.customer_id else ("lead", said.lead_id)
    changes = {"follow_up": [None, str(said.id)], what: [None, str(note["id"])]}
    work.journal.record(operation, kind, about, changes)
    told = {"follow_up_id": said.id, "customer_id": said.customer_id, "lead_id": said.lead_id}
    work.journal.emit(
        FollowUpCommented,
        **told,
        note_id=note["id"],
        what=what,
        by=said.created_by,
        mentioned=tuple(note["reached"] or ()),
    )
    return FollowUpNoteOut.model_validate(note)


def _reached(service: Service, said: Any, mentions: tuple[str, ...]) -> list[str]:
    """Those who may see the follow-up. Raises `InvalidInput` for somebody who is no active member."""
    if not mentions:
        return []
    known = people.whos(service.work, mentions)
    if unknown := [one for one in mentions if one not in known]:
        raise InvalidInput.of("mentions", "no_members", given=", ".join(unknown))
    seen_by = access.seen_by(service.work, FollowUp, said.id, list(known.values()))
    return [one for one in mentions if one in seen_by]
