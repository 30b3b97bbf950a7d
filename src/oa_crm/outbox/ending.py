"""Terminal writes of deliveries. Each names the lease token: only who still holds a delivery may end it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, bindparam, insert, select, update

from oa_crm.hooks.answers import Receipt
from oa_crm.hooks.payloads import DeliveryDead
from oa_crm.ids import new_id
from oa_crm.models import EventRow
from oa_crm.outbox.claim import Claimed
from oa_crm.outbox.outcome import Again, Dead
from oa_crm.outbox.tables import DEAD, DELIVERY, DONE, LINK, PENDING, ByIds
from oa_crm.scope import SYSTEM_ACTOR_ID
from oa_crm.services.journal import event_row


class LostLease(Exception):
    """Another worker took the delivery over; what was done for it must be rolled back."""


_DONE = ByIds(
    DELIVERY.c.id,
    lambda among: (
        update(DELIVERY)
        .where(among, DELIVERY.c.lease_token == bindparam("token"), DELIVERY.c.state == PENDING)
        .values(state=DONE, open=None, open_lane=None, lease_token=None, finished_at=bindparam("now"), last_error=None)
    ),
)


def mark_done(
    connection: Connection, token: UUID, finished: Sequence[tuple[Claimed, Receipt | None]], now: datetime
) -> None:
    """Mark deliveries done and keep their receipts, in one statement each. Raises `LostLease`."""
    ids = [claimed.id for claimed, _ in finished]
    if connection.execute(_DONE.on(connection), {"ids": ids, "token": token, "now": now}).rowcount != len(ids):
        raise LostLease
    _keep(connection, [_link(claimed, receipt, now) for claimed, receipt in finished if receipt is not None])


def mark_failed(
    connection: Connection, token: UUID, claimed: Claimed, outcome: Again | Dead, error: str, now: datetime
) -> None:
    """Put a delivery back for later, or lay it aside as dead and say so. Raises `LostLease`."""
    mine = and_(DELIVERY.c.id == claimed.id, DELIVERY.c.lease_token == token, DELIVERY.c.state == PENDING)
    if isinstance(outcome, Again):
        values = {"not_before": outcome.at, "failures": claimed.failures + outcome.failed}
    else:
        values = {"state": DEAD, "finished_at": now, "failures": claimed.failures + 1}
    kept = {"lease_token": None, "last_error": error, "attempts": claimed.attempt}
    ended = update(DELIVERY).where(mine).values(**kept, **values)
    if connection.execute(ended).rowcount != 1:
        raise LostLease
    # No event about an undeliverable event about an undeliverable event.
    if isinstance(outcome, Dead) and claimed.hook != DeliveryDead.HOOK:
        connection.execute(insert(EventRow), event_row(_dead_event(claimed, error, now)))


def note_lapse(connection: Connection, token: UUID, claimed: Claimed, error: str) -> Claimed:
    """Count the claim before this one as a failure, and say so in case this one ends in the same way."""
    mine = and_(DELIVERY.c.id == claimed.id, DELIVERY.c.lease_token == token)
    counted = replace(claimed, failures=claimed.failures + 1, last_error=error)
    connection.execute(update(DELIVERY).where(mine).values(failures=counted.failures, last_error=error))
    return counted


def give_back(connection: Connection, token: UUID, untried: Sequence[int], now: datetime) -> None:
    """Return what is still ours of a claim, so that nobody waits for the lease to run out.

    The `untried` are as they were before; what was tried in vain keeps its count of attempts.
    """
    back = update(DELIVERY).where(DELIVERY.c.lease_token == token, DELIVERY.c.state == PENDING)
    free = {"lease_token": None, "not_before": now}
    if untried:
        uncounted = back.where(DELIVERY.c.id.in_(untried))
        connection.execute(uncounted.values(**free, attempts=DELIVERY.c.attempts - 1))
    connection.execute(back.values(**free))


def _keep(connection: Connection, links: Sequence[dict[str, Any]]) -> None:
    """Keep receipts as links. A delivery carried again brings its receipt again: the newest one stands."""
    if not links:
        return
    ids = [link["delivery_id"] for link in links]
    known = set(connection.scalars(select(LINK.c.delivery_id).where(LINK.c.delivery_id.in_(ids), _of(links))))
    if fresh := [link for link in links if link["delivery_id"] not in known]:
        connection.execute(insert(LINK), fresh)
    for link in links:
        if link["delivery_id"] in known:
            mine = and_(LINK.c.tenant_id == link["tenant_id"], LINK.c.delivery_id == link["delivery_id"])
            newer = {name: link[name] for name in ("ref", "url", "label")}
            connection.execute(update(LINK).where(mine).values(**newer))


def _of(links: Sequence[dict[str, Any]]) -> ColumnElement[bool]:
    return LINK.c.tenant_id.in_(sorted({link["tenant_id"] for link in links}))


def _link(claimed: Claimed, receipt: Receipt, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "tenant_id": claimed.tenant,
        "kind": claimed.kind,
        "thing_id": claimed.thing_id,
        "plugin": claimed.plugin,
        "hook": claimed.hook,
        "delivery_id": claimed.id,
        "ref": receipt.ref,
        "url": receipt.url,
        "label": receipt.label,
        "created_at": now,
    }


def _dead_event(claimed: Claimed, error: str, now: datetime) -> DeliveryDead:
    return DeliveryDead(
        id=new_id(),
        tenant=claimed.tenant,
        actor=SYSTEM_ACTOR_ID,
        request_id=str(claimed.event_id),
        occurred_at=now,
        delivery_id=claimed.id,
        plugin=claimed.plugin,
        hook=claimed.hook,
        event_id=claimed.event_id,
        kind=claimed.kind,
        about=claimed.thing_id,
        attempts=claimed.attempt,
        error=error,
    )
