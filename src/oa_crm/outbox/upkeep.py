"""What a person does with deliveries: look, replay, skip. Tidying up is in `retention.py`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, select, update

from oa_crm.outbox.fan_out import deliveries
from oa_crm.outbox.tables import DEAD, DELIVERY, EVENT, PENDING, SKIPPED, SWITCH


def counts(connection: Connection) -> dict[str, dict[str, int]]:
    """Open deliveries per plugin and state, and under "" the events that wait for fan-out."""
    waiting = connection.scalar(select(func.count()).select_from(EVENT).where(EVENT.c.open == 1)) or 0
    found: dict[str, dict[str, int]] = {"": {"not fanned out": int(waiting)}} if waiting else {}
    query = select(DELIVERY.c.plugin, DELIVERY.c.state, func.count().label("n")).where(DELIVERY.c.open == 1)
    for row in connection.execute(query.group_by(DELIVERY.c.plugin, DELIVERY.c.state)):
        found.setdefault(row.plugin, {})[row.state] = int(row.n)
    return found


def listing(connection: Connection, state: str, plugin: str | None, tenant: str | None, limit: int) -> Sequence[Any]:
    """Deliveries in a state, oldest first, with what they carry."""
    query = (
        select(
            DELIVERY.c.id,
            DELIVERY.c.tenant_id,
            DELIVERY.c.plugin,
            DELIVERY.c.state,
            DELIVERY.c.attempts,
            DELIVERY.c.not_before,
            DELIVERY.c.last_error,
            EVENT.c.event_id,
            EVENT.c.hook,
            EVENT.c.kind,
            EVENT.c.thing_id,
            EVENT.c.occurred_at,
        )
        .join(EVENT, EVENT.c.id == DELIVERY.c.event_row_id)
        .where(DELIVERY.c.state == state)
        .order_by(DELIVERY.c.id)
        .limit(limit)
    )
    if state in (PENDING, DEAD):
        query = query.where(DELIVERY.c.open == 1)
    if plugin is not None:
        query = query.where(DELIVERY.c.plugin == plugin)
    if tenant is not None:
        query = query.where(DELIVERY.c.tenant_id == tenant)
    return connection.execute(query).all()


def revive(connection: Connection, which: ColumnElement[bool], now: datetime) -> int:
    """Make dead or finished deliveries due again, with the same key and a fresh count of failures."""
    lane = select(EVENT.c.lane).where(EVENT.c.id == DELIVERY.c.event_row_id).scalar_subquery()
    opened = {"state": PENDING, "open": 1, "open_lane": lane, "not_before": now, "opened_at": now}
    fresh = {"failures": 0, "lease_token": None, "finished_at": None}
    return connection.execute(update(DELIVERY).where(which).values(**opened, **fresh)).rowcount


def skip(connection: Connection, ids: Sequence[int], why: str, now: datetime) -> int:
    """End dead deliveries without delivering them; what waited behind them goes on."""
    dead = and_(DELIVERY.c.id.in_(ids), DELIVERY.c.state == DEAD)
    values = {
        "state": SKIPPED,
        "open": None,
        "open_lane": None,
        "finished_at": now,
        "last_error": f"skipped: {why}"[:500],
    }
    return connection.execute(update(DELIVERY).where(dead).values(**values)).rowcount


def add_history(
    connection: Connection, plugin: str, hooks: Sequence[str], since: datetime, tenant: str | None, now: datetime
) -> int:
    """Deliver past events to a plugin that has none of them yet; set-based, in the order they happened."""
    has_one = select(DELIVERY.c.id).where(DELIVERY.c.event_row_id == EVENT.c.id, DELIVERY.c.plugin == plugin).exists()
    switched_off = (
        select(SWITCH.c.plugin)
        .where(SWITCH.c.tenant_id == EVENT.c.tenant_id, SWITCH.c.plugin == plugin, SWITCH.c.enabled.is_(False))
        .exists()
    )
    past = and_(EVENT.c.open.is_(None), EVENT.c.hook.in_(hooks), EVENT.c.occurred_at >= since, ~has_one, ~switched_off)
    if tenant is not None:
        past = and_(past, EVENT.c.tenant_id == tenant)
    given = {"to_plugin": plugin, "at": now}
    return connection.execute(deliveries(past), given, execution_options={"preserve_rowcount": True}).rowcount


def anything_open(connection: Connection) -> bool:
    """Whether an event waits for fan-out; a read, so that an idle relay takes no lock."""
    return connection.execute(select(EVENT.c.id).where(EVENT.c.open == 1).limit(1)).first() is not None


def next_due(connection: Connection, plugin: str) -> datetime | None:
    """The earliest time at which a pending delivery of the plugin is due."""
    mine = and_(DELIVERY.c.open == 1, DELIVERY.c.plugin == plugin, DELIVERY.c.state == PENDING)
    due: datetime | None = connection.scalar(select(func.min(DELIVERY.c.not_before)).where(mine))
    return due
