"""The rules of protection in plain Python, told day by day: is it over at the end of this day, yes or no?

Nothing here is worked out as the library does it: no earliest and latest, no columns, no UTC but eight hours added.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

DAY, EAST = timedelta(days=1), timedelta(hours=8)
WAYS = {"visit", "meeting", "demo"}
ORDER = ("lead", "qualified", "proposal", "negotiation", "won")


def day_of(moment: datetime) -> date:
    """The day in Shanghai."""
    return (moment + EAST).date()


def end_of(day: date, like: datetime) -> datetime:
    """When that day is over."""
    return datetime.combine(day + DAY, time(), like.tzinfo) - EAST


@dataclass
class Deal:
    """A project: its stage, when it last moved, and the moves that counted."""

    stage: str
    moved: datetime
    progress: list[datetime]
    furthest: int = 0


@dataclass
class Held:
    """What happened to one customer, as it was told."""

    owner_since: datetime
    owned: bool = True
    level: str | None = None
    talks: dict[Any, tuple[str, datetime]] = field(default_factory=dict)
    struck: set[Any] = field(default_factory=set)
    deals: dict[Any, Deal] = field(default_factory=dict)
    approved: list[datetime] = field(default_factory=list)
    in_approval: int = 0
    extended: list[date] = field(default_factory=list)
    warned_for: date | None = None
    warned_days: int = 0
    warned_at: datetime | None = None

    def lose(self, at: datetime) -> None:
        """Nobody has it."""
        self.owned, self.owner_since, self.warned_for = False, at, None

    def stands(self, last: date | None) -> None:
        """This is its last day now; of another one he was not warned."""
        if self.warned_for != last:
            self.warned_for = None

    def gain(self, at: datetime) -> None:
        """Somebody claims it; extensions were the former owner's."""
        self.owned, self.owner_since, self.extended = True, at, []


class Book:
    """A company's rules and its customers."""

    def __init__(self, rules: dict[str, Any]) -> None:
        self.rules, self.customers = rules, dict[Any, Held]()
        self.swept: datetime | None = None
        self.held: datetime | None = None

    def last_day(self, one: Held) -> date | None:
        """The last day on which the customer is safe; None where the clock does not run or never ends."""
        if not one.owned or one.in_approval:
            return None
        when = next(
            rule["when"] for rule in self.rules["rules"] if not rule.get("levels") or one.level in rule["levels"]
        )
        day = day_of(one.owner_since)
        for _ in range(1000):
            if self._over(when, one, day) and self._allowed(one, day):
                return day
            day += DAY
        return None

    def _allowed(self, one: Held, day: date) -> bool:
        term = timedelta(days=self.rules.get("contract_days", 365))
        return all(day >= day_of(at) + term for at in one.approved) and all(day >= until for until in one.extended)

    def _over(self, when: dict[str, Any], one: Held, day: date) -> bool:
        if "all" in when:
            return all(self._over(part, one, day) for part in when["all"])
        if "any" in when:
            return any(self._over(part, one, day) for part in when["any"])
        if when["what"] == "never":
            return False
        dates = self._events(when["what"], one)
        if dates is None or not all(self._passed(since, day, when) for since in [day_of(one.owner_since), *dates]):
            return False
        alive = timedelta(days=self.rules.get("alive_days", 180))
        open_deals = [deal for deal in one.deals.values() if deal.stage in ORDER[:-1]]
        return when["what"] != "no_project" or all(day >= day_of(deal.moved) + alive for deal in open_deals)

    def _passed(self, since: date, day: date, when: dict[str, Any]) -> bool:
        passed = (day - since).days
        if not when.get("working") or not when["days"] <= passed < 2 * when["days"]:
            return passed >= when["days"]
        days = [since + DAY * n for n in range(1, (day - since).days + 1)]
        return len([one for one in days if one.weekday() < 5]) >= when["days"]

    def _events(self, what: str, one: Held) -> list[date] | None:
        """The days of what counts against this condition; None if it cannot come to pass."""
        talks = [(way, at) for id, (way, at) in one.talks.items() if id not in one.struck]
        term = timedelta(days=self.rules.get("contract_days", 365))
        ended = [day_of(at) + term for at in one.approved]
        if what == "no_follow_up":
            return [day_of(at) for _, at in talks]
        if what == "no_progress":
            moves = [at for deal in one.deals.values() for at in deal.progress]
            return [day_of(at) for at in [*moves, *one.approved, *(at for way, at in talks if way in WAYS)]]
        if what == "no_contract":
            return ended
        if what == "contract_over":
            return ended or None
        return []

    def sweep(self, now: datetime) -> tuple[set[Any], int]:
        """Who is taken, and how many warnings are given."""
        notice = timedelta(days=self.rules.get("notice_days", 7))
        if self.swept is not None and now - self.swept > timedelta(days=self.rules.get("pause_days", 7)):
            self.held = now + notice
        self.swept = now
        holding = self.held is not None and now < self.held
        taken, warnings = set(), 0
        for id, one in self.customers.items():
            last = self.last_day(one)
            if last is None:
                continue
            stage = self._stage(one, last, now)
            if now >= end_of(last, now) and not holding and self._noticed(one, last, now, notice):
                taken.add(id)
            elif stage is not None:
                warnings += self._warn(one, last, stage, now)
        for id in taken:
            self.customers[id].lose(now)
        return taken, warnings

    def _noticed(self, one: Held, last: date, now: datetime, notice: timedelta) -> bool:
        if not self.stages:
            return True
        if one.warned_for != last or one.warned_at is None:
            return False
        return now >= end_of(day_of(one.warned_at) + notice, now)

    @property
    def stages(self) -> list[int]:
        return sorted(one["days"] for one in self.rules.get("warnings", [{"days": 14}, {"days": 7}, {"days": 1}]))

    def _stage(self, one: Held, last: date, now: datetime) -> int | None:
        come = [days for days in self.stages if day_of(now) >= last + DAY - timedelta(days=days)]
        if not come or (one.warned_for == last and one.warned_days <= come[0]):
            return None
        return come[0]

    def _warn(self, one: Held, last: date, stage: int, now: datetime) -> int:
        one.warned_at = one.warned_at if one.warned_for == last else now
        one.warned_for, one.warned_days = last, stage
        return 1
