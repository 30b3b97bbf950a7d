"""The ledger of ownership: whoever changes who has a customer writes here, in the same transaction.

A change is one UPDATE that carries `turned(work)` among its values, so that the customer's number in the ledger rises
with it and the row stays locked; then `keep` copies what stands there now into the ledger. Interval follows interval:
a clock that was set back makes one of no length, never one that overlaps.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, insert, literal, select

from oa_crm.models import Customer, Ownership, table_of
from oa_crm.models.types import UtcDateTime
from oa_crm.services.among import among
from oa_crm.services.bulk import insert_rows
from oa_crm.services.work import Work

AT_ONCE = 500
_UNWARNED = dict.fromkeys(("warned_for", "warned_days", "warned_at"))
_HAS = {
    "customer_id": "id", "number": "owner_no", "owner_id": "owner_id", "pool_id": "pool_id", "since": "owner_since",
}  # fmt: skip
_KEPT = ["tenant_id", "customer_id", "number", "owner_id", "pool_id", "since", "cause", "by_id", "reason"]


class Cause(StrEnum):
    """What led to somebody else having a customer, or to its lying in a pool."""

    CREATE = "create"
    IMPORT = "import"
    CONVERT = "convert"
    CLAIM = "claim"
    ASSIGN = "assign"
    TRANSFER = "transfer"
    RELEASE = "release"
    RECYCLE = "recycle"
    MOVE = "move"
    MERGE = "merge"
    SPLIT = "split"
    HANDOVER = "handover"


def turned(work: Work) -> dict[str, Any]:
    """The values that an UPDATE of a customer's owner or pool carries besides: its next number and since when. Whoever
    gets it was warned of nothing yet."""
    table, now = table_of(Customer), literal(work.journal.now(), UtcDateTime())
    since = case((table.c.owner_since > now, table.c.owner_since), else_=now)
    return {"owner_no": table.c.owner_no + 1, "owner_since": since, "locked_at": None, "clock_from": None, **_UNWARNED}


def turned_from(work: Work, row: Mapping[str, Any]) -> dict[str, Any]:
    """The same as plain values, for a customer that is locked and was read as `row`."""
    now = work.journal.now()
    since = max(now, row["owner_since"] or now)
    return {"owner_no": row["owner_no"] + 1, "owner_since": since, "locked_at": None, "clock_from": None, **_UNWARNED}


def begun(work: Work) -> dict[str, Any]:
    """The same for a customer that comes on file."""
    return {"owner_no": 1, "owner_since": work.journal.now(), "locked_at": None, "clock_from": None}


def begin(work: Work, rows: Iterable[Mapping[str, Any]], cause: Cause) -> None:
    """Write down who has customers that just came on file, whose `rows` carry what `begun` gave."""
    said = {"tenant_id": work.scope.tenant, "cause": cause.value, "by_id": work.scope.actor.id, "reason": None}
    entries = [{name: row[column] for name, column in _HAS.items()} | said for row in rows]
    insert_rows(work.connection, table_of(Ownership), entries)


def keep(work: Work, ids: Iterable[UUID], cause: Cause, reason: str | None = None) -> None:
    """Write down who has these customers now. One statement for five hundred."""
    table, wanted = table_of(Customer), list(ids)
    for at in range(0, len(wanted), AT_ONCE):
        these = (table.c.tenant_id == work.scope.tenant) & among(work, table.c.id, wanted[at : at + AT_ONCE])
        copy_where(work, these, cause, reason)


def copy_where(work: Work, condition: Any, cause: Cause, reason: str | None = None) -> int:
    """Write down who has the customers of a condition now, which names the tenant; how many they are."""
    c = table_of(Customer).c
    said = (literal(cause.value), literal(work.scope.actor.id), literal(reason))
    now = select(c.tenant_id, c.id, c.owner_no, c.owner_id, c.pool_id, c.owner_since, *said).where(condition)
    return int(work.connection.execute(insert(Ownership).from_select(_KEPT, now)).rowcount)


def last_end(work: Work, customer_id: UUID, owner: str) -> Any:
    """When `owner` last ceased to have this customer; None if he never had it, or has it now."""
    c = table_of(Ownership).c
    mine = (c.tenant_id == work.scope.tenant) & (c.customer_id == customer_id)
    last = select(func.max(c.number)).where(mine, c.owner_id == owner).scalar_subquery()
    return work.connection.scalar(select(func.min(c.since)).where(mine, c.number > last))
