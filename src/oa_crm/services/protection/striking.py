"""A talk that was none: a manager strikes it out, the clock passes over it, and the talk stays as it was said."""

from typing import Any
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.exc import IntegrityError

from oa_crm.errors import IllegalState, NotFound
from oa_crm.models import Customer, FollowUp, StruckFollowUp, table_of
from oa_crm.schemas.protection import StruckOut
from oa_crm.services import access
from oa_crm.services.base import Service


def strike(service: Service, follow_up_id: UUID, reason: str) -> StruckOut:
    """Strike it out, for good. Raises `NotFound` for a talk with a customer that the actor may not see."""
    work, table = service.work, table_of(FollowUp)
    mine = service.select(FollowUp).where(table.c.id == follow_up_id, table.c.customer_id.is_not(None))
    talk = work.connection.execute(mine).one_or_none()
    if talk is None:
        raise NotFound("follow_up", follow_up_id)
    service.one(Customer, talk.customer_id, "strike", lock=True)
    if talk.created_by == work.scope.actor.id:
        raise access.refusal(work, "strike", "customer", "nobody judges his own talk")
    row = {"follow_up_id": follow_up_id, "reason": reason, "at": work.journal.now(), "by": work.scope.actor.id}
    try:
        with work.connection.begin_nested():
            service.add(StruckFollowUp, **row)
    except IntegrityError:
        raise IllegalState(kind="follow_up", state="struck", allowed=("counted",)) from None
    work.journal.record("pool.strike", "customer", talk.customer_id, {"struck": [None, str(follow_up_id)]}, reason)
    return StruckOut(customer_id=talk.customer_id, **row)


def of(service: Service, customer_id: UUID) -> tuple[StruckOut, ...]:
    """The talks with a customer that were struck out, the latest first."""
    struck, talks = table_of(StruckFollowUp), table_of(FollowUp)
    service.one(Customer, customer_id)
    joined = and_(talks.c.tenant_id == struck.c.tenant_id, talks.c.id == struck.c.follow_up_id)
    theirs = and_(struck.c.tenant_id == service.work.scope.tenant, talks.c.customer_id == customer_id)
    query = select(struck, talks.c.customer_id).join(talks, joined).where(theirs).order_by(struck.c.at.desc())
    return tuple(_shown(row) for row in service.work.connection.execute(query.limit(500)))


def _shown(row: Any) -> StruckOut:
    return StruckOut(
        customer_id=row.customer_id, follow_up_id=row.follow_up_id, reason=row.reason, at=row.at, by=row.by
    )
