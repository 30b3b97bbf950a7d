"""What a handover owes besides: an audit entry for every thing, the key changes among them, and the events.

Audit and key changes are copied from the items by one statement a kind. An event has its lane and its words, so those
of customers are made one by one, and written together with the unit's others.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, insert, literal, select

from oa_crm.hooks.payloads import CustomerOwnerChanged, LeadUpdated
from oa_crm.models import AuditEntry, KeyChange, Lead, table_of
from oa_crm.models.types import UtcDateTime, long_text, text
from oa_crm.services import sql
from oa_crm.services.digesting.kinds import CHANGE_KINDS
from oa_crm.services.handing.kinds import CUSTOMER, ITEM, HeldKind, Run
from oa_crm.services.holding.ledger import Cause

_AUDIT = (
    "tenant_id",
    "at",
    "actor_id",
    "on_behalf_of",
    "request_id",
    "operation",
    "kind",
    "thing_id",
    "changes",
    "reason",
)
_KEY = ("id", "tenant_id", "what", "kind", "thing_id", "field", "before", "after", "reason", "at", "by")


def write(run: Run, kind: HeldKind, operation: str, reason: str | None, *, back: bool = False) -> None:
    """Write the audit of every item of a kind, and its key changes."""
    scope, where = run.work.scope, run.items(kind.name)
    if back:
        where = where & ITEM.c.put_back.is_not(None)
    now, why = literal(run.work.journal.now(), UtcDateTime()), literal(reason, text(500))
    said = (
        ITEM.c.tenant_id, now, literal(scope.actor.id), literal(scope.on_behalf_of, text(64)),
        literal(scope.request_id), literal(operation), literal(kind.name), sql.id_as_text(run.work, ITEM.c.thing_id),
        _changes(run, kind, back), why,
    )  # fmt: skip
    run.work.connection.execute(insert(AuditEntry).from_select(_AUDIT, select(*said).where(where)))
    what = next((one.name for one in CHANGE_KINDS if one.model is kind.model and one.covers(kind.owner)), None)
    if what is not None:
        before, after = literal(run.leaver, text(64)), ITEM.c.receiver_id
        pair = (after, before) if back else (before, after)
        row = (
            sql.fresh_id(run.work), ITEM.c.tenant_id, literal(what), literal(kind.name), ITEM.c.thing_id,
            literal(kind.owner), *(_quoted(run, one) for one in pair), why, now, literal(scope.actor.id),
        )  # fmt: skip
        run.work.connection.execute(insert(KeyChange).from_select(_KEY, select(*row).where(where)))


def announce(run: Run, names: dict[UUID, str], reason: str | None, *, back: bool = False) -> None:
    """Say of every customer who has it now, in the order of their ids. One statement."""
    where = run.items(CUSTOMER.name)
    if back:
        where = where & ITEM.c.put_back.is_not(None)
    columns = (ITEM.c.thing_id, ITEM.c.receiver_id, ITEM.c.pool_id)
    for row in run.work.connection.execute(select(*columns).where(where).order_by(ITEM.c.thing_id)):
        before, after = (run.leaver, None), (row.receiver_id, row.pool_id)
        (former, former_pool), (owner, pool) = (after, before) if back else (before, after)
        run.work.journal.emit(
            CustomerOwnerChanged,
            customer_id=row.thing_id,
            name=names[row.thing_id],
            owner_id=owner,
            pool_id=pool,
            former_owner_id=former,
            former_pool_id=former_pool,
            cause=Cause.HANDOVER.value,
            reason=reason,
        )


def announce_leads(run: Run, *, back: bool = False) -> None:
    """Say of every lead that its owner changed. One statement."""
    t, where = table_of(Lead), run.items("lead")
    if back:
        where = where & ITEM.c.put_back.is_not(None)
    joined = (t.c.tenant_id == run.work.scope.tenant) & (t.c.id == ITEM.c.thing_id) & where
    names = ("company_name", "owner_id", "source", "score", "state")
    for row in run.work.connection.execute(select(t.c.id, *(t.c[one] for one in names)).where(joined).order_by(t.c.id)):
        facts = {one: getattr(row, one) for one in names}
        run.work.journal.emit(LeadUpdated, lead_id=row.id, changed=("owner_id",), **facts)


def _changes(run: Run, kind: HeldKind, back: bool) -> ColumnElement[Any]:
    def said(receiver: str | None) -> Any:
        told = kind.told(run, receiver)
        return sql.as_json({name: pair[::-1] for name, pair in told.items()} if back else told)

    each = [(ITEM.c.receiver_id == one, said(one)) for one in run.receivers]
    return case(*each, else_=said(None)) if each else said(None)


def _quoted(run: Run, member: Any) -> ColumnElement[Any]:
    """A member as a JSON column holds him."""
    if member is not ITEM.c.receiver_id:
        return sql.as_json(run.leaver)
    each = [(ITEM.c.receiver_id == one, sql.as_json(one)) for one in run.receivers]
    return case(*each, else_=literal(None, long_text())) if each else literal(None, long_text())
