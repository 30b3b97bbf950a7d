"""What customers are now, by their rows, and what they are by the history. The two are always the same."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, and_, func, select

from oa_crm.models import Category, CategoryTree, ClassChange, Customer, CustomerClass, table_of
from oa_crm.schemas.classes import LEVEL
from oa_crm.services.work import Work

AT_ONCE = 500


class Standing(NamedTuple):
    """What a customer is in one tree, and whether that is pinned."""

    value: str | None = None
    pinned: bool = False


NOTHING = Standing()
Standings = dict[UUID, dict[str, Standing]]


def as_committed(work: Work, query: Select[Any]) -> Select[Any]:
    """A query of what belongs to customers whose rows we hold, as it is now.

    A host that joined on MariaDB may read an older snapshot, which only locking reads look past. PostgreSQL would have
    refused us the customers' rows then, and has no locks on groups.
    """
    return query.with_for_update(read=True) if work.connection.dialect.name in ("mysql", "mariadb") else query


def present(work: Work, rows: Sequence[Any], *, held: bool = False) -> Standings:
    """What these customers are; `rows` have `id`, `level` and `level_pinned`. `held`: we are about to change it."""
    found = {row.id: {LEVEL: Standing(row.level, bool(row.level_pinned))} for row in rows}
    seat, tree, category = table_of(CustomerClass), table_of(CategoryTree), table_of(Category)
    of_tree = and_(tree.c.tenant_id == seat.c.tenant_id, tree.c.id == seat.c.tree_id)
    of_category = and_(category.c.tenant_id == seat.c.tenant_id, category.c.id == seat.c.category_id)
    query = select(seat.c.customer_id, tree.c.name, category.c.name.label("category"), seat.c.pinned)
    query = query.join(tree, of_tree).outerjoin(category, of_category).where(seat.c.tenant_id == work.scope.tenant)
    for part in _parts(list(found)):
        mine = query.where(seat.c.customer_id.in_(part))
        for row in work.connection.execute(as_committed(work, mine) if held else mine):
            found[row.customer_id][row.name] = Standing(row.category, bool(row.pinned))
    return found


def recorded(work: Work, ids: Sequence[UUID], as_of: datetime | None = None) -> Standings:
    """What the history says that these customers are, or were at `as_of`."""
    table, found = table_of(ClassChange), Standings({id: {} for id in ids})
    for part in _parts(ids):
        mine = [table.c.tenant_id == work.scope.tenant, table.c.customer_id.in_(part)]
        until = [] if as_of is None else [table.c.at <= as_of]
        latest = func.max(table.c.number).label("number")
        grouped = select(table.c.customer_id, table.c.tree, latest).where(*mine, *until)
        last = grouped.group_by(table.c.customer_id, table.c.tree).subquery()
        same = and_(last.c.customer_id == table.c.customer_id, last.c.number == table.c.number)
        columns = (table.c.customer_id, table.c.tree, table.c.after, table.c.pinned)
        for row in work.connection.execute(select(*columns).join(last, same).where(*mine)):
            found[row.customer_id][row.tree] = Standing(row.after, bool(row.pinned))
    return found


def followed(work: Work, ids: Sequence[UUID]) -> Standings:
    """The same of customers that we hold, by the whole of their histories: of groups nothing can be held."""
    table, found = table_of(ClassChange), Standings({id: {} for id in ids})
    columns = (table.c.customer_id, table.c.tree, table.c.after, table.c.pinned)
    query = select(*columns).where(table.c.tenant_id == work.scope.tenant)
    for part in _parts(ids):
        mine = query.where(table.c.customer_id.in_(part)).order_by(table.c.customer_id, table.c.number)
        for row in work.connection.execute(as_committed(work, mine)):
            found[row.customer_id][row.tree] = Standing(row.after, bool(row.pinned))
    return found


def customers(work: Work, ids: Sequence[UUID]) -> list[Any]:
    """What is needed of these customers that we hold, whoever may see them."""
    table = table_of(Customer)
    columns = (table.c.id, table.c.name, table.c.owner_id, table.c.level, table.c.level_pinned)
    query = select(*columns).where(table.c.tenant_id == work.scope.tenant)
    parts = (as_committed(work, query.where(table.c.id.in_(part))) for part in _parts(ids))
    return [row for part in parts for row in work.connection.execute(part)]


def unequal(now: Mapping[str, Standing], then: Mapping[str, Standing]) -> Iterator[tuple[str, Standing, Standing]]:
    """The trees in which they differ, with the one and the other."""
    for tree in sorted({*now, *then}):
        one, other = now.get(tree, NOTHING), then.get(tree, NOTHING)
        if one != other:
            yield tree, one, other


def _parts(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    return (ids[at : at + AT_ONCE] for at in range(0, len(ids), AT_ONCE))
