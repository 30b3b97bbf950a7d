"""What was sold to customers: their approved contracts, counted and summed in one statement for a whole page."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func

from oa_crm.models import Contract, table_of
from oa_crm.money import Money
from oa_crm.schemas import DealFacts
from oa_crm.services.agreed import AGREED
from oa_crm.services.base import Service


def of(service: Service, ids: Sequence[UUID]) -> tuple[DealFacts, ...]:
    """In the order of `ids`; one without contracts has none. Only what the actor may see counts."""
    table = table_of(Contract)
    count, total = func.count().label("contracts"), func.sum(table.c.amount_minor).label("minor")
    agreed = service.select(Contract).where(table.c.customer_id.in_(ids), table.c.state.in_(AGREED))
    summed = agreed.with_only_columns(table.c.customer_id, table.c.currency, count, total)
    rows = service.work.connection.execute(summed.group_by(table.c.customer_id, table.c.currency)) if ids else ()
    found: defaultdict[UUID, list[tuple[int, Money]]] = defaultdict(list)
    for row in rows:
        found[row.customer_id].append((row.contracts, Money(int(row.minor), row.currency)))
    return tuple(
        DealFacts(
            customer_id=id,
            contracts=sum(number for number, _ in found[id]),
            amounts=tuple(money for _, money in sorted(found[id], key=lambda one: one[1].currency)),
        )
        for id in ids
    )
