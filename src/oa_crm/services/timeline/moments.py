"""A moment that somebody names: a time, or a day, which means the end of that day where the company is."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from oa_crm.errors import InvalidInput

_INSTANT = timedelta(microseconds=1)


def moment(field: str, given: date | datetime, time_zone: str) -> datetime:
    """The moment, in UTC. Raises `InvalidInput` for a time without zone, and for what is neither time nor day."""
    if isinstance(given, datetime):
        if given.tzinfo is None:
            raise InvalidInput.of(field, "without_time_zone", given=str(given))
        return given.astimezone(UTC)
    if not isinstance(given, date):
        raise InvalidInput.of(field, "no_moment", given=repr(given))
    try:
        ended = datetime.combine(given + timedelta(days=1), time(), ZoneInfo(time_zone))
        return ended.astimezone(UTC) - _INSTANT
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)
