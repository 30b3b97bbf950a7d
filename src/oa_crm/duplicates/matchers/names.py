"""Names: the present one, short name, aliases and former names, each against each of the other side."""

from collections.abc import Iterator

from oa_crm.duplicates import compare as comparing
from oa_crm.duplicates.compare import compare
from oa_crm.duplicates.name_keys import name_keys
from oa_crm.duplicates.normalise import normalise, normalise_before
from oa_crm.duplicates.reasons import Reason, ReasonCode
from oa_crm.hooks.matching import Candidate, DuplicateMatcher, Match, MatchKey

_OTHER_NAME_AT_MOST = 0.92
# Raised when the normaliser's is, and when the keys made of its parts change: since 3, Latin slips are looked for with
# their trade; since 4, a city called by a word of brands is one where the name says so; since 5, names whose brand is
# their region are looked for without it too, and 农商行 is 农村商业银行. `_keys_before` makes the older ones.
_VERSION = 5


def _keys(customer: Candidate, *, before: bool = False) -> Iterator[MatchKey]:
    apart = normalise_before if before else normalise
    yield from name_keys(apart(customer.name), present=True, before=before)
    for name in _other_names(customer):
        yield from name_keys(apart(name), present=False, before=before)


def _keys_before(customer: Candidate) -> Iterator[MatchKey]:
    """As versions 2 to 4 made them, where these differ."""
    return _keys(customer, before=True)


def _compare(one: Candidate, other: Candidate) -> Match | None:
    best = compare(normalise(one.name), normalise(other.name))
    for mine, theirs in _other_pairs(one, other):
        likeness = compare(normalise(mine), normalise(theirs))
        if min(likeness.value, _OTHER_NAME_AT_MOST) > best.value:
            by = theirs if mine in (one.name, other.name) else mine
            best = likeness.capped(_OTHER_NAME_AT_MOST, _by_other_name(by, one, other))
    return Match(best.value, "likeness", best.reasons) if best.value else None


def at_most(one: Candidate, other: Candidate) -> float:
    """What `compare` cannot exceed, without comparing: two firms of two cities are most of those that are looked at."""
    if _has_others(one) or _has_others(other):
        return 1.0
    return comparing.at_most(normalise(one.name), normalise(other.name))


def _other_names(customer: Candidate) -> tuple[str, ...]:
    short = (customer.short_name,) if customer.short_name else ()
    return (*customer.former_names, *short, *customer.aliases)


def _has_others(customer: Candidate) -> bool:
    return bool(customer.former_names or customer.short_name or customer.aliases)


def _other_pairs(one: Candidate, other: Candidate) -> list[tuple[str, str]]:
    """Every pair but present against present, in an order that does not depend on which side is which."""
    if not (_has_others(one) or _has_others(other)):
        return []
    mine, theirs = _other_names(one), _other_names(other)
    pairs = [(one.name, name) for name in theirs] + [(name, other.name) for name in mine]
    pairs += [(a, b) for a in mine for b in theirs]
    return sorted((min(pair), max(pair)) for pair in pairs)


def _by_other_name(name: str, one: Candidate, other: Candidate) -> Reason:
    former = name in one.former_names or name in other.former_names
    return Reason(ReasonCode.FORMER_NAME if former else ReasonCode.OTHER_NAME, {"name": name})


NAMES = DuplicateMatcher("names", _VERSION, _keys, _compare, _keys_before)
