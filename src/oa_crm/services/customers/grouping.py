"""Groups of companies: each customer names the one above it, and the topmost of its group.

Whoever moves a customer locks both groups by their topmost, in one order, and reads them again behind the lock: so two
who move at once never close a ring. A group is read by one range of an index, however deep it is.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, or_, select, update

from oa_crm.errors import InvalidInput
from oa_crm.models import Customer, table_of
from oa_crm.schemas import CustomerGroup, GroupMember
from oa_crm.services.base import Service
from oa_crm.services.work import Work

LARGEST = 5000
_AT_ONCE = 500


def top_for(service: Service, id: UUID | None, parent_id: UUID | None) -> UUID | None:
    """The topmost customer of the group that `parent_id` stands in, locked; None without a parent.

    `id` is the customer that goes there, None for a new one. Raises `not_found` for a parent that the actor may not
    see, `invalid_input` when the parent lies below the customer itself.
    """
    if parent_id is None:
        return None
    parent = service.one(Customer, parent_id)
    _hold(service.work, [parent.id] if id is None else [parent.id, id])
    service.hold_customers([parent.id])
    if id is not None and parent.id in {id, *_below(service.work, id)}:
        raise InvalidInput.of("parent_id", "group_loop")
    return _top(_now(service.work, parent.id))


def carry_along(work: Work, id: UUID, group_id: UUID | None) -> None:
    """Everybody below `id` goes where it goes. Set-based; nobody's version changes, since nobody edited them."""
    table, below = table_of(Customer), sorted(_below(work, id))
    if len(below) > LARGEST:
        raise InvalidInput.of("parent_id", "group_too_large", most=LARGEST)
    for at in range(0, len(below), _AT_ONCE):
        some = and_(table.c.tenant_id == work.scope.tenant, table.c.id.in_(below[at : at + _AT_ONCE]))
        work.connection.execute(update(table).where(some).values(group_id=group_id or id))


def leave(work: Work, id: UUID) -> None:
    """Lock the group that `id` is taken out of."""
    _hold(work, [id])


def group(service: Service, id: UUID) -> CustomerGroup:
    """The whole group of a customer in three statements."""
    table, work = table_of(Customer), service.work
    top = _top(service.one(Customer, id))
    bones = work.connection.execute(_members(service.company_wide(Customer, table.c.id, table.c.parent_id), top)).all()
    facts = (table.c.id, table.c.name, table.c.short_name, table.c.owner_id)
    seen = {row.id: row for row in work.connection.execute(_members(_seen(service, facts), top))}
    children: defaultdict[UUID | None, list[UUID]] = defaultdict(list)
    for bone in sorted(bones, key=lambda one: one.id):
        children[bone.parent_id if bone.id != top else None].append(bone.id)
    told = tuple(_told(children, seen, children[None], None, 0))
    return CustomerGroup(members=told, hidden=len(bones) - len(told))


def grouped(work: Work, ids: Sequence[UUID]) -> frozenset[UUID]:
    """Those of `ids` that stand in a group: below another customer, or above one."""
    table = table_of(Customer)
    ours = table.c.tenant_id == work.scope.tenant
    below = select(table.c.id).where(ours, table.c.id.in_(ids), table.c.parent_id.is_not(None))
    above = select(table.c.parent_id).where(ours, table.c.parent_id.in_(ids))
    return frozenset(work.connection.scalars(below)) | frozenset(work.connection.scalars(above))


def _told(children: Any, seen: Any, ids: list[UUID], above: UUID | None, depth: int) -> Iterator[GroupMember]:
    waiting = [(id, above, depth) for id in reversed(ids)]
    while waiting:
        id, above, depth = waiting.pop()
        if row := seen.get(id):
            yield GroupMember(
                customer_id=id,
                name=row.name,
                short_name=row.short_name,
                owner_id=row.owner_id,
                above=above,
                depth=depth,
            )
            above, depth = id, depth + 1
        waiting += [(child, above, depth) for child in reversed(children[id])]


def _seen(service: Service, columns: tuple[Any, ...]) -> Select[Any]:
    return service.select(Customer).with_only_columns(*columns)


def _members(query: Select[Any], top: UUID) -> Select[Any]:
    table = table_of(Customer)
    return query.where(or_(table.c.id == top, table.c.group_id == top))


def _top(row: Any) -> UUID:
    top: UUID = row.group_id or row.id
    return top


def _hold(work: Work, ids: list[UUID]) -> None:
    """Lock the groups of these customers, until behind the locks they are still the same ones."""
    # The first look takes no lock: two who hold a customer each and want its group would wait for each other.
    tops, held = {_top(_now(work, id, locking=False)) for id in ids}, set[UUID]()
    while tops - held:
        _lock(work, tops - held)
        held |= tops
        tops = {_top(_now(work, id)) for id in ids}


def _now(work: Work, id: UUID, *, locking: bool = True) -> Any:
    """Where a customer stands; with `locking` as committed, also where a snapshot is older."""
    table = table_of(Customer)
    mine = and_(table.c.tenant_id == work.scope.tenant, table.c.id == id)
    facts = select(table.c.id, table.c.parent_id, table.c.group_id).where(mine)
    return work.connection.execute(facts.with_for_update(read=True) if locking else facts).one()


def _lock(work: Work, tops: set[UUID]) -> None:
    table = table_of(Customer)
    those = and_(table.c.tenant_id == work.scope.tenant, table.c.id.in_(sorted(tops)))
    work.connection.execute(select(table.c.id).where(those).order_by(table.c.id).with_for_update()).all()


def _below(work: Work, id: UUID) -> set[UUID]:
    """Everybody below a customer, as committed."""
    table, top = table_of(Customer), _top(_now(work, id))
    of_group = and_(table.c.tenant_id == work.scope.tenant, table.c.group_id == top)
    rows = work.connection.execute(select(table.c.id, table.c.parent_id).where(of_group).with_for_update(read=True))
    children: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for row in rows:
        children[row.parent_id].append(row.id)
    found, waiting = set[UUID](), [id]
    while waiting:
        new = [one for one in children[waiting.pop()] if one not in found]
        found.update(new)
        waiting += new
    return found
