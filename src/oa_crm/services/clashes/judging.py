"""Candidates scored against a draft: one statement for the candidates' facts, then pure functions.

Where a brand has many bearers, the names alone say which of them are worth comparing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select

from oa_crm.duplicates import Draft, Engine, Score, Tier, most_promising
from oa_crm.errors import DuplicateKeysMissing
from oa_crm.models import DuplicateEntry
from oa_crm.services.clashes import probe
from oa_crm.services.clashes.facts import BY_ENTRY, MATCHED, NAMES, read_draft
from oa_crm.services.clashes.gate import sees_old
from oa_crm.services.clashes.keeping import NOT_KEYED, keyed_as
from oa_crm.services.prepared import Prepared
from oa_crm.services.work import Work

_AT_ONCE = 500
Facts = Callable[[], Prepared]
"""What is read of those that are told of; asked only where there are any, for most are like nobody."""
COMPARED = 12
"""How many candidates are taken apart and compared in full; a thorough check compares all."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A customer on file and how surely it is the draft. `row` has what was asked for beside its facts."""

    customer_id: UUID
    draft: Draft
    score: Score
    row: Any


@dataclass(frozen=True, slots=True)
class Worth:
    """Which candidates are worth telling of: `says` is asked of draft, candidate and score. None is of a score below
    `at_least`."""

    at_least: float
    says: Callable[[Draft, Draft, Score], bool]


def by_entry() -> Prepared:
    """Nothing but what is compared."""
    return BY_ENTRY


def judged(
    work: Work,
    draft: Draft,
    *,
    leave_out: UUID | None = None,
    after_gate: bool = False,
    thorough: bool = False,
    facts: Facts = by_entry,
    worth: Worth | None = None,
) -> list[Judged]:
    """Everybody on file that may be the draft, best first; nobody below `related`.

    `after_gate` sees what was committed while the gate was waited for, whatever the host's isolation. With `worth`,
    nobody where none of them is worth it, as most that come on file are like nobody.
    Raises `duplicate_keys_missing` while customers of the company have no keys.
    """
    engine, tenant = work.runtime.matching.engine, work.scope.tenant
    keys = engine.keys(draft, tenant)
    if not all_keyed(work):
        keys |= engine.keys_before(draft, tenant)
    locking = after_gate and sees_old(work)
    votes = probe.candidates(
        work.connection, keys, work.runtime.matching.common_keys, thorough=thorough, locking=locking
    )
    reader = _Reader(work, locking)
    chosen = list(votes) if thorough else _to_compare(reader, draft, votes)
    if worth is not None and not _any_worth(reader, draft, chosen, leave_out, worth):
        return []
    found = [one for one in _compared(reader, draft, chosen, facts()) if one.customer_id != leave_out]
    return _best_first(found)


def judged_many(
    work: Work,
    drafts: Sequence[Draft],
    *,
    after_gate: bool = False,
    facts: Facts = by_entry,
    worth: Worth | None = None,
) -> list[list[Judged]]:
    """The same for many drafts by a few statements for all, each as if it were judged alone.

    With `worth`, a draft of whose candidates none is worth it has none: most rows of a file are of that sort, and what
    is told of a candidate is then read of few.
    """
    engine, tenant = work.runtime.matching.engine, work.scope.tenant
    keys = [engine.keys(draft, tenant) for draft in drafts]
    if not all_keyed(work):
        keys = [one | engine.keys_before(draft, tenant) for one, draft in zip(keys, drafts, strict=True)]
    locking = after_gate and sees_old(work)
    votes = probe.candidates_of_many(work.connection, keys, work.runtime.matching.common_keys, locking=locking)
    reader = _Reader(work, locking)
    crowded = sorted({entry for those in votes if len(those) > COMPARED for entry in those})
    names = _all_names(reader, crowded)
    chosen = [_most_promising(draft, those, names) for draft, those in zip(drafts, votes, strict=True)]
    compared = sorted({entry for those in chosen for entry in those})
    known = {row.entry: read_draft(row) for row in reader.rows(MATCHED, compared) if row.name is not None}
    found = [
        _to_tell(engine, draft, ((one, known[one]) for one in those if one in known), worth)
        for draft, those in zip(drafts, chosen, strict=True)
    ]
    wanted = sorted({entry for those in found for entry, _, _ in those})
    rows = {row.entry: row for row in reader.rows(facts(), wanted) if row.id is not None} if wanted else {}
    return [
        _best_first(Judged(rows[one].id, other, score, rows[one]) for one, other, score in those if one in rows)
        for those in found
    ]


def _to_tell(
    engine: Engine, draft: Draft, those: Iterable[tuple[int, Draft]], worth: Worth | None
) -> list[tuple[int, Draft, Score]]:
    """Those of the candidates that may be the draft, with their scores; with `worth`, none if none is worth it."""
    candidates = list(those)
    if worth is not None and not any(worth_telling(engine, draft, other, worth) for _, other in candidates):
        return []
    scored = ((one, other, engine.score(draft, other)) for one, other in candidates)
    return [one for one in scored if one[2].tier is not Tier.NONE]


def worth_telling(engine: Engine, draft: Draft, other: Draft, worth: Worth) -> bool:
    """Whether a candidate is worth telling of."""
    # Most are other companies, and to take their names apart costs most.
    if engine.held_below(worth.at_least, draft, other):
        return False
    score = engine.score(draft, other)
    return score.tier is not Tier.NONE and worth.says(draft, other, score)


def _most_promising(draft: Draft, votes: Mapping[int, float], names: Mapping[int, list[str]]) -> list[int]:
    if len(votes) <= COMPARED:
        return list(votes)
    return most_promising(draft.name, votes, {one: names[one] for one in votes if one in names}, COMPARED)


def _best_first(found: Iterable[Judged]) -> list[Judged]:
    return sorted(found, key=lambda one: (-one.score.value, one.draft.name, str(one.customer_id)))


@dataclass(frozen=True, slots=True)
class _Reader:
    """Rows of entries; `locking` sees past a snapshot."""

    work: Work
    locking: bool

    def rows(self, facts: Prepared, entries: list[int]) -> Iterator[Any]:
        connection, tenant = self.work.connection, self.work.scope.tenant
        for at in range(0, len(entries), _AT_ONCE):
            asked = {"tenant": tenant, "entries": entries[at : at + _AT_ONCE]}
            if self.locking:
                yield from connection.execute(facts.query.with_for_update(read=True), asked).all()
            else:
                yield from facts.rows(connection, asked)


def _to_compare(reader: _Reader, draft: Draft, votes: Mapping[int, float]) -> list[int]:
    """The entries that are compared in full: all of a few, of many those whose names promise most."""
    if len(votes) <= COMPARED:
        return list(votes)
    return _most_promising(draft, votes, _all_names(reader, list(votes)))


def _all_names(reader: _Reader, entries: list[int]) -> dict[int, list[str]]:
    """The names of customers, by entry; an entry of another company's has none."""
    return {row.entry: _names(row) for row in reader.rows(NAMES, entries) if row.name is not None}


def _names(row: Any) -> list[str]:
    more = (*filter(None, (row.short_name, row.foreign_name)), *(row.former_names or ()), *(row.aliases or ()))
    return [row.name, *more]


def _any_worth(reader: _Reader, draft: Draft, entries: list[int], leave_out: UUID | None, worth: Worth) -> bool:
    """Whether any of these entries is worth telling of."""
    engine, facts = reader.work.runtime.matching.engine, MATCHED if leave_out is None else BY_ENTRY
    rows = (row for row in reader.rows(facts, entries) if row.name is not None)
    others = (read_draft(row) for row in rows if leave_out is None or row.id != leave_out)
    return any(worth_telling(engine, draft, other, worth) for other in others)


def _compared(reader: _Reader, draft: Draft, entries: list[int], facts: Prepared) -> Iterator[Judged]:
    """Those of these entries that may be the draft."""
    score = reader.work.runtime.matching.engine.score
    for row in reader.rows(facts, entries):
        if row.id is not None:
            on_file = read_draft(row)
            found = score(draft, on_file)
            if found.tier is not Tier.NONE:
                yield Judged(row.id, on_file, found, row)


def all_keyed(work: Work) -> bool:
    """Whether every customer has the keys of these matchers. Once true it stays: who writes a customer keys it."""
    tenant, known = work.scope.tenant, work.runtime.matching.keyed_tenants
    if tenant not in known:
        asked = {"tenant": tenant}
        first, last = (work.connection.scalar(one, asked) for one in (_OLDEST, _NEWEST))
        if first == NOT_KEYED:
            raise DuplicateKeysMissing(tenant)
        if not {first, last} <= {keyed_as(work.runtime.matching.engine), None}:
            return False
        known.add(tenant)
    return True


# Built once: putting a statement together costs as much as running it.
_OF_TENANT = DuplicateEntry.tenant_id == bindparam("tenant")
_OLDEST = select(func.min(DuplicateEntry.keyed_as)).where(_OF_TENANT)
_NEWEST = select(func.max(DuplicateEntry.keyed_as)).where(_OF_TENANT)
