"""Many drafts at once, as an import brings them: each against the base, and against those before it in the batch."""

from collections import defaultdict
from collections.abc import Sequence

from oa_crm.duplicates import Draft, Tier
from oa_crm.schemas import CheckReport, Entrance, Hit
from oa_crm.services.clashes import answer, probe
from oa_crm.services.clashes.judging import worth_telling
from oa_crm.services.clashes.verdicts import hardest, policy_for, verdict_on
from oa_crm.services.work import Work

_AT_ONCE = 500


def reports(work: Work, drafts: Sequence[Draft], entrance: Entrance) -> tuple[CheckReport, ...]:
    """One report a draft, in their order. Memory grows with the batch, not with the base."""
    batch, found = Batch(work, entrance), list[CheckReport]()
    for at in range(0, len(drafts), _AT_ONCE):
        some = drafts[at : at + _AT_ONCE]
        for draft, on_file in zip(some, answer.reports_of_many(work, some, entrance), strict=True):
            found.append(together(on_file, batch.hits(draft)))
            batch.add(draft)
    return tuple(found)


def together(on_file: CheckReport, in_batch: list[Hit]) -> CheckReport:
    """What is on file and what stands before it in the batch."""
    if not in_batch:
        return on_file
    verdict = hardest([on_file.verdict, *(hit.verdict for hit in in_batch)])
    return CheckReport(verdict=verdict, hits=(*on_file.hits, *in_batch)[: answer.SHOWN])


class Batch:
    """The drafts so far, found again by their keys."""

    def __init__(self, work: Work, entrance: Entrance) -> None:
        self._work, self._policy = work, policy_for(work, entrance).policy
        self._worth = answer.worth_by(work, self._policy)
        self._drafts: list[Draft] = []
        # Most keys have one row, and a list for each would be most of what a batch takes.
        self._first: dict[int, int] = {}
        self._more: defaultdict[int, list[int]] = defaultdict(list)

    def add(self, draft: Draft) -> None:
        """Take one more."""
        for key in self._work.runtime.matching.engine.keys(draft, self._work.scope.tenant):
            if self._first.setdefault(key.hash, len(self._drafts)) != len(self._drafts):
                self._more[key.hash].append(len(self._drafts))
        self._drafts.append(draft)

    def hits(self, draft: Draft, *, only_clashes: bool = False) -> list[Hit]:
        """Those before it that it may be, best first. With `only_clashes`, nobody where none of them is a clash."""
        engine = self._work.runtime.matching.engine
        keys = engine.keys(draft, self._work.scope.tenant)
        before = probe.nominated([(key, self._rows(key.hash)) for key in keys if key.hash in self._first])
        if only_clashes and not any(worth_telling(engine, draft, self._drafts[row], self._worth) for row in before):
            return []
        found = [hit for row in before if (hit := self._hit(draft, row))]
        return sorted(found, key=lambda hit: (-hit.score, hit.row or 0))

    def _rows(self, hash: int) -> list[int]:
        return [self._first[hash], *self._more.get(hash, ())]

    def _hit(self, draft: Draft, row: int) -> Hit | None:
        other = self._drafts[row]
        score = self._work.runtime.matching.engine.score(draft, other)
        if score.tier is Tier.NONE:
            return None
        return Hit(
            customer_id=None,
            row=row,
            name=other.name,
            owner_name=None,
            department=None,
            last_follow_up_at=None,
            score=score.value,
            tier=score.tier.value,
            verdict=verdict_on(self._work, self._policy, draft, other, score),
            reasons=tuple(reason.text(self._work.scope.locale) for reason in score.reasons),
            codes=tuple(str(reason.code) for reason in score.reasons),
        )
