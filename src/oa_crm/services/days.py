"""Days of the company."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from oa_crm.services.work import Work


def day_of(work: Work, moment: datetime) -> date:
    """The day that it is in the company at a moment."""
    return moment.astimezone(ZoneInfo(work.runtime.settings.time_zone)).date()


def today(work: Work) -> date:
    """The day that it is in the company."""
    return day_of(work, work.journal.now())


def began(work: Work, day: date) -> datetime:
    """When a day of the company begins."""
    return datetime.combine(day, time(), ZoneInfo(work.runtime.settings.time_zone)).astimezone(UTC)
