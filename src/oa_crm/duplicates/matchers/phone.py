"""Telephone numbers: an equal one adds to what the names say. Two firms may share a switchboard."""

from collections.abc import Iterator

from oa_crm.duplicates.phones import phones
from oa_crm.duplicates.reasons import Reason, ReasonCode
from oa_crm.hooks.matching import Candidate, DuplicateMatcher, Match, MatchKey

_SAME = Match(1.0, "adds", (Reason(ReasonCode.SAME_PHONE),), 0.12)


def _numbers(customer: Candidate) -> frozenset[str]:
    found = phones(customer.phone)
    return found.union(*map(phones, customer.phones)) if customer.phones else found


def _keys(customer: Candidate) -> Iterator[MatchKey]:
    for number in _numbers(customer):
        yield MatchKey("phone", number, 6.0, strong=True)


def _compare(one: Candidate, other: Candidate) -> Match | None:
    if not ((one.phone or one.phones) and (other.phone or other.phones)):
        return None
    return _SAME if _numbers(one) & _numbers(other) else None


PHONE = DuplicateMatcher("phone", 1, _keys, _compare)
