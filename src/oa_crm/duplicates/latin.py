"""Names of Latin words: equal, in another order, shortened, or with a slip of the pen."""

from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import ratio

from oa_crm.duplicates import forms
from oa_crm.duplicates.likeness import NOTHING, Likeness
from oa_crm.duplicates.normalise import NormalName
from oa_crm.duplicates.reasons import Reason, ReasonCode

_LONG, _LONG_BRAND, _VERY_LONG_BRAND = 4, 6, 11
_LONG_NAME = 10
_ANOTHER_NAME = 0.70
_WORTH_SAYING = 40


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
    if short.brand == long.brand:
        return _same_brand(short, long)
    reason = Reason(ReasonCode.NAMES_ALIKE, {"percent": round(percent)})
    value = 0.0 if _digits_differ(short.core, long.core) else _slip(short, long)
    return Likeness(value or min(percent / 100, _ANOTHER_NAME), (reason,))


def _same_brand(short: NormalName, long: NormalName) -> Likeness:
    """An equal brand: the same trade in another form, or another trade."""
    told = " / ".join(sorted((short.industry or "-", long.industry or "-")))
    if sorted(short.industry.split()) == sorted(long.industry.split()):
        return Likeness(0.92, (Reason(ReasonCode.SAME_BRAND, {"brand": short.brand, "trades": told}),))
    return Likeness(_ANOTHER_NAME, (Reason(ReasonCode.TRADE_DIFFERS, {"brand": short.brand}),))


def _slip(short: NormalName, long: NormalName) -> float:
    """What a slip of the pen is worth: much behind the brand, less in a long brand, nothing in a short one."""
    a, b = short.core, long.core
    brand = min(short.brand, long.brand, key=len)
    same_trade = short.industry == long.industry
    if a[: len(brand)] == b[: len(brand)] == brand and not same_trade and OSA.distance(a, b, score_cutoff=2) <= 2:
        return 0.93
    if _one_slip(short.full, long.full):
        return _otherwise_equal(short, long, brand)
    distance = OSA.distance(short.brand, long.brand, score_cutoff=2)
    if not same_trade or len(brand) < _LONG_BRAND or distance > 1 + (len(brand) >= _VERY_LONG_BRAND):
        return 0.0
    return 0.86 if len(brand) > _LONG_BRAND + 1 else 0.80


def _otherwise_equal(short: NormalName, long: NormalName, brand: str) -> float:
    """Names that are equal to the last letter of form and region but for one slip."""
    if short.region != long.region or short.core[: len(brand)] == long.core[: len(brand)]:
        return 0.88
    if len(brand) >= _LONG_BRAND:
        return 0.86
    return 0.76 if len(brand) >= _LONG and len(short.full) >= _LONG_NAME else 0.0


def _one_slip(one: str, other: str) -> bool:
    return min(len(one), len(other)) >= _LONG_BRAND and OSA.distance(one, other, score_cutoff=1) == 1


def _digits_differ(one: str, other: str) -> bool:
    """Plant 1 and Plant 2 are two."""
    return [c for c in one if c.isdigit()] != [c for c in other if c.isdigit()]
