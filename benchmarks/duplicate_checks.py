"""Checks asked of a base: how long they take, whether the true duplicate is shown, how often a new firm is accused.

A question gives the name alone, which is the hard case, or a new firm with all that is known of it.
"""

import random
import time
from collections.abc import Callable, Iterable, Sequence
from itertools import cycle
from statistics import quantiles
from typing import Any

from rapidfuzz.fuzz import ratio
from rapidfuzz.process import extract

from benchmarks.firm_base import BOSS, SELLERS, TENANT
from benchmarks.firms import Firm
from benchmarks.measure import Spread
from benchmarks.slips import LATIN, slips
from oa_crm import CRM
from oa_crm.duplicates import normalise
from oa_crm.schemas import CheckReport

Question = dict[str, Any]


class Checks:
    """Questions to a CRM whose base is `firms`; `new` firms are not on file."""

    def __init__(self, crm: CRM, firms: Sequence[Firm], new: Sequence[Firm], seed: int) -> None:
        self._crm, self._firms, self._new, self._chance = crm, firms, new, random.Random(seed)
        self._askers = cycle(f"seller-{number}" for number in range(SELLERS))
        self._cores = [firm.brand + firm.trade for firm in firms]

    def questions(self, count: int) -> list[Question]:
        """Half of them slips of firms on file, half new firms, mixed."""
        kinds = slips(self._firms, count // 40 + 1, self._chance.randrange(2**32))
        asked = [{"name": slip.name} for slip in self._chance.sample(kinds, count // 2)]
        asked += [facts(firm) for firm in self._chance.choices(self._new, k=count - len(asked))]
        self._chance.shuffle(asked)
        return asked

    def in_units(self, asked: Iterable[Question]) -> list[float]:
        """Seconds of each check, with a unit for each, as a web request has it; the salespeople take turns.

        One person never asks so often in an hour: what he asked in it is counted at each check.
        """

        def check(question: Question) -> None:
            with self._crm.begin(self._crm.scope(tenant=TENANT, actor=next(self._askers)), read_only=True) as unit:
                unit.customers.check(question)

        return [_seconds(check, question) for question in asked]

    def in_one_unit(self, asked: Iterable[Question]) -> list[float]:
        """Seconds of each check within a unit that is open already."""
        with self._crm.begin(self._crm.scope(tenant=TENANT, actor=next(self._askers)), read_only=True) as unit:
            return [_seconds(unit.customers.check, question) for question in asked]

    def by_brute_force(self, asked: Iterable[Question]) -> list[float]:
        """Seconds of each comparison with every core in memory, by rapidfuzz."""
        return [
            _seconds(lambda one: extract(_core(one), self._cores, scorer=ratio, limit=5), question)
            for question in asked
        ]

    def suggestions(self, beginnings: Iterable[str], actor: str) -> list[float]:
        """Seconds of each type-ahead, with a unit for each."""

        def suggest(beginning: str) -> None:
            with self._crm.begin(self._crm.scope(tenant=TENANT, actor=actor), read_only=True) as unit:
                unit.customers.suggest(beginning)

        return [_seconds(suggest, one) for one in beginnings]

    def beginnings(self, count: int) -> list[str]:
        """What somebody types on the way to firms on file: the name or the core, one to five letters of it."""
        some = self._chance.choices(self._firms, k=count)
        return [
            self._chance.choice((firm.name, firm.brand + firm.trade))[: self._chance.randint(1, 5)].rstrip()
            for firm in some
        ]

    def found(self, each: int) -> dict[str, float]:
        """Of each kind, the share whose true duplicate is among the five shown to one who may open every file."""
        asked = slips(self._firms, each, self._chance.randrange(2**32))
        hit: dict[str, list[bool]] = {}
        for slip, report in self._reports(asked, lambda slip: {"name": slip.name}):
            shown = [one.name for one in report.hits[:5]]
            hit.setdefault(slip.kind, []).append(self._firms[slip.at].name in shown)
        return {kind: sum(found) / len(found) for kind, found in hit.items()}

    def accused(self) -> tuple[float, float]:
        """Alerts for each new firm, and the share of certain ones among these alerts."""
        tiers = [hit.tier for _, report in self._reports(self._new, facts) for hit in report.hits if alert(hit.tier)]
        return len(tiers) / len(self._new), tiers.count("certain") / max(1, len(tiers))

    def _reports(self, about: Sequence[Any], question: Callable[[Any], Question]) -> Iterable[tuple[Any, CheckReport]]:
        with self._crm.begin(self._crm.scope(tenant=TENANT, actor=BOSS), read_only=True) as unit:
            for one in about:
                yield one, unit.customers.check(question(one))


def alert(tier: str) -> bool:
    """Whether a hit interrupts a person: by default from `suspected` on."""
    return tier in ("certain", "suspected")


def facts(firm: Firm) -> Question:
    """All that is known of a firm."""
    return {"name": firm.name, "credit_code": firm.credit_code, "phone": firm.phone, "email": firm.email}


def of_language(found: dict[str, float], *, latin: bool) -> float:
    """The mean of the kinds of one language, every kind with the same weight."""
    kinds = [share for kind, share in found.items() if (kind in LATIN) == latin]
    return sum(kinds) / len(kinds)


def percentile(rounds: Sequence[Sequence[float]], percent: int) -> Spread:
    """Milliseconds below which `percent` of a round lie: the median of the rounds, least and most."""
    return Spread.of([1000 * quantiles(one, n=100)[percent - 1] for one in rounds])


def _core(question: Question) -> str:
    return normalise(question["name"]).core


def _seconds(act: Callable[[Any], object], given: Any) -> float:
    started = time.perf_counter()
    act(given)
    return time.perf_counter() - started
