"""People, audit, links and permissions, as services show them."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from oa_crm.schemas.base import HostId, In, Line, Out


class DepartmentIn(In):
    """A department of a company without a host org chart."""

    id: HostId
    name: Line
    parent_id: HostId | None = None
    manager_id: HostId | None = None


class MemberIn(In):
    """A member of a company without a host org chart."""

    id: HostId
    name: Line
    department_id: HostId | None = None
    manager_id: HostId | None = None
    roles: tuple[str, ...] = Field(default=(), description="such as salesperson, sales_manager, finance")
    active: bool = True
    external: bool = Field(default=False, description="true for an outsider, such as an agent: he has his own only")


class MemberOut(Out):
    """A member as the mirror knows him."""

    id: str
    name: str
    department_id: str | None
    manager_id: str | None
    roles: tuple[str, ...]
    active: bool
    external: bool


class SyncReport(Out):
    """What a directory sync changed: how many departments are new or changed, how many members are new, how many
    changed. `left` are the ids of those who became inactive."""

    departments: int
    added: int
    changed: int
    left: tuple[str, ...]


class AuditOut(Out):
    """One audit entry. `changes` maps a field to its value before and after."""

    at: datetime
    actor_id: str
    on_behalf_of: str | None
    request_id: str
    operation: str
    kind: str
    thing_id: str
    changes: dict[str, list[object]]
    reason: str | None


class LinkOut(Out):
    """Where a thing is known elsewhere: what a plugin returned as its receipt."""

    id: UUID
    kind: str
    thing_id: str
    plugin: str
    hook: str
    ref: str
    url: str | None
    label: str | None
    created_at: datetime


class Explanation(Out):
    """Why somebody may or may not. `rule` is the policy's own words, `rows` the rules that decided a row."""

    allowed: bool
    action: str
    kind: str
    reach: str
    rule: str
    rows: tuple[str, ...] = ()


class PluginOut(Out):
    """A loaded plugin, and whether it takes part for the company."""

    name: str
    enabled: bool
