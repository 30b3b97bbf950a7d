"""What becomes of a customer's team when somebody else has the customer. One statement where there is no team.

Into the pool: every seat ends, so that no helper knows more of nobody's customer than anybody does. To another owner:
the team stays unless he who gives it says otherwise, and the new owner's own seat ends. The customer's row is ours.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select, update

from oa_crm.hooks.payloads import TeamMemberLeft
from oa_crm.models import Customer, TeamSeat, table_of
from oa_crm.services.among import among
from oa_crm.services.teaming import seats, telling
from oa_crm.services.work import Work


def owner_changed(work: Work, ids: Sequence[UUID], *, dissolve: bool = False) -> None:
    """Customers were just given to somebody or to a pool: end the seats that may not outlive it, with `dissolve` all.
    Three statements at most, however many customers."""
    rows = list(work.connection.execute(_outlived(work, ids, dissolve))) if ids else []
    if not rows:
        return
    table, now = table_of(TeamSeat), work.journal.now()
    for how in sorted({_how(row) for row in rows}):
        mine = and_(table.c.tenant_id == work.scope.tenant, table.c.id.in_([r.id for r in rows if _how(r) == how]))
        said = {"open": None, "ended_at": now, "ended_by": work.scope.actor.id, "ended_how": how}
        work.connection.execute(update(table).where(mine, table.c.open == 1).values(**said))
    work.seats_changed()
    for row in rows:
        work.journal.record("teams.end", "customer", row.thing_id, {"team": [seats.told(dict(row._mapping)), None]})
        at = telling.Thing(row.thing_id, row.name, row.owner_id)
        work.journal.emit(TeamMemberLeft, **telling.facts(row, at), how=_how(row), reason=None)


def _outlived(work: Work, ids: Sequence[UUID], dissolve: bool) -> Any:
    seat, customer = table_of(TeamSeat), table_of(Customer)
    on = and_(customer.c.tenant_id == seat.c.tenant_id, customer.c.id == seat.c.thing_id)
    these = and_(
        seat.c.tenant_id == work.scope.tenant,
        seat.c.kind == "customer",
        among(work, seat.c.thing_id, ids),
        seat.c.open == 1,
    )
    query = select(seat, customer.c.name, customer.c.owner_id).select_from(seat.join(customer, on)).where(these)
    if not dissolve:
        query = query.where(or_(customer.c.owner_id.is_(None), customer.c.owner_id == seat.c.member_id))
    return query.order_by(seat.c.id)


def _how(row: Any) -> str:
    if row.owner_id is None:
        return "pooled"
    return "became_owner" if row.owner_id == row.member_id else "dissolved"
