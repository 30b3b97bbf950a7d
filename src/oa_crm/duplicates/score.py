"""The verdict on two customers: a value, its tier, and the reasons.

Symmetric. Names speak first; credit codes decide over them, phones add. A wrong `certain` stops somebody's
work, so only an equal code, an equal name or a name that differs in legal form alone gets there.
"""

from dataclasses import dataclass
from enum import StrEnum

from oa_crm.duplicates.compare import Likeness, compare
from oa_crm.duplicates.credit_code import valid_or_none
from oa_crm.duplicates.draft import Candidate
from oa_crm.duplicates.normalise import normalise
from oa_crm.duplicates.phones import phones
from oa_crm.duplicates.reasons import Reason, ReasonCode

_CERTAIN, _SUSPECTED, _RELATED = 0.95, 0.75, 0.60
_DIFFERENT_CODE_AT_MOST = 0.70
_FORMER_AT_MOST = 0.92
_PHONE_ADDS, _PHONE_AT_MOST = 0.12, 0.94


class Tier(StrEnum):
    """How sure: certain from .95, suspected from .75, related from .60."""

    CERTAIN = "certain"
    SUSPECTED = "suspected"
    RELATED = "related"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Score:
    """`value` from 0 to 1, its tier, and why, the weightiest reason first."""

    value: float
    tier: Tier
    reasons: tuple[Reason, ...]


def score(draft: Candidate, other: Candidate) -> Score:
    """How surely `draft` and `other` are one customer. Pure, symmetric, some 30 µs."""
    likeness = _with_phone(_best_names(draft, other), draft, other)
    codes = valid_or_none(draft.credit_code), valid_or_none(other.credit_code)
    if codes[0] and codes[0] == codes[1]:
        likeness = Likeness(1.0, (Reason(ReasonCode.SAME_CREDIT_CODE), *likeness.reasons))
    elif codes[0] and codes[1]:
        likeness = likeness.capped(_DIFFERENT_CODE_AT_MOST, Reason(ReasonCode.DIFFERENT_CREDIT_CODE))
    value = round(likeness.value, 3)
    return Score(value, tier_of(value), likeness.reasons)


def tier_of(value: float) -> Tier:
    """The tier that a value belongs to."""
    if value >= _CERTAIN:
        return Tier.CERTAIN
    if value >= _SUSPECTED:
        return Tier.SUSPECTED
    return Tier.RELATED if value >= _RELATED else Tier.NONE


def _best_names(draft: Candidate, other: Candidate) -> Likeness:
    """The likeness of the present names, or of a pair with a former name where that is greater."""
    best = compare(normalise(draft.name), normalise(other.name))
    for mine, theirs in _pairs_with_former(draft, other):
        likeness = compare(normalise(mine), normalise(theirs))
        if min(likeness.value, _FORMER_AT_MOST) > best.value:
            former = theirs if mine == draft.name else mine
            best = likeness.capped(_FORMER_AT_MOST, Reason(ReasonCode.FORMER_NAME, {"name": former}))
    return best


def _pairs_with_former(draft: Candidate, other: Candidate) -> list[tuple[str, str]]:
    """Present against former, both ways, in an order that does not depend on which side is which."""
    pairs = [(draft.name, former) for former in other.former_names]
    pairs += [(former, other.name) for former in draft.former_names]
    return sorted(pairs, key=sorted)


def _with_phone(names: Likeness, draft: Candidate, other: Candidate) -> Likeness:
    if not phones(draft.phone) & phones(other.phone):
        return names
    reasons = (*names.reasons, Reason(ReasonCode.SAME_PHONE))
    raised = max(_RELATED, min(names.value + _PHONE_ADDS, _PHONE_AT_MOST))
    return Likeness(max(names.value, raised), reasons)
