"""Telephone numbers as digits that can be compared.

Mainland mobiles become their eleven digits however they were typed; a landline keeps its area code. Numbers
of other countries stay as their digits: full E.164 needs a library and belongs to the host.
"""

import re
import unicodedata
from functools import lru_cache

_APART = re.compile(r"[/、,;|\n]| 或 ")
_EXTENSION = re.compile(r"(?:转|轉|分机|ext\.?|x|#).*$", re.IGNORECASE)
_FROM_A_CELL = re.compile(r"^(\d{7,})\.0+$")
_ABROAD = re.compile(r"^00(?=[1-9]\d{7,})")
_CHINA = re.compile(r"^(?:00)?86(?=1[3-9]\d{9}$|0?[2-9]\d{8,10}$)")
_MOBILE = re.compile("1[3-9][0-9]{9}")
_FEWEST_DIGITS = 7


# A number that many candidates are compared with is taken apart once.
@lru_cache(maxsize=4096)
def phones(text: str | None) -> frozenset[str]:
    """Every number in `text`; what is too short or one digit repeated is no number."""
    if not text:
        return frozenset()
    if _MOBILE.fullmatch(text):
        return frozenset((text,)) if len(set(text)) > 2 else frozenset()
    parts = _APART.split(unicodedata.normalize("NFKC", text))
    return frozenset(number for part in parts if (number := _number(part)))


def _number(part: str) -> str | None:
    text = _FROM_A_CELL.sub(r"\1", part.strip())
    digits = "".join(filter(str.isdecimal, _EXTENSION.sub("", text)))
    if "*" in text:
        return None  # 138****5678 is anybody's
    digits = _ABROAD.sub("", digits)
    local = _CHINA.sub("", digits)
    if local != digits and local[0] not in "01":
        local = "0" + local
    return local if len(local) >= _FEWEST_DIGITS and len(set(local)) > 2 else None
