"""The Unified Social Credit Code and other identity numbers: an equal one decides, two of one kind that differ hold
the score down.

`extra["numbers"]` has the others, apart by spaces, each as "scheme:number" in its one form: "us.ein:911144442".
"""

from collections.abc import Iterator

from oa_crm.duplicates.credit_code import valid_or_none
from oa_crm.duplicates.reasons import Reason, ReasonCode
from oa_crm.hooks.matching import Candidate, DuplicateMatcher, Match, MatchKey, MatchReason

IDENTITY_NUMBERS = "numbers"
_SAME = Match(1.0, "decides", (Reason(ReasonCode.SAME_CREDIT_CODE),))
_DIFFERENT = Match(0.0, "limits", (Reason(ReasonCode.DIFFERENT_CREDIT_CODE),), 0.70)
_SAME_NUMBER = Match(1.0, "decides", (MatchReason("same_number", "same identity number", "证件号码相同"),))
_DIFFERENT_NUMBER = Match(
    0.0, "limits", (MatchReason("different_number", "identity numbers differ", "证件号码不同"),), 0.70
)


def _keys(customer: Candidate) -> Iterator[MatchKey]:
    yield from _keys_before(customer)
    for number in _numbers(customer):
        yield MatchKey("number", number, 20.0, strong=True, race=True)


def _keys_before(customer: Candidate) -> Iterator[MatchKey]:
    """As version 1 made them."""
    if code := valid_or_none(customer.credit_code):
        yield MatchKey("credit_code", code, 20.0, strong=True, race=True)


def _compare(one: Candidate, other: Candidate) -> Match | None:
    if not (one.extra and other.extra):
        return _by_code(one, other)
    said = [match for match in (_by_code(one, other), _by_numbers(one, other)) if match]
    return next((match for match in said if match.part == "decides"), said[0] if said else None)


def _by_code(one: Candidate, other: Candidate) -> Match | None:
    if not (one.credit_code and other.credit_code):
        return None
    mine, theirs = valid_or_none(one.credit_code), valid_or_none(other.credit_code)
    if not (mine and theirs):
        return None
    return _SAME if mine == theirs else _DIFFERENT


def _by_numbers(one: Candidate, other: Candidate) -> Match | None:
    mine, theirs = _numbers(one), _numbers(other)
    if mine & theirs:
        return _SAME_NUMBER
    schemes = ({number.partition(":")[0] for number in some} for some in (mine, theirs))
    return _DIFFERENT_NUMBER if set.intersection(*schemes) else None


def _numbers(customer: Candidate) -> frozenset[str]:
    return frozenset(customer.extra.get(IDENTITY_NUMBERS, "").split())


IDENTITY = DuplicateMatcher("identity", 2, _keys, _compare, _keys_before)
