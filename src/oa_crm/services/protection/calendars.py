"""Days of the company: where they end in UTC, and which day is so many days, or working days, after a moment.

A deadline is the end of a business day. Where a change of the clocks leaves two readings of midnight, the later one
holds: never early.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from oa_crm.schemas.protection import WorkingCalendar

ONE = timedelta(days=1)


class Days:
    """The days of one time zone and one calendar."""

    def __init__(self, time_zone: str, calendar: WorkingCalendar) -> None:
        self._zone = ZoneInfo(time_zone)
        self._weekdays = frozenset(calendar.weekdays)
        self._off, self._on = frozenset(calendar.off) - frozenset(calendar.on), frozenset(calendar.on)
        self.end = lru_cache(4096)(self._end)
        self._after = lru_cache(4096)(self._counted)

    def of(self, moment: datetime) -> date:
        """The day that it is in the company at a moment."""
        return moment.astimezone(self._zone).date()

    def before(self, until: datetime) -> date:
        """The last day that an end of a day is the end of."""
        return self.of(until) - ONE

    def due(self, since: datetime, days: int, *, working: bool = False) -> datetime:
        """The end of the day that is so many days after the day of a moment."""
        return self.end(self._after(self.of(since), days, working))

    def _end(self, day: date) -> datetime:
        midnight = datetime.combine(day + ONE, time(), self._zone)
        return max(midnight.replace(fold=fold).astimezone(UTC) for fold in (0, 1))

    def _counted(self, day: date, days: int, working: bool) -> date:
        if not working:
            return day + days * ONE
        while days:
            day += ONE
            days -= self.is_working(day)
        return day

    def is_working(self, day: date) -> bool:
        """Whether people work on that day."""
        return day in self._on or (day.weekday() in self._weekdays and day not in self._off)
