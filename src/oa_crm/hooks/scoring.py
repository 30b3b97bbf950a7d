"""What a rule that scores leads is made of. Pure: no database, no clock, no network."""

from collections.abc import Callable
from dataclasses import dataclass

from oa_crm.money import Money

MOST_POINTS = 1000


@dataclass(frozen=True, slots=True)
class LeadFacts:
    """A lead as a rule sees it. `region` and `industry` are codes, `phone` is E.164; `contacted` says whether
    somebody has talked to it."""

    company_name: str
    person_name: str | None
    phone: str | None
    email: str | None
    source: str | None
    region: str | None
    industry: str | None
    need: str | None
    budget: Money | None
    contacted: bool


@dataclass(frozen=True, slots=True)
class LeadRule:
    """`points` (-1000 to 1000) for every lead of which `holds(facts)` is true, and the `reason` why, in English and,
    if there is one, in Chinese."""

    name: str
    points: int
    holds: Callable[[LeadFacts], bool]
    reason: str
    reason_zh: str = ""

    def __post_init__(self) -> None:
        if isinstance(self.points, bool) or not isinstance(self.points, int) or abs(self.points) > MOST_POINTS:
            raise ValueError(f"a lead rule gives -{MOST_POINTS} to {MOST_POINTS} whole points, not {self.points!r}")
        if not 0 < len(self.name) <= 60:
            raise ValueError("a lead rule's name has 1 to 60 characters")

    def told(self, locale: str) -> str:
        """The reason in the reader's language."""
        return self.reason_zh if self.reason_zh and locale.lower().startswith("zh") else self.reason
