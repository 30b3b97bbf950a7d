"""Numbers and tags in tables of their own, kept in step with the lists on the customer's row.

The row answers "what has this customer", the tables "who has this"; the one is written with the other.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert

from oa_crm.models import Base, CustomerNumber, CustomerTag, table_of
from oa_crm.services.work import Work


def keep(work: Work, id: UUID, facts: Mapping[str, Any]) -> None:
    """Write what a new customer brings."""
    mine = {"tenant_id": work.scope.tenant, "customer_id": id}
    # In order, so that two writers of the same numbers lock in the same order.
    numbers = sorted((one["scheme"], one["number"]) for one in facts.get("numbers") or ())
    if numbers:
        rows = [{**mine, "scheme": scheme, "number": number} for scheme, number in numbers]
        work.connection.execute(insert(CustomerNumber), rows)
    if tags := sorted(facts.get("tags") or ()):
        work.connection.execute(insert(CustomerTag), [{**mine, "tag": tag} for tag in tags])


def replace(work: Work, id: UUID, changed: Mapping[str, Any]) -> None:
    """Write the lists that changed instead of what was there."""
    for field, model in (("numbers", CustomerNumber), ("tags", CustomerTag)):
        if field in changed:
            _forget(work, model, id)
    keep(work, id, changed)


def _forget(work: Work, model: type[Base], id: UUID) -> None:
    table = table_of(model)
    work.connection.execute(delete(table).where(table.c.tenant_id == work.scope.tenant, table.c.customer_id == id))
