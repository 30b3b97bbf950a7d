"""The Unified Social Credit Code: an equal one decides, two valid ones that differ hold the score down."""

from collections.abc import Iterator

from oa_crm.duplicates.credit_code import valid_or_none
from oa_crm.duplicates.reasons import Reason, ReasonCode
from oa_crm.hooks.matching import Candidate, DuplicateMatcher, Match, MatchKey

_SAME = Match(1.0, "decides", (Reason(ReasonCode.SAME_CREDIT_CODE),))
_DIFFERENT = Match(0.0, "limits", (Reason(ReasonCode.DIFFERENT_CREDIT_CODE),), 0.70)


def _keys(customer: Candidate) -> Iterator[MatchKey]:
    if code := valid_or_none(customer.credit_code):
        yield MatchKey("credit_code", code, 20.0, strong=True, race=True)


def _compare(one: Candidate, other: Candidate) -> Match | None:
    if not (one.credit_code and other.credit_code):
        return None
    mine, theirs = valid_or_none(one.credit_code), valid_or_none(other.credit_code)
    if not (mine and theirs):
        return None
    return _SAME if mine == theirs else _DIFFERENT


IDENTITY = DuplicateMatcher("identity", 1, _keys, _compare)
