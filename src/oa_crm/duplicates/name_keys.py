"""Keys of a name: one for each way in which two names may agree, so that a slip leaves some equal."""

from collections.abc import Iterator
from enum import StrEnum

from oa_crm.duplicates import trades
from oa_crm.duplicates.normalise import NormalName
from oa_crm.hooks.matching import MatchKey

_HEAD = 5
_MOST_GRAMS = 10
_MOST_WORDS = 4


class KeyKind(StrEnum):
    """What two names agree in when they share the key."""

    FULL_NAME = "full_name"
    CORE = "core"
    BRAND = "brand"
    GRAM = "gram"
    WORD = "word"


def name_keys(name: NormalName, *, present: bool) -> Iterator[MatchKey]:
    """The keys of one name; only a `present` name counts in a race of two writers."""
    if not name.full:
        return
    yield MatchKey(KeyKind.FULL_NAME, name.full, 10.0, strong=True, race=present)
    yield MatchKey(KeyKind.CORE, name.core, 8.0, strong=True)
    yield from _latin(name.words) if name.words else _chinese(name.core)


def _chinese(core: str) -> Iterator[MatchKey]:
    """The brand, pairs of neighbours, and near the head pairs across one character: a slip leaves some equal."""
    yield MatchKey(KeyKind.BRAND, trades.split(core)[0], 4.0, strong=True)
    for gram in (core[at : at + 2] for at in range(max(1, min(len(core) - 1, _MOST_GRAMS)))):
        yield MatchKey(KeyKind.GRAM, gram)
    head = core[:_HEAD]
    for at in range(len(head) - 2):
        yield MatchKey(KeyKind.GRAM, head[at] + head[at + 2])


def _latin(words: tuple[str, ...]) -> Iterator[MatchKey]:
    """Sorted words as one, each of the first words, and both halves of the joined name for a slip in one."""
    yield MatchKey(KeyKind.BRAND, " ".join(sorted(words)), 6.0, strong=True)
    for word in words[:_MOST_WORDS]:
        yield MatchKey(KeyKind.WORD, word)
    joined = "".join(words)
    middle = len(joined) // 2
    yield MatchKey(KeyKind.GRAM, "<" + joined[:middle])
    yield MatchKey(KeyKind.GRAM, joined[middle:] + ">")
