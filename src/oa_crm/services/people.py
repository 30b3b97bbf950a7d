"""Whom a new thing may belong to."""

from collections.abc import Collection

from sqlalchemy import select

from oa_crm.errors import InvalidInput
from oa_crm.hooks.ports import Reach, Who
from oa_crm.models import Department, Member, table_of
from oa_crm.services import access
from oa_crm.services.work import Work


def new_owner(work: Work, kind: str, wanted: str | None, field: str = "owner_id") -> str:
    """The owner of a new thing: the actor, or whom he names within his reach.

    Raises `Forbidden` without the right to write this kind, `InvalidInput` for an unknown or too distant member.
    """
    reach = access.require(work, "write", kind)
    if wanted is None and work.who.is_system:
        raise InvalidInput.of(field, "owner_missing")
    owner = wanted or work.who.id
    if owner == work.who.id and not work.who.is_system:
        return owner
    return a_member(work, owner, field, reach)


def a_member(work: Work, id: str, field: str, reach: Reach = Reach.ALL) -> str:
    """An active member within a reach. Raises `InvalidInput`."""
    table = table_of(Member)
    known = select(table.c.id).where(table.c.tenant_id == work.scope.tenant, table.c.id == id, table.c.active.is_(True))
    if reach is not Reach.ALL:
        known = known.where(access.members_within(work.who, reach))
    if work.connection.execute(known).first() is None:
        raise InvalidInput.of(field, "owner_out_of_reach", owner=id)
    return id


def whos(work: Work, ids: Collection[str]) -> dict[str, Who]:
    """The active members among these ids, as permission asks about them."""
    member, department = table_of(Member), table_of(Department)
    placed = (department.c.tenant_id == member.c.tenant_id) & (department.c.id == member.c.department_id)
    query = select(member.c.id, member.c.roles, member.c.department_id, department.c.path).outerjoin(department, placed)
    mine = query.where(member.c.tenant_id == work.scope.tenant, member.c.id.in_(ids), member.c.active.is_(True))
    rows = work.connection.execute(mine)
    return {row.id: Who(work.scope.tenant, row.id, tuple(row.roles), row.department_id, row.path) for row in rows}


def within(work: Work, action: str, kind: str) -> list[str]:
    """The active members whose things the actor reaches for an action."""
    reach, table = access.require(work, action, kind), table_of(Member)
    mine = select(table.c.id).where(table.c.tenant_id == work.scope.tenant, table.c.active.is_(True))
    if reach is not Reach.ALL:
        mine = mine.where(access.members_within(work.who, reach))
    return list(work.connection.scalars(mine.order_by(table.c.id)))


def within_reach(work: Work, kind: str, most: int) -> tuple[str, ...]:
    """Names of active members whom a new thing of this kind may belong to, at most `most`; the id where two share one.

    Raises `Forbidden` without the right to write this kind.
    """
    reach, table = access.require(work, "write", kind), table_of(Member)
    known = select(table.c.id, table.c.name).where(table.c.tenant_id == work.scope.tenant, table.c.active.is_(True))
    if reach is not Reach.ALL and not work.who.is_system:
        known = known.where(access.members_within(work.who, reach))
    rows = work.connection.execute(known.order_by(table.c.name, table.c.id).limit(most)).all()
    names = [row.name for row in rows]
    return tuple(row.id if names.count(row.name) > 1 else row.name for row in rows)
