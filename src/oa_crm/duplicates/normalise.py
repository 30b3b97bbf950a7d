"""From a name as it was typed to the parts that are compared.

Width, case, script, punctuation, legal form and region are ways of writing one name; the core is what they
leave, and is never empty unless the name has no letter at all. Who changes a result raises NORMALISER_VERSION, and
with it the version of matchers/names.py, whose keys are made of it and kept.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from oa_crm.duplicates import aliases, forms, regions, trades
from oa_crm.duplicates.text import fold, letters

NORMALISER_VERSION = 4

# What stands further back is not looked at: no firm's name is that long, and the cost stays bounded.
_LONGEST = 300
_HAN = re.compile("[\u3400-\u9fff]")
_BRACKETS = str.maketrans("[{<〈《「『【〔]}>〉》」』】〕", "(" * 9 + ")" * 9)
_IN_BRACKETS = re.compile(r"\(([^()]*)\)")
_JOINING = re.compile(r"[.'’·・&/]")
_BETWEEN = re.compile(r"[\W_]+")


# Not frozen, which would triple what one costs: a check makes one of each candidate. Nobody changes one.
@dataclass(slots=True, unsafe_hash=True)
class NormalName:
    """A name taken apart.

    `full` has only letters and digits, folded; `core` also lacks region, legal form and branch tail; `region` is
    what was removed as one (several apart by a space) or None; `form` is the legal form ("" for a
    short name); `branch` the tail of a branch office. A Chinese core is `brand` and `industry`; a Latin
    one has its `words`, else empty: those that say who it is make the brand.
    """

    full: str
    core: str
    region: str | None = None
    form: str = ""
    branch: str = ""
    words: tuple[str, ...] = ()
    brand: str = ""
    industry: str = ""


@lru_cache(maxsize=8192)
def normalise(name: str) -> NormalName:
    """Take `name` apart. Pure; applying it again to `full` or to `core` changes neither."""
    return _apart(name)


def normalise_before(name: str) -> NormalName:
    """`name` as NORMALISER_VERSION 3 took it apart: it left 农商行, and forgot which member of a group it was."""
    return _apart(name, before=True)


def _apart(name: str, *, before: bool = False) -> NormalName:
    marked = fold(name[:_LONGEST])
    if not marked.isalnum():
        # Most Chinese names are letters throughout, and looking for brackets takes as long as folding.
        marked = forms.spelled_out(marked.translate(_BRACKETS))
    marked = marked[:_LONGEST]
    full = letters(marked)
    if _HAN.search(full):
        return _chinese(full, marked, before)
    return _latin(full, marked)


def _chinese(full: str, marked: str, before: bool) -> NormalName:
    bracketed, text = _take_bracketed_regions(marked)
    words, latin_form = forms.without_latin_form(_words(text))
    joined = "".join(words)
    core, leading, form, branch = _peel(joined if before else aliases.spelled_out(joined))
    if bracketed and not leading and _says_nothing(core):
        core, bracketed = bracketed[0] + core, ()
    while (again := _peel(core)) and again[0] != core:
        core = again[0]
        if again[3] and not before:
            # 望舒集团石桥研究院有限公司: the form was that of a member, which its group tells apart from others.
            form, branch = again[2], again[3] + branch
    core = aliases.full_name(core) or full
    found = regions.narrowest((*leading, *bracketed))
    brand, industry = trades.split(core)
    return NormalName(full, core, " ".join(found) or None, form + latin_form, branch, (), brand, industry)


def _peel(text: str) -> tuple[str, tuple[str, ...], str, str]:
    """Core, regions in front, legal form and branch tail of a Chinese name without punctuation."""
    head, branch = forms.split_branch(text)
    head, form = forms.without_form(head)
    core, found = _without_regions(head)
    return core, found, form, branch


def _take_bracketed_regions(marked: str) -> tuple[tuple[str, ...], str]:
    """The regions that stand in brackets, and the text without them; other brackets stay for later."""
    if "(" not in marked:
        return (), marked
    found = tuple(filter(None, (_region_in(hit) for hit in _IN_BRACKETS.finditer(marked))))
    return found, _IN_BRACKETS.sub(lambda hit: " " if _region_in(hit) else hit[0], marked)


def _region_in(brackets: re.Match[str]) -> str | None:
    return regions.whole(letters(brackets[1]))


def _without_regions(text: str) -> tuple[str, tuple[str, ...]]:
    """Peel regions from the front, each within the one before, while a brand remains.

    If none would, the region is the brand, written short; 永安 behind 浙江 is a brand, for it lies elsewhere.
    """
    found: list[str] = []
    while hit := regions.leading_in(text, found[-1]) if found else regions.leading(text):
        region, rest = hit
        if _says_nothing(rest, after=region):
            return regions.as_brand(region) + rest, tuple(found)
        found.append(region)
        text = rest
    return text, tuple(found)


def _says_nothing(rest: str, *, after: str = "") -> bool:
    """Whether `rest` cannot be a brand; after 中国 four characters can (中国移动 is one name, 建设银行 another)."""
    if after == regions.EVERYWHERE:
        return len(rest) < 4
    return len(rest) < 2 or trades.only_trades(rest)


def _latin(full: str, marked: str) -> NormalName:
    bracketed, text = _take_bracketed_regions(marked)
    words, form = forms.without_latin_form(_words(text))
    words, told = _without_latin_regions(words)
    found = regions.narrowest((*told, *bracketed))
    brand, industry = trades.split_latin(words)
    return NormalName(full, "".join(words) or full, " ".join(found) or None, form, "", words, brand, industry)


def _without_latin_regions(words: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Words without a region at either end, as long as another word remains."""
    told: list[str] = []
    for at in (0, -1):
        while len(words) > 1 and (region := regions.whole(words[at])):
            told.append(region)
            words = words[1:] if at == 0 else words[:-1]
    return words, tuple(told)


def _words(text: str) -> tuple[str, ...]:
    """Words as marks and spaces part them; a full stop or a stroke joins: S.A. and A/S are one word each."""
    if text.isalnum():
        return (text,)
    return tuple(filter(None, map(letters, _BETWEEN.split(_JOINING.sub("", text)))))
