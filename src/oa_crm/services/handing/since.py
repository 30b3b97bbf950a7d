"""What the receivers planned since, when a handover is taken back: who has the customer or the lead again is to do it,
as with a transfer.

A receiver keeps what he had with it before: what he planned there as a helper. That is told by when it was planned, but
for what a merge brought since: whatever came with the other file came to him as who had the survivor.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, update

from oa_crm.models import Merge, MergePart, Plan, table_of
from oa_crm.models.types import PublicId
from oa_crm.services import planned
from oa_crm.services.among import among
from oa_crm.services.handing import giving
from oa_crm.services.handing.kinds import CUSTOMER, ITEM, Run
from oa_crm.services.handing.owned import LEAD
from oa_crm.services.merging import due
from oa_crm.services.merging.packing import unpacked

_PLAN = table_of(Plan)


def hand_on(run: Run, executed_at: datetime, reason: str) -> dict[str, int]:
    """Things were put back: so goes what their receivers planned with them since; how much. Four statements at most."""
    former = _planned(run, executed_at)
    if not former:
        return {}
    these = and_(_PLAN.c.tenant_id == run.work.scope.tenant, among(run.work, _PLAN.c.id, former))
    anew = {"assignee_id": run.leaver, **run.stamps, "version": _PLAN.c.version + 1}
    run.work.connection.execute(update(_PLAN).where(these).values(**anew))
    planned.tell_handed_on(run.work, former, lambda _: reason)
    return {"plan": len(former)}


def _planned(run: Run, executed_at: datetime) -> Mapping[UUID, str]:
    """The open plans of receivers with what went back from them, held, and whose each is."""
    since = or_(_PLAN.c.created_at >= executed_at, among(run.work, _PLAN.c.id, _merged_in(run, executed_at)))
    query = select(_PLAN.c.id, _PLAN.c.assignee_id).where(
        _PLAN.c.tenant_id == run.work.scope.tenant, _PLAN.c.state == "planned", _came_back(run), since
    )
    rows = run.work.connection.execute(query.order_by(_PLAN.c.id).with_for_update())
    return {row.id: row.assignee_id for row in rows}


def _came_back(run: Run) -> ColumnElement[bool]:
    """What the plan is of went back from who is to do it."""
    of = func.coalesce(_PLAN.c.customer_id, _PLAN.c.lead_id, type_=PublicId())
    back = and_(run.items(CUSTOMER.name, LEAD.name), ITEM.c.put_back.is_not(None))
    one = select(ITEM.c.thing_id).where(back, ITEM.c.thing_id == of, ITEM.c.receiver_id == _PLAN.c.assignee_id)
    return one.correlate(_PLAN).exists()


def _merged_in(run: Run, executed_at: datetime) -> list[UUID]:
    """The plans that merges brought since to customers that went back."""
    m, part = table_of(Merge), table_of(MergePart)
    here = and_(m.c.tenant_id == run.work.scope.tenant, m.c.winner_id.in_(giving.ids(run, back=True)))
    of_merge = and_(part.c.tenant_id == m.c.tenant_id, part.c.merge_id == m.c.id, part.c.link == due.LINK)
    query = select(part.c.kept).select_from(m.join(part, of_merge)).where(
        here, m.c.merged_at >= executed_at, m.c.state == "merged", part.c.what == "moved"
    )  # fmt: skip
    found: Any = run.work.connection.scalars(query)
    return [unpacked(row[0]) for kept in found for row in kept]
