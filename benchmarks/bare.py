"""The rows of a new customer written by plain SQLAlchemy: ORM objects, `add_all`, `commit`, nothing else.

The classes are mapped here on the same tables, without our schema translation, as a host's own would be.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, MetaData, Table, select
from sqlalchemy.orm import Session, registry

from benchmarks.companies import Found, customer_row
from oa_crm.duplicates import default_engine
from oa_crm.ids import new_id
from oa_crm.models import metadata_for
from oa_crm.services.clashes.keeping import keyed_as
from oa_crm.services.journal import lane

TABLES: MetaData = metadata_for(None)


def _mapped(table: str) -> Any:
    made = type(table.title().replace("_", ""), (), {})
    _mapper.map_imperatively(made, TABLES.tables[f"oa_crm_{table}"])
    return made


_mapper = registry()
Customer, Ownership, DuplicateEntry, DuplicateKey, DuplicateGate, NamePrefix, AuditEntry, EventRow = map(
    _mapped,
    ("customer", "ownership", "duplicate_entry", "duplicate_key", "duplicate_gate", "name_prefix", "audit", "event"),
)


@dataclass(frozen=True, slots=True)
class Written:
    """An audit entry and an event that the library itself wrote: what the bare side's look like."""

    audit: dict[str, Any]
    event: dict[str, Any]

    @classmethod
    def by(cls, engine: Engine, tenant: str) -> "Written":
        """The newest of a tenant."""
        with engine.connect() as connection:
            return cls(*(_newest(connection, TABLES.tables[f"oa_crm_{name}"], tenant) for name in ("audit", "event")))


def _newest(connection: Connection, table: Table, tenant: str) -> dict[str, Any]:
    query = select(table).where(table.c.tenant_id == tenant).order_by(table.c.id.desc()).limit(1)
    row = dict(connection.execute(query).one()._mapping)
    del row["id"]
    return row


class BareCustomers:
    """Writes one customer per transaction. `event=False` leaves the outbox row out, to see its share."""

    def __init__(
        self, engine: Engine, tenant: str, owner: str, names: Iterator[str], like: Written, *, event: bool = True
    ) -> None:
        self._engine, self._tenant, self._owner, self._event = engine, tenant, owner, event
        self._like = like
        self._ready = ((name, Found.by(tenant, name)) for name in names)
        self._next: list[tuple[str, Found]] = []
        self._gates = engine.dialect.name != "sqlite"
        self._keyed_as = keyed_as(default_engine)

    def prepare(self, count: int) -> None:
        """Work out names and hashes beforehand: they are no part of writing rows."""
        self._next = [next(self._ready) for _ in range(count)]

    def create(self, count: int) -> None:
        for name, found in self._next[:count]:
            with Session(self._engine) as session:
                id = new_id()
                entry = DuplicateEntry(tenant_id=self._tenant, customer_id=id, keyed_as=self._keyed_as)
                session.add_all([entry, *self._rows(id, name, found)])
                session.flush()
                session.add_all([DuplicateKey(key_hash=one, entry_id=entry.id) for one in found.keys])
                session.commit()
        del self._next[:count]

    def _rows(self, id: UUID, name: str, found: Found) -> list[Any]:
        now = datetime.now(UTC)
        own = {"tenant_id": self._tenant, "thing_id": str(id)}
        rows = [Customer(**customer_row(self._tenant, self._owner, id, name))]
        begun = {"number": 1, "owner_id": self._owner, "since": now, "cause": "create", "by_id": self._owner}
        rows.append(Ownership(tenant_id=self._tenant, customer_id=id, **begun))
        rows += [NamePrefix(tenant_id=self._tenant, typed=text, customer_id=id) for text in found.typed]
        if self._gates:
            rows += [DuplicateGate(key_hash=one) for one in found.gates]
        changes = {**self._like.audit["changes"], "name": [None, name]}
        rows.append(AuditEntry(**{**self._like.audit, **own, "at": now, "changes": changes}))
        if self._event:
            rows.append(EventRow(**{**self._like.event, **own, **self._of_event(id, name, now)}))
        return rows

    def _of_event(self, id: UUID, name: str, now: datetime) -> dict[str, Any]:
        event_id, at = new_id(), lane(self._tenant, "customer", str(id))
        payload = {**self._like.event["payload"], "id": str(event_id), "customer_id": str(id), "name": name}
        lanes = {column: at for column in self._like.event if column.endswith("lane")}
        return {"event_id": event_id, "payload": payload, "occurred_at": now, **lanes}
