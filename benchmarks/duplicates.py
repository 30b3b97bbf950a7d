"""The duplicate check on a base of fictitious companies: speed, what it finds, whom it accuses, what its keys cost.

One base grows through the sizes that were asked for; at each the sides take turns in one run. Goals are in
`duplicate_goals`. Times are told with the spread of the rounds; shares have none.
"""

import gc
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

from rich.console import Console
from sqlalchemy import Engine

from benchmarks import duplicate_costs as costs
from benchmarks.databases import Place
from benchmarks.duplicate_checks import Checks, of_language, percentile
from benchmarks.duplicate_goals import with_goal
from benchmarks.firm_base import ASKER, BOSS, Loaded, load, staff
from benchmarks.firms import Firm, firms
from benchmarks.measure import Row, Spread, quotients
from benchmarks.options import Options
from oa_crm import CRM, Settings

_SEED, _WARM = 7, 300
_stderr = Console(stderr=True)


def run(place: Place, options: Options) -> Iterator[Row]:
    """Everything at each size of the base; what takes long, at the largest."""
    engine = place.engine()
    crm = CRM(engine, settings=Settings(searches_per_hour=10**9))
    staff(crm)
    source, base, medians = firms(_SEED), list[Firm](), dict[int, float]()
    for size in sorted(options.firms):
        more = list(islice(source, size - len(base)))
        loaded = load(engine, more)
        base += more
        checks = Checks(crm, base, list(islice(source, options.new_firms)), seed=size)
        rows = list(_times(checks, options))
        medians[size] = rows[0].value.median
        yield from _on(place, size, (*rows, *_found(checks, options), *_loading(loaded)))
    if len(medians) > 1:
        growth = medians[max(medians)] / medians[min(medians)]
        yield from _on(place, size, [_row("check p50 grew", growth, "times", against=f"{min(medians):,}")])
    yield from _on(place, size, _costs(crm, engine, place, source, size, options))
    engine.dispose()


def _times(checks: Checks, options: Options) -> Iterator[Row]:
    """Checks in units of their own, in one unit, brute force and type-ahead, in turns."""
    checks.in_units(checks.questions(_WARM))
    units, inside, brute, typed, seen = ([] for _ in range(5))
    for _ in range(options.check_rounds):
        gc.collect()
        asked = checks.questions(options.checks)
        units.append(checks.in_units(asked))
        inside.append(checks.in_one_unit(asked))
        brute.append(checks.by_brute_force(asked[: options.brute_checks]))
        typed.append(checks.suggestions(checks.beginnings(options.checks), ASKER))
        seen.append(checks.suggestions(checks.beginnings(options.checks), BOSS))
    p50, slow = percentile(units, 50), percentile(brute, 50)
    ratio = Spread.of(
        [
            b.median / o.median
            for b, o in zip(
                (percentile([one], 50) for one in brute), (percentile([one], 50) for one in units), strict=True
            )
        ]
    )
    yield Row("", "", "check p50", p50, "ms", ratio, "brute force is slower")
    yield Row("", "", "check p95", percentile(units, 95), "ms")
    yield Row("", "", "check in an open unit, p50", percentile(inside, 50), "ms")
    yield Row("", "", "check in an open unit, p95", percentile(inside, 95), "ms")
    yield Row("", "", "brute force p50", slow, "ms")
    yield Row("", "", "suggest p95, a salesperson", percentile(typed, 95), "ms")
    yield Row("", "", "suggest p95, all files", percentile(seen, 95), "ms")


def _found(checks: Checks, options: Options) -> Iterator[Row]:
    found = checks.found(options.slips)
    yield _row("found among five, zh", of_language(found, latin=False), "share")
    yield _row("found among five, la", of_language(found, latin=True), "share")
    for kind, share in found.items():
        yield _row(f"  {kind}", share, "share")
    alerts, certain = checks.accused()
    yield _row("alerts for a new firm", alerts, "each")
    yield _row("certain ones among these", certain, "share")


def _loading(loaded: Loaded) -> Iterator[Row]:
    yield _row("loading: a row", 1000 * loaded.rows / loaded.count, "ms")
    yield _row("loading: its keys", 1000 * loaded.keys / loaded.count, "ms")


def _costs(
    crm: CRM, engine: Engine, place: Place, source: Iterator[Firm], size: int, options: Options
) -> Iterator[Row]:
    keys, prefixes = costs.bytes_each(engine, size)
    yield _row("index of a customer", keys, "bytes")
    yield _row("type-ahead of a customer", prefixes, "bytes")
    more = load(engine, islice(source, options.more))
    yield _row("added in bulk: its keys", 1000 * more.keys / more.count, "ms")
    on_file = islice(firms(_SEED), size)
    seconds = costs.creates(crm, engine, on_file, source, rounds=options.rounds, each=options.each)
    added = [1000 * (one - other) for one, other in zip(seconds["with"], seconds["without"], strict=True)]
    yield Row(
        "",
        "",
        "added to a create",
        Spread.of(added),
        "ms",
        quotients(seconds["with"], seconds["without"]),
        "a create without check",
    )
    scanned = costs.scan(place, size, options.scanned)
    yield _row("scan of the base, two processes", size / scanned.looked_at * scanned.seconds / 60, "min")
    yield _row("scan, memory of a process", scanned.memory, "MiB")
    rebuilt = costs.rebuild(crm, engine, options.scanned)
    yield _row("rebuild: a customer", 1000 * rebuilt.each, "ms")
    yield _row("rebuild: the sweep", rebuilt.sweep, "s")


def _row(side: str, value: float, unit: str, *, against: str = "") -> Row:
    return Row("", "", side, Spread.of([value]), unit, None, against)


def _on(place: Place, size: int, rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        told = replace(row, benchmark=f"duplicates, {size:,} on file", database=place.kind)
        _stderr.print(f"[dim]{told.side}: {told.value.median:.3f} {told.unit}[/]", highlight=False)
        yield with_goal(told, size)
