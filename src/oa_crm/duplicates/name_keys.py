"""Keys of a name: one for each way in which two names may agree, so that a slip leaves some equal.

Strong keys nearly name a company; weak ones are shared by many and only count together. The deletion keys are
the first five characters of the core with one left out, and the first four: whatever one character more, less, other or
swapped among them, one of these stays equal. A Latin name has them of the first seven letters of its brand, each with
the trade beside it: a slip is believed only where the trades agree, and of hundreds that begin alike few share a trade.
A name whose brand is its region has them of what follows the region as well: a slip there makes a brand of it.
"""

from collections.abc import Iterator
from enum import StrEnum

from oa_crm.duplicates import branches, hanzi, readings, region_brands, regions, trades
from oa_crm.duplicates.normalise import NormalName
from oa_crm.hooks.matching import MatchKey

_HEAD, _LATIN_HEAD, _LATIN_HEAD_BEFORE = 5, 7, 6
_SHORT_BRAND = 3
_AFFIX = 5
_VOWELS = str.maketrans("", "", "aeiouy")


class KeyKind(StrEnum):
    """What two names agree in when they share the key."""

    FULL_NAME = "full_name"
    CORE = "core"
    SOUND = "sound"
    BRAND = "brand"
    BRAND_REGION = "brand_region"
    BRAND_TRADE = "brand_trade"
    BRANCH = "branch"
    DELETION = "deletion"
    WORD = "word"
    AFFIX = "affix"


def name_keys(name: NormalName, *, present: bool, before: bool = False) -> Iterator[MatchKey]:
    """The keys of one name; only a `present` name counts in a race of two writers. With `before`, as the version before
    made them."""
    if not name.full:
        return
    yield MatchKey(KeyKind.FULL_NAME, name.full, 10.0, strong=True, race=present)
    if name.words:
        yield from _latin(name)
        for text in _latin_deletions_before(name) if before else _latin_deletions(name):
            yield MatchKey(KeyKind.DELETION, text, 2.0)
    elif name.branch:
        yield from _branch(name)
    else:
        yield from _chinese(name)
        yield from _before(name) if before else _with_city(name)


def _with_city(name: NormalName) -> Iterator[MatchKey]:
    """Those of the name without the city that it may begin with: 瑞金远山机械 is looked for as 远山机械 as well."""
    if other := readings.with_city(name):
        yield MatchKey(KeyKind.CORE, other.core, 8.0, strong=True)
        yield MatchKey(KeyKind.BRAND, other.brand, 4.0, strong=True)


def _before(name: NormalName) -> Iterator[MatchKey]:
    """Such a city was a brand, also where the name says that it is a city."""
    if other := readings.with_city_as_brand(name):
        yield from _chinese(other)


def _chinese(name: NormalName) -> Iterator[MatchKey]:
    core, brand = name.core, name.brand
    yield MatchKey(KeyKind.CORE, core, 8.0, strong=True)
    yield MatchKey(KeyKind.SOUND, " ".join(sorted(hanzi.pinyin(core).split())), 6.0, strong=True)
    yield from _brand(name)
    trade = (trades.specific(name.industry) or name.industry)[:2]
    if trade:
        yield MatchKey(KeyKind.BRAND_TRADE, f"{brand} {trade}", 5.0, strong=True)
        yield MatchKey(KeyKind.BRAND_TRADE, f"{hanzi.pinyin(brand)} {trade}", 4.0, strong=True)
    for text in _deletions(core, _HEAD):
        yield MatchKey(KeyKind.DELETION, text, 3.0)
    if named := region_brands.inside(name):
        for text in _deletions(named.core, _HEAD):
            yield MatchKey(KeyKind.DELETION, text, 3.0)
    if name.region and len(brand) <= _SHORT_BRAND:
        # Thousands are 宏 and something in 商贸; those of one city are few.
        for text in (brand, *(brand[:at] + brand[at + 1 :] for at in range(len(brand)))):
            yield MatchKey(KeyKind.DELETION, f"{text}{trade} {name.region}", 3.0)


def _brand(name: NormalName) -> Iterator[MatchKey]:
    """The brand, with the region, and for a long one the halves by which it is called for short."""
    brand = name.brand
    yield MatchKey(KeyKind.BRAND, brand, 4.0, strong=True)
    if name.region and name.region != regions.EVERYWHERE:
        yield MatchKey(KeyKind.BRAND_REGION, f"{brand} {name.region}", 3.0, strong=True)
    if len(brand) > 2:
        yield MatchKey(KeyKind.BRAND, brand[:2], 2.0)
    if len(brand) > 3:
        yield MatchKey(KeyKind.BRAND, brand[-2:], 2.0)
    if len(brand) > 4:
        yield MatchKey(KeyKind.BRAND, brand[-3:], 2.0)


def _branch(name: NormalName) -> Iterator[MatchKey]:
    """A branch is looked for among branches of its head office, of which a bank has thousands."""
    place = branches.place(name.branch)
    yield MatchKey(KeyKind.CORE, name.core + name.branch, 8.0, strong=True)
    yield MatchKey(KeyKind.BRANCH, f"{name.brand} {place}", 6.0, strong=True)
    inner = branches.without_region(place)
    for part in {inner[:2], inner[-2:], place[:2]}:
        yield MatchKey(KeyKind.BRANCH, f"{name.brand} {part}", 2.0)
    yield MatchKey(KeyKind.BRAND, name.brand, 1.0)


def _latin(name: NormalName) -> Iterator[MatchKey]:
    words, joined = name.words, name.core
    yield MatchKey(KeyKind.CORE, joined, 8.0, strong=True)
    yield MatchKey(KeyKind.BRAND, " ".join(sorted(words)), 6.0, strong=True)
    if len(words) > 1:
        yield MatchKey(KeyKind.BRAND, words[0] + words[1], 5.0, strong=True)
    yield MatchKey(KeyKind.WORD, words[0], 3.0, strong=True)
    for word in words[1:3]:
        yield MatchKey(KeyKind.WORD, word, 1.0)
    yield MatchKey(KeyKind.AFFIX, "<" + joined[:_AFFIX], 1.0)
    yield MatchKey(KeyKind.AFFIX, joined[-_AFFIX:] + ">", 1.0)
    yield MatchKey(KeyKind.SOUND, joined.translate(_VOWELS), 4.0, strong=True)


def _latin_deletions(name: NormalName) -> set[str]:
    trade = " ".join(sorted(name.industry.split()))
    return {f"{text} {trade}" for text in _deletions(name.brand, _LATIN_HEAD)}


def _latin_deletions_before(name: NormalName) -> set[str]:
    return _deletions(name.core, _LATIN_HEAD_BEFORE)


def _deletions(text: str, size: int) -> set[str]:
    """The head without each of its characters, and one character shorter; nothing of one character alone."""
    head = text[:size]
    shorter = {head[:at] + head[at + 1 :] for at in range(len(head))}
    return {one for one in (*shorter, text[: size - 1]) if len(one) > 1}
