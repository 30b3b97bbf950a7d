"""The whole base looked through for customers that may be one, a slice at a time.

Each customer is looked for among those keyed before it. Of what is found, suspected pairs and better are kept.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from oa_crm.duplicates import Draft, Tier
from oa_crm.errors import DuplicateKeysMissing, IllegalState
from oa_crm.hooks.matching import Why
from oa_crm.models import DuplicateEntry, DuplicateScan, table_of
from oa_crm.services.clashes import kept, probe
from oa_crm.services.clashes.facts import BY_ENTRY, read_draft
from oa_crm.services.clashes.judging import all_keyed
from oa_crm.services.clashes.keeping import keyed_as
from oa_crm.services.work import Work

_KEPT = {Tier.CERTAIN, Tier.SUSPECTED}
_AT_ONCE = 500
Facts = dict[int, tuple[UUID, Draft]]


def begin(work: Work, shard: int, shards: int, *, full: bool) -> Any:
    """The scan of this shard: the one that was interrupted, or a new one of what was keyed since the last.

    Raises `duplicate_keys_missing` until every customer has the keys that the matchers make now.
    """
    scan, entry = table_of(DuplicateScan), table_of(DuplicateEntry)
    this = _this(work, shard, shards)
    held = work.connection.execute(select(scan).where(this).with_for_update()).one_or_none()
    if held is not None and held.ended_at is None and not full:
        return held
    if not all_keyed(work):
        raise DuplicateKeysMissing(work.scope.tenant)
    last = work.connection.scalar(select(func.max(entry.c.id)).where(_current(work))) or 0
    fresh = {
        "after": 0 if full or held is None else held.upto,
        "upto": last,
        "looked_at": 0,
        "found": 0,
        "started_at": work.journal.now(),
        "ended_at": None,
    }
    if held is None:
        _put(work, {"tenant_id": work.scope.tenant, "shard": shard, "shards": shards, **fresh})
    else:
        work.connection.execute(update(scan).where(this).values(**fresh))
    return work.connection.execute(select(scan).where(this)).one()


@dataclass(frozen=True, slots=True)
class Looked:
    """The entries that were looked at, whose they are, and the pairs that they are the later part of."""

    entries: list[int]
    customers: dict[UUID, int]
    pairs: list[dict[str, Any]]


def look(work: Work, scan: Any, limit: int) -> Looked:
    """Look at the next entries of a scan. Writes nothing."""
    entry = table_of(DuplicateEntry)
    mine = and_(_current(work), entry.c.id > scan.after, entry.c.id <= scan.upto)
    of_shard = entry.c.id % scan.shards == scan.shard
    ids = list(work.connection.scalars(select(entry.c.id).where(mine, of_shard).order_by(entry.c.id).limit(limit)))
    slice_ = _facts(work, ids)
    earlier = {id: _earlier(work, id, draft) for id, (_, draft) in slice_.items()}
    known = slice_ | _facts(work, sorted({one for found in earlier.values() for one in found} - set(slice_)))
    pairs = [pair for id, found in earlier.items() for pair in _alike(work, id, found, known)]
    return Looked(ids, {customer: id for id, (customer, _) in slice_.items()}, pairs)


def advance(work: Work, scan: Any, looked: Looked) -> Any:
    """Keep what was found and how far we are; ends the scan when nothing was left to look at.

    Raises `illegal_state` when another process scans the same shard and was faster.
    """
    table, ids = table_of(DuplicateScan), looked.entries
    after = ids[-1] if ids else scan.upto
    values = {"after": after, "looked_at": scan.looked_at + len(ids), "found": scan.found + len(looked.pairs)}
    if not ids:
        values["ended_at"] = work.journal.now()
    this = _this(work, scan.shard, scan.shards)
    ours = and_(this, table.c.after == scan.after, table.c.started_at == scan.started_at, table.c.ended_at.is_(None))
    if work.connection.execute(update(table).where(ours).values(**values)).rowcount != 1:
        raise _taken()
    kept.replace(work, looked.customers, looked.pairs)
    return work.connection.execute(select(table).where(this)).one()


def _put(work: Work, row: dict[str, Any]) -> None:
    try:
        with work.connection.begin_nested():
            work.connection.execute(insert(table_of(DuplicateScan)), row)
    except IntegrityError:
        raise _taken() from None


def _taken() -> IllegalState:
    return IllegalState(kind="scan", state="scanned by another process", allowed=("one process for each shard",))


def _this(work: Work, shard: int, shards: int) -> Any:
    table = table_of(DuplicateScan)
    return and_(table.c.tenant_id == work.scope.tenant, table.c.shard == shard, table.c.shards == shards)


def _current(work: Work) -> Any:
    """The entries of the company, all of one version of keys: so the index gives them in the order of their numbers."""
    entry = table_of(DuplicateEntry)
    return and_(entry.c.tenant_id == work.scope.tenant, entry.c.keyed_as == keyed_as(work.runtime.matching.engine))


def _facts(work: Work, entries: Sequence[int]) -> Facts:
    parts = (entries[at : at + _AT_ONCE] for at in range(0, len(entries), _AT_ONCE))
    tenant = work.scope.tenant
    rows = (row for part in parts for row in BY_ENTRY.rows(work.connection, {"tenant": tenant, "entries": part}))
    return {row.entry: (row.id, read_draft(row)) for row in rows if row.id is not None}


def _earlier(work: Work, id: int, draft: Draft) -> list[int]:
    matching = work.runtime.matching
    keys = matching.engine.keys(draft, work.scope.tenant)
    return [one for one in probe.candidates(work.connection, keys, matching.common_keys) if one < id]


def _alike(work: Work, id: int, found: Sequence[int], known: Facts) -> Iterator[dict[str, Any]]:
    customer_id, draft = known[id]
    for other_id, other in (known[one] for one in found if one in known):
        score = work.runtime.matching.engine.score(draft, other)
        if score.tier in _KEPT:
            one, two = sorted((customer_id, other_id))
            yield {
                "tenant_id": work.scope.tenant,
                "one_id": one,
                "other_id": two,
                "likeness": round(1000 * score.value),
                "tier": score.tier.value,
                "reasons": [_kept(reason) for reason in score.reasons],
                "found_at": work.journal.now(),
            }


def _kept(reason: Why) -> dict[str, str]:
    return {"code": str(reason.code), **{locale: reason.text(locale) for locale in ("en", "zh")}}
