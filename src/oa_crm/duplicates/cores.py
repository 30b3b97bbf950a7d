"""The cores of two Chinese names: brand and trade, regions and branches aside.

Equal cores come first, then a short name, then what people slip on: sound, shape, order, a character more or
less. Last an equal brand with another trade. A brand that differs otherwise is another company.
"""

from rapidfuzz.fuzz import ratio

from oa_crm.duplicates import forms, regions, slips, tellings
from oa_crm.duplicates.likeness import NOTHING, Likeness
from oa_crm.duplicates.normalise import NormalName
from oa_crm.duplicates.reasons import Reason, ReasonCode

_WORTH_A_LOOK = 40
_SHORT_CORE = 4
_STRANGE_BRAND, _OTHER_BRAND = 0.55, 0.70
_BRAND_PERCENT = 45


def compare(one: NormalName, other: NormalName) -> Likeness:
    """How alike two cores are, with the reasons; nothing where they are plainly two."""
    if one.core == other.core:
        return _same_core(one, other)
    short, long = (one, other) if (len(one.core), one.core) < (len(other.core), other.core) else (other, one)
    percent = ratio(short.core, long.core)
    return (
        tellings.short_name(short, long)
        or (NOTHING if percent < _WORTH_A_LOOK and short.brand != long.brand else None)
        or slips.slip(short, long)
        or slips.mistyped_form(short, long)
        or tellings.same_brand(short, long)
        or _other_brand(short, long, percent)
    )


def _same_core(one: NormalName, other: NormalName) -> Likeness:
    code = ReasonCode.SAME_CORE if one.form == other.form else ReasonCode.FORM_DIFFERS
    reason = Reason(code, {"core": one.core})
    missing = tellings.region_missing(one, other)
    if missing and not (one.branch and one.branch == other.branch):
        return Likeness(_without_region(one), (reason, Reason(ReasonCode.REGION_MISSING, {"region": missing})))
    if one.region != other.region and one.region and other.region and regions.agree(one.region, other.region):
        both = " / ".join(sorted((one.region, other.region)))
        return Likeness(0.88, (reason, Reason(ReasonCode.REGION_NARROWER, {"regions": both})))
    if one.form != other.form and (len(one.core) < _SHORT_CORE or forms.other_body(one.form, other.form)):
        return Likeness(0.92, (reason,))
    return Likeness(0.97, (reason,))


def _without_region(name: NormalName) -> float:
    """What an equal core is worth where one name tells no region: much, if few can have it."""
    if len(name.core) < _SHORT_CORE:
        return 0.80
    return 0.95 if tellings.distinctive(name) else 0.88


def _other_brand(short: NormalName, long: NormalName, percent: float) -> Likeness:
    """Cores that are alike as texts; another brand holds them below suspicion."""
    value = min(percent / 100, _OTHER_BRAND)
    reasons = [Reason(ReasonCode.NAMES_ALIKE, {"percent": round(percent)})]
    if short.brand != long.brand:
        brands = " / ".join(sorted((short.brand, long.brand)))
        reasons.append(Reason(ReasonCode.BRAND_DIFFERS, {"brands": brands}))
        if ratio(short.brand, long.brand) < _BRAND_PERCENT:
            value = min(value, _STRANGE_BRAND)
    return Likeness(value, tuple(reasons))
