"""Facts of a customer change, with keys, tables and group kept in step."""

from typing import Any
from uuid import UUID

from oa_crm.hooks.payloads import CustomerUpdated
from oa_crm.models import Customer, table_of
from oa_crm.schemas import CustomerOut, CustomerPatch, Entrance
from oa_crm.services import clashes, classes, custom
from oa_crm.services.base import Service, differences, shown
from oa_crm.services.custom import Accepted
from oa_crm.services.customers import clashing, grouping, keeping
from oa_crm.services.customers.facts import settled
from oa_crm.services.work import Work

_FORMER_NAMES = 20


def update(service: Service, id: UUID, patch: CustomerPatch) -> CustomerOut:
    """Everything that `customers.update` does, in its savepoint."""
    work, row = service.work, service.one(Customer, id, "write")
    changed, taken = _changed(work, row, patch)
    new = {name: after for name, (_, after) in changed.items()}
    if "parent_id" in new:
        # Before any lock, so that a stale form waits for nobody.
        service.fresh(Customer, row, patch.expected_version)
        new["group_id"] = _move(service, id, new["parent_id"])
    _change_row(service, row, patch.expected_version, new | taken.column)
    custom.keep(work, "customer", [(id, taken)])
    changed |= taken.changes
    if changed:
        work.journal.emit(
            CustomerUpdated,
            customer_id=id,
            name=new.get("name", row.name),
            owner_id=row.owner_id,
            changed=tuple(sorted(changed)),
        )
    if "level" in new:
        classes.leveled(work, row, new["level"])
    work.journal.record("customers.update", "customer", id, changed)
    return _read_back(service, id)


def differs(work: Work, row: Any, patch: CustomerPatch) -> bool:
    """Whether a customer's row is not as a patch would have it. Raises `invalid_input`."""
    changed, taken = _changed(work, row, patch)
    return bool(changed or taken.changes)


def _changed(work: Work, row: Any, patch: CustomerPatch) -> tuple[dict[str, list[Any]], Accepted]:
    """The facts that a patch changes, before and after, and the fields of the company's own."""
    given = patch.changes()
    taken = custom.amend(work, "customer", row.custom, given.pop("custom", {}))
    found = differences(row, _with_old_name(row, settled(work, given, row)))
    return {name: pair for name, pair in found.items() if (pair[0] or pair[1]) or name == "name"}, taken


def _change_row(service: Service, row: Any, expected_version: int, values: dict[str, Any]) -> None:
    work, facts = service.work, {**row._mapping, **values}
    before, draft = clashes.row_draft(row._mapping), clashes.row_draft(facts)
    rekeyed = bool(Customer.MATCHED & set(values))
    if rekeyed:
        service.fresh(Customer, row, expected_version)
        clashes.wait_for_equals(work, draft)
        clashing.refuse_new(work, row.id, before, draft)
    with clashing.unless_taken(work, facts, draft, Entrance.UPDATE, leave_out=row.id):
        service.change(Customer, row, expected_version, **values)
        keeping.replace(work, row.id, values)
    if rekeyed:
        clashes.forget(work, row.id, before)
        clashes.keep(work, [(row.id, draft)])


def _move(service: Service, id: UUID, parent_id: UUID | None) -> UUID | None:
    """Into another group, or out of any, with everybody below; the topmost of the new one."""
    if parent_id is None:
        grouping.leave(service.work, id)
    top = grouping.top_for(service, id, parent_id)
    grouping.carry_along(service.work, id, top)
    return top


def _read_back(service: Service, id: UUID) -> CustomerOut:
    # Whoever changes a customer may not see it afterwards; he still gets his answer.
    mine = service.company_wide(Customer).where(table_of(Customer).c.id == id)
    return shown(CustomerOut, service.work.connection.execute(mine).one())


def _with_old_name(row: Any, values: dict[str, Any]) -> dict[str, Any]:
    """A customer that changes its name is still found by the one it bore."""
    if values.get("name", row.name) == row.name or "former_names" in values:
        return values
    kept = [name for name in row.former_names or () if name != values["name"]]
    return {**values, "former_names": [*kept, row.name][-_FORMER_NAMES:]}
