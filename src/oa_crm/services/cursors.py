"""Cursors: where a page ended, opaque to the caller. Whatever is not one of ours is refused, never sent to a database.

A cursor holds the sort of its list and the last row's key, and the key's last part is the row's id.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID

from oa_crm.errors import InvalidInput

V = TypeVar("V")
_LARGEST = 2**63 - 1


def write(sort: str, key: Sequence[str]) -> str:
    """The cursor after the row with this key."""
    return base64.urlsafe_b64encode(json.dumps([sort, *key]).encode()).decode()


def read(sort: str, cursor: str, fields: int) -> list[str]:
    """The key that a cursor of this sort holds. Raises `InvalidInput` for one of another list."""
    try:
        kept_sort, *key = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        if kept_sort == sort and len(key) == fields and all(isinstance(one, str) for one in key):
            UUID(key[-1])
            # No database takes these, so no list of ours ever gave them out.
            if b"\0" not in "".join(key).encode():
                return list(key)
    except (ValueError, TypeError, RecursionError, binascii.Error):
        pass
    raise InvalidInput.of("after", "foreign_cursor")


def value(parse: Callable[[str], V], text: str) -> V:
    """A part of the key as what it was. Raises `InvalidInput` for text that `parse` does not take."""
    try:
        return parse(text)
    except (ValueError, OverflowError):
        raise InvalidInput.of("after", "foreign_cursor") from None


def number(text: str) -> int:
    """A number that every database takes."""
    found = int(text)
    if abs(found) > _LARGEST:
        raise ValueError(text)
    return found


def moment(text: str) -> datetime:
    """An aware time, as one of UTC."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(text)
    return found.astimezone(UTC)
