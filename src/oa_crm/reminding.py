"""`crm.reminders`: telling a company's people what is due, overdue and neglected. For cron, as often as one likes.

Each slice is a transaction of its own. What was told stays told when a run is stopped; a run again tells nothing twice,
and of two runs at once each step is told by one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID

from oa_crm.schemas.reminders import RemindersGiven
from oa_crm.scope import Scope
from oa_crm.services import access, plain
from oa_crm.services.days import day_of
from oa_crm.services.reminding import days, plans, policy
from oa_crm.services.work import Begin, Work

Place = tuple[Any, UUID] | None


class ReminderWork:
    """Runs for a scope whose actor may administer protection: a CRM administrator, or the system."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin

    def run(self, scope: Scope, *, slice: int = 500) -> RemindersGiven:
        """Tell of everything that is due by now, `slice` plans or customers in a transaction. Raises `forbidden`."""
        plain.above_zero("slice", slice)
        counts = {"due": 0, "overdue": 0, "neglected": 0}
        more = True
        while more:
            with self._opened(scope) as work:
                due, overdue, more = plans.remind(work, policy.hold(work).rules, slice)
                _record(work, {"due": due, "overdue": overdue})
            counts["due"] += due
            counts["overdue"] += overdue
        with self._opened(scope) as work:
            held, today = policy.hold(work), day_of(work, work.journal.now())
            wanted = list(days.ranges(work, held.rules, held.told_to, today))
        for one in wanted:
            counts[one.what] += self._range(scope, one, slice)
        self._told(scope, today)
        return RemindersGiven(**counts)

    def _range(self, scope: Scope, of: days.Range, slice: int) -> int:
        done, after = 0, None
        while True:
            with self._opened(scope) as work:
                policy.hold(work)
                given, after = days.remind(work, of, slice, after)
                _record(work, {of.what: given})
            done += given
            if after is None:
                return done

    def _told(self, scope: Scope, today: date) -> None:
        with self._opened(scope) as work:
            if policy.hold(work).told_to != today:
                policy.told(work, today)

    @contextmanager
    def _opened(self, scope: Scope) -> Iterator[Work]:
        """A unit for who may."""
        with self._begin(scope) as work:
            access.require(work, "administer", "protection")
            yield work


def _record(work: Work, counts: dict[str, int]) -> None:
    told: dict[str, list[Any]] = {name: [None, many] for name, many in counts.items() if many}
    if told:
        work.journal.record("reminders.run", "reminder", "-", told)
