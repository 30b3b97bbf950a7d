"""Customer files to merge, and everything that lies in the tables, to be compared to the byte."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from tests.integration.services.acting import doing

from oa_crm.hooks import Receipt, hookimpl
from oa_crm.models import Base, DuplicateEntry, DuplicateKey, table_of
from oa_crm.schemas import CustomerOut, MergeOut, SplitOut
from oa_crm.testing import Kit

# What a merge or a split writes of itself, and what is numbered anew.
_OF_ITS_OWN = {"oa_crm_merge", "oa_crm_merge_part", "oa_crm_idempotency", "oa_crm_duplicate_search", "oa_crm_look"}
_DERIVED = {"oa_crm_duplicate_entry", "oa_crm_duplicate_key", "oa_crm_duplicate_gate"}
# What happened stays written down: these grow, and nothing in them changes.
_RECORDS = {"oa_crm_audit", "oa_crm_event", "oa_crm_delivery", "oa_crm_class_change", "oa_crm_key_change"}
_STAMPS = {"version", "updated_at", "updated_by"}
Snapshot = dict[str, dict[str, dict[str, Any]]]


class AddressBook:
    """Leaves a receipt on every customer, so that files have links."""

    name = "address_book"

    @hookimpl
    def on_customer_created(self, event: Any, delivery: Any) -> Receipt:
        return Receipt(f"card-{event.customer_id}")


def file(kit: Kit, **fields: Any) -> CustomerOut:
    """A customer with a contact, a file, conversations, a project, a contract in approval, a reversed expense."""
    customer = kit.given.customer(**fields)
    project = kit.given.project(customer)
    kit.given.contact(customer)
    kit.given.file(customer)
    kit.given.follow_up(customer)
    kit.given.follow_up(customer, project_id=project.id)
    kit.given.submitted_contract(kit.given.contract(project))
    kit.given.reversed_expense(kit.given.expense(project))
    return read(kit, customer.id)


def read(kit: Kit, id: UUID, actor: str = "manager") -> CustomerOut:
    return doing(kit, actor, lambda unit: unit.customers.get(id))


def merge(kit: Kit, winner: CustomerOut, loser: CustomerOut, actor: str = "manager", **more: Any) -> MergeOut:
    """Merge two customers as they stand now."""
    winner, loser = read(kit, winner.id), read(kit, loser.id)
    data = {
        "winner_id": winner.id,
        "loser_id": loser.id,
        "winner_version": winner.version,
        "loser_version": loser.version,
        **more,
    }
    return doing(kit, actor, lambda unit: unit.merges.merge(data))


def split(kit: Kit, done: MergeOut, actor: str = "manager", **more: Any) -> SplitOut:
    return doing(kit, actor, lambda unit: unit.merges.split(done.id, reason="两家不同的公司", **more))


def snapshot(kit: Kit) -> Snapshot:
    """Every row of every table, by table and key, as it would be restored; stamps of customers left out."""
    tables = [table for table in Base.metadata.sorted_tables if table.name not in _OF_ITS_OWN | _DERIVED]
    found: Snapshot = {}
    with kit.crm.engine.connect() as connection:
        for table in tables:
            rows = [dict(row._mapping) for row in connection.execute(select(table))]
            if table.name == "oa_crm_customer":
                rows = [{name: value for name, value in row.items() if name not in _STAMPS} for row in rows]
            found[table.name] = {str([row[one.name] for one in table.primary_key]): row for row in rows}
        found["keys"] = {str(id): {"keys": keys} for id, keys in _keys(connection).items()}
    return found


def _keys(connection: Any) -> dict[UUID, set[int]]:
    entry, key = table_of(DuplicateEntry), table_of(DuplicateKey)
    owners = {row.id: row.customer_id for row in connection.execute(select(entry.c.id, entry.c.customer_id))}
    found: dict[UUID, set[int]] = {id: set() for id in owners.values()}
    for row in connection.execute(select(key)):
        # A key without an entry would be one that somebody forgot to take away.
        found[owners[row.entry_id]].add(row.key_hash)
    return found


def differences(before: Snapshot, after: Snapshot) -> dict[str, Any]:
    """Rows that are gone or other than they were, and new ones but for the record of what was done."""
    wrong: dict[str, Any] = {}
    for table, rows in before.items():
        for key, row in rows.items():
            if after[table].get(key) != row:
                wrong[f"{table} {key}"] = (row, after[table].get(key))
        new = set(after[table]) - set(rows)
        if new and table not in _RECORDS:
            wrong[f"{table} new"] = new
    return wrong
