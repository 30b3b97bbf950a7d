"""Text folded for comparison: width, case and script do not matter, nor do marks and spaces."""

import unicodedata

from oa_crm.duplicates.hanzi import simplify


def fold(text: str) -> str:
    """NFKC, casefold and simplified, until nothing changes: each can make work for another."""
    while (again := simplify(unicodedata.normalize("NFKC", text).casefold())) != text:
        text = again
    return text


def letters(text: str) -> str:
    """Letters and digits of a folded text; taking out what parts them can make work for folding again."""
    kept = "".join(filter(str.isalnum, text))
    return kept if kept == text else letters(fold(kept))
