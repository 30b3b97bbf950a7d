"""What a nightly job forgets: finished events with their deliveries, idempotency keys nobody will repeat, old
searches and looks.

In slices, each in a short transaction of its own that begins where the last one ended: nothing is read twice,
and nobody waits for more than a slice.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, delete, select

from oa_crm.database import transaction
from oa_crm.models import Base, DuplicateSearch, IdempotencyKey, Look
from oa_crm.outbox.tables import DELIVERY, EVENT

_SLICE = 1000


def forget_events(engine: Engine, before: datetime) -> int:
    """Delete events that ended before a time, with their deliveries; how many. What is open or dead stays.

    Ends at the first slice in which nothing is so old: what was written later happened later.
    """
    gone, seen = 0, 0
    while True:
        with transaction(engine) as connection:
            ids = connection.execute(
                select(EVENT.c.id, EVENT.c.occurred_at).where(EVENT.c.id > seen).order_by(EVENT.c.id).limit(_SLICE)
            ).all()
            if not any(one.occurred_at < before for one in ids):
                return gone
            gone += _forget(connection, _finished(connection, seen, ids[-1].id, before))
            seen = ids[-1].id


def _finished(connection: Connection, after: int, last: int, before: datetime) -> Sequence[int]:
    still_open = select(DELIVERY.c.id).where(DELIVERY.c.event_row_id == EVENT.c.id, DELIVERY.c.open == 1).exists()
    slice_ = select(EVENT.c.id).where(EVENT.c.id > after, EVENT.c.id <= last)
    return connection.scalars(slice_.where(EVENT.c.open.is_(None), EVENT.c.occurred_at < before, ~still_open)).all()


def _forget(connection: Connection, ids: Sequence[int]) -> int:
    if ids:
        connection.execute(delete(DELIVERY).where(DELIVERY.c.event_row_id.in_(ids)))
        connection.execute(delete(EVENT).where(EVENT.c.id.in_(ids)))
    return len(ids)


def forget_keys(engine: Engine, before: datetime) -> None:
    """Delete idempotency keys from before a time."""
    _forget_by_time(engine, IdempotencyKey, IdempotencyKey.created_at, before)


def forget_looks(engine: Engine, before: datetime) -> None:
    """Delete looks from before a time."""
    _forget_by_time(engine, Look, Look.at, before)


def _forget_by_time(engine: Engine, model: type[Base], made: Any, before: datetime) -> None:
    more = True
    while more:
        with transaction(engine) as connection:
            # By time and not by key: on all three databases that is one range of an index.
            end = connection.scalar(select(made).where(made < before).order_by(made).offset(_SLICE - 1).limit(1))
            connection.execute(delete(model).where(made < before if end is None else made <= end))
            more = end is not None


def forget_searches(engine: Engine, before: datetime) -> None:
    """Delete duplicate searches from before a time. Their numbers grow with time, so the oldest come first."""
    search, more = DuplicateSearch, True
    while more:
        with transaction(engine) as connection:
            oldest = select(search.id, search.at).order_by(search.id).limit(_SLICE)
            old = [row.id for row in connection.execute(oldest) if row.at < before]
            if old:
                connection.execute(delete(search).where(search.id.in_(old)))
            more = len(old) == _SLICE
