"""Many drafts at once, as an import brings them: each against the base, and against those before it in the batch."""

from collections import defaultdict
from collections.abc import Sequence

from oa_crm.duplicates import Draft, Tier
from oa_crm.schemas import CheckReport, DuplicatePolicyIn, Entrance, Hit
from oa_crm.services.clashes import answer, probe
from oa_crm.services.clashes.verdicts import hardest, policy_for, verdict_on
from oa_crm.services.work import Work


def reports(work: Work, drafts: Sequence[Draft], entrance: Entrance) -> tuple[CheckReport, ...]:
    """One report a draft, in their order. Memory grows with the batch, not with the base."""
    batch = _Batch(work, policy_for(work, entrance).policy)
    return tuple(_together(answer.report(work, draft, entrance), batch.add(draft)) for draft in drafts)


def _together(on_file: CheckReport, in_batch: list[Hit]) -> CheckReport:
    verdict = hardest([on_file.verdict, *(hit.verdict for hit in in_batch)])
    return CheckReport(verdict=verdict, hits=(*on_file.hits, *in_batch)[: answer.SHOWN])


class _Batch:
    """The drafts so far, found again by their keys."""

    def __init__(self, work: Work, policy: DuplicatePolicyIn) -> None:
        self._work, self._policy = work, policy
        self._drafts: list[Draft] = []
        self._rows: defaultdict[int, list[int]] = defaultdict(list)

    def add(self, draft: Draft) -> list[Hit]:
        """Take one more; the hits among those before it, best first."""
        keys = self._work.runtime.matching.engine.keys(draft, self._work.scope.tenant)
        before = probe.nominated((key, self._rows[key.hash]) for key in keys)
        for key in keys:
            self._rows[key.hash].append(len(self._drafts))
        found = [hit for row in before if (hit := self._hit(draft, row))]
        self._drafts.append(draft)
        return sorted(found, key=lambda hit: (-hit.score, hit.row or 0))

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
