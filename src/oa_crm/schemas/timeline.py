"""The timeline of a customer or a project, and what was known of them at a moment."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from oa_crm.schemas.base import Out


class TimelineEntry(Out):
    """One thing that happened.

    `at` is when it happened, `recorded_at` when it went on file: they differ for talks that were entered later.
    `kind` is what a timeline is filtered by, `what` says it exactly, and `title` in the language of who reads.
    `thing_kind` and `thing_id` lead to what it is of. `facts` never change; `changes` maps a field to its value before
    and after, as the audit has it. `by` is a member's id, or the system's.
    """

    id: str
    kind: str
    what: str
    title: str
    at: datetime
    recorded_at: datetime
    by: str
    on_behalf_of: str | None
    thing_kind: str
    thing_id: UUID
    project_id: UUID | None
    facts: Mapping[str, object]
    changes: Mapping[str, list[object]]
    reason: str | None


class FactsThen(Out):
    """The facts of one thing as they were, as the audit keeps them: money in minor units, nothing that was empty."""

    kind: str
    id: UUID
    facts: Mapping[str, object]


class TimelineState(Out):
    """What was known of a customer at a moment. `customer` is None while it was not on file; `projects` are those that
    the reader sees and that had begun, the oldest first."""

    at: datetime
    customer: FactsThen | None
    projects: tuple[FactsThen, ...]
