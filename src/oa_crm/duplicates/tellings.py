"""One company told in different words: a short name, a trade told otherwise, a region left out."""

from functools import cache

from oa_crm.duplicates import forms, regions, trades
from oa_crm.duplicates.likeness import Likeness
from oa_crm.duplicates.normalise import NormalName
from oa_crm.duplicates.reasons import Reason, ReasonCode
from oa_crm.duplicates.tables import words

_LONG_BRAND, _LONG = 3, 4
_CERTAIN, _RENAMED = 0.95, 0.76


def short_name(short: NormalName, long: NormalName) -> Likeness | None:
    """A name without a company's form whose characters the other one has in order, from the brand on."""
    core = short.core
    if forms.names_a_body(core, short.form) or len(core) < 2:
        return None
    value = _short_value(short, long.core, long) if in_order(core, long.core) else _with_region(short, long)
    if not value and short.region and regions.agree(short.region, long.region) and core in long.brand:
        value = 0.76
    return Likeness(value, (Reason(ReasonCode.SHORT_NAME, {"short": core}),)) if value else None


def begun(one: NormalName, other: NormalName) -> Likeness | None:
    """A short name that is how the other one begins, brackets and all: 石桥望舒中国 for 石桥望舒（中国）控股."""
    short, long = (one, other) if len(one.full) < len(other.full) else (other, one)
    if not long.full.startswith(short.full) or forms.names_a_body(short.core, short.form) or len(short.core) < 2:
        return None
    return Likeness(begun_value(short.core), (Reason(ReasonCode.SHORT_NAME, {"short": short.full}),))


def _with_region(short: NormalName, long: NormalName) -> float:
    """A short name that begins with the region: 中国望航 for 中国望舒航空."""
    told = f"{long.region or ''}{long.core}"
    begins = short.core[:2] == long.region and in_order(short.core, told)
    return _short_value(short, told, long) if begins else 0.0


def begun_value(core: str) -> float:
    """What it is worth that the long name begins with the short one."""
    return 0.90 if len(core) >= _LONG_BRAND else 0.84


def _short_value(short: NormalName, told: str, long: NormalName) -> float:
    core = short.core
    if told.startswith(core):
        return _CERTAIN if told == long.core and _says_it_all(short, long) else begun_value(core)
    if told.startswith(core[:2]):
        return 0.84 if len(core) >= _LONG_BRAND else 0.78
    if core[0] == told[0] and (len(core) >= _LONG_BRAND or core[1] == long.industry[:1]):
        return 0.78
    # 五杉医疗 for 石桥五杉医疗器械: the later half of a long brand.
    if len(core) >= _LONG and core[:2] in long.brand:
        return 0.78
    return _later_half(short, long)


def _says_it_all(short: NormalName, long: NormalName) -> bool:
    """Whether a short name lacks only words that firms add and drop, behind a brand that hardly another one has.

    兰杉智能 is 兰杉智能科技; 望舒 may be one of several 望舒.
    """
    told = len(short.full) if long.full.startswith(short.full) else len(short.core)
    whole = len(short.core) >= len(long.brand) and told >= _LONG_BRAND
    return whole and _hardly_another(long) and not trades.specific(long.core[len(short.core) :])


def _later_half(short: NormalName, long: NormalName) -> float:
    """A brand told by its end: 禾木股份 for 望舒禾木集团."""
    core, brand = short.core, long.brand
    if len(brand) < _LONG or not brand.endswith(core):
        return 0.0
    return 0.78 if len(core) >= _LONG_BRAND else 0.76 if short.form else 0.0


def same_brand(short: NormalName, long: NormalName) -> Likeness | None:
    """An equal brand; how much it says hangs on what the trades have in common."""
    if short.brand != long.brand:
        return None
    value = max(_trades_value(short, long), _RENAMED if _renamed(short, long) else 0.0)
    told = " / ".join(sorted((short.industry or "-", long.industry or "-")))
    if value >= 0.75:
        return Likeness(value, (Reason(ReasonCode.SAME_BRAND, {"brand": short.brand, "trades": told}),))
    return Likeness(value, (Reason(ReasonCode.TRADE_DIFFERS, {"brand": short.brand}),))


def _renamed(one: NormalName, other: NormalName) -> bool:
    """Whether one may be the other's former name: companies by shares are few, and hardly two share a long brand.

    An arm in Hong Kong, Macau or Taiwan is a company beside the one at home, and nobody becomes a bank.
    """
    brand = len(one.brand) >= _LONG_BRAND and not regions.whole(one.brand)
    by_shares = all("股份" in name.form and forms.names_a_body(name.core, name.form) for name in (one, other))
    licensed = trades.licensed(one.industry) or trades.licensed(other.industry)
    return brand and by_shares and not licensed and region_missing(one, other) not in regions.OVERSEAS


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


def rare(name: NormalName) -> bool:
    """Whether the brand of three characters or more has one that few brands have, or is longer still."""
    return len(name.brand) >= _LONG_BRAND and _hardly_another(name)


def _hardly_another(name: NormalName) -> bool:
    return len(name.brand) >= _LONG or any(character not in _common() for character in name.brand)


def in_order(few: str, many: str) -> bool:
    """Whether `many` has the characters of `few` in their order, with others between them or not."""
    rest = iter(many)
    return all(character in rest for character in few)


def _told(region: str | None) -> str:
    return region if region and region != regions.EVERYWHERE else ""


@cache
def _common() -> frozenset[str]:
    return words("common_brands")
