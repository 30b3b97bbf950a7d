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

from benchmarks.companies import customer_row, key_hashes, key_rows
from oa_crm.ids import new_id
from oa_crm.models import metadata_for
from oa_crm.services.journal import lane

TABLES: MetaData = metadata_for(None)


def _mapped(table: str) -> Any:
    made = type(table.title().replace("_", ""), (), {})
    _mapper.map_imperatively(made, TABLES.tables[f"oa_crm_{table}"])
    return made


_mapper = registry()
Customer, DuplicateKey, AuditEntry, EventRow = map(_mapped, ("customer", "duplicate_key", "audit", "event"))


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
        self._ready = ((name, key_hashes(tenant, name)) for name in names)
        self._next: list[tuple[str, list[int]]] = []

    def prepare(self, count: int) -> None:
        """Work out names and hashes beforehand: they are no part of writing rows."""
        self._next = [next(self._ready) for _ in range(count)]

    def create(self, count: int) -> None:
        for name, hashes in self._next[:count]:
            with Session(self._engine) as session:
                session.add_all(self._rows(name, hashes))
                session.commit()
        del self._next[:count]

    def _rows(self, name: str, hashes: list[int]) -> list[Any]:
        id, now = new_id(), datetime.now(UTC)
        own = {"tenant_id": self._tenant, "thing_id": str(id)}
        rows = [Customer(**customer_row(self._tenant, self._owner, id, name))]
        rows += [DuplicateKey(**row) for row in key_rows(self._tenant, id, hashes)]
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
