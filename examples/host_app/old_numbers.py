"""Customers carried over from the platform's first CRM keep their number there, KH-004711, among their aliases.

Two of one number are one customer, whatever their names say.
"""

import re
from collections.abc import Iterator

from oa_crm.hooks import Candidate, DuplicateMatcher, Match, MatchKey, MatchReason, hookimpl

_NUMBER = re.compile(r"KH-\d{6}")


def _numbers(customer: Candidate) -> frozenset[str]:
    return frozenset(alias for alias in customer.aliases if _NUMBER.fullmatch(alias))


def _keys(customer: Candidate) -> Iterator[MatchKey]:
    for number in _numbers(customer):
        yield MatchKey("old_number", number, weight=8, strong=True)


def _compare(one: Candidate, other: Candidate) -> Match | None:
    shared = _numbers(one) & _numbers(other)
    if not shared:
        return None
    reason = MatchReason(
        "old_number", "same old number {number}", "原系统编号相同（{number}）", {"number": min(shared)}
    )
    return Match(1.0, "decides", (reason,))


class OldNumbers:
    """Adds the matcher `old_number`."""

    name = "oa_old_numbers"

    @hookimpl
    def register_duplicate_matchers(self) -> list[DuplicateMatcher]:
        return [DuplicateMatcher("old_number", 1, _keys, _compare)]
