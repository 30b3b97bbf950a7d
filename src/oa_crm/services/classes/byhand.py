"""Somebody says what a customer is, and why."""

from typing import Any
from uuid import UUID

from oa_crm.errors import InvalidInput
from oa_crm.models import Customer, table_of
from oa_crm.schemas.classes import LEVEL, ClassesOut, Classification
from oa_crm.services.base import Service
from oa_crm.services.classes import reading, states, trees, writing
from oa_crm.services.classes.keeping import Change
from oa_crm.services.classes.states import NOTHING, Standing

_OPERATION = "customers.classify"


def classify(service: Service, id: UUID, wanted: Classification) -> ClassesOut:
    """Everything that `customers.classify` does, in its savepoint."""
    row, given = service.one(Customer, id, "write"), wanted.changes()
    named: dict[str, str | None] = dict(given.get("categories", {}))
    if LEVEL not in given and not named:
        raise InvalidInput.of("level", "nothing_to_classify")
    known = trees.load(service.work) if named else {}
    for tree, category in named.items():
        where = f"categories.{tree}"
        trees.tree_named(known, tree, where)
        if category is not None:
            trees.taker(known, tree, category, where)
    if LEVEL in given:
        named[LEVEL] = given[LEVEL]
    # The row is ours from here on; what it is in each tree stays as we read it then.
    service.change(Customer, row, wanted.expected_version)
    before = states.present(service.work, [_as_is(service, id)], held=True)
    changes = _changes(id, before[id], named, wanted.pin)
    if changes:
        rows = {id: row}
        writing.write(service.work, _OPERATION, changes, rows, before, known, cause="hand", reason=wanted.reason)
    else:
        service.work.journal.record(_OPERATION, "customer", id, {}, wanted.reason)
    return reading.present(service, id)


def _as_is(service: Service, id: UUID) -> Any:
    """The customer that is ours now, whatever we read before."""
    query = service.company_wide(Customer).where(table_of(Customer).c.id == id)
    return service.work.connection.execute(states.as_committed(service.work, query)).one()


def _changes(id: UUID, before: dict[str, Standing], named: dict[str, Any], pin: bool | None) -> list[Change]:
    changes = []
    for tree, value in named.items():
        old = before.get(tree, NOTHING)
        new = Standing(value, old.pinned if pin is None else pin)
        if new != old:
            changes.append(Change(id, tree, old.value, new.value, new.pinned))
    return changes
