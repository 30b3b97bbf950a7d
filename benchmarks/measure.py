"""Sides that take turns, and what is told of them: the median of the rounds, with least and most."""

import gc
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of some rounds, and how far they lay apart."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: list[float]) -> "Spread":
        return cls(median(values), min(values), max(values))


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the result. `ratio` is to the side named in `against`; `met` is None without a goal."""

    benchmark: str
    database: str
    side: str
    value: Spread
    unit: str
    ratio: Spread | None = None
    against: str = ""
    goal: str = ""
    met: bool | None = None


Rounds = dict[str, list[float]]


def take_turns(sides: Mapping[str, Callable[[int], None]], *, rounds: int, each: int) -> Rounds:
    """Seconds per operation of every side in every round. A round runs `each` operations of every side.

    The first round is not counted: caches of statements, pools and pages fill in it.
    """
    seconds: Rounds = {name: [] for name in sides}
    gc.collect()
    gc.freeze()  # what was there before stays: looking through it each time took longer than a short run itself
    try:
        for number in range(rounds + 1):
            for name, run in sides.items():
                gc.collect()
                started = time.perf_counter()
                run(each)
                took = (time.perf_counter() - started) / each
                if number:
                    seconds[name].append(took)
    finally:
        gc.unfreeze()
    return seconds


def rates(seconds: list[float]) -> Spread:
    """Operations per second."""
    return Spread.of([1 / one for one in seconds])


def scaled(seconds: list[float], factor: float) -> Spread:
    """The seconds in another unit."""
    return Spread.of([one * factor for one in seconds])


def quotients(over: list[float], under: list[float]) -> Spread:
    """Round by round `over / under`: both sides of a round met the same weather."""
    return Spread.of([one / other for one, other in zip(over, under, strict=True)])
