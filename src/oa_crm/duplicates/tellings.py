"""One company told in different words: a short name, a trade told otherwise, a region left out."""

from functools import cache

from oa_crm.duplicates import forms, regions, trades
from oa_crm.duplicates.likeness import Likeness
from oa_crm.duplicates.normalise import NormalName
from oa_crm.duplicates.reasons import Reason, ReasonCode
from oa_crm.duplicates.tables import words

_LONG_BRAND = 3


def short_name(short: NormalName, long: NormalName) -> Likeness | None:
    """A name without a company's form whose characters the other one has in order, from the brand on."""
    core = short.core
    if forms.names_a_body(core, short.form) or len(core) < 2:
        return None
    value = _short_value(core, long.core, long) if in_order(core, long.core) else _with_region(core, long)
    if not value and short.region and regions.agree(short.region, long.region) and core in long.brand:
        value = 0.76
    return Likeness(value, (Reason(ReasonCode.SHORT_NAME, {"short": core}),)) if value else None


def _with_region(core: str, long: NormalName) -> float:
    """A short name that begins with the region: 中国望航 for 中国望舒航空."""
    told = f"{long.region or ''}{long.core}"
    return _short_value(core, told, long) if core[:2] == long.region and in_order(core, told) else 0.0


def _short_value(core: str, told: str, long: NormalName) -> float:
    if told.startswith(core):
        return 0.90 if len(core) >= _LONG_BRAND else 0.84
    if told.startswith(core[:2]):
        return 0.84 if len(core) >= _LONG_BRAND else 0.78
    if core[0] == told[0] and (len(core) >= _LONG_BRAND or core[1] == long.industry[:1]):
        return 0.78
    # 五杉医疗 for 石桥五杉医疗器械: the later half of a long brand.
    return 0.78 if len(core) >= 4 and core[:2] in long.brand else 0.0


def same_brand(short: NormalName, long: NormalName) -> Likeness | None:
    """An equal brand; how much it says hangs on what the trades have in common."""
    if short.brand != long.brand:
        return None
    value = _trades_value(short, long)
    told = " / ".join(sorted((short.industry or "-", long.industry or "-")))
    if value >= 0.75:
        return Likeness(value, (Reason(ReasonCode.SAME_BRAND, {"brand": short.brand, "trades": told}),))
    return Likeness(value, (Reason(ReasonCode.TRADE_DIFFERS, {"brand": short.brand}),))


def _trades_value(short: NormalName, long: NormalName) -> float:
    few, many = sorted((short.industry, long.industry), key=lambda trade: (len(trade), trade))
    mine, theirs = trades.specific(few), trades.specific(many)
    if trades.only_a_group(few) and trades.only_a_group(many):
        return 0.82
    rare = _missing_region_costs(short, long)
    if mine == theirs != "":
        return 0.82 - min(rare, 0.06)
    if few and in_order(few, many):
        says_enough = mine or not theirs
        return (0.82 if says_enough else 0.78 if distinctive(short) else 0.74) - rare
    if mine and theirs and (in_order(mine, theirs) or in_order(theirs, mine)):
        return 0.78 - rare
    if few and not (mine or theirs):
        return 0.73
    if few:
        return 0.70 if distinctive(short) else 0.62
    return 0.73 if distinctive(short) else 0.68


def _missing_region_costs(one: NormalName, other: NormalName) -> float:
    if not region_missing(one, other):
        return 0.0
    return 0.03 if distinctive(one) else 0.09


def region_missing(one: NormalName, other: NormalName) -> str:
    """The region that only one of the names tells, else nothing; 中国 tells nothing."""
    mine, theirs = _told(one.region), _told(other.region)
    return "" if mine and theirs else mine or theirs


def distinctive(name: NormalName) -> bool:
    """Whether hardly another company has this brand: it is long, or has a character that few brands have."""
    return len(name.brand) >= _LONG_BRAND or any(character not in _common() for character in name.brand)


def in_order(few: str, many: str) -> bool:
    """Whether `many` has the characters of `few` in their order, with others between them or not."""
    rest = iter(many)
    return all(character in rest for character in few)


def _told(region: str | None) -> str:
    return region if region and region != regions.EVERYWHERE else ""


@cache
def _common() -> frozenset[str]:
    return words("common_brands")
