"""Postal addresses: the same one adds a little. Office towers hold hundreds of firms."""

from collections.abc import Iterator

from oa_crm.duplicates.addresses import normal_address
from oa_crm.duplicates.reasons import Reason, ReasonCode
from oa_crm.hooks.matching import Candidate, DuplicateMatcher, Match, MatchKey

_SAME = Match(1.0, "adds", (Reason(ReasonCode.SAME_ADDRESS),), 0.06)


def _keys(customer: Candidate) -> Iterator[MatchKey]:
    if address := normal_address(customer.address):
        yield MatchKey("address", address, 2.0)


def _compare(one: Candidate, other: Candidate) -> Match | None:
    if not (one.address and other.address):
        return None
    mine = normal_address(one.address)
    return _SAME if mine and mine == normal_address(other.address) else None


ADDRESS = DuplicateMatcher("address", 1, _keys, _compare)
