"""Text folded for comparison: width, case, script and accents do not matter, nor do marks and spaces."""

import re
import unicodedata

from oa_crm.duplicates.hanzi import simplify

# Accents of Latin, Greek and Cyrillic letters only: what looks like one elsewhere may be a vowel.
_ACCENTED = re.compile("[\u00c0-\u052f\u1e00-\u1fff]")
_ACCENTS = re.compile("[\u0300-\u036f]")
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ð": "d"})


def fold(text: str) -> str:
    """NFKC, casefold, simplified and without accents, until nothing changes: each can make work for another."""
    if text.isascii():
        return text.lower()
    while (again := _plain(simplify(unicodedata.normalize("NFKC", text).casefold()))) != text:
        text = again
    return text


def _plain(text: str) -> str:
    if text.isascii() or not _ACCENTED.search(text):
        return text
    bare = _ACCENTS.sub("", unicodedata.normalize("NFD", text)).translate(_LETTERS)
    return unicodedata.normalize("NFC", bare)


def letters(text: str) -> str:
    """Letters and digits of a folded text; taking out what parts them can make work for folding again."""
    if text.isalnum():
        return text
    kept = "".join(filter(str.isalnum, text))
    # Nothing of plain ASCII is folded a second time.
    return kept if kept == text or kept.isascii() else letters(fold(kept))
