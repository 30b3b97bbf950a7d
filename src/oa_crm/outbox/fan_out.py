"""Fan-out: one delivery per event and subscribed plugin. Done by the relay, so that a web process need not
load the plugins that listen.

An event stays open until its deliveries exist; both change in one transaction. Order is never taken from
"id greater than last": numbers are not given out in the order of commits.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from oa_crm.outbox.tables import DELIVERY, EVENT, PENDING, SWITCH


def fan_out(
    connection: Connection, subscribers: Mapping[str, Sequence[str]], now: datetime, *, limit: int = 500
) -> int:
    """Fan out up to `limit` open events, oldest first; how many were. The caller commits.

    `subscribers` names, per hook, the plugins that listen.
    """
    # An index-led read first: on SQLite, and wherever nothing waits, no lock is ever taken for it.
    events = connection.execute(
        select(EVENT.c.id, EVENT.c.tenant_id, EVENT.c.hook, EVENT.c.lane)
        .where(EVENT.c.open == 1)
        .order_by(EVENT.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    if not events:
        return 0
    off = _switched_off(connection, {event.tenant_id for event in events})
    deliveries = [
        _delivery(event, plugin, now)
        for event in events
        for plugin in subscribers.get(event.hook, ())
        if (event.tenant_id, plugin) not in off
    ]
    if deliveries:
        connection.execute(insert(DELIVERY), deliveries)
    connection.execute(
        update(EVENT).where(EVENT.c.id.in_([event.id for event in events])).values(open=None, open_lane=None)
    )
    return len(events)


def _switched_off(connection: Connection, tenants: set[str]) -> set[tuple[str, str]]:
    query = select(SWITCH.c.tenant_id, SWITCH.c.plugin).where(
        SWITCH.c.tenant_id.in_(sorted(tenants)), SWITCH.c.enabled.is_(False)
    )
    return {(row.tenant_id, row.plugin) for row in connection.execute(query)}


def _delivery(event: Any, plugin: str, now: datetime) -> dict[str, Any]:
    return {
        "tenant_id": event.tenant_id,
        "event_row_id": event.id,
        "plugin": plugin,
        "state": PENDING,
        "open": 1,
        "open_lane": event.lane,
        "attempts": 0,
        "failures": 0,
        "not_before": now,
        "opened_at": now,
    }
