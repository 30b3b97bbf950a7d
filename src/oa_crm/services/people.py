"""Whom a thing may belong to or be given to. What names nobody is refused by the field that named him, before any
database is asked; nothing is given to somebody who is not there."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, select

from oa_crm.errors import InvalidInput, NotFound
from oa_crm.hooks.ports import Reach, Who
from oa_crm.models import Base, Department, Member, table_of
from oa_crm.schemas.base import unkeepable
from oa_crm.services import access
from oa_crm.services.work import Work

_LONGEST = 64


def new_owner(work: Work, kind: str, wanted: str | None, field: str = "owner_id") -> str:
    """The owner of a new thing: the actor, or whom he names within his reach.

    Raises `Forbidden` without the right to write this kind, `InvalidInput` for an unknown or too distant member.
    """
    reach = access.require(work, "write", kind)
    if wanted is None and work.who.is_system:
        raise InvalidInput.of(field, "owner_missing")
    owner = work.who.id if wanted is None else wanted
    if owner == work.who.id and not work.who.is_system:
        return owner
    return a_member(work, owner, field, reach)


def named(field: str, id: object) -> str:
    """What may be the id of a member. Raises `InvalidInput` for what no database has or takes: 1 to 64 characters."""
    if not isinstance(id, str) or not 0 < len(id) <= _LONGEST:
        raise InvalidInput.of(field, "owner_out_of_reach", owner=repr(id)[:_LONGEST])
    if code := unkeepable(id):
        raise InvalidInput.of(field, code)
    return id


def receiver(work: Work, kind: str, to: str, *, anybody: bool = False) -> str:
    """A member whom a thing of this kind is given to, within the actor's reach or, for `anybody`, beyond it.

    Raises `Forbidden` without the right to write this kind, `InvalidInput` for `to`.
    """
    to = named("to", to)
    return a_member(work, to, "to") if anybody else new_owner(work, kind, to, "to")


def a_member(work: Work, id: str, field: str, reach: Reach = Reach.ALL) -> str:
    """An active member within a reach. Raises `InvalidInput`."""
    table, id = table_of(Member), named(field, id)
    known = select(table.c.id).where(table.c.tenant_id == work.scope.tenant, table.c.id == id, table.c.active.is_(True))
    if reach is not Reach.ALL:
        known = known.where(access.members_within(work.who, reach))
    if work.connection.scalar(known) != id:
        raise InvalidInput.of(field, "owner_out_of_reach", owner=id)
    return id


def works_at(work: Work, model: type[Base], id: UUID, member: str, field: str) -> None:
    """See that whoever is to do something at this customer or lead may write there. Raises `InvalidInput`."""
    if not access.seen_by(work, model, id, list(whos(work, [member]).values()), "write"):
        raise InvalidInput.of(field, "may_not_write_there", member=member)


def whos(work: Work, ids: Collection[str]) -> dict[str, Who]:
    """The active members among these ids, as permission asks about them."""
    tenant, member, department = work.scope.tenant, table_of(Member), table_of(Department)
    placed = (department.c.tenant_id == member.c.tenant_id) & (department.c.id == member.c.department_id)
    facts = (member.c.id, member.c.roles, member.c.department_id, member.c.external, department.c.path)
    mine = (member.c.tenant_id == tenant) & member.c.id.in_(ids) & member.c.active.is_(True)
    rows = work.connection.execute(select(*facts).outerjoin(department, placed).where(mine))
    return {
        row.id: Who(tenant, row.id, tuple(row.roles), row.department_id, row.path, external=row.external)
        for row in rows
    }


def whose(work: Work, kind: str, member_id: str) -> str:
    """A member, active or gone, whose things of this kind the actor may see.

    Raises `NotFound`, and `InvalidInput` for what is no id of a member.
    """
    reach, table, id = access.require(work, "read", kind), table_of(Member), named("member_id", member_id)
    mine = select(table.c.id).where(table.c.tenant_id == work.scope.tenant, table.c.id == id)
    if reach is not Reach.ALL:
        mine = mine.where(access.members_within(work.who, reach))
    if work.connection.scalar(mine) != id:
        raise NotFound("member", id)
    return id


def of_department(work: Work, department_id: str) -> Any:
    """The ids of the members of a department and of those below it, as a subquery."""
    mine = and_(Department.tenant_id == work.scope.tenant, Department.id == department_id)
    top = select(Department.path).where(mine).scalar_subquery()
    after = func.substr(top, 1, func.length(top) - 1) + "0"
    of_member = and_(Department.tenant_id == Member.tenant_id, Department.id == Member.department_id)
    members = select(Member.id).join(Department, of_member).where(Member.tenant_id == work.scope.tenant)
    return members.where(Department.path >= top, Department.path < after)


def within(work: Work, action: str, kind: str) -> list[str]:
    """The active members whose things the actor reaches for an action."""
    reach, table = access.require(work, action, kind), table_of(Member)
    mine = select(table.c.id).where(table.c.tenant_id == work.scope.tenant, table.c.active.is_(True))
    if reach is not Reach.ALL:
        mine = mine.where(access.members_within(work.who, reach))
    return list(work.connection.scalars(mine.order_by(table.c.id)))


def names_within(work: Work, kind: str, most: int) -> tuple[str, ...]:
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
