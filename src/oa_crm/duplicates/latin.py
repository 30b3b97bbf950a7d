"""Names of Latin words: equal, in another order, shortened, or with a slip of the pen."""

from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import ratio

from oa_crm.duplicates import forms
from oa_crm.duplicates.likeness import NOTHING, Likeness
from oa_crm.duplicates.normalise import NormalName
from oa_crm.duplicates.reasons import Reason, ReasonCode

_LONG = 4
_ANOTHER_NAME, _SLIP_AT_MOST = 0.70, 0.94
_WORTH_SAYING, _ALIKE = 40, 88
_LONG_ENOUGH_FOR_A_SLIP = 6


def compare(one: NormalName, other: NormalName) -> Likeness:
    """How alike two Latin names are, regions aside."""
    if one.core == other.core:
        return _same_core(one, other)
    short, long = sorted((one, other), key=lambda name: (len(name.core), name.core))
    if sorted(short.words) == sorted(long.words):
        return Likeness(0.88, (Reason(ReasonCode.SAME_WORDS),))
    if _begins(short, long):
        return Likeness(0.78, (Reason(ReasonCode.SHORT_NAME, {"short": " ".join(short.words)}),))
    return _alike(short, long)


def _same_core(one: NormalName, other: NormalName) -> Likeness:
    code = ReasonCode.SAME_CORE if one.form == other.form else ReasonCode.FORM_DIFFERS
    reason = Reason(code, {"core": one.core})
    if bool(one.region) != bool(other.region):
        return Likeness(0.90, (reason, Reason(ReasonCode.REGION_MISSING, {"region": one.region or other.region or ""})))
    if len(one.core) < _LONG or forms.other_body(one.form, other.form):
        return Likeness(0.92, (reason,))
    return Likeness(0.97, (reason,))


def _begins(short: NormalName, long: NormalName) -> bool:
    """Whether the shorter one, told without a legal form, is how the longer one begins."""
    return not short.form and len(short.words) > 1 and long.words[: len(short.words)] == short.words


def _alike(short: NormalName, long: NormalName) -> Likeness:
    percent = ratio(short.core, long.core)
    if percent < _WORTH_SAYING:
        return NOTHING
    slip = _slip(short.core, long.core) or _slip(short.full, long.full)
    value = min(percent / 100, _SLIP_AT_MOST)
    reason = Reason(ReasonCode.NAMES_ALIKE, {"percent": round(percent)})
    if slip and not _digits_differ(short.core, long.core):
        return Likeness(max(value, 0.80), (reason,))
    return Likeness(value if percent >= _ALIKE else min(value, _ANOTHER_NAME), (reason,))


def _slip(one: str, other: str) -> bool:
    return min(len(one), len(other)) >= _LONG_ENOUGH_FOR_A_SLIP and OSA.distance(one, other, score_cutoff=1) == 1


def _digits_differ(one: str, other: str) -> bool:
    """Plant 1 and Plant 2 are two."""
    return [c for c in one if c.isdigit()] != [c for c in other if c.isdigit()]
