"""Identity numbers of organisations and persons in one form, checked by python-stdnum.

A scheme is country and kind as python-stdnum has them: `us.ein`, `gb.vat`, `de.vat`, `cn.ric`; `lei` belongs to none.
"""

import re
from functools import lru_cache
from importlib import import_module
from typing import Any

from oa_crm.codes.errors import CodeError

_SCHEME = re.compile(r"[a-z]{2}\.[a-z][a-z0-9_]{1,17}")
_OF_NO_COUNTRY = ("lei",)
_EXAMPLES = "us.ein, gb.vat, de.vat, jp.cn, cn.ric, lei"


def number(scheme: str, text: str) -> str:
    """`text` as its scheme writes it without spaces and dashes. Raises `CodeError` for an unknown scheme and for a
    number that cannot be right."""
    module = _module(scheme)
    if module is None:
        raise CodeError("unknown_scheme", given=repr(scheme), near=_EXAMPLES)
    from stdnum.exceptions import ValidationError

    try:
        return str(module.validate(text))
    except (ValidationError, ValueError):
        raise CodeError("number_not_valid", given=repr(text), scheme=scheme) from None


# Bounded: whoever types invents schemes.
@lru_cache(maxsize=512)
def _module(scheme: str) -> Any:
    if scheme in _OF_NO_COUNTRY:
        return import_module(f"stdnum.{scheme}")
    if not _SCHEME.fullmatch(scheme):
        return None
    from stdnum.util import get_cc_module

    module = get_cc_module(*scheme.split("."))
    return module if hasattr(module, "validate") else None
