"""Which columns tell of a person, and what becomes of them when the person is erased.

The rule stands in the `info` of the column. A test fails for a column of text or JSON that has none and is not known to
hold nothing personal.
"""

from dataclasses import dataclass
from typing import Any, Literal

HowErased = Literal["emptied", "named", "words", "own", "derived"]
ERASED = "[erased]"
"""Stands where something has to stand, and in place of what was found in the midst of words."""


@dataclass(frozen=True, slots=True)
class Personal:
    """What becomes of the column: it is "emptied"; "named" by the stand-in, since it cannot be empty; its "words" lose
    what tells of the person and stay otherwise; it is a private customer's "own", emptied for him and words of anybody
    else; or it is "derived" from others, and its row goes."""

    how: HowErased = "emptied"


def personal(how: HowErased = "emptied") -> dict[Any, Any]:
    """The `info` of a column that tells of a person."""
    return {"personal": Personal(how)}
