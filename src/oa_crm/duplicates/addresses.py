"""Postal addresses as texts that can be compared: letters and digits only, simplified and folded."""

from oa_crm.duplicates.text import fold, letters

_FEWEST_LETTERS = 6
_LONGEST = 200


def normal_address(text: str | None) -> str | None:
    """`text` without punctuation, or None where it is too short, or has no number, to be one place."""
    plain = letters(fold((text or "")[:_LONGEST]))
    if len(plain) < _FEWEST_LETTERS or not any(map(str.isdecimal, plain)):
        return None
    return plain
