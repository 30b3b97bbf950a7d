"""A change of what customers are, with everything that goes with it: rows, history, audit, events.

Set-based: the number of statements grows with the values that are given, never with the customers.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, insert, update

from oa_crm.models import Customer, CustomerClass, table_of
from oa_crm.schemas.classes import LEVEL
from oa_crm.services.classes import keeping
from oa_crm.services.classes.keeping import Change
from oa_crm.services.classes.states import Standings
from oa_crm.services.classes.trees import Tree
from oa_crm.services.work import Work

Seat = tuple[UUID | None, bool]


def write(
    work: Work,
    operation: str,
    changes: Sequence[Change],
    rows: Mapping[UUID, Any],
    before: Standings,
    trees: Mapping[str, Tree],
    *,
    cause: str,
    reason: str | None = None,
) -> None:
    """Write changes of customers whose rows are locked and have their new version already."""
    by_tree: dict[str, list[Change]] = defaultdict(list)
    for one in changes:
        by_tree[one.tree].append(one)
    _levels(work, by_tree.pop(LEVEL, []))
    for name, those in by_tree.items():
        there = {one.customer_id for one in those if name in before[one.customer_id]}
        _seat(work, trees[name], those, there)
    keeping.keep(work, changes, cause, reason)
    _record(work, operation, changes, reason)
    keeping.tell(work, changes, rows, cause, reason)


def stamp(work: Work, ids: Sequence[UUID]) -> None:
    """Give customers whose rows are locked their next version."""
    table = table_of(Customer)
    stamps = {"updated_at": work.journal.now(), "updated_by": work.scope.actor.id}
    these = and_(table.c.tenant_id == work.scope.tenant, table.c.id.in_(ids))
    work.connection.execute(update(table).where(these).values(version=table.c.version + 1, **stamps))


def _levels(work: Work, changes: Sequence[Change]) -> None:
    table = table_of(Customer)
    for (level, pinned), ids in _together(changes).items():
        these = and_(table.c.tenant_id == work.scope.tenant, table.c.id.in_(ids))
        work.connection.execute(update(table).where(these).values(level=level, level_pinned=pinned))


def _seat(work: Work, tree: Tree, changes: Sequence[Change], there: set[UUID]) -> None:
    table, new = table_of(CustomerClass), list[dict[str, Any]]()
    for (value, pinned), ids in _together(changes).items():
        category = None if value is None else tree.named(value).id
        old = [id for id in ids if id in there]
        mine = and_(
            table.c.tenant_id == work.scope.tenant, table.c.tree_id == tree.row.id, table.c.customer_id.in_(old)
        )
        if category is None and not pinned:
            work.connection.execute(delete(table).where(mine))
            continue
        if old:
            values = {"category_id": category, "pinned": pinned, "version": table.c.version + 1}
            work.connection.execute(update(table).where(mine).values(**values))
        key = {"tenant_id": work.scope.tenant, "tree_id": tree.row.id, "version": 1}
        seat = {"category_id": category, "pinned": pinned}
        new += [{**key, "customer_id": id, **seat} for id in ids if id not in there]
    if new:
        work.connection.execute(insert(table), new)


def _together(changes: Sequence[Change]) -> dict[tuple[str | None, bool], list[UUID]]:
    found: dict[tuple[str | None, bool], list[UUID]] = defaultdict(list)
    for one in changes:
        found[one.after, one.pinned].append(one.customer_id)
    return found


def _record(work: Work, operation: str, changes: Sequence[Change], reason: str | None) -> None:
    told: dict[UUID, dict[str, list[Any]]] = defaultdict(dict)
    rules: dict[UUID, list[str]] = defaultdict(list)
    for one in changes:
        if one.before != one.after:
            told[one.customer_id][one.field] = [one.before, one.after]
        else:
            told[one.customer_id][f"{one.field}_pinned"] = [not one.pinned, one.pinned]
        rules[one.customer_id] += [one.rule] if one.rule is not None else []
    for id, fields in told.items():
        work.journal.record(operation, "customer", id, fields, reason or ", ".join(rules[id]) or None)
