"""What happens to teams, and to the credit for projects."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from oa_crm.hooks.payloads.customers import CustomerEvent
from oa_crm.hooks.payloads.sales import ProjectEvent


class TeamEvent(CustomerEvent):
    """Anything that happened to a team: of the customer, or with `project_id` of a project of his. `owner_id` is whose
    team it is, `until` the last day of the seat."""

    project_id: UUID | None = None
    project: str | None = None
    seat_id: UUID
    member_id: str
    level: str
    role: str
    until: date | None
    reason: str | None


class TeamMemberJoined(TeamEvent):
    """A member came to a team; `actor` put him there."""

    HOOK = "on_team_member_joined"


class TeamMemberLeft(TeamEvent):
    """A member is on a team no longer. `how`: left, removed, pooled, became_owner, handed_over or dissolved."""

    HOOK = "on_team_member_left"
    how: str


class ProjectSharesChanged(ProjectEvent):
    """The credit of a project is divided otherwise: each share is a member and his percent, and they sum to 100."""

    HOOK = "on_project_shares_changed"
    number: int
    shares: tuple[tuple[str, Decimal], ...]
    before: tuple[tuple[str, Decimal], ...]
    reason: str | None
