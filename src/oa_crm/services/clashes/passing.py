"""Passing a clash: by a reason, by somebody's grant, or not at all, as the company's policy says."""

from typing import Any
from uuid import UUID

from sqlalchemy import and_, select, update

from oa_crm.models import DuplicateOverride, table_of
from oa_crm.schemas import CustomerIn, DuplicatePolicyIn
from oa_crm.services import access
from oa_crm.services.work import Work

_WHY_NOT = {
    "approval": "the company's policy lets nobody pass a block without a grant; request one",
    "never": "the company's policy lets nobody pass a block",
}


def may_pass(work: Work, policy: DuplicatePolicyIn) -> None:
    """Raises `forbidden` unless this person may pass a block by giving a reason."""
    access.require(work, "override", "customer")
    if policy.override != "reason":
        raise access.refusal(work, "override", "customer", _WHY_NOT[policy.override])


def may_ask(work: Work, policy: DuplicatePolicyIn) -> None:
    """Raises `forbidden` where no grant could help."""
    if policy.override == "never":
        raise access.refusal(work, "override", "customer", _WHY_NOT["never"])


def use(work: Work, data: CustomerIn, customer_id: UUID) -> str | None:
    """Use up a grant for exactly this customer; the reason it was asked for with. Of two, one gets it."""
    table, mine = table_of(DuplicateOverride), _granted_to(work, data)
    for row in work.connection.execute(select(table.c.id, table.c.reason, table.c.draft).where(mine)):
        # A request from before there were more facts is about a customer without them.
        if as_kept(CustomerIn(**row.draft)) != as_kept(data):
            continue
        taken = update(table).where(and_(mine, table.c.id == row.id)).values(state="used", customer_id=customer_id)
        if work.connection.execute(taken).rowcount == 1:
            return str(row.reason)
    return None


def as_kept(data: CustomerIn) -> dict[str, Any]:
    """A customer as a request keeps it; custom fields are no part of what clashes."""
    return data.model_dump(mode="json", exclude={"custom"})


def _granted_to(work: Work, data: CustomerIn) -> Any:
    table = table_of(DuplicateOverride)
    return and_(
        table.c.tenant_id == work.scope.tenant,
        table.c.state == "granted",
        table.c.requested_by == work.scope.actor.id,
        table.c.name == data.name,
    )
