"""How well the duplicate engine tells pairs of names apart: `python -m tools.pair_figures pairs.csv`.

The file has the columns name_a, name_b, label (1 same, 0 different), kind and lang. Only public calls are
made, so this is also the adapter for anybody's own evaluation. `--misses` lists the pairs that went wrong.
"""

import argparse
import csv
import time
import timeit
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz.fuzz import ratio

from oa_crm.duplicates import Draft, Tier, normalise, score

SUSPECTED = 0.75


@dataclass(frozen=True)
class Judged:
    """A labelled pair and what the engine said."""

    name_a: str
    name_b: str
    same: bool
    kind: str
    lang: str
    value: float
    tier: Tier
    why: str

    @property
    def right(self) -> bool:
        return (self.value >= SUSPECTED) == self.same


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("pairs", type=Path)
    arguments.add_argument("--misses", action="store_true", help="list every pair that went wrong")
    given = arguments.parse_args()
    pairs = judge(given.pairs)
    for lang in sorted({pair.lang for pair in pairs}):
        print(summary(lang, [pair for pair in pairs if pair.lang == lang]))
    print(by_kind(pairs))
    if given.misses:
        print(*map(told, sorted((pair for pair in pairs if not pair.right), key=lambda pair: pair.kind)), sep="\n")
    print(speed(pairs))


def judge(path: Path) -> list[Judged]:
    with path.open(encoding="utf-8", newline="") as file:
        return [_judged(row) for row in csv.DictReader(file)]


def _judged(row: dict[str, str]) -> Judged:
    verdict = score(Draft(row["name_a"]), Draft(row["name_b"]))
    why = "; ".join(reason.text() for reason in verdict.reasons)
    names = row["name_a"], row["name_b"]
    return Judged(*names, row["label"] == "1", row["kind"], row["lang"], verdict.value, verdict.tier, why)


def precision_and_recall(pairs: list[Judged], threshold: float) -> tuple[float, float]:
    """Of the pairs at or above `threshold`, how many are the same; of the same, how many are there."""
    found = [pair.same for pair in pairs if pair.value >= threshold]
    same = sum(pair.same for pair in pairs)
    return (sum(found) / len(found) if found else 1.0, sum(found) / same if same else 1.0)


def f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def summary(lang: str, pairs: list[Judged]) -> str:
    thresholds = sorted({pair.value for pair in pairs})
    at = {one: precision_and_recall(pairs, one) for one in thresholds}
    best = max(thresholds, key=lambda one: f1(*at[one]))
    recall = max((recall for precision, recall in at.values() if precision >= 0.98), default=0.0)
    certain = precision_and_recall(pairs, 0.95)
    return (
        f"{lang}: {len(pairs)} pairs; F1 {f1(*at[best]):.3f} at {best:.3f}, "
        f"{f1(*precision_and_recall(pairs, SUSPECTED)):.3f} at .75; recall at precision .98: {recall:.3f}; "
        f"certain: precision {certain[0]:.3f}, recall {certain[1]:.3f}"
    )


def by_kind(pairs: list[Judged]) -> str:
    kinds: dict[tuple[str, bool], list[Judged]] = defaultdict(list)
    for pair in pairs:
        kinds[pair.kind, pair.same].append(pair)
    lines = [f"{'kind':28}{'same':>5}{'pairs':>7}{'right':>7}{'certain':>9}{'mean':>7}"]
    for (kind, same), rows in sorted(kinds.items(), key=lambda one: (not one[0][1], one[0][0])):
        right, certain = (sum(x) / len(rows) for x in ([r.right for r in rows], [r.value >= 0.95 for r in rows]))
        mean = sum(row.value for row in rows) / len(rows)
        lines.append(f"{kind:28}{'yes' if same else 'no':>5}{len(rows):>7}{right:>7.2f}{certain:>9.2f}{mean:>7.2f}")
    return "\n".join(lines)


def told(pair: Judged) -> str:
    return f"{pair.kind} {pair.value:.3f} {pair.name_a} | {pair.name_b} [{pair.why}]"


def speed(pairs: list[Judged]) -> str:
    """Microseconds, best of five, and as multiples of a rapidfuzz ratio, which any machine can compare."""
    drafts = [(Draft(pair.name_a), Draft(pair.name_b)) for pair in pairs]
    names = list(dict.fromkeys(name for pair in pairs for name in (pair.name_a, pair.name_b)))
    measured = {
        "rapidfuzz ratio": _best(lambda: [ratio(a.name, b.name) for a, b in drafts], len(drafts)),
        "normalise": _best(lambda: [normalise.__wrapped__(name) for name in names], len(names)),
        "score": _best(lambda: [score(a, b) for a, b in drafts], len(drafts)),
    }
    unit = measured["rapidfuzz ratio"]
    return "; ".join(f"{what} {took:.2f} µs (x{took / unit:.0f})" for what, took in measured.items())


def _best(call: "timeit._Stmt", size: int) -> float:
    return min(timeit.repeat(call, timer=time.process_time, number=20, repeat=5)) / size / 20 * 1e6


if __name__ == "__main__":
    main()
