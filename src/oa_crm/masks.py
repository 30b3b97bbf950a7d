"""Masks: what is shown of a text to those who may not see all of it. Pure and total: every text has one.

A mask shows at most what `Mask.shows` says, never more for an odd text, and looks like a mask, so that one that comes
back in a form is known for what it is.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

WHOLE = "•••"
_HIDDEN = "****"
_CHINA = "+86"


@dataclass(frozen=True, slots=True)
class Mask:
    """One kind of mask. `shows` says in a few words what stays readable."""

    name: str
    of: Callable[[str], str]
    looks: re.Pattern[str]
    shows: str

    def known(self, text: str) -> bool:
        """Whether the text is a mask of this kind and no value."""
        return bool(self.looks.search(text))


def _phone(text: str) -> str:
    digits = _digits(text.partition(";")[0].removeprefix(_CHINA))
    if len(digits) >= 11:
        return f"{digits[:3]}{_HIDDEN}{digits[-4:]}"
    return _HIDDEN + (digits[-3:] if len(digits) >= 7 else "")


def _email(text: str) -> str:
    local, _, domain = text.strip().rpartition("@")
    if not local or not re.fullmatch(r"[\w.-]+", domain):
        return "***"
    return f"{local[0] if len(local) > 1 else ''}***@{domain}"


def _number(text: str) -> str:
    signs = "".join(one for one in text if one.isalnum())
    shown = 4 if len(signs) >= 12 else 2 if len(signs) >= 8 else 0
    return _HIDDEN + signs[len(signs) - shown :]


def _person(text: str) -> str:
    text = text.strip()
    return f"{text[0] if len(text) > 1 else ''}**"


def _digits(text: str) -> str:
    return "".join(one for one in text if one in "0123456789")


PHONE = Mask("phone", _phone, re.compile(r"\*{3}"), "the first three and last four digits of a long number")
EMAIL = Mask("email", _email, re.compile(r"\*{3}"), "the first letter and the domain")
NUMBER = Mask("number", _number, re.compile(r"\*{3}"), "the last four signs of a long number")
PERSON = Mask("person", _person, re.compile(r"^.?\*\*$", re.DOTALL), "the first character")
TEXT = Mask("text", lambda _: WHOLE, re.compile(f"^\\s*{WHOLE}\\s*$"), "nothing")
