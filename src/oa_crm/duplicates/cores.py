"""The cores of two Chinese names: brand and trade, regions and branches aside.

Equal cores come first, then a short name, then what people slip on: sound, shape, order, a character more or
less. Last an equal brand with another trade. A brand that differs otherwise is another company.
"""

from rapidfuzz.fuzz import ratio

from oa_crm.duplicates import banks, forms, region_brands, regions, slips, tellings
from oa_crm.duplicates.likeness import NOTHING, Likeness
from oa_crm.duplicates.normalise import NormalName
from oa_crm.duplicates.reasons import Reason, ReasonCode

_WORTH_A_LOOK = 40
_SHORT_CORE = 4
_GROUP = "集团"
_STRANGE_BRAND, _OTHER_BRAND = 0.55, 0.70
_BRAND_PERCENT = 45


def compare(one: NormalName, other: NormalName) -> Likeness:
    """How alike two cores are, with the reasons; nothing where they are plainly two."""
    if one.core == other.core:
        return _same_core(one, other)
    short, long = (one, other) if (len(one.core), one.core) < (len(other.core), other.core) else (other, one)
    percent = ratio(short.core, long.core)
    if short.core.endswith(banks.BANK) and banks.are_two(short, long):
        return _other_brand(short, long, percent)
    return (
        tellings.short_name(short, long)
        or (NOTHING if percent < _WORTH_A_LOOK and short.brand != long.brand else None)
        or tellings.begun(short, long)
        or slips.slip(short, long)
        or (None if short.region and long.region else region_brands.compare(short, long))
        or slips.mistyped_form(short, long)
        or tellings.same_brand(short, long)
        or _other_brand(short, long, percent)
    )


def _same_core(one: NormalName, other: NormalName) -> Likeness:
    code = ReasonCode.SAME_CORE if one.form == other.form else ReasonCode.FORM_DIFFERS
    reason = Reason(code, {"core": one.core})
    missing = tellings.region_missing(one, other)
    if missing and not (one.branch and one.branch == other.branch):
        return Likeness(_without_region(one, other), (reason, Reason(ReasonCode.REGION_MISSING, {"region": missing})))
    if one.region != other.region and one.region and other.region and regions.agree(one.region, other.region):
        both = " / ".join(sorted((one.region, other.region)))
        return Likeness(0.88, (reason, Reason(ReasonCode.REGION_NARROWER, {"regions": both})))
    if one.form != other.form and (_says_little(one, other) or forms.other_body(one.form, other.form)):
        return Likeness(0.92, (reason,))
    return Likeness(0.97, (reason,))


def _says_little(one: NormalName, other: NormalName) -> bool:
    """Whether others may well have a core that two names agree in: it is short, and they tell no place with it.

    望舒集团 and 望舒集团有限公司 tell that it is a group as well.
    """
    told = len(one.core)
    if told >= _SHORT_CORE:
        return False
    told += len(_GROUP) if _GROUP in one.form and _GROUP in other.form else 0
    placed = one.region == other.region and one.region not in (None, regions.EVERYWHERE)
    return told < _SHORT_CORE and not placed and not tellings.rare(one)


def _without_region(one: NormalName, other: NormalName) -> float:
    """What an equal core is worth where one name tells no region: much, if few can have it.

    A limited company with a place is often the member there of the one by shares.
    """
    member = bool(one.form and other.form) and ("股份" in one.form) != ("股份" in other.form)
    if member and len(one.core) >= _SHORT_CORE:
        return 0.88
    if len(one.core) >= _SHORT_CORE and tellings.distinctive(one):
        return 0.95
    # More than of a longer name that begins so: 望舒投资 is rather 望舒投资有限公司 than 望舒投资管理有限公司.
    return tellings.begun_value(one.core) + 0.01


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
