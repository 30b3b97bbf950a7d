"""What was added to follow-ups, read along with them: addenda in full, comments by their number. Two statements however
many follow-ups there are. Whoever was shown the follow-up may see what was added to it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func

from oa_crm.models import FollowUpNote, table_of
from oa_crm.schemas import FollowUpOut
from oa_crm.schemas.followups import FollowUpNoteOut
from oa_crm.services.base import Service, shown


def with_notes(service: Service, said: Sequence[FollowUpOut]) -> tuple[FollowUpOut, ...]:
    """The same follow-ups, with their addenda and the number of their comments."""
    if not said:
        return ()
    addenda: dict[Any, list[FollowUpNoteOut]] = {}
    c, ids = table_of(FollowUpNote).c, [one.id for one in said]
    query = service.company_wide(FollowUpNote).where(c.follow_up_id.in_(ids), c.what == "addendum").order_by(c.id)
    for row in service.work.connection.execute(query):
        addenda.setdefault(row.follow_up_id, []).append(shown(FollowUpNoteOut, row))
    counted = service.company_wide(FollowUpNote, c.follow_up_id, func.count().label("many"))
    counted = counted.where(c.follow_up_id.in_(ids), c.what == "comment").group_by(c.follow_up_id)
    comments = {row.follow_up_id: row.many for row in service.work.connection.execute(counted)}
    return tuple(
        one.model_copy(update={"addenda": tuple(addenda.get(one.id, ())), "comments": comments.get(one.id, 0)})
        for one in said
    )
