"""Places between two others, as text: there is always one, and nobody else has to move until it is too long to write.

A place is hexadecimal digits, compared by code point. None that is made here ends with a zero: right above one that is
its beginning there would be no room.
"""

from typing import Any

LONGEST = 100
_DIGITS = "0123456789abcdef"


def between(low: str, high: str | None) -> str:
    """A place above `low` and below `high`; an empty `low` is the very beginning, no `high` the very end."""
    made = ""
    for at in range(len(low) + len(high or "") + 1):
        first = _DIGITS.index(low[at]) if at < len(low) else 0
        last = len(_DIGITS) if high is None else _DIGITS.index(high[at]) if at < len(high) else 0
        if last - first > 1:
            return made + _DIGITS[(first + last) // 2]
        made += _DIGITS[first]
        if last > first:
            high = None  # whatever follows, it is below already
    raise ValueError(f"there is no place between {low!r} and {high!r}")


def dealt(number: Any) -> Any:
    """The place with a number, in digits all of one length; also in SQL. It comes before every place that a card gets
    when it enters its column, of which none begins so, and does not end with a zero."""
    return "00" + number + "8"
