"""What was known of a customer and its projects at a moment, put together from the audit and nothing else.

Each entry says what a field was before and after; what the last entry up to the moment says holds. The entries that
came along with a customer that was merged in are that one's, and tell nothing of this one.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_

from oa_crm.models import AuditEntry, Base, Customer, Merge, MergePart, Project, kind_of, table_of
from oa_crm.schemas import FactsThen
from oa_crm.services.base import Service
from oa_crm.services.timeline.id_text import IdText
from oa_crm.services.timeline.place import CUSTOMER, named, seen

FACTS: Mapping[type[Base], frozenset[str]] = {
    Customer: frozenset({
        "kind", "name", "short_name", "foreign_name", "credit_code", "numbers", "industry", "region", "size", "status",
        "phone", "phones", "email", "website", "address", "former_names", "aliases", "latitude", "longitude", "invoice",
        "tags", "level", "source", "owner_id", "parent_id", "custom",
    }),
    Project: frozenset({
        "name", "owner_id", "stage", "state", "currency", "expected_minor", "expected_close_on", "custom", "type",
    }),
}  # fmt: skip
"""The facts that the audit tells completely."""

LEFT_OUT = {
    Customer: {
        "level_pinned": "the history of classes has it",
        "owner_since": "the ledger of ownership has it",
        "owner_no": "the ledger of ownership has it",
        "pool_id": "the ledger of ownership has it",
        "locked_at": "worked out: a lock ends with the term of its owner",
        "clock_from": "worked out: since when the protection clock counts",
        "protected_until": "worked out from facts",
        "protected_by": "worked out from facts",
        "warned_for": "the warnings have it",
        "warned_days": "the warnings have it",
        "warned_at": "the warnings have it",
        "sweep_at": "worked out from facts",
        "group_id": "worked out from who stands above whom",
        "last_follow_up_at": "the follow-ups have it",
        "next_contact_on": "the follow-ups have it",
        "merged_into": "the merges have it",
    },
    Project: {
        "customer_id": "the merges have it",
        "end_reason": "the history of stages has it",
        "pipeline_id": "the history of stages has it",
        "stalls_at": "worked out from its stage",
        "board_rank": "its place on the board, told by nobody",
    },
}
"""The columns that no state has, and where they are told or what they are worked out from."""

_SILENT = ("followups.log", "files.attach", "files.remove", "files.open", "customers.favour", "customers.unfavour")
_MOVED = "audit.thing_id"
_ENDS = ("won", "lost", "invalid")


def customer_then(service: Service, id: UUID, at: datetime) -> FactsThen | None:
    """The customer's facts; None before it came on file."""
    table, work = table_of(AuditEntry), service.work
    mine = and_(table.c.kind == kind_of(Customer), table.c.thing_id == str(id), table.c.at <= at)
    told = service.company_wide(AuditEntry, table.c.id, table.c.operation, table.c.changes)
    query = told.where(mine, table.c.operation.not_in(_SILENT)).order_by(table.c.id)
    came_along = _came_along(service, id)
    entries = [row for row in work.connection.execute(query) if row.id not in came_along]
    if not entries:
        return None
    return FactsThen(kind="customer", id=id, facts=_folded(Customer, entries))


def projects_then(service: Service, id: UUID, at: datetime) -> tuple[FactsThen, ...]:
    """The facts of the customer's projects that had begun, the oldest first."""
    table, project = table_of(AuditEntry), table_of(Project)
    theirs = seen(service, CUSTOMER, Project, IdText(project.c.id))
    mine = and_(table.c.kind == kind_of(Project), table.c.thing_id.in_(theirs), table.c.at <= at)
    told = service.company_wide(AuditEntry, table.c.thing_id, table.c.operation, table.c.changes)
    query = told.where(mine, table.c.operation.not_in(_SILENT)).order_by(table.c.id)
    entries: dict[str, list[Any]] = {}
    for row in service.work.connection.execute(query, named(id)):
        entries.setdefault(row.thing_id, []).append(row)
    return tuple(
        FactsThen(kind="project", id=UUID(one), facts=_folded(Project, entries[one])) for one in sorted(entries)
    )


def _came_along(service: Service, id: UUID) -> set[int]:
    """The audit entries that merges which still hold brought to this customer."""
    merge, part = table_of(Merge), table_of(MergePart)
    holding = service.company_wide(Merge, merge.c.id).where(merge.c.winner_id == id, merge.c.state == "merged")
    moved = and_(part.c.merge_id.in_(holding), part.c.link == _MOVED, part.c.what == "moved")
    kept = service.work.connection.scalars(service.company_wide(MergePart, part.c.kept).where(moved))
    return {int(row[0]) for rows in kept for row in rows}


def _folded(model: type[Base], entries: Iterable[Any]) -> dict[str, object]:
    facts: dict[str, Any] = {}
    for entry in entries:
        for name, value in _said(model, entry):
            if name.startswith("custom."):
                facts["custom"] = {**(facts.get("custom") or {}), name.removeprefix("custom."): value}
            else:
                facts[name] = value
    if facts.get("custom"):
        facts["custom"] = {name: value for name, value in facts["custom"].items() if value is not None}
    return {name: value for name, value in facts.items() if value not in (None, [], {})}


def _said(model: type[Base], entry: Any) -> Iterator[tuple[str, Any]]:
    """What an entry says that facts are from then on. A project's state follows from the stage it was moved to."""
    known = FACTS[model]
    for name, (_, after) in entry.changes.items():
        if name in known or name.startswith("custom."):
            yield name, after
    if model is Project and "state" not in entry.changes:
        if entry.operation == "settlements.settle":
            yield "state", "settled"
        elif "stage" in entry.changes:
            stage = entry.changes["stage"][1]
            yield "state", stage if stage in _ENDS else "open"
