"""Times and days as a caller gives them. A number is neither: nobody can tell seconds from milliseconds, or from the
days that a spreadsheet counts. What lies beyond 1900 to 2199 is a slip of the pen.
"""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from pydantic import AfterValidator, AwareDatetime, BeforeValidator
from pydantic_core import PydanticCustomError

_NUMBER = re.compile(r"\s*[+-]?\d+(\.\d*)?\s*")
_FIRST, _LAST = 1900, 2199
D = TypeVar("D", bound=date)


def _no_number(value: Any) -> Any:
    said = value.decode(errors="replace") if isinstance(value, bytes) else value
    if isinstance(value, int | float | Decimal) or (isinstance(said, str) and _NUMBER.fullmatch(said)):
        told = "{given} is no time: write it as 2026-03-05 or 2026-03-05T14:30:00+08:00"
        raise PydanticCustomError("not_a_time", told, {"given": repr(value)})
    return value


def _in_our_time(value: D) -> D:
    if not _FIRST <= value.year <= _LAST:
        facts = {"year": value.year, "first": _FIRST, "last": _LAST}
        raise PydanticCustomError("year_out_of_range", "the year {year} is not from {first} to {last}", facts)
    return value


if TYPE_CHECKING:
    Moment = datetime
    Timely = datetime
    Day = date
else:
    Moment = Annotated[AwareDatetime, BeforeValidator(_no_number), AfterValidator(_in_our_time)]
    """A time with its zone."""
    Timely = Annotated[datetime, BeforeValidator(_no_number), AfterValidator(_in_our_time)]
    """A time that may lack a zone: whoever reads it knows which one is meant."""
    Day = Annotated[date, BeforeValidator(_no_number), AfterValidator(_in_our_time)]
    """A day."""
