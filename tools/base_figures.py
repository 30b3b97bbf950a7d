"""How the engine does on a base of many companies: `python -m tools.base_figures 100000`.

An index of keys is kept as the database keeps it, probed with the same caps and votes. Printed are, for each
way of writing a company differently, how often it is among the fifty scored, among the five shown and suspected;
how many of the base raise a false alert for a company that is new; keys and seconds a company.
"""

import argparse
import sqlite3
import time
from collections import Counter

from oa_crm.duplicates import Draft, Tier, keys, score
from tools.invented import KINDS, Inventor

STRONG_ROWS, WEAK_ROWS, SCORED, SHOWN = 300, 32, 50, 5


class Base:
    """Names with their keys, as the `duplicate_key` table has them."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.database = sqlite3.connect(":memory:")
        self.database.execute("CREATE TABLE key (hash INTEGER, id INTEGER, PRIMARY KEY (hash, id)) WITHOUT ROWID")

    def add(self, names: list[str]) -> int:
        self.names = names
        count = 0
        for id, name in enumerate(names):
            rows = [(key.hash, id) for key in keys(Draft(name), "t")]
            self.database.executemany("INSERT OR IGNORE INTO key VALUES (?, ?)", rows)
            count += len(rows)
        return count

    def candidates(self, name: str) -> list[int]:
        """The best fifty by weighted vote; a weak key at its cap says nothing."""
        votes: Counter[int] = Counter()
        for key in keys(Draft(name), "t"):
            limit = STRONG_ROWS if key.strong else WEAK_ROWS
            found = self.database.execute("SELECT id FROM key WHERE hash = ? LIMIT ?", (key.hash, limit)).fetchall()
            if key.strong or len(found) < limit:
                for (id,) in found:
                    votes[id] += key.weight  # type: ignore[assignment]
        return [id for id, _ in votes.most_common(SCORED)]

    def check(self, name: str) -> list[tuple[float, int]]:
        draft = Draft(name)
        judged = ((score(draft, Draft(self.names[id])), id) for id in self.candidates(name))
        found = ((one.value, id) for one, id in judged if one.tier is not Tier.NONE)
        return sorted(found, key=lambda one: -one[0])


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("size", type=int)
    arguments.add_argument("--probes", type=int, default=200)
    arguments.add_argument("--alerts", action="store_true", help="list the false alerts")
    given = arguments.parse_args()
    inventor, base = Inventor(), Base()
    companies = [inventor.company() for _ in range(given.size)]
    began = time.perf_counter()
    rows = base.add([company.name for company in companies])
    took = (time.perf_counter() - began) / given.size * 1e6
    print(f"{given.size} companies, {rows / given.size:.1f} keys and {took:.0f} µs each")
    for kind in KINDS:
        print(_recall(base, inventor, companies, kind, given.probes))
    print(_false_alerts(base, inventor, given.probes * 5, given.alerts))


def _recall(base: Base, inventor: Inventor, companies: list, kind: str, probes: int) -> str:  # type: ignore[type-arg]
    found: Counter[str] = Counter()
    while found["tried"] < probes:
        id = inventor.random.randrange(len(companies))
        written = inventor.corrupted(companies[id], kind)
        if written is None:
            continue
        hits = base.check(written)
        same = [value for value, hit in hits if base.names[hit] == base.names[id]]
        shown = [hit for _, hit in hits[:SHOWN] if base.names[hit] == base.names[id]]
        found.update(tried=1, scored=bool(same), shown=bool(shown), suspected=bool(same) and max(same) >= 0.75)
    told = "  ".join(f"{what} {found[what] / probes:.3f}" for what in ("scored", "shown", "suspected"))
    return f"{kind:16}{told}"


def _false_alerts(base: Base, inventor: Inventor, probes: int, listed: bool) -> str:
    alerts, took, known = Counter[str](), 0.0, set(base.names)
    for _ in range(probes):
        name = inventor.company().name
        if name in known:
            continue
        began = time.perf_counter()
        hits = base.check(name)
        took += time.perf_counter() - began
        wrong = [(value, base.names[id]) for value, id in hits if value >= 0.75]
        alerts.update(new=1, alerts=len(wrong), alerted=bool(wrong), certain=sum(value >= 0.95 for value, _ in wrong))
        if listed:
            for value, other in wrong:
                print(f"  {value:.3f} {name} | {other} | {score(Draft(name), Draft(other)).reasons[0].text()}")
    new = alerts["new"]
    return (
        f"{new} new companies: {alerts['alerts'] / new:.3f} false alerts each, {alerts['alerted'] / new:.3f} alerted, "
        f"{alerts['certain'] / new:.3f} certain; {took / new * 1000:.2f} ms a check"
    )


if __name__ == "__main__":
    main()
