"""The clock that every rule reads, so that a test or a replay can hold it still.

Times are aware and UTC, without exception; a business day is a `date`.
"""

from datetime import UTC, datetime
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """Whatever can say what time it is."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC)


def day_began(moment: datetime, time_zone: str) -> datetime:
    """The moment, in UTC, at which the business day of `moment` began in an IANA time zone."""
    there = moment.astimezone(ZoneInfo(time_zone))
    return there.replace(hour=0, minute=0, second=0, microsecond=0, fold=0).astimezone(UTC)
