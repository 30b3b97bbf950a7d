"""A digest put together: the key changes since the last one that its reader wants, and may read, and was not told yet.

Times of changes are those of the acts, and an act may commit after a later one. So each building looks a day further
back than the last one, and a change is told to nobody twice.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, insert, or_, select, update

from oa_crm.errors import UnknownActor
from oa_crm.hooks.payloads import DigestBuilt
from oa_crm.hooks.ports import Reach, Who
from oa_crm.ids import new_id
from oa_crm.models import Base, Digest, DigestLine, DigestSubscription, KeyChange, kind_of, table_of
from oa_crm.services import access
from oa_crm.services.digesting.kinds import models, told_of
from oa_crm.services.work import Work, who_is

OVERLAP = timedelta(days=1)
_AT_ONCE = 1000


def subscribed(work: Work, after: UUID | None, limit: int) -> list[Any]:
    """The next subscriptions of the company that are active."""
    table = table_of(DigestSubscription)
    query = select(table).where(table.c.tenant_id == work.scope.tenant, table.c.state == "active")
    if after is not None:
        query = query.where(table.c.id > after)
    return list(work.connection.execute(query.order_by(table.c.id).limit(limit)).all())


def build(work: Work, subscription_id: UUID) -> UUID | None:
    """The digest of one subscriber; None where there is nothing new to tell, or nobody any more."""
    table = table_of(DigestSubscription)
    this = and_(table.c.tenant_id == work.scope.tenant, table.c.id == subscription_id, table.c.state == "active")
    # Of two who build at once, the second waits here, and then finds what the first has told.
    row = work.connection.execute(select(table).where(this).with_for_update()).one_or_none()
    who = None if row is None else _reader(work, row.member_id)
    if row is None or who is None:
        return None
    changes = list(_untold(work, row, who))
    work.connection.execute(update(table).where(this).values(built_at=work.journal.now()))
    return _digest(work, row, changes) if changes else None


def _reader(work: Work, member_id: str) -> Who | None:
    try:
        return who_is(work.connection, work.scope.tenant, member_id).who
    except UnknownActor:
        return None


def _untold(work: Work, row: Any, who: Who) -> Iterator[UUID]:
    table, line = table_of(KeyChange), table_of(DigestLine)
    told = exists().where(
        line.c.tenant_id == work.scope.tenant, line.c.member_id == row.member_id, line.c.change_id == table.c.id
    )
    since: datetime = max(row.since, row.built_at - OVERLAP)
    ways = [_of(work, model, who, row) for model in models() if told_of(model, row.kinds)]
    if ways:
        query = select(table.c.id).where(table.c.tenant_id == work.scope.tenant, table.c.at >= since, or_(*ways), ~told)
        yield from work.connection.scalars(query.order_by(table.c.id))


def _of(work: Work, model: type[Base], who: Who, row: Any) -> ColumnElement[bool]:
    """Changes of things that the reader may read and that lie within the reach that he wants."""
    change, things = table_of(KeyChange), table_of(model)
    seen = and_(
        things.c.tenant_id == work.scope.tenant,
        access.allowed_rows(work, who, model, "read"),
        access.owned_within(who, model, Reach(row.reach)),
        *access.still_there(model),
    )
    wanted = change.c.what.in_(told_of(model, row.kinds))
    return and_(change.c.kind == kind_of(model), wanted, change.c.thing_id.in_(select(things.c.id).where(seen)))


def _digest(work: Work, row: Any, changes: list[UUID]) -> UUID:
    id, tenant = new_id(), work.scope.tenant
    facts = {"since": row.built_at, "built_at": work.journal.now(), "changes": len(changes), "acknowledged_at": None}
    work.connection.execute(insert(Digest), {"id": id, "tenant_id": tenant, "member_id": row.member_id, **facts})
    whose = {"tenant_id": tenant, "digest_id": id, "member_id": row.member_id}
    for at in range(0, len(changes), _AT_ONCE):
        lines = [{**whose, "change_id": one} for one in changes[at : at + _AT_ONCE]]
        work.connection.execute(insert(DigestLine), lines)
    told = {"member_id": [None, row.member_id], "changes": [None, len(changes)]}
    work.journal.record("digests.build", "digest", id, told)
    work.journal.emit(DigestBuilt, digest_id=id, member_id=row.member_id, changes=len(changes))
    return id
