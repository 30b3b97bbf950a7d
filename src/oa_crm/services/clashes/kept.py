"""Pairs kept in step with the customers that were looked at.

A pair that no longer holds goes when the later of the two, by the number of its entry, is looked at again; one that
somebody dismissed stays dismissed.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, delete, insert, select

from oa_crm.models import DuplicateEntry, DuplicatePair, table_of
from oa_crm.services.work import Work

Pair = tuple[UUID, UUID]


def replace(work: Work, looked_at: Mapping[UUID, int], pairs: Sequence[dict[str, Any]]) -> None:
    """Keep `pairs` of the customers that were looked at, given with their entries, instead of those from before."""
    if not looked_at:
        return
    held = dict(_held(work, looked_at))
    gone = _later_in(work, looked_at, [pair for pair, dismissed in held.items() if not dismissed])
    _forget(work, gone)
    # One that stays is dismissed, or its other part was keyed anew meanwhile and is looked at later.
    stays = held.keys() - set(gone)
    new = [pair for pair in pairs if (pair["one_id"], pair["other_id"]) not in stays]
    if new:
        ordered = sorted(new, key=lambda pair: (pair["one_id"], pair["other_id"]))
        work.connection.execute(insert(table_of(DuplicatePair)), ordered)


def _held(work: Work, customers: Mapping[UUID, int]) -> Iterator[tuple[Pair, bool]]:
    """The pairs of these customers, and whether each was dismissed."""
    pair = table_of(DuplicatePair)
    for part in (pair.c.one_id, pair.c.other_id):
        mine = and_(pair.c.tenant_id == work.scope.tenant, part.in_(list(customers)))
        for row in work.connection.execute(select(pair.c.one_id, pair.c.other_id, pair.c.dismissed_at).where(mine)):
            yield (row.one_id, row.other_id), row.dismissed_at is not None


def _later_in(work: Work, looked_at: Mapping[UUID, int], pairs: Sequence[Pair]) -> list[Pair]:
    """Those pairs whose later part was looked at."""
    entry = table_of(DuplicateEntry)
    others = {one for pair in pairs for one in pair} - looked_at.keys()
    of_others = and_(entry.c.tenant_id == work.scope.tenant, entry.c.customer_id.in_(others))
    rows = work.connection.execute(select(entry.c.customer_id, entry.c.id).where(of_others)) if others else ()
    number = {**{row.customer_id: row.id for row in rows}, **looked_at}
    return [pair for pair in pairs if max(pair, key=lambda one: number.get(one, 0)) in looked_at]


def _forget(work: Work, pairs: Sequence[Pair]) -> None:
    if pairs:
        pair = table_of(DuplicatePair)
        this = and_(
            pair.c.tenant_id == work.scope.tenant,
            pair.c.one_id == bindparam("first"),
            pair.c.other_id == bindparam("second"),
        )
        work.connection.execute(delete(pair).where(this), [{"first": one, "second": two} for one, two in sorted(pairs)])
