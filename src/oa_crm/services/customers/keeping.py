"""Numbers and tags in tables of their own, kept in step with the lists on the customer's row.

The row answers "what has this customer", the tables "who has this"; the one is written with the other.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, insert

from oa_crm.models import Base, CustomerNumber, CustomerTag, table_of
from oa_crm.services.work import Work


def keep(work: Work, facts: Mapping[UUID, Mapping[str, Any]]) -> None:
    """Write what new customers bring."""
    _write(work, facts)


def replace(work: Work, id: UUID, changed: Mapping[str, Any]) -> None:
    """Write the lists that changed instead of what was there."""
    for field, model in (("numbers", CustomerNumber), ("tags", CustomerTag)):
        if field in changed:
            _forget(work, model, [id])
    _write(work, {id: changed})


def set_anew(work: Work, facts: Mapping[UUID, Mapping[str, Any]]) -> None:
    """Write the lists of many customers instead of what was there, by a constant number of statements."""
    for model in (CustomerNumber, CustomerTag):
        _forget(work, model, list(facts))
    _write(work, facts)


def _write(work: Work, facts: Mapping[UUID, Mapping[str, Any]]) -> None:
    mine = {"tenant_id": work.scope.tenant}
    numbers = [
        {**mine, "customer_id": id, "scheme": one["scheme"], "number": one["number"]}
        for id, those in facts.items()
        for one in those.get("numbers") or ()
    ]
    tags = [{**mine, "customer_id": id, "tag": tag} for id, those in facts.items() for tag in those.get("tags") or ()]
    # In order, so that two writers of the same numbers lock in the same order.
    if numbers:
        numbers.sort(key=lambda one: (one["scheme"], one["number"]))
        work.connection.execute(insert(CustomerNumber), numbers)
    if tags:
        tags.sort(key=lambda one: (one["tag"], one["customer_id"]))
        work.connection.execute(insert(CustomerTag), tags)


def _forget(work: Work, model: type[Base], ids: Sequence[UUID]) -> None:
    table = table_of(model)
    theirs = and_(table.c.tenant_id == work.scope.tenant, table.c.customer_id.in_(ids))
    work.connection.execute(delete(table).where(theirs))
