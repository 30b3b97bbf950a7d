"""Days of a company: a deadline is never early, whatever the clocks of its country do."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oa_crm.schemas import WorkingCalendar
from oa_crm.services.protection.calendars import Days

ZONES = ["Asia/Shanghai", "America/New_York", "America/Sao_Paulo", "Asia/Beirut", "Pacific/Apia", "Australia/Lord_Howe"]
MOMENTS = st.datetimes(datetime(2009, 1, 1), datetime(2035, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001


@pytest.mark.parametrize("zone", ZONES)
@given(since=MOMENTS, days=st.integers(1, 400), before=st.timedeltas(timedelta(microseconds=1), timedelta(days=3)))
def test_no_moment_of_the_last_day_comes_after_its_end(
    zone: str, since: datetime, days: int, before: timedelta
) -> None:
    there = Days(zone, WorkingCalendar())
    end = there.due(since, days)
    last = there.of(since) + timedelta(days=days)
    assert there.of(end) > last, "it is over"
    assert there.of(end - before) <= last, "and not before"
    assert end - since > timedelta(days=days) - timedelta(hours=26)


@given(since=MOMENTS, days=st.integers(1, 60))
def test_so_many_working_days_lie_between(since: datetime, days: int) -> None:
    there = Days("Asia/Shanghai", WorkingCalendar(off=(datetime(2026, 10, 1, tzinfo=UTC).date(),)))
    last = there.before(there.due(since, days, working=True))
    between = [there.of(since) + timedelta(days=n) for n in range(1, (last - there.of(since)).days + 1)]
    assert len([day for day in between if there.is_working(day)]) == days
    assert there.is_working(last)
