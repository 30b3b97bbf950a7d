"""How large a run is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """`rounds` of `each` operations on a `base` of customers; `deliveries` for the relay; `starts` for imports.

    For duplicates: `check_rounds` of `checks` on bases of `firms`, `brute_checks` of them by brute force too;
    `slips` of each kind to be found, `new_firms` not to be accused, `more` added in bulk, `scanned` looked through.
    For the complete file: bases of `filed` customers, and one with `talks` follow-ups; so many for the timeline, too.
    For merging: `merges` of customers with `linked` rows, and `pairs` in one call. `imported` rows of a workbook.
    For the pool: a base of `held` customers, `due` of which are recycled by each of `sweeps`.
    For handovers: `handed` customers and what belongs to them, given and taken back `handovers` times.
    """

    rounds: int = 15
    each: int = 40
    base: int = 2000
    deliveries: int = 6000
    relay_rounds: int = 3
    starts: int = 15
    firms: tuple[int, ...] = (100_000,)
    check_rounds: int = 5
    checks: int = 200
    brute_checks: int = 10
    slips: int = 200
    new_firms: int = 2000
    more: int = 20_000
    scanned: int = 20_000
    filed: tuple[int, ...] = (1000, 10_000)
    talks: int = 100_000
    merges: int = 15
    linked: int = 1000
    pairs: int = 1000
    imported: int = 100_000
    held: int = 1_000_000
    due: int = 50_000
    sweeps: int = 3
    handed: int = 5000
    handovers: int = 3


QUICK = Options(
    rounds=2, each=4, base=60, deliveries=200, relay_rounds=1, starts=5, firms=(1000, 1200), check_rounds=2,
    checks=12, brute_checks=3, slips=10, new_firms=60, more=100, scanned=200, filed=(60, 120), talks=600,
    merges=2, linked=30, pairs=20, imported=200, held=500, due=40, sweeps=2, handed=40, handovers=1,
)  # fmt: skip
