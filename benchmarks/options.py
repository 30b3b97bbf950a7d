"""How large a run is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """`rounds` of `each` operations on a `base` of customers; `deliveries` for the relay; `starts` for imports."""

    rounds: int = 15
    each: int = 40
    base: int = 2000
    deliveries: int = 6000
    relay_rounds: int = 3
    starts: int = 15


QUICK = Options(rounds=3, each=10, base=200, deliveries=1000, relay_rounds=1, starts=5)
