"""What tells of a person, found again in the midst of words: names, numbers however they are spaced, addresses.

Pure. Erring is on the side of erasing: a word that happens to be his name goes as well.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from oa_crm.models import ERASED

_NUMBER = re.compile(r"\+?[\d\s()-]*(;ext=\d+)?")
_SILENT = frozenset({"label", "scheme", "bank_name"})


class Known:
    """The values of one person."""

    def __init__(self, texts: Iterable[str]) -> None:
        patterns = {_pattern(text.strip()) for text in texts if _tells(text.strip())}
        longest_first = sorted(patterns, key=lambda one: (-len(one), one))
        self._any = re.compile("|".join(longest_first), re.IGNORECASE) if patterns else None

    def words(self, value: Any) -> Any:
        """Text, or JSON of any depth, without what tells of him."""
        if isinstance(value, str):
            return self._any.sub(ERASED, value) if self._any else value
        if isinstance(value, list):
            return [self.words(one) for one in value]
        if isinstance(value, dict):
            return {name: self.words(one) for name, one in value.items()}
        return value


def leaves(value: Any) -> Iterator[str]:
    """The texts in a value, without words that tell of nobody."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for one in value:
            yield from leaves(one)
    elif isinstance(value, Mapping):
        for name, one in value.items():
            if name not in _SILENT:
                yield from leaves(one)


def stood_in(value: Any) -> Any:
    """What a fact of the audit or of a merge becomes: that there was something, not what."""
    if value is None or value == "" or value == []:
        return value
    return ERASED


def _tells(text: str) -> bool:
    return len(text) > 1 and text != ERASED and any(one.isalnum() for one in text)


def _pattern(text: str) -> str:
    digits = re.sub(r"\D", "", text.partition(";")[0])
    if len(digits) >= 7 and _NUMBER.fullmatch(text):
        country = ""
        if text.startswith("+86"):
            country, digits = r"(?:(?:\+|00)?86[\s()-]*)?", digits[2:]
        return r"(?<!\d)\+?" + country + r"[\s()-]*".join(digits) + r"(?!\d)"
    escaped = re.escape(text)
    return rf"(?<!\w){escaped}(?!\w)" if text.isascii() else escaped
