"""Audit entries and events of one unit, gathered while it works and written together at its end.

They are written on the unit's own connection before its commit: nothing commits without them. They come
last, after every business row, so that for one aggregate the order of event numbers is the order of commits.
"""

import hashlib
from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from oa_crm.clock import Clock
from oa_crm.hooks.payloads import CustomerMerged, CustomerSplit, Event
from oa_crm.ids import new_id
from oa_crm.models import AuditEntry, EventRow, KeyChange, table_of
from oa_crm.scope import Scope
from oa_crm.services.bulk import insert_rows
from oa_crm.services.digesting.keeping import key_changes
from oa_crm.settings import Settings

Changes = dict[str, list[Any]]
_OF_TWO = (CustomerMerged, CustomerSplit)
"""What happens to one customer and to another, its `loser_id`."""


def lane(tenant: str, kind: str, thing_id: str) -> int:
    """64 bits that stand for one aggregate of one tenant; events of a lane keep their order."""
    digest = hashlib.blake2b(f"{tenant}\0{kind}\0{thing_id}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def event_row(event: Event) -> dict[str, Any]:
    """The outbox row of an event."""
    thing_id = event.thing_id
    own_lane = lane(event.tenant, event.KIND, thing_id)
    return {
        "tenant_id": event.tenant,
        "event_id": event.id,
        "hook": event.HOOK,
        "version": event.VERSION,
        "kind": event.KIND,
        "thing_id": thing_id,
        "lane": own_lane,
        "payload": event.model_dump(mode="json"),
        "occurred_at": event.occurred_at,
        "open": 1,
        "open_lane": own_lane,
    }


class Journal:
    """What one unit has to say. A savepoint that is rolled back takes its entries along, by `mark`."""

    def __init__(self, scope: Scope, clock: Clock, settings: Settings) -> None:
        self._scope = scope
        self._clock = clock
        self._settings = settings
        self._audit: list[dict[str, Any]] = []
        self.steps: dict[str, tuple[str, ...]] = {}
        """The order of stages of projects that moved, where it is not that of the settings."""
        self.events: list[Event] = []

    def now(self) -> datetime:
        """The moment of the act, from the CRM's clock."""
        return self._clock.now()

    def record(
        self,
        operation: str,
        kind: str,
        thing_id: UUID | str,
        changes: Changes | None = None,
        reason: str | None = None,
    ) -> None:
        """Keep who did what to which thing."""
        scope = self._scope
        self._audit.append(
            {
                "tenant_id": scope.tenant,
                "at": self.now(),
                "actor_id": scope.actor.id,
                "on_behalf_of": scope.on_behalf_of,
                "request_id": scope.request_id,
                "operation": operation,
                "kind": kind,
                "thing_id": str(thing_id),
                "changes": changes or {},
                "reason": reason,
            }
        )

    def emit(self, event: type[Event], **facts: Any) -> None:
        """Say what happened; the envelope is filled in from the scope."""
        scope = self._scope
        self.events.append(
            event(
                id=new_id(),
                tenant=scope.tenant,
                actor=scope.actor.id,
                on_behalf_of=scope.on_behalf_of,
                request_id=scope.request_id,
                occurred_at=self.now(),
                **facts,
            )
        )

    def things(self, without: Collection[str] = ()) -> set[tuple[str, str]]:
        """What was touched, as (kind, id), by acts other than `without`; also customers that went into others.

        An act on many has an entry of its own, about no one thing: "-".
        """
        told = {
            (one["kind"], one["thing_id"])
            for one in self._audit
            if one["operation"] not in without and one["thing_id"] != "-"
        }
        return told | {("customer", str(event.loser_id)) for event in self.events if isinstance(event, _OF_TWO)}

    def mark(self) -> tuple[int, int]:
        """Where the journal stands now."""
        return len(self._audit), len(self.events)

    def back_to(self, mark: tuple[int, int]) -> None:
        """Forget what came after `mark`: its rows were rolled back."""
        del self._audit[mark[0] :]
        del self.events[mark[1] :]

    def write(self, connection: Connection) -> None:
        """Write everything, set-based: one statement for the audit, one for its key changes, one for the events."""
        if self._audit:
            insert_rows(connection, table_of(AuditEntry), self._audit)
            if told := key_changes(self._audit, self._settings, self.steps):
                insert_rows(connection, table_of(KeyChange), told)
        if self.events:
            insert_rows(connection, table_of(EventRow), [event_row(event) for event in self.events])
        self._audit = []
