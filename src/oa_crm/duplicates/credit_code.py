"""The Unified Social Credit Code of a Chinese organisation, GB 32100-2015.

Eighteen characters of digits and capitals without I, O, S, V, Z; the last one checks the others. It says that
a code is well formed, never that it was issued.
"""

import unicodedata

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH = 18

_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_WEIGHTS = tuple(pow(3, place, 31) for place in range(LENGTH - 1))
_IGNORED = str.maketrans("", "", "-‐‑–—_. \u200b\ufeff")


class CreditCodeError(ValueError):
    """A code that cannot be right: `problem` says why, `expected` what would be right."""

    def __init__(self, problem: str, expected: str) -> None:
        self.problem = problem
        self.expected = expected
        super().__init__(f"{problem}; {expected}")


def clean(code: str) -> str:
    """The code in capitals, without spaces and hyphens, halfwidth.

    Raises CreditCodeError (a ValueError) for a wrong length, a character outside GB 32100-2015, or a wrong
    check character, and then names the expected one.
    """
    text = "".join(unicodedata.normalize("NFKC", code).upper().translate(_IGNORED).split())
    if len(text) != LENGTH:
        raise CreditCodeError(
            f"the credit code has {len(text)} characters", f"a Unified Social Credit Code has {LENGTH}"
        )
    _refuse_foreign_characters(text)
    expected = check_character(text[:-1])
    if text[-1] != expected:
        raise CreditCodeError(
            f"the check character of {text} is {text[-1]}",
            f"the first seventeen characters call for {expected}; one of them may be mistyped",
        )
    return text


def check_character(body: str) -> str:
    """The eighteenth character that belongs to the first seventeen (GB 32100-2015, 3^(i-1) modulo 31)."""
    total = sum(_VALUE[character] * weight for character, weight in zip(body, _WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def valid_or_none(code: str | None) -> str | None:
    """The clean code, or None for a missing or malformed one."""
    try:
        return clean(code) if code else None
    except CreditCodeError:
        return None


def _refuse_foreign_characters(text: str) -> None:
    for place, character in enumerate(text, start=1):
        if character not in _VALUE:
            raise CreditCodeError(
                f"character {place} of the credit code is {character}",
                "only digits and the capitals without I, O, S, V, Z occur (1 and 0 look like I and O)",
            )
