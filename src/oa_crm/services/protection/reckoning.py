"""From facts to a deadline: which rule fits, which condition decides, and when the sweep has to do with it.

Pure: rows in, a verdict out. Every condition counts from when the owner got the customer or later, so that nobody
loses what he just got; and what has no facts at all counts from then too.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from oa_crm.schemas.protection import KeptOut, ProtectionRule, ProtectionRules, When
from oa_crm.services.protection.calendars import ONE, Days

SHIPPED = ProtectionRule(name="default", when=When(what="no_progress", days=180))


@dataclass(frozen=True, slots=True)
class Found:
    """A condition, from when it counts, and since when it holds; None if it does not come to that."""

    when: When
    since: datetime | None
    due: datetime | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The deadline of a customer and the rule that it comes from; both None where the clock does not run."""

    until: datetime | None
    rule: str | None
    sweep_at: datetime | None


_MOMENT = timedelta(microseconds=1)
NOTHING = Verdict(None, None, None)


class Reckoner:
    """A company's rules, ready to be asked about customers."""

    def __init__(self, rules: ProtectionRules, time_zone: str) -> None:
        self.rules, self.days = rules, Days(time_zone, rules.calendar)
        self.stages = sorted((one.days for one in rules.warnings), reverse=True)
        self._rules = (*rules.rules, SHIPPED)

    def verdict(self, facts: Any) -> Verdict:
        """What holds for the customer of these facts."""
        if facts.owner_id is None or facts.merged_into is not None or any(self.out(facts)):
            return NOTHING
        rule = self.rule_for(facts)
        due = self.found(rule.when, facts).due
        if due is None:
            return NOTHING
        until = max([due, *(one.until for one in self.floors(facts) if one.until is not None)])
        return Verdict(until, rule.name, self.next_step(facts, until))

    def rule_for(self, facts: Any) -> ProtectionRule:
        """The first rule that fits."""
        return next(one for one in self._rules if _fits(one, facts))

    def out(self, facts: Any) -> Iterator[KeptOut]:
        """What keeps the clock from running at all."""
        excluded = self.rules.excluded
        if facts.locked_at is not None and "locked" in excluded:
            yield KeptOut(reason="locked")
        if facts.in_approval and "open_approval" in excluded:
            yield KeptOut(reason="open_approval")
        if facts.kind in self.rules.excluded_kinds:
            yield KeptOut(reason="kind")

    def floors(self, facts: Any) -> Iterator[KeptOut]:
        """What keeps it from ending before a time that is known."""
        if facts.last_contract is not None and "open_contract" in self.rules.excluded:
            yield KeptOut(reason="open_contract", until=self._contract_end(facts))
        if facts.extended_until is not None:
            yield KeptOut(reason="extension", until=facts.extended_until)

    def found(self, when: When, facts: Any) -> Found:
        """Since when a condition holds for this customer, if nothing more happens."""
        if when.what is not None:
            return self._condition(when, facts)
        parts = [self.found(one, facts) for one in when.parts]
        due = [(one.due, at) for at, one in enumerate(parts) if one.due is not None]
        if not due or (when.all is not None and len(due) < len(parts)):
            return Found(when, None, None)
        _, decides = max(due) if when.all is not None else min(due)
        return parts[decides]

    def next_step(self, facts: Any, until: datetime) -> datetime:
        """When the sweep has to do with it: to give its next warning, or to take it."""
        sent, at = (facts.warned_days, facts.warned_at) if facts.warned_for == until else (None, None)
        return self.step_after(until, sent, at)

    def step_after(self, until: datetime, sent: int | None, warned_at: datetime | None) -> datetime:
        """The same, when the warning of `sent` days was the last, and the first was given at `warned_at`."""
        if not self.stages:
            return until
        if sent is None or warned_at is None:
            return self.warn_at(until, self.stages[0])
        left = [one for one in self.stages if one < sent]
        take = self.take_at(until, warned_at)
        return min(take, self.warn_at(until, left[0])) if left else take

    def warn_at(self, until: datetime, stage: int) -> datetime:
        """When the day begins that lies so many days before the end."""
        return self.days.end(self.days.before(until) - stage * ONE)

    def take_at(self, until: datetime, warned_at: datetime) -> datetime:
        """When it may be taken: at its end, and not before the notice is over since the first warning."""
        return max(until, self.days.due(warned_at, self.rules.notice_days))

    def taken_from(self, facts: Any, until: datetime, now: datetime) -> datetime:
        """The same, where warnings that are still to come are given in time."""
        if not self.stages:
            return until
        warned = facts.warned_at if facts.warned_for == until else max(now, self.warn_at(until, self.stages[0]))
        return self.take_at(until, warned)

    def stage_due(self, facts: Any, until: datetime, now: datetime) -> int | None:
        """The warning to give now: of those that have come the last one, unless it was given."""
        come = [one for one in self.stages if self.warn_at(until, one) <= now]
        sent = facts.warned_days if facts.warned_for == until else None
        return come[-1] if come and (sent is None or come[-1] < sent) else None

    def _condition(self, when: When, facts: Any) -> Found:
        if when.what == "never" or when.days is None:
            return Found(when, None, None)
        end = self._contract_end(facts)
        # The end of a day is the next one's first moment, and days count from the one that ended.
        ended = None if end is None else end - _MOMENT
        since = _since(when.what, facts, ended, self._progress(facts))
        if since is None:
            return Found(when, None, None)
        due = self.days.due(since, when.days, working=when.working)
        if when.what == "no_project" and facts.alive_project is not None:
            due = max(due, self.days.due(facts.alive_project, self.rules.alive_days))
        return Found(when, since, due)

    def _progress(self, facts: Any) -> datetime | None:
        contract = facts.last_contract if self.rules.progress.contracts else None
        return latest(facts.last_talk, facts.last_move, contract)

    def _contract_end(self, facts: Any) -> datetime | None:
        if facts.last_contract is None:
            return None
        return self.days.due(facts.last_contract, self.rules.contract_days)


def latest(*moments: datetime | None) -> datetime | None:
    """The latest of those that there are."""
    return max((one for one in moments if one is not None), default=None)


def _since(what: str | None, facts: Any, contract_end: datetime | None, progress: datetime | None) -> datetime | None:
    held = facts.counts_from
    if what == "contract_over":
        return None if contract_end is None else latest(held, contract_end)
    more = {"no_follow_up": facts.last_follow_up, "no_progress": progress, "no_contract": contract_end}
    return latest(held, more.get(what or ""))


def _fits(rule: ProtectionRule, facts: Any) -> bool:
    # A product line and an agent will be two more of these.
    return (
        (not rule.levels or facts.level in rule.levels)
        and (not rule.kinds or facts.kind in rule.kinds)
        and (not rule.pools or facts.from_pool in rule.pools)
    )
