"""A page of a digest, as its reader may see it now: what he may read no more is left out."""

from typing import Any
from uuid import UUID

from sqlalchemy import and_

from oa_crm.models import Base, Customer, DigestLine, KeyChange, kind_of, table_of
from oa_crm.schemas import DigestLineOut, Page
from oa_crm.services import cursors, pages
from oa_crm.services.amounts import money
from oa_crm.services.base import Service
from oa_crm.services.digesting.kinds import KINDS, models

_SORT = "digest"


def lines(service: Service, digest: Any, after: str | None, limit: int | None) -> Page[DigestLineOut]:
    """The changes in the order in which they happened. As many statements as there are kinds of things, and one."""
    size = pages.size(service.work, limit)
    rows = _changes(service, digest, after, size)
    things = {kind_of(model): _things(service, model, rows[:size]) for model in models()}
    told = [_told(row, things[row.kind][row.thing_id]) for row in rows[:size] if row.thing_id in things[row.kind]]
    following = cursors.write(_SORT, [str(rows[size - 1].id)]) if len(rows) > size else None
    return Page(items=tuple(told), next=following)


def _changes(service: Service, digest: Any, after: str | None, size: int) -> list[Any]:
    change, line = table_of(KeyChange), table_of(DigestLine)
    mine = and_(line.c.tenant_id == change.c.tenant_id, line.c.change_id == change.c.id)
    query = service.company_wide(KeyChange).join(line, mine).where(line.c.digest_id == digest.id)
    if after is not None:
        (last,) = cursors.read(_SORT, after, 1)
        query = query.where(change.c.id > UUID(last))
    return list(service.work.connection.execute(query.order_by(change.c.id).limit(size + 1)).all())


def _things(service: Service, model: type[Base], rows: list[Any]) -> dict[UUID, Any]:
    """The things of a kind that are named and that the reader may see."""
    ids = {row.thing_id for row in rows if row.kind == kind_of(model)}
    seen = service.select(model).where(table_of(model).c.id.in_(ids)) if ids else None
    return {} if seen is None else {row.id: row for row in service.work.connection.execute(seen)}


def _told(row: Any, thing: Any) -> DigestLineOut:
    of_customer = row.kind == kind_of(Customer)
    return DigestLineOut(
        id=row.id,
        what=row.what,
        kind=row.kind,
        thing_id=row.thing_id,
        customer_id=thing.id if of_customer else thing.customer_id,
        name=thing.name,
        field=row.field,
        before=_value(row, row.before, thing),
        after=_value(row, row.after, thing),
        reason=row.reason,
        at=row.at,
        by=row.by,
    )


def _value(row: Any, value: Any, thing: Any) -> Any:
    kind = KINDS.get(row.what)
    if value is None or kind is None or not kind.money:
        return None if value is None else str(value)
    return money(int(value), thing.currency)
