"""Industries by GB/T 4754-2017: sections, divisions, groups and classes, as `I`, `I65`, `I651`, `I6510`.

Sections and divisions have English names as well; groups and classes have the standard's Chinese ones only.
"""

import re
from functools import cache, lru_cache
from typing import NamedTuple

from oa_crm.codes.errors import CodeError, near
from oa_crm.codes.tables import rows

_CODE = re.compile(r"[A-T](\d{2,4})?|\d{2,4}")


class Name(NamedTuple):
    """A name in Chinese and English; where there is no English one, the Chinese stands for it."""

    zh: str
    en: str


# As many as a large import names.
@lru_cache(maxsize=4096)
def industry(text: str) -> str:
    """The code that is meant: by itself, with or without its letter, by its name in Chinese or English, or by an
    everyday word such as 软件. Raises `CodeError`."""
    asked = text.strip()
    code = asked.upper()
    if _CODE.fullmatch(code):
        # Forms pad a division or group with zeros: 6500 is 65.
        shorter = (code[: len(code) - zeros] for zeros in range(3) if code.endswith("0" * zeros))
        if found := next((_codes()[one] for one in shorter if one in _codes()), None):
            return found
    if found := _by_name().get(_folded(asked)):
        return found
    suggested = [f"{_by_name()[one]} {_names()[_by_name()[one]].zh}" for one in near(_folded(asked), _by_name())]
    raise CodeError("unknown_industry", given=repr(text), near=", ".join(dict.fromkeys(suggested)) or "I65, C, F51")


def industry_name(code: str | None) -> Name | None:
    """The name of a code; None for text that is none, as older customers may have it."""
    return _names().get(code) if code else None


def _folded(name: str) -> str:
    return re.sub(r"[\s、，,/]", "", name).lower()


@cache
def _names() -> dict[str, Name]:
    return {code: Name(zh, en or zh) for code, zh, en, _ in rows("industries")}


@cache
def _codes() -> dict[str, str]:
    """Codes as they are written, with their letter and without."""
    return {written: code for code in _names() for written in (code, code[1:] if len(code) > 1 else code)}


@cache
def _by_name() -> dict[str, str]:
    """Names, folded, with the widest code that bears each; 制造 is as good as 制造业. An everyday word goes before."""
    found: dict[str, str] = {}
    for code, zh, en, _ in sorted(rows("industries"), key=lambda row: (len(row[0]), row[0])):
        for name in filter(None, (zh, zh.removesuffix("业"), en)):
            found.setdefault(_folded(name), code)
    words = {_folded(word): code for code, _, _, also in rows("industries") for word in also.split()}
    return {**found, **words}
