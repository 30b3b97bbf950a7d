"""Claiming deliveries under a lease, in three steps that work on every database.

Pick ids that nobody holds, mark them with a fresh token in one conditional UPDATE, read them by that token.
A claim moves `not_before` to the lease's end: an expired lease is found by the very same query. Every
terminal write names the token, so whoever lost his lease cannot finish what another has taken over.

The statements are built once: building them anew cost as much as the database's answer.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, bindparam, select, update

from oa_crm.ids import new_id
from oa_crm.outbox.tables import DELIVERY, EVENT, PENDING, ByIds


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery in our hands, with its event as stored."""

    id: int
    plugin: str
    attempt: int
    failures: int
    event_id: UUID
    hook: str
    version: int
    kind: str
    thing_id: str
    tenant: str
    occurred_at: datetime
    opened_at: datetime
    payload: dict[str, Any]
    last_error: str | None = None
    lapsed: bool = False
    """Whether the claim before this one ended without an outcome."""

    @property
    def key(self) -> str:
        """Stable per event and plugin."""
        return f"{self.event_id}:{self.plugin}"


def claim(
    connection: Connection, plugin: str, now: datetime, lease: timedelta, limit: int
) -> tuple[UUID, list[Claimed]]:
    """Take up to `limit` due deliveries of a plugin, at most one per lane. The caller commits.

    One whose lease ran out may have killed its worker, so it comes alone and drags no neighbours along.
    """
    token = new_id()
    due = connection.execute(_DUE, {"plugin": plugin, "now": now, "size": limit}).all()
    if not due:
        return token, []
    lapsed = due[0].lease_token is not None
    ids = [due[0].id] if lapsed else [one.id for one in due if one.lease_token is None]
    taken = connection.execute(_TAKE.on(connection), {"ids": ids, "now": now, "token": token, "until": now + lease})
    if taken.rowcount == 0:
        return token, []
    claimed = [Claimed(*row) for row in connection.execute(_HELD, {"token": token})]
    return token, [replace(one, lapsed=True) for one in claimed] if lapsed else claimed


def anything_due(connection: Connection, plugin: str, now: datetime) -> bool:
    """Whether a claim would find something; on SQLite a read, so that an idle relay keeps nobody from writing."""
    return connection.execute(_DUE, {"plugin": plugin, "now": now, "size": 1}).first() is not None


def extend(connection: Connection, token: UUID, ids: list[int], until: datetime) -> bool:
    """Lengthen the lease of deliveries that we still hold; False when one of them is not ours any more."""
    extended = connection.execute(_EXTEND.on(connection), {"ids": ids, "token": token, "until": until})
    return extended.rowcount == len(ids)


def _due() -> Select[Any]:
    earlier, waiting = DELIVERY.alias("earlier"), EVENT.alias("waiting")
    # By `open_lane` and nothing else, so that no planner, however ill-informed, walks through all open rows.
    # A lane is held while an earlier event of it is on its way to this plugin, dead, or not yet fanned out.
    held_by_delivery = (
        select(earlier.c.id)
        .where(
            earlier.c.open_lane == DELIVERY.c.open_lane,
            earlier.c.plugin == DELIVERY.c.plugin,
            earlier.c.event_row_id < DELIVERY.c.event_row_id,
        )
        .exists()
    )
    held_by_event = (
        select(waiting.c.id)
        .where(waiting.c.open_lane == DELIVERY.c.open_lane, waiting.c.id < DELIVERY.c.event_row_id)
        .exists()
    )
    return (
        select(DELIVERY.c.id, DELIVERY.c.lease_token)
        .where(
            DELIVERY.c.open == 1,
            DELIVERY.c.plugin == bindparam("plugin"),
            DELIVERY.c.state == PENDING,
            DELIVERY.c.not_before <= bindparam("now"),
            ~held_by_delivery,
            ~held_by_event,
        )
        .order_by(DELIVERY.c.not_before, DELIVERY.c.id)
        .limit(bindparam("size"))
        .with_for_update(skip_locked=True)
    )


def _held() -> Select[Any]:
    """In the order of the fields of `Claimed`."""
    return (
        select(
            DELIVERY.c.id,
            DELIVERY.c.plugin,
            DELIVERY.c.attempts,
            DELIVERY.c.failures,
            EVENT.c.event_id,
            EVENT.c.hook,
            EVENT.c.version,
            EVENT.c.kind,
            EVENT.c.thing_id,
            EVENT.c.tenant_id,
            EVENT.c.occurred_at,
            DELIVERY.c.opened_at,
            EVENT.c.payload,
            DELIVERY.c.last_error,
        )
        .join(EVENT, EVENT.c.id == DELIVERY.c.event_row_id)
        .where(DELIVERY.c.lease_token == bindparam("token"))
        .order_by(DELIVERY.c.event_row_id)
    )


_DUE, _HELD = _due(), _held()
_TAKE = ByIds(
    DELIVERY.c.id,
    lambda among: (
        update(DELIVERY)
        .where(among, DELIVERY.c.state == PENDING, DELIVERY.c.not_before <= bindparam("now"))
        .values(lease_token=bindparam("token"), not_before=bindparam("until"), attempts=DELIVERY.c.attempts + 1)
    ),
)
_EXTEND = ByIds(
    DELIVERY.c.id,
    lambda among: (
        update(DELIVERY)
        .where(among, DELIVERY.c.lease_token == bindparam("token"))
        .values(not_before=bindparam("until"))
    ),
)
