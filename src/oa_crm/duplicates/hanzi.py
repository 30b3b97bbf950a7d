"""Characters as they are compared: simplified, read, and looked at.

Not a converter for prose: a character with several simplified forms or readings has the one that company names
use. No simplified form may itself be led further, so one pass is enough.
"""

from functools import cache, lru_cache

from oa_crm.duplicates.tables import lines


def simplify(text: str) -> str:
    """`text` with traditional and variant characters in their simplified form; anything else stays."""
    # Most names are simplified already, and looking for what is not takes half as long as leading each character.
    return text if text.isascii() or _written().isdisjoint(text) else text.translate(_simplified())


def pinyin(text: str) -> str:
    """`text` as toneless syllables, each behind a space: 远山 is " yuan shan"; what is no Chinese character stays."""
    return text.translate(_syllables())


def sound_alike(one: str, other: str) -> bool:
    """Whether two characters share a reading, be it the less frequent one."""
    return bool(_readings(one) & _readings(other))


def look_alike(one: str, other: str) -> bool:
    """Whether two different characters are easily taken for one another."""
    first, second = (one, other) if one < other else (other, one)
    return second in _shapes().get(first, "")


@cache
def _written() -> frozenset[str]:
    return frozenset(lines("hanzi")[0])


@cache
def _simplified() -> dict[int, int]:
    written, simplified = lines("hanzi")
    return {ord(one): ord(other) for one, other in zip(written, simplified, strict=True)}


@cache
def _syllables() -> dict[int, str]:
    table: dict[int, str] = {}
    for line in lines("pinyin"):
        syllable, characters = line.split(" ")
        table.update(dict.fromkeys(map(ord, characters), " " + syllable))
    return table


@lru_cache(maxsize=4096)
def _readings(character: str) -> frozenset[str]:
    further = (syllable for syllable, characters in _further() if character in characters)
    return frozenset((_syllables().get(ord(character), character).strip(), *further))


@cache
def _further() -> tuple[tuple[str, str], ...]:
    """Less frequent readings: syllables with the characters that are read so too."""
    return tuple((line.split(" ")[0], line.split(" ")[1]) for line in lines("readings"))


@cache
def _shapes() -> dict[str, str]:
    return {line[0]: line[1:] for line in lines("shapes")}
