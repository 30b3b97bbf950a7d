"""Warnings: to the owner, then to his manager as well. Each stage once while a deadline stands and he is its owner.

The row of a stage is that of its first warning. One that is given anew, for the deadline went and came back or the
customer came to somebody else, is in the audit and told like any other.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, insert, select, update

from oa_crm.hooks.payloads import ProtectionWarned
from oa_crm.models import Customer, Member, ProtectionWarning, table_of
from oa_crm.services.protection.reckoning import Reckoner, Verdict
from oa_crm.services.work import Work

Warned = Sequence[tuple[Any, Verdict, int]]
Given = Mapping[tuple[UUID, datetime], set[int]]


def give(work: Work, reckoner: Reckoner, found: Warned, operation: str) -> int:
    """Give these warnings; how many. Four statements, however many they are. What was given already while the deadline
    stood says each row itself."""
    before, managers = _given(work, found), _managers(work, {row.owner_id for row, _, _ in found})
    to_manager = {one.days for one in reckoner.rules.warnings if one.manager}
    new, columns = [], []
    for row, verdict, stage in found:
        until = verdict.until
        assert until is not None
        given = before.get((row.id, until), ())
        # A deadline that comes back has its notice anew.
        first = row.warned_at if row.warned_for == until else work.journal.now()
        columns.append({
            "row": row.id, "until": until, "rule": verdict.rule, "for": until, "days": stage, "first": first,
            "at": reckoner.step_after(until, stage, first),
        })  # fmt: skip
        manager = managers.get(row.owner_id) if stage in to_manager else None
        if stage not in given:
            new.append(_warning(work, row, until, stage, manager))
        _tell(work, row, verdict, stage, manager, operation)
    work.connection.execute(_noted(work), columns)
    if new:
        work.connection.execute(insert(ProtectionWarning), new)
    return len(found)


def of(work: Work, customer_id: UUID) -> list[Any]:
    """The warnings that were given of a customer, the latest first."""
    table = table_of(ProtectionWarning)
    mine = (table.c.tenant_id == work.scope.tenant) & (table.c.customer_id == customer_id)
    return list(work.connection.execute(select(table).where(mine).order_by(table.c.at.desc(), table.c.days).limit(50)))


def _given(work: Work, found: Warned) -> Given:
    c = table_of(ProtectionWarning).c
    mine = (c.tenant_id == work.scope.tenant) & c.customer_id.in_([row.id for row, _, _ in found])
    given: dict[tuple[UUID, datetime], set[int]] = {}
    for one in work.connection.execute(select(c.customer_id, c.deadline, c.days).where(mine)):
        given.setdefault((one.customer_id, one.deadline), set()).add(one.days)
    return given


def _managers(work: Work, owners: set[str]) -> dict[str, str | None]:
    c = table_of(Member).c
    mine = (c.tenant_id == work.scope.tenant) & c.id.in_(owners)
    return {row.id: row.manager_id for row in work.connection.execute(select(c.id, c.manager_id).where(mine))}


def _warning(work: Work, row: Any, until: datetime, stage: int, manager: str | None) -> dict[str, Any]:
    return {
        "tenant_id": work.scope.tenant, "customer_id": row.id, "deadline": until, "days": stage,
        "owner_id": row.owner_id, "manager_id": manager, "at": work.journal.now(),
    }  # fmt: skip


def _tell(work: Work, row: Any, verdict: Verdict, stage: int, manager: str | None, operation: str) -> None:
    work.journal.record(operation, "customer", row.id, {"warned_days": [row.warned_days, stage]}, verdict.rule)
    work.journal.emit(
        ProtectionWarned,
        customer_id=row.id,
        name=row.name,
        owner_id=row.owner_id,
        manager_id=manager,
        days=stage,
        protected_until=verdict.until,
        rule=verdict.rule,
    )


def _noted(work: Work) -> Any:
    table = table_of(Customer)
    mine = (table.c.tenant_id == work.scope.tenant) & (table.c.id == bindparam("row", type_=table.c.id.type))
    return (
        update(table)
        .where(mine)
        .values(
            protected_until=bindparam("until"),
            protected_by=bindparam("rule"),
            warned_for=bindparam("for"),
            warned_days=bindparam("days"),
            warned_at=bindparam("first"),
            sweep_at=bindparam("at"),
        )
    )
