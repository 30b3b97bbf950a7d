"""Candidates scored against a draft: one statement for the candidates' facts, then pure functions."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import bindparam, func, select

from oa_crm.duplicates import Draft, Score, Tier
from oa_crm.errors import DuplicateKeysMissing
from oa_crm.models import DuplicateEntry
from oa_crm.services.clashes import probe
from oa_crm.services.clashes.facts import BY_ENTRY, row_draft
from oa_crm.services.clashes.gate import sees_old
from oa_crm.services.clashes.keeping import NOT_KEYED, keyed_as
from oa_crm.services.work import Work


@dataclass(frozen=True, slots=True)
class Judged:
    """A customer on file and how surely it is the draft."""

    customer_id: UUID
    draft: Draft
    score: Score


def judged(
    work: Work, draft: Draft, *, leave_out: UUID | None = None, after_gate: bool = False, thorough: bool = False
) -> list[Judged]:
    """Everybody on file that may be the draft, best first; nobody below `related`.

    `after_gate` sees what was committed while the gate was waited for, whatever the host's isolation.
    Raises `duplicate_keys_missing` while customers of the company have no keys.
    """
    engine, tenant = work.runtime.matching.engine, work.scope.tenant
    keys = engine.keys(draft, tenant)
    if not all_keyed(work):
        keys |= engine.keys_before(draft, tenant)
    locking = after_gate and sees_old(work)
    entries = probe.candidates(
        work.connection, keys, work.runtime.matching.common_keys, thorough=thorough, locking=locking
    )
    found = [one for one in _scored(work, draft, entries, locking) if one.customer_id != leave_out]
    return sorted(found, key=lambda one: (-one.score.value, one.draft.name, str(one.customer_id)))


def _scored(work: Work, draft: Draft, entries: list[int], locking: bool) -> Iterator[Judged]:
    if not entries:
        return
    query = BY_ENTRY.with_for_update(read=True) if locking else BY_ENTRY
    for row in work.connection.execute(query, {"tenant": work.scope.tenant, "entries": entries}):
        if row.id is None:
            continue
        on_file = row_draft(row._mapping)
        score = work.runtime.matching.engine.score(draft, on_file)
        if score.tier is not Tier.NONE:
            yield Judged(row.id, on_file, score)


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
