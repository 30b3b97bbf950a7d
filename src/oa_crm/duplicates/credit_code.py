"""The Unified Social Credit Code of a Chinese organisation, GB 32100-2015.

Eighteen characters of digits and capitals without I, O, S, V, Z; the last one checks the others. It says that
a code is well formed, never that it was issued.
"""

import re
import unicodedata
from functools import lru_cache
from itertools import starmap
from operator import mul

from oa_crm.i18n import DEFAULT_LOCALE, problem_words

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH = 18

_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_WEIGHTS = tuple(pow(3, place, 31) for place in range(LENGTH - 1))
# Most are kept or typed so, and need not be brought there.
_WELL_FORMED = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")
_IGNORED = str.maketrans("", "", "-‐‑–—_. \u200b\ufeff")


class CreditCodeError(ValueError):
    """A code that cannot be right: `problem` says why, `expected` what would be right.

    `code` and `params` are those of `oa_crm.i18n.problems`, so that it can be said in every language.
    """

    def __init__(self, code: str, /, **params: str | int) -> None:
        self.code = code
        self.params = params
        self.problem, self.expected = problem_words(code, DEFAULT_LOCALE, params)
        super().__init__(f"{self.problem}; {self.expected}")


def clean(code: str) -> str:
    """The code in capitals, without spaces and hyphens, halfwidth.

    Raises CreditCodeError (a ValueError) for a wrong length, a character outside GB 32100-2015, or a wrong
    check character, and then names the expected one.
    """
    text = code
    if not _WELL_FORMED.fullmatch(code):
        text = "".join(unicodedata.normalize("NFKC", code).upper().translate(_IGNORED).split())
        if len(text) != LENGTH:
            raise CreditCodeError("credit_code_length", length=len(text))
        _refuse_foreign_characters(text)
    expected = check_character(text[:-1])
    if text[-1] != expected:
        raise CreditCodeError("credit_code_check", given=text, found=text[-1], wanted=expected)
    return text


def check_character(body: str) -> str:
    """The eighteenth character that belongs to the first seventeen (GB 32100-2015, 3^(i-1) modulo 31)."""
    values = map(_VALUE.__getitem__, body)
    total = sum(starmap(mul, zip(values, _WEIGHTS, strict=True)))
    return ALPHABET[-total % 31]


@lru_cache(maxsize=8192)
def valid_or_none(code: str | None) -> str | None:
    """The clean code, or None for a missing or malformed one."""
    try:
        return clean(code) if code else None
    except CreditCodeError:
        return None


def _refuse_foreign_characters(text: str) -> None:
    if _VALUE.keys() >= set(text):
        return
    for place, character in enumerate(text, start=1):
        if character not in _VALUE:
            raise CreditCodeError("credit_code_character", place=place, character=character)
