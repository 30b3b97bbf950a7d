"""What happens to follow-ups after they were recorded."""

from uuid import UUID

from oa_crm.hooks.payloads.base import Event


class FollowUpCommented(Event):
    """Something was added to a follow-up: an addendum that corrects it, or a comment. The words stay in the file.

    `name` is the customer's or the lead's, `by` recorded the follow-up, `mentioned` are members whom the comment names
    and who may see it.
    """

    HOOK = "on_follow_up_commented"
    KIND = "follow_up"
    AGGREGATE = "follow_up_id"
    follow_up_id: UUID
    note_id: UUID
    what: str
    customer_id: UUID | None
    lead_id: UUID | None
    name: str
    by: str
    mentioned: tuple[str, ...] = ()
