"""The plugins that may refuse a change of owner are asked about every customer, as they are by every other way.

A company without such a plugin is asked nothing, and nothing is read for it.
"""

from typing import Any

from sqlalchemy import select

from oa_crm.hooks.drafts import OwnerChangeDraft
from oa_crm.models import Customer, table_of
from oa_crm.services.base import Service
from oa_crm.services.handing.kinds import CUSTOMER, ITEM, Run
from oa_crm.services.holding.ledger import Cause

_HOOK = "check_customer_owner_change"
_FACTS = ("name", "region", "industry", "level")


def ask_plugins(service: Service, run: Run, reason: str | None) -> None:
    """Raises `vetoed` with the objections to the first customer that is objected to."""
    work = service.work
    if not any(work.plugin_active(one.name) for one in work.runtime.dispatcher.manager.implementers(_HOOK)):
        return
    c, context = table_of(Customer).c, service.check_context()
    joined = (c.tenant_id == work.scope.tenant) & (c.id == ITEM.c.thing_id) & run.items(CUSTOMER.name)
    columns = (c.id, ITEM.c.receiver_id, ITEM.c.pool_id, *(c[name] for name in _FACTS))
    for row in work.connection.execute(select(*columns).where(joined).order_by(c.id)).all():
        draft = _draft(run, row, reason)
        work.runtime.dispatcher.check_customer_owner_change(context, draft, work.plugin_active)


def _draft(run: Run, row: Any, reason: str | None) -> OwnerChangeDraft:
    return OwnerChangeDraft(
        customer_id=row.id,
        cause=Cause.HANDOVER.value,
        owner_id=row.receiver_id,
        pool_id=row.pool_id,
        former_owner_id=run.leaver,
        former_pool_id=None,
        reason=reason,
        **{name: getattr(row, name) for name in _FACTS},
    )
