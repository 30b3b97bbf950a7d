"""Whether plugins let the clock take a customer. Whoever objects keeps it with its owner, and stops nobody's run.

Nothing is read where no plugin asks to be asked.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from oa_crm.errors import Vetoed
from oa_crm.hooks.drafts import OwnerChangeDraft
from oa_crm.models import Customer, table_of
from oa_crm.schemas.protection import SweepKept
from oa_crm.services.among import among
from oa_crm.services.base import Service
from oa_crm.services.holding.ledger import Cause
from oa_crm.services.protection.reckoning import Verdict


def objected(
    service: Service, found: Sequence[tuple[Any, Verdict]], pools: Mapping[UUID, UUID]
) -> tuple[SweepKept, ...]:
    """Those of the customers that a plugin does not let go into these pools, and why not."""
    work = service.work
    if not work.runtime.dispatcher.asked_of_owners(work.plugin_active):
        return ()
    places = _places(service, [row.id for row, _ in found])
    kept = []
    for row, verdict in found:
        draft = OwnerChangeDraft(
            customer_id=row.id,
            name=row.name,
            cause=Cause.RECYCLE.value,
            owner_id=None,
            pool_id=pools[row.id],
            former_owner_id=row.owner_id,
            former_pool_id=None,
            region=places[row.id].region,
            industry=places[row.id].industry,
            level=row.level,
            reason=verdict.rule,
        )
        try:
            work.runtime.dispatcher.check_customer_owner_change(service.check_context(), draft, work.plugin_active)
        except Vetoed as objections:
            kept.append(SweepKept(customer_id=row.id, why=objections.text(work.scope.locale)))
    return tuple(kept)


def _places(service: Service, ids: Sequence[UUID]) -> dict[UUID, Any]:
    c = table_of(Customer).c
    mine = select(c.id, c.region, c.industry).where(
        c.tenant_id == service.work.scope.tenant, among(service.work, c.id, ids)
    )
    return {row.id: row for row in service.work.connection.execute(mine)}
