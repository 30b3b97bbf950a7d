"""How alike two names are, from 0 to 1, and why.

Symmetric. Equal cores come first, then a short name, then edit distance on the cores; caps hold down what
business knows to be different: another brand, trade, region or branch.
"""

from typing import NamedTuple

from rapidfuzz.fuzz import ratio

from oa_crm.duplicates import forms, regions, trades
from oa_crm.duplicates.normalise import NormalName
from oa_crm.duplicates.reasons import Reason, ReasonCode

_OTHER_BRAND, _OTHER_REGION, _OTHER_BRANCH = 0.70, 0.72, 0.62
_SAME_BRAND, _SAME_LONG_BRAND, _STRANGE_BRAND = 0.62, 0.78, 0.55
_BRAND_PERCENT = 45
_LONG_CORE = 4
_LATIN_PERCENT = 88
_ALIKE_AT_MOST = 0.94


class Likeness(NamedTuple):
    """A value and what speaks for and against it."""

    value: float
    reasons: tuple[Reason, ...]

    def capped(self, limit: float, reason: Reason) -> "Likeness":
        """At most `limit`, because of `reason`."""
        return Likeness(min(self.value, limit), (*self.reasons, reason))

    def at_least(self, floor: float, reason: Reason) -> "Likeness":
        """At least `floor`, because of `reason`."""
        return Likeness(max(self.value, floor), (*self.reasons, reason))


def compare(one: NormalName, other: NormalName) -> Likeness:
    """How alike two names are. Only an equal name, or one that differs in form alone, reaches certain."""
    if not (one.full and other.full):
        return Likeness(0.0, ())
    if one.full == other.full:
        return Likeness(1.0, (Reason(ReasonCode.SAME_NAME),))
    likeness = _same_core(one, other) if one.core == other.core else _other_core(one, other)
    if _other_branch(one, other):
        likeness = likeness.capped(_OTHER_BRANCH, Reason(ReasonCode.BRANCH_DIFFERS))
    if regions.conflict(one.region, other.region):
        both = " / ".join(sorted((one.region or "", other.region or "")))
        likeness = likeness.capped(_OTHER_REGION, Reason(ReasonCode.REGION_DIFFERS, {"regions": both}))
    return likeness


def _same_core(one: NormalName, other: NormalName) -> Likeness:
    code = ReasonCode.SAME_CORE if one.form == other.form else ReasonCode.FORM_DIFFERS
    reason = Reason(code, {"core": one.core})
    if one.region != other.region:
        value = 0.88 if len(one.core) >= _LONG_CORE else 0.80
        return Likeness(value, (reason, *_missing_region(one.region, other.region)))
    if len(one.core) < _LONG_CORE or forms.other_body(one.form, other.form):
        return Likeness(0.92, (reason,))
    return Likeness(0.97, (reason,))


def _missing_region(one: str | None, other: str | None) -> tuple[Reason, ...]:
    if one and other:
        return ()
    return (Reason(ReasonCode.REGION_MISSING, {"region": one or other or ""}),)


def _other_core(one: NormalName, other: NormalName) -> Likeness:
    short, long = sorted((one, other), key=lambda name: (len(name.core), name.core))
    if _is_short_for(short, long):
        value = 0.84 if len(short.core) >= _LONG_CORE else 0.78
        return Likeness(value, (Reason(ReasonCode.SHORT_NAME, {"short": short.core}),))
    if sorted(one.words or one.core) == sorted(other.words or other.core):
        return Likeness(0.86, (Reason(ReasonCode.SAME_WORDS),))
    return _alike(short, long)


def _is_short_for(short: NormalName, long: NormalName) -> bool:
    """A name without a company's form whose characters the other has in order, the first two first."""
    if short.words or forms.names_a_body(short.form) or len(short.core) < 2:
        return False
    return long.core.startswith(short.core[:2]) and _in_order(short.core, long.core)


def _in_order(few: str, many: str) -> bool:
    rest = iter(many)
    return all(character in rest for character in few)


def _alike(short: NormalName, long: NormalName) -> Likeness:
    percent = ratio(short.core, long.core)
    value = min(percent / 100, _ALIKE_AT_MOST)
    reason = Reason(ReasonCode.NAMES_ALIKE, {"percent": round(percent)})
    if short.words or long.words:
        return Likeness(value if percent >= _LATIN_PERCENT else min(value, _OTHER_BRAND), (reason,))
    return _weighed_by_brand(Likeness(value, (reason,)), trades.brand(short.core), trades.brand(long.core))


def _weighed_by_brand(likeness: Likeness, one: str, other: str) -> Likeness:
    """An equal brand lifts, the longer the more; one with a character replaced, or most of them, is another."""
    if one == other:
        floor = _SAME_LONG_BRAND if len(one) >= _LONG_CORE else _SAME_BRAND
        return likeness.at_least(floor, Reason(ReasonCode.TRADE_DIFFERS, {"brand": one}))
    limit = _brand_limit(one, other)
    if limit is None:
        return likeness
    brands = " / ".join(sorted((one, other)))
    return likeness.capped(limit, Reason(ReasonCode.BRAND_DIFFERS, {"brands": brands}))


def _brand_limit(one: str, other: str) -> float | None:
    if ratio(one, other) < _BRAND_PERCENT:
        return _STRANGE_BRAND
    replaced = len(one) == len(other) and sum(a != b for a, b in zip(one, other, strict=True)) == 1
    return _OTHER_BRAND if replaced else None


def _other_branch(one: NormalName, other: NormalName) -> bool:
    if bool(one.branch) != bool(other.branch):
        return True
    places = (regions.leading(one.branch), regions.leading(other.branch))
    return bool(places[0] and places[1] and places[0][0] != places[1][0])
