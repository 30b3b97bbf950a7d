"""The history of classes: one row a change, numbered by customer. Whoever writes has locked the customer's row."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from oa_crm.hooks.payloads import CustomerReclassified
from oa_crm.ids import new_id
from oa_crm.models import ClassChange, table_of
from oa_crm.schemas.classes import LEVEL
from oa_crm.services.bulk import insert_rows
from oa_crm.services.clashes import gate
from oa_crm.services.classes.states import AT_ONCE, as_committed
from oa_crm.services.work import Work


@dataclass(frozen=True, slots=True)
class Change:
    """A customer's level or category before and after, and whether it is pinned now."""

    customer_id: UUID
    tree: str
    before: str | None
    after: str | None
    pinned: bool
    rule: str | None = None

    @property
    def field(self) -> str:
        """Its name in the audit."""
        return LEVEL if self.tree == LEVEL else f"category.{self.tree}"


def keep(work: Work, changes: Sequence[Change], cause: str, reason: str | None = None) -> None:
    """Add to the history, by two statements a slice."""
    for at in range(0, len(changes), AT_ONCE):
        _write(work, changes[at : at + AT_ONCE], cause, reason)


def _write(work: Work, part: Sequence[Change], cause: str, reason: str | None) -> None:
    if not gate.sees_old(work):
        return _number_and_write(work, part, cause, reason, last=_numbers(work, part))
    # A locking read of a history without rows would keep others from beginning theirs: only where there is need.
    try:
        with work.connection.begin_nested():
            return _number_and_write(work, part, cause, reason, last=_numbers(work, part))
    except IntegrityError:
        return _number_and_write(work, part, cause, reason, last=_numbers(work, part, committed=True))


def _number_and_write(
    work: Work, part: Sequence[Change], cause: str, reason: str | None, *, last: dict[UUID, int]
) -> None:
    rows = []
    for one in part:
        last[one.customer_id] = last.get(one.customer_id, 0) + 1
        rows.append(_row(work, one, last[one.customer_id], cause, reason))
    work.connection.execute(insert(ClassChange), rows)


def entered(work: Work, levels: Mapping[UUID, str | None]) -> None:
    """Begin the history of customers that go on file with a level. Every entrance calls it for what it writes."""
    changes = (Change(id, LEVEL, None, level, False) for id, level in levels.items() if level is not None)
    if rows := [_row(work, one, 1, "entry", None) for one in changes]:
        insert_rows(work.connection, table_of(ClassChange), rows)


def leveled(work: Work, row: Any, level: str | None) -> None:
    """Keep and tell that the level of `row`, as it was before, was edited by hand."""
    change = Change(row.id, LEVEL, row.level, level, bool(row.level_pinned))
    keep(work, [change], "hand")
    tell(work, [change], {row.id: row}, "hand")


def tell(
    work: Work, changes: Iterable[Change], customers: Mapping[UUID, Any], cause: str, reason: str | None = None
) -> None:
    """Announce what changed; `customers` have `name` and `owner_id`. Pinning alone is no news."""
    for one in changes:
        if one.before != one.after:
            row = customers[one.customer_id]
            work.journal.emit(
                CustomerReclassified,
                customer_id=one.customer_id,
                name=row.name,
                owner_id=row.owner_id,
                tree=one.tree,
                before=one.before,
                after=one.after,
                cause=cause,
                rule=one.rule,
                reason=reason,
            )


def _numbers(work: Work, part: Sequence[Change], *, committed: bool = False) -> dict[UUID, int]:
    table = table_of(ClassChange)
    mine = (table.c.tenant_id == work.scope.tenant) & table.c.customer_id.in_({one.customer_id for one in part})
    last = select(table.c.customer_id, func.max(table.c.number).label("number")).where(mine)
    last = last.group_by(table.c.customer_id)
    found = work.connection.execute(as_committed(work, last) if committed else last)
    return {row.customer_id: row.number for row in found}


def _row(work: Work, one: Change, number: int, cause: str, reason: str | None) -> dict[str, Any]:
    return {
        "id": new_id(),
        "tenant_id": work.scope.tenant,
        "customer_id": one.customer_id,
        "number": number,
        "tree": one.tree,
        "before": one.before,
        "after": one.after,
        "pinned": one.pinned,
        "cause": cause,
        "rule": one.rule,
        "reason": reason,
        "at": work.journal.now(),
        "by": work.scope.actor.id,
    }
