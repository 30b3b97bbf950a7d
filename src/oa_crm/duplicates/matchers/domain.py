"""Own internet domains, of the website and of e-mail addresses; mail providers' domains say nothing."""

from collections.abc import Iterator

from oa_crm.duplicates.domains import own_domain
from oa_crm.duplicates.reasons import Reason, ReasonCode
from oa_crm.hooks.matching import Candidate, DuplicateMatcher, Match, MatchKey

_ADDS = 0.10


def _domains(customer: Candidate) -> frozenset[str]:
    texts = (customer.website or "", *customer.emails)
    return frozenset(found for text in texts if (found := own_domain(text)))


def _keys(customer: Candidate) -> Iterator[MatchKey]:
    for domain in _domains(customer):
        yield MatchKey("domain", domain, 5.0, strong=True)


def _compare(one: Candidate, other: Candidate) -> Match | None:
    if not ((one.website or one.emails) and (other.website or other.emails)):
        return None
    shared = _domains(one) & _domains(other)
    if not shared:
        return None
    return Match(1.0, "adds", (Reason(ReasonCode.SAME_DOMAIN, {"domain": min(shared)}),), _ADDS)


DOMAIN = DuplicateMatcher("domain", 1, _keys, _compare)
