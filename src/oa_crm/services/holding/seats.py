"""Whom a seat names: a member, everybody of a department and those below it, or of a role. Decided without a query."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from sqlalchemy import select

from oa_crm.hooks.ports import Who
from oa_crm.models import Department, Member
from oa_crm.services.work import Work

Seats = Sequence[Sequence[str]]


def sits(seats: Seats, who: Who) -> bool:
    """Whether one of the seats ([kind, id]) is this person's."""
    return any(_names(kind, id, who) for kind, id in seats)


def takes(seats: Seats, who: Who) -> bool:
    """Whether customers of whom these seats are may be this person's; no seats are everybody's. An outsider must be
    named himself: neither his role nor his department seats him."""
    if who.external:
        return any(kind == "member" and id == who.id for kind, id in seats)
    return not seats or sits(seats, who)


def below(department_id: str, path: str | None) -> bool:
    """Whether a department, by its path, is this one or below it."""
    return path is not None and quote(department_id, safe="") in path.split("/")


def people(work: Work) -> list[Who]:
    """Every active member of the company, as permissions see him. One statement."""
    of_member = (Department.tenant_id == Member.tenant_id) & (Department.id == Member.department_id)
    members = (
        select(Member.id, Member.roles, Member.department_id, Member.external, Department.path)
        .outerjoin(Department, of_member)
        .where(Member.tenant_id == work.scope.tenant, Member.active.is_(True))
        .order_by(Member.id)
    )
    return [_who(work.scope.tenant, row) for row in work.connection.execute(members)]


def _who(tenant: str, row: Any) -> Who:
    return Who(tenant, row.id, tuple(row.roles), row.department_id, row.path, external=row.external)


def _names(kind: str, id: str, who: Who) -> bool:
    if kind == "member":
        return who.id == id
    return id in who.roles if kind == "role" else below(id, who.department_path)
