"""Plans of what goes into a pool: they end, whoever was to do them, for nobody is to follow it up any more.

Each is an item without a receiver, so that undoing plans it anew.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, insert, literal, select, union_all, update

from oa_crm.errors import StaleVersion
from oa_crm.models import HandoverItem, Plan, table_of
from oa_crm.models.types import text
from oa_crm.services import planned
from oa_crm.services.handing.kinds import CUSTOMER, ITEM, Run
from oa_crm.services.handing.owned import LEAD
from oa_crm.services.handing.splitting import Split

KIND = "plan"
_PLAN = table_of(Plan)
_STAMPS = ("version", "updated_at", "updated_by")
_ITEM = ("tenant_id", "handover_id", "kind", "thing_id", "customer_id", *_STAMPS, "remind_at")


def count(split: Split) -> int:
    """How many would end. One statement."""
    named = [item.id for item in split.wanted.items if item.kind == KIND]
    ends = (
        select(_PLAN.c.id).where(_of(split.work.scope.tenant, at, split.given(kind, to_somebody=False)))
        for at, kind in ((_at_customer, CUSTOMER), (_at_lead, LEAD))
    )
    each = union_all(*ends).subquery("each")
    return int(split.work.connection.scalar(select(func.count()).where(each.c.id.not_in(named))) or 0)


def end(run: Run, reason: str | None) -> int:
    """Things were given: end the plans of those that nobody has now; how many. Four statements at most."""
    found = run.work.connection.execute(
        insert(HandoverItem).from_select(_ITEM, union_all(_items(run, CUSTOMER.name), _items(run, LEAD.name))),
        execution_options={"preserve_rowcount": True},
    ).rowcount
    if not found:
        return 0
    because = reason or "handed into a pool"
    ended = {"state": "cancelled", "remind_at": None, "ended_at": run.work.journal.now(), "ended_because": because}
    these = _ended(run, _PLAN.c.version == ITEM.c.version, _PLAN.c.state == "planned")
    changed = update(_PLAN).where(these).values(**ended, **run.stamps, version=_PLAN.c.version + 1)
    if (given := run.work.connection.execute(changed).rowcount) != found:
        raise StaleVersion(kind="handover", expected=found, current=given, state={"kind": KIND})
    _tell(run, "plans.cancel", "cancelled", reason)
    return int(found)


def begin_again(run: Run, reason: str) -> None:
    """Things were put back: so are their plans. Three statements at most."""
    still = _ended(run, _PLAN.c.version == ITEM.c.version + 1, _PLAN.c.state == "cancelled", _is_back(run))
    marked = run.work.connection.execute(update(ITEM).where(still).values({ITEM.c.put_back: 1})).rowcount
    if not marked:
        return
    before = {_PLAN.c[name]: ITEM.c[name] for name in ("remind_at", "updated_at", "updated_by")}
    as_it_was = {_PLAN.c.state: "planned", _PLAN.c.ended_at: None, _PLAN.c.ended_because: None, **before}
    back = _ended(run, ITEM.c.put_back.is_not(None))
    run.work.connection.execute(update(_PLAN).where(back).values({**as_it_was, _PLAN.c.version: _PLAN.c.version + 1}))
    _tell(run, "handover.undo", "planned", reason, ITEM.c.put_back.is_not(None))


def _items(run: Run, kind: str) -> Select[Any]:
    pooled = select(ITEM.c.thing_id).where(run.items(kind), ITEM.c.receiver_id.is_(None))
    given = select(ITEM.c.thing_id).where(run.items(KIND))
    at = _at_customer if kind == CUSTOMER.name else _at_lead
    theirs = _of(run.work.scope.tenant, at, pooled)
    mine = (_PLAN.c.tenant_id, literal(run.id, ITEM.c.handover_id.type), literal(KIND, text(20)))
    return select(
        *mine, _PLAN.c.id, _PLAN.c.customer_id, *(_PLAN.c[name] for name in _STAMPS), _PLAN.c.remind_at
    ).where(theirs, _PLAN.c.id.not_in(given))  # fmt: skip


def _of(tenant: str, at: Any, things: Select[Any]) -> ColumnElement[bool]:
    return and_(_PLAN.c.tenant_id == tenant, at(things), _PLAN.c.state == "planned")


def _at_customer(customers: Select[Any]) -> ColumnElement[bool]:
    return _PLAN.c.customer_id.in_(customers)


def _at_lead(leads: Select[Any]) -> ColumnElement[bool]:
    return and_(_PLAN.c.lead_id.in_(leads), _PLAN.c.customer_id.is_(None))


def _ended(run: Run, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition on plans and their items for those that it ended."""
    one = and_(_PLAN.c.tenant_id == run.work.scope.tenant, _PLAN.c.id == ITEM.c.thing_id)
    return and_(one, run.items(KIND), ITEM.c.receiver_id.is_(None), *conditions)


def _is_back(run: Run) -> ColumnElement[bool]:
    """What the plan is of is the leaver's again."""
    his = []
    for table, id in ((CUSTOMER.table, _PLAN.c.customer_id), (LEAD.table, _PLAN.c.lead_id)):
        one = and_(table.c.tenant_id == run.work.scope.tenant, table.c.id == id, table.c.owner_id == run.leaver)
        his.append(select(table.c.id).where(one).correlate(_PLAN).exists())
    return case((_PLAN.c.customer_id.is_not(None), his[0]), else_=his[1])


def _tell(run: Run, operation: str, change: str, reason: str | None, *conditions: ColumnElement[bool]) -> None:
    query = select(_PLAN).select_from(ITEM.join(_PLAN, _ended(run, *conditions))).order_by(_PLAN.c.id)
    for row in run.work.connection.execute(query):
        pair = [None, str(row.id)] if change == "planned" else [str(row.id), None]
        planned.tell(run.work, operation, row, change, {"plan": pair}, reason)
