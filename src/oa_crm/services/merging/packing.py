"""Values as the journal keeps them: JSON out of which every one comes back as it was, whatever its type."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

# A datetime is a date, so it comes first.
_KINDS: dict[str, tuple[type, Any, Any]] = {
    "uuid": (UUID, str, UUID),
    "datetime": (datetime, datetime.isoformat, datetime.fromisoformat),
    "date": (date, date.isoformat, date.fromisoformat),
    "time": (time, time.isoformat, time.fromisoformat),
    "decimal": (Decimal, str, Decimal),
    "bytes": (bytes, bytes.hex, bytes.fromhex),
}


def packed(value: Any) -> Any:
    """A value for the journal. Whatever is no plain one says what it is, so every object there is ours."""
    for kind, (type_, to_text, _) in _KINDS.items():
        if isinstance(value, type_):
            return {"is": kind, "value": to_text(value)}
    if isinstance(value, dict | list | tuple):
        return {"is": "json", "value": value}
    return value


def unpacked(value: Any) -> Any:
    """The value as it was."""
    if not isinstance(value, dict):
        return value
    return value["value"] if value["is"] == "json" else _KINDS[value["is"]][2](value["value"])


def packed_row(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A whole row."""
    return {str(name): packed(value) for name, value in row.items()}


def unpacked_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """A whole row, as it can be inserted again."""
    return {name: unpacked(value) for name, value in row.items()}


def packed_all(values: Sequence[Any]) -> list[Any]:
    """The parts of a key."""
    return [packed(one) for one in values]


def unpacked_all(values: Sequence[Any]) -> tuple[Any, ...]:
    """The parts of a key, as they were."""
    return tuple(unpacked(one) for one in values)
