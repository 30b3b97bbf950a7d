"""The whole base looked through for customers that may be one, a slice at a time.

Each customer is looked for among those keyed before it. What is found is kept as pairs; a pair that no longer holds
goes when the later of the two is looked at again. Of pairs, only suspected ones and better are kept.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, func, insert, select, update

from oa_crm.duplicates import Draft, Tier
from oa_crm.errors import DuplicateKeysMissing, IllegalState
from oa_crm.models import DuplicateEntry, DuplicatePair, DuplicateScan, table_of
from oa_crm.services.clashes import probe
from oa_crm.services.clashes.facts import BY_ENTRY, row_draft
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
        place = {"tenant_id": work.scope.tenant, "shard": shard, "shards": shards}
        work.connection.execute(insert(scan), {**place, **fresh})
    else:
        work.connection.execute(update(scan).where(this).values(**fresh))
    return work.connection.execute(select(scan).where(this)).one()


def look(work: Work, scan: Any, limit: int) -> tuple[list[int], list[dict[str, Any]]]:
    """The next entries of a scan, and the pairs that they are the later part of. Writes nothing."""
    entry = table_of(DuplicateEntry)
    mine = and_(_current(work), entry.c.id > scan.after, entry.c.id <= scan.upto)
    of_shard = entry.c.id % scan.shards == scan.shard
    ids = list(work.connection.scalars(select(entry.c.id).where(mine, of_shard).order_by(entry.c.id).limit(limit)))
    slice_ = _facts(work, ids)
    earlier = {id: _earlier(work, id, draft) for id, (_, draft) in slice_.items()}
    known = slice_ | _facts(work, sorted({one for found in earlier.values() for one in found} - set(slice_)))
    pairs = [pair for id, found in earlier.items() for pair in _alike(work, id, found, known)]
    return ids, pairs


def advance(work: Work, scan: Any, ids: Sequence[int], pairs: Sequence[dict[str, Any]]) -> Any:
    """Keep what was found and how far we are; ends the scan when `ids` is empty.

    Raises `illegal_state` when another process scans the same shard and was faster.
    """
    table = table_of(DuplicateScan)
    after = ids[-1] if ids else scan.upto
    values = {"after": after, "looked_at": scan.looked_at + len(ids), "found": scan.found + len(pairs)}
    if not ids:
        values["ended_at"] = work.journal.now()
    this = _this(work, scan.shard, scan.shards)
    ours = and_(this, table.c.after == scan.after, table.c.started_at == scan.started_at, table.c.ended_at.is_(None))
    if work.connection.execute(update(table).where(ours).values(**values)).rowcount != 1:
        raise IllegalState(kind="scan", state="scanned by another process", allowed=("one process for each shard",))
    _replace_pairs(work, ids, pairs)
    return work.connection.execute(select(table).where(this)).one()


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
    rows = (row for part in parts for row in work.connection.execute(BY_ENTRY, {"tenant": tenant, "entries": part}))
    return {row.entry: (row.id, row_draft(row._mapping)) for row in rows if row.id is not None}


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
                "reasons": [{locale: reason.text(locale) for locale in ("en", "zh")} for reason in score.reasons],
                "found_at": work.journal.now(),
            }


def _replace_pairs(work: Work, ids: Sequence[int], pairs: Sequence[dict[str, Any]]) -> None:
    """Forget the pairs whose later part is one of `ids`, but for dismissed ones, and keep the new."""
    table, held = table_of(DuplicatePair), _held(work, ids)
    gone = [key for key, row in held.items() if row.dismissed_at is None]
    for one, two in gone:
        this = and_(table.c.tenant_id == work.scope.tenant, table.c.one_id == one, table.c.other_id == two)
        work.connection.execute(delete(table).where(this))
    dismissed = held.keys() - set(gone)
    new = [pair for pair in pairs if (pair["one_id"], pair["other_id"]) not in dismissed]
    if new:
        work.connection.execute(insert(table), sorted(new, key=lambda pair: (pair["one_id"], pair["other_id"])))


def _held(work: Work, ids: Sequence[int]) -> Mapping[tuple[UUID, UUID], Any]:
    """The kept pairs whose later part is one of `ids`."""
    pair, entry = table_of(DuplicatePair), table_of(DuplicateEntry)
    one, two = entry.alias("one"), entry.alias("two")
    joined = pair.join(one, and_(one.c.tenant_id == pair.c.tenant_id, one.c.customer_id == pair.c.one_id))
    joined = joined.join(two, and_(two.c.tenant_id == pair.c.tenant_id, two.c.customer_id == pair.c.other_id))
    found: dict[tuple[UUID, UUID], Any] = {}
    for later, earlier in ((one, two), (two, one)):
        query = select(pair.c.one_id, pair.c.other_id, pair.c.dismissed_at).select_from(joined)
        of_ids = and_(later.c.id.in_(ids), later.c.id > earlier.c.id, pair.c.tenant_id == work.scope.tenant)
        found |= {(row.one_id, row.other_id): row for row in work.connection.execute(query.where(of_ids))}
    return found
