"""A clock that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta


class FrozenClock:
    """Give it to `CRM(clock=...)`; the kit does. It starts on a Monday morning and never goes backwards."""

    def __init__(self, at: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)) -> None:
        if at.tzinfo is None:
            raise ValueError("a clock's time is aware; give it a time zone")
        self._now = at.astimezone(UTC)

    def now(self) -> datetime:
        """The moment at which it stands."""
        return self._now

    def advance(self, by: timedelta | None = None, **parts: float) -> datetime:
        """Move on, by a timedelta or by `seconds=`, `hours=`, `days=` ...; the new moment."""
        step = by if by is not None else timedelta(**parts)
        if step < timedelta(0):
            raise ValueError("time does not go backwards")
        self._now += step
        return self._now
