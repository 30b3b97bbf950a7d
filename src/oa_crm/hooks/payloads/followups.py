"""What happens to follow-ups after they were recorded, to plans, and to what lives on between them.

These events name nobody: who may see the customer or the lead reads its name there.
"""

from datetime import datetime
from uuid import UUID

from oa_crm.hooks.payloads.base import Event


class FollowUpCommented(Event):
    """Something was added to a follow-up: an addendum that corrects it, or a comment. The words stay in the file.

    `by` recorded the follow-up, `mentioned` are members whom the comment names and who may see it.
    """

    HOOK = "on_follow_up_commented"
    KIND = "follow_up"
    AGGREGATE = "follow_up_id"
    follow_up_id: UUID
    note_id: UUID
    what: str
    customer_id: UUID | None
    lead_id: UUID | None
    by: str
    mentioned: tuple[str, ...] = ()


class PlanChanged(Event):
    """A follow-up was planned, or its plan was rescheduled, cancelled, done or handed_on; `change` says which.

    `follow_up_id` is what did it. What it is for stays in the file.
    """

    HOOK = "on_plan_changed"
    KIND = "plan"
    AGGREGATE = "plan_id"
    plan_id: UUID
    customer_id: UUID | None
    lead_id: UUID | None
    project_id: UUID | None
    change: str
    assignee_id: str
    way: str
    due_at: datetime
    follow_up_id: UUID | None


class MatterChanged(Event):
    """A key issue or a need (`what`) was opened, changed, closed, reopened or handed_on; `change` says which.

    `weight` is 1 to 3. The words stay in the file.
    """

    HOOK = "on_matter_changed"
    KIND = "matter"
    AGGREGATE = "matter_id"
    matter_id: UUID
    what: str
    customer_id: UUID
    project_id: UUID | None
    change: str
    state: str
    weight: int
    assignee_id: str | None
