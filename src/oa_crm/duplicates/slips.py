"""What people slip on in a Chinese name: sound, shape, the order, a character more or less.

A slip in the brand says less than one behind it, and the less the shorter the brand: 宏达 and 鑫宏达 are two firms.
Behind it the slip leaves no trade that anybody has (动化设备), and then hardly a doubt.
"""

import re

from rapidfuzz.distance import OSA

from oa_crm.duplicates import hanzi, regions, tellings, trades
from oa_crm.duplicates.likeness import Likeness
from oa_crm.duplicates.normalise import NormalName
from oa_crm.duplicates.reasons import Reason, ReasonCode

_FEWEST, _LONG = 3, 6
_CERTAIN, _BEHIND_THE_BRAND = 0.95, 0.88
_MISSING_REGION_COSTS, _UNLIKELY = 0.04, 0.72
_MOST_LEFT_OUT = 2
_NUMERAL = re.compile("[0-9一二三四五六七八九十甲乙丙丁]")


def slip(short: NormalName, long: NormalName) -> Likeness | None:
    """The likeness of two cores that differ by a slip, or None. `short` is not longer than `long`."""
    if _numbers(short.core) != _numbers(long.core):
        return None
    found = _same_length(short, long) if len(short.core) == len(long.core) else _longer(short, long)
    if not found or short.region == long.region:
        return found
    if not tellings.region_missing(short, long):
        return Likeness(min(found.value, _BEHIND_THE_BRAND), found.reasons)
    limit = _BEHIND_THE_BRAND if short.brand == long.brand or _telling(short, long) else _UNLIKELY
    return Likeness(min(found.value - _MISSING_REGION_COSTS, limit), found.reasons)


def _numbers(core: str) -> list[str]:
    """The numerals of a core, in order: 一局 and 二局 are two, however alike they look."""
    return _NUMERAL.findall(core)


def _telling(short: NormalName, long: NormalName) -> bool:
    """Whether few others can have such a name even without its region: a rare brand in a trade that says something."""
    says_a_trade = any(trades.specific(name.industry) for name in (short, long))
    return says_a_trade and all(map(tellings.distinctive, (short, long)))


def _same_length(short: NormalName, long: NormalName) -> Likeness | None:
    a, b = short.core, long.core
    differing = [at for at, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
    few = len(a) < _FEWEST
    if all(hanzi.sound_alike(a[at], b[at]) for at in differing):
        value = _same_sound(short, long, differing)
        return Likeness(value, (_reason(ReasonCode.HOMOPHONE, a, b, differing),))
    if sorted(a) == sorted(b):
        value = _swapped(short, long, differing) or (0.72 if few else 0.86)
        return Likeness(value, (Reason(ReasonCode.SAME_WORDS),))
    if len(differing) == 1 and hanzi.look_alike(a[differing[0]], b[differing[0]]):
        value = _behind_the_brand(short, long, differing[0]) or (0.72 if few else 0.82)
        return Likeness(value, (_reason(ReasonCode.SHAPE, a, b, differing),))
    return None


def _same_sound(short: NormalName, long: NormalName, differing: list[int]) -> float:
    """What characters of one sound are worth: less in a short name or where there are several."""
    if len(differing) > 1 or len(short.core) < _FEWEST:
        return 0.80
    behind = _behind_the_brand(short, long, differing[0]) or _BEHIND_THE_BRAND
    return _CERTAIN if _one_registry(short, long) else behind


def _one_registry(one: NormalName, other: NormalName) -> bool:
    """Whether one registry would have had both: it takes no second name of one sound in one trade.

    So two names in one place that differ in a character of one sound are one, if they are long enough that the
    sound says it; of two characters there are twins (忆恒, 亿恒).
    """
    same = (one.region, one.industry, one.form) == (other.region, other.industry, other.form)
    tells = bool(one.region) and one.region != regions.EVERYWHERE and len(one.industry) >= 2 and bool(one.form)
    return same and tells and min(len(one.brand), len(other.brand)) >= _FEWEST


def _swapped(short: NormalName, long: NormalName, differing: list[int]) -> float | None:
    """What two neighbours that changed places are worth in a long name: hardly two firms differ so."""
    if differing[-1] - differing[0] != 1:
        return None
    brand = min(len(short.brand), len(long.brand))
    if brand >= _FEWEST and len(short.core) >= _FEWEST + 2:
        return _CERTAIN
    return _behind_the_brand(short, long, differing[-1])


def _longer(short: NormalName, long: NormalName) -> Likeness | None:
    a, b = short.core, long.core
    if len(b) - len(a) > _MOST_LEFT_OUT or not tellings.in_order(a, b):
        return None
    if len(a) < _FEWEST:
        return _longer_pair(short, long)
    at = next((at for at, character in enumerate(a) if character != b[at]), len(a))
    if len(b) - len(a) > 1:
        return _longer_brand(short, long)
    reason = Reason(ReasonCode.SLIP, {"differ": b[at]})
    behind = _behind_the_brand(short, long, at)
    if behind is None and short.brand == long.brand:
        return None
    return Likeness(behind or (0.80 if len(short.brand) > 2 else 0.77), (reason,))


def _longer_pair(short: NormalName, long: NormalName) -> Likeness | None:
    """One character more than two, all there is: the place and the form must agree, and the two be rare."""
    agree = short.region == long.region and short.form == long.form
    if len(long.core) != _FEWEST or not (agree and short.region and tellings.distinctive(short)):
        return None
    extra = next((x for x, y in zip(long.core, short.core, strict=False) if x != y), long.core[-1])
    return Likeness(0.76, (Reason(ReasonCode.SLIP, {"differ": extra}),))


def _longer_brand(short: NormalName, long: NormalName) -> Likeness | None:
    """Two characters more, in a brand that says enough without them: 望舒石桥 and 望舒石桥禾木."""
    if len(short.brand) < _FEWEST or short.industry != long.industry or len(short.core) < _FEWEST + 2:
        return None
    brands = " / ".join(sorted((short.brand, long.brand)))
    return Likeness(0.80, (Reason(ReasonCode.LONGER_BRAND, {"brands": brands}),))


def _behind_the_brand(short: NormalName, long: NormalName, at: int) -> float | None:
    """What a slip at `at` is worth where it leaves a brand and spoils a trade; None where it does not."""
    brand = min(len(short.brand), len(long.brand))
    if at < brand or len(short.brand) == len(long.brand) or short.industry == long.industry:
        return None
    whole = short if len(short.brand) < len(long.brand) else long
    says_much = len(whole.core) >= _LONG or tellings.distinctive(whole)
    return _CERTAIN if says_much and len(whole.industry) >= 2 else _BEHIND_THE_BRAND


def _reason(code: ReasonCode, a: str, b: str, differing: list[int]) -> Reason:
    return Reason(code, {"differ": ", ".join("/".join(sorted((a[at], b[at]))) for at in differing)})


def mistyped_form(short: NormalName, long: NormalName) -> Likeness | None:
    """Names that are one up to the legal form, which one of them spells wrongly: 有线公司."""
    whole, wrong = (short, long) if len(short.core) < len(long.core) else (long, short)
    end = whole.full.find(whole.core) + len(whole.core)
    excess = wrong.core[len(whole.core) :]
    if not whole.form or whole.full[:end] != wrong.full[:end] or trades.only_trades(excess):
        return None
    if OSA.distance(whole.full[end:], wrong.full[end:], score_cutoff=2) > 2:
        return None
    return Likeness(0.92, (Reason(ReasonCode.FORM_MISTYPED),))
