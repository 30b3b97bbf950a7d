"""The statements of a merge and of its undoing. Each touches rows of one link, however many."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Table, and_, case, delete, insert, literal, true, tuple_, update
from sqlalchemy.exc import IntegrityError

from oa_crm.models import Customer, table_of
from oa_crm.services.merging.links import LinkTo
from oa_crm.services.work import Work

AT_ONCE = 500
Key = tuple[Any, ...]


def lead_over(work: Work, link: LinkTo, into: Mapping[UUID, UUID]) -> None:
    """Lead every row of the losers to their survivors."""
    column = link.column
    stored = {link.stored(old): link.stored(new) for old, new in into.items()}
    led = case(*((column == old, literal(new, column.type)) for old, new in stored.items()), else_=column)
    theirs = and_(link.of_tenant(work), column.in_(list(stored)), _not_itself(link, list(into.values())))
    work.connection.execute(update(link.table).where(theirs).values({column: led}))


def lead_back(work: Work, link: LinkTo, keys: Sequence[Key], winner: UUID, loser: UUID) -> int:
    """Lead these rows back, where they are still with the survivor; how many it were."""
    done = 0
    for those in _parts(keys):
        mine = and_(link.of_tenant(work), link.column == link.stored(winner), among(link, those))
        back = update(link.table).where(mine).values({link.column: link.stored(loser)})
        done += work.connection.execute(back).rowcount
    return done


def remove(work: Work, link: LinkTo, keys: Sequence[Key], loser: UUID) -> None:
    """Take rows out of the table that the journal keeps."""
    for those in _parts(keys):
        mine = and_(link.of_tenant(work), link.column == link.stored(loser), among(link, those))
        work.connection.execute(delete(link.table).where(mine))


def put_back(work: Work, link: LinkTo, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Insert rows as they were; those whose place is taken are answered instead."""
    if not rows or _inserted(work, link.table, rows):
        return []
    return [row for row in rows if not _inserted(work, link.table, [row])]


def set_on(work: Work, link: LinkTo, keys: Sequence[Key], where: ColumnElement[bool], **values: Any) -> int:
    """Set columns of these rows, where they are as `where` says."""
    done = 0
    for those in _parts(keys):
        mine = and_(link.of_tenant(work), where, among(link, those))
        done += work.connection.execute(update(link.table).where(mine).values(**values)).rowcount
    return done


def set_customers(work: Work, values: Mapping[UUID, Mapping[str, Any]], **of_all: Any) -> int:
    """Set columns of many customers, each to its own value, and `of_all` of every one, by one statement."""
    table = table_of(Customer)
    names = {name for those in values.values() for name in those}
    own = {
        name: _each(table.c[name], {id: those[name] for id, those in values.items() if name in those}) for name in names
    }
    these = and_(table.c.tenant_id == work.scope.tenant, table.c.id.in_(list(values)))
    return work.connection.execute(update(table).where(these).values(**own, **of_all)).rowcount


def among(link: LinkTo, keys: Sequence[Key]) -> ColumnElement[bool]:
    """The condition for rows by their keys."""
    if not link.key:
        return true()
    if len(link.key) == 1:
        return link.key[0].in_([one[0] for one in keys])
    return tuple_(*link.key).in_(keys)


def _each(column: Column[Any], values: Mapping[UUID, Any]) -> Any:
    """A customer's own value, or what the column holds."""
    table = table_of(Customer)
    return case(*((table.c.id == id, literal(value, column.type)) for id, value in values.items()), else_=column)


def _not_itself(link: LinkTo, winners: list[UUID]) -> ColumnElement[bool]:
    return link.table.c.id.not_in(winners) if link.of_customer else true()


def _inserted(work: Work, table: Table, rows: Sequence[dict[str, Any]]) -> bool:
    try:
        with work.connection.begin_nested():
            work.connection.execute(insert(table), list(rows))
    except IntegrityError:
        return False
    return True


def _parts(keys: Sequence[Key]) -> Iterator[Sequence[Key]]:
    return (keys[at : at + AT_ONCE] for at in range(0, len(keys), AT_ONCE))
