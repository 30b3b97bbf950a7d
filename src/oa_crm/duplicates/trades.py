"""Words which say what a company does and never who it is: 科技, 商贸, 百货.

They tell a brand from its trade: where only such words follow a region, the region is the brand (重庆百货).
A missing word makes a brand longer, a wrong one would eat a brand.
"""

import re
from functools import cache

from oa_crm.duplicates.tables import lines, words

# What firms add, drop and swap without becoming another firm.
_GENERIC = re.compile(
    "科技|技术|发展|实业|控股|集团|股份|服务|工程|管理|企业|开发|产业|国际|工业|有限|责任|制造|总公司|公司|经营|联合|运营|新"
)
_LICENSED = re.compile("银行|证券|保险|基金|信托|期货")
# What says how a body is held together, and nothing of its trade.
_OF_A_GROUP = re.compile("(?:控股|集团|股份|企业|总公司)*")
_SHORTEST_BRAND = 2


def only_trades(text: str) -> bool:
    """Whether `text` is made of such words and nothing else."""
    return not _without_trades(text, 0)


def split(core: str) -> tuple[str, str]:
    """Brand and trade of a core; the brand keeps two characters at least."""
    brand = _without_trades(core, _SHORTEST_BRAND)
    return brand, core[len(brand) :]


def specific(trade: str) -> str:
    """`trade` without what says little: 新材料科技 and 新材 are 材."""
    return _GENERIC.sub("", trade).replace("材料", "材")


def licensed(trade: str) -> bool:
    """Whether `trade` needs a licence of its own, so that no other firm takes it up by another name."""
    return _LICENSED.search(trade) is not None


def only_a_group(trade: str) -> bool:
    """Whether `trade` is nothing but 控股, 集团 and the like."""
    return _OF_A_GROUP.fullmatch(trade) is not None


def _without_trades(text: str, at_least: int) -> str:
    """`text` without the words at its end, longest first, as long as `at_least` characters remain."""
    known, lengths = _words()
    end = len(text)
    while end > at_least:
        for length in lengths.get(text[end - 1], ()):
            if end - length >= at_least and text[end - length : end] in known:
                end -= length
                break
        else:
            break
    return text[:end]


def split_latin(parts: tuple[str, ...]) -> tuple[str, str]:
    """What says who it is, as one, and what says what it does, each word in one form; a brand is always left."""
    known = _latin()
    who = [part for part in parts if part not in known] or list(parts[:1])
    what = [known[part] for part in parts if part in known and part not in who]
    return "".join(who), " ".join(what)


@cache
def _latin() -> dict[str, str]:
    """Every form of a Latin trade word with the first of its line."""
    return {form: line.split()[0] for line in lines("latin_trades") for form in line.split()}


@cache
def _words() -> tuple[frozenset[str], dict[str, tuple[int, ...]]]:
    """The words, and by last character how long those are that end with it, longest first."""
    known, lengths = words("trades"), dict[str, set[int]]()
    for word in known:
        lengths.setdefault(word[-1], set()).add(len(word))
    return known, {last: tuple(sorted(those, reverse=True)) for last, those in lengths.items()}
