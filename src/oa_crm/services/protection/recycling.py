"""Recycling: the owner loses the customer, and a pool gets it. What becomes of the rest is the company's policy.

Contracts keep their owner, whoever has the customer. Contacts and talks are the customer's and go with it. Open
projects stay with their owner or are closed, plans end or stay, as the rules say.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, insert, literal, or_, select, update

from oa_crm.hooks.payloads import CustomerRecycled, ProjectStageChanged
from oa_crm.models import Customer, Project, StageChange, table_of
from oa_crm.schemas.protection import ProtectionRules
from oa_crm.services import planned
from oa_crm.services.among import among
from oa_crm.services.base import Service
from oa_crm.services.holding import ledger, telling
from oa_crm.services.protection.reckoning import Verdict
from oa_crm.services.teaming import ending
from oa_crm.services.work import Work

Taken = Sequence[tuple[Any, Verdict]]
_CLOSED, _WORD = "customer recycled", "other"
_NO_CLOCK = dict.fromkeys(("protected_until", "protected_by", "sweep_at"))


class NotAsRead(Exception):
    """Of rows that we hold some are not as they were read."""


def take(
    service: Service,
    rules: ProtectionRules,
    found: Taken,
    pools: Mapping[UUID, UUID],
    now: datetime,
    operation: str,
) -> int:
    """Recycle these customers into their pools; how many. A constant number of statements."""
    work, table = service.work, table_of(Customer)
    ended = {"next_contact_on": None} if rules.plans == "end" else {}
    stamps = {"version": table.c.version + 1, "updated_at": now, "updated_by": work.scope.actor.id}
    into = _pool(work, {row.id: pools[row.id] for row, _ in found})
    taken = (
        update(table)
        .where(_as_read(service, found, now))
        .values(
            owner_id=None,
            pool_id=into,
            **ended,
            **stamps,
            **ledger.turned(work),
            **_NO_CLOCK,
        )
    )
    if work.connection.execute(taken).rowcount != len(found):
        raise NotAsRead(f"not all of {len(found)} customers are as they were read")
    by_rule: dict[str, list[UUID]] = defaultdict(list)
    for row, verdict in found:
        by_rule[str(verdict.rule)].append(row.id)
    for rule, ids in by_rule.items():
        ledger.keep(work, ids, ledger.Cause.RECYCLE, rule)
    if rules.plans == "end":
        planned.end(service, Customer, [row.id for row, _ in found], _CLOSED)
    ending.owner_changed(work, [row.id for row, _ in found])
    if rules.projects == "close":
        _close_projects(service, [row.id for row, _ in found], now, operation)
    for row, verdict in found:
        _tell(service, row, verdict, pools[row.id], operation)
    return len(found)


def _as_read(service: Service, found: Taken, now: datetime) -> Any:
    """Still due, and still in the same term of the same owner."""
    work = service.work
    c = table_of(Customer).c
    terms: dict[tuple[str, int], list[UUID]] = defaultdict(list)
    for row, _ in found:
        terms[row.owner_id, row.owner_no].append(row.id)
    same = or_(*(
        and_(c.owner_id == owner, c.owner_no == number, among(work, c.id, ids))
        for (owner, number), ids in terms.items()
    ))  # fmt: skip
    ids = [row.id for row, _ in found]
    due = and_(c.protected_until <= now, c.sweep_at <= now, c.merged_into.is_(None))
    # Behind a case, for each of these has an index that leads a planner without statistics through the whole base.
    still = case((and_(due, same), 1), else_=0) == 1
    return and_(c.tenant_id == work.scope.tenant, among(work, c.id, ids), still)


def _pool(work: Work, pools: Mapping[UUID, UUID]) -> Any:
    c, by_pool = table_of(Customer).c, defaultdict(list)
    for id, pool in pools.items():
        by_pool[pool].append(id)
    last, _ = by_pool.popitem()
    if not by_pool:
        return last
    return case(
        *((among(work, c.id, ids), literal(pool, c.pool_id.type)) for pool, ids in by_pool.items()),
        else_=literal(last, c.pool_id.type),
    )


def _tell(service: Service, row: Any, verdict: Verdict, pool: UUID, operation: str) -> None:
    changes = {
        "owner_id": [row.owner_id, None],
        "pool_id": [None, str(pool)],
        "protected_until": [verdict.until, None],
    }
    service.work.journal.record(operation, "customer", row.id, changes, verdict.rule)
    now = {"owner_id": None, "pool_id": pool}
    telling.owner_changed(service.work, row._mapping, now, ledger.Cause.RECYCLE, verdict.rule)
    service.work.journal.emit(
        CustomerRecycled,
        customer_id=row.id,
        name=row.name,
        owner_id=None,
        former_owner_id=row.owner_id,
        pool_id=pool,
        rule=verdict.rule,
        protected_until=verdict.until,
    )


def _close_projects(service: Service, ids: Sequence[UUID], now: datetime, operation: str) -> None:
    work, table = service.work, table_of(Project)
    theirs = and_(table.c.tenant_id == work.scope.tenant, table.c.customer_id.in_(ids), table.c.state == "open")
    rows = work.connection.execute(select(table).where(theirs).order_by(table.c.id).with_for_update()).all()
    if not rows:
        return
    stamps = {"version": table.c.version + 1, "updated_at": now, "updated_by": work.scope.actor.id}
    mine = and_(table.c.tenant_id == work.scope.tenant, table.c.id.in_([row.id for row in rows]))
    work.connection.execute(
        update(table).where(mine).values(stage="lost", state="lost", end_reason=_WORD, stalls_at=None, **stamps)
    )
    moves = {
        "tenant_id": work.scope.tenant,
        "after": "lost",
        "because": _WORD,
        "reason": _CLOSED,
        "at": now,
        "by": work.scope.actor.id,
    }
    work.connection.execute(insert(StageChange), [{**moves, "project_id": row.id, "before": row.stage} for row in rows])
    for row in rows:
        changes = {"stage": [row.stage, "lost"], "end_reason": [None, _WORD]}
        work.journal.record(operation, "project", row.id, changes, _CLOSED)
        facts = {"project_id": row.id, "customer_id": row.customer_id, "name": row.name, "owner_id": row.owner_id}
        work.journal.emit(ProjectStageChanged, **facts, before=row.stage, after="lost", reason=_CLOSED, because=_WORD)
