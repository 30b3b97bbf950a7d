"""Codes and numbers that somebody typed, in the form in which they are kept; what is wrong with one names its field."""

from collections.abc import Callable

from oa_crm import codes
from oa_crm.errors import InvalidInput


def coded(field: str, code: Callable[[str], str], text: str) -> str:
    """`text` as `code` keeps it. Raises `InvalidInput` at `field`."""
    try:
        return code(text)
    except codes.CodeError as exc:
        raise InvalidInput.of(field, exc.code, **exc.params) from None
