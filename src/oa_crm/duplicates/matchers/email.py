"""E-mail addresses: an equal one adds to what the names say."""

from collections.abc import Iterator

from oa_crm.duplicates.domains import address_of
from oa_crm.duplicates.reasons import Reason, ReasonCode
from oa_crm.hooks.matching import Candidate, DuplicateMatcher, Match, MatchKey

_SAME = Match(1.0, "adds", (Reason(ReasonCode.SAME_EMAIL),), 0.12)


def _addresses(customer: Candidate) -> frozenset[str]:
    return frozenset(found for text in customer.emails if (found := address_of(text)))


def _keys(customer: Candidate) -> Iterator[MatchKey]:
    for address in _addresses(customer):
        yield MatchKey("email", address, 6.0, strong=True)


def _compare(one: Candidate, other: Candidate) -> Match | None:
    if not (one.emails and other.emails):
        return None
    return _SAME if _addresses(one) & _addresses(other) else None


EMAIL = DuplicateMatcher("email", 1, _keys, _compare)
