"""Customers that a member keeps at hand. It says how it is, so saying it twice changes nothing more."""

from uuid import UUID

from sqlalchemy import and_, delete

from oa_crm.errors import InvalidInput
from oa_crm.models import Customer, Favourite, table_of
from oa_crm.schemas import CustomerOut
from oa_crm.services.base import Service, shown
from oa_crm.services.upsert import upsert


def keep(service: Service, id: UUID, *, kept: bool) -> CustomerOut:
    """Keep a customer that the actor sees at hand, or no longer. The system keeps nothing at hand."""
    work, row, table = service.work, service.one(Customer, id), table_of(Favourite)
    if work.scope.actor.is_system:
        raise InvalidInput.of("actor", "owner_missing")
    key = {"tenant_id": work.scope.tenant, "member_id": work.scope.actor.id, "customer_id": row.id}
    if kept:
        service.hold_customers([row.id])
        # Of two clicks at once the second finds the first one's row, and writes what is there.
        upsert(work.connection, table, key, {"customer_id": row.id})
    else:
        mine = and_(*(table.c[name] == value for name, value in key.items()))
        work.connection.execute(delete(table).where(mine))
    operation = "customers.favour" if kept else "customers.unfavour"
    work.journal.record(operation, "customer", row.id, {"favourite": [not kept, kept]})
    return shown(CustomerOut, row)
