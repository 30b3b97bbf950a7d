"""`python -m benchmarks [NAME ...] [--database KIND] [--base SIZE] [--quick]`; `--help` lists the names."""

import argparse
import os
import sys
from collections.abc import Iterator
from dataclasses import replace

from rich.console import Console

from benchmarks import (
    claims,
    create,
    customer_files,
    customer_pages,
    department_pages,
    duplicates,
    exchange,
    handover,
    hooks,
    imports,
    machine,
    merging,
    pool_sweep,
    relay,
    report,
    sales_boards,
    timelines,
)
from benchmarks.databases import KINDS, Places
from benchmarks.measure import Row
from benchmarks.options import QUICK, Options

ON_DATABASES = {
    "create": create.run,
    "hooks": hooks.run,
    "relay": relay.run,
    "duplicates": duplicates.run,
    "merging": merging.run,
    "pages": customer_pages.run,
    "department": department_pages.run,
    "board": sales_boards.run,
    "file": customer_files.run,
    "timeline": timelines.run,
    "exchange": exchange.run,
    "pool": pool_sweep.run,
    "claim": claims.run,
    "handover": handover.run,
}
_NAMES = (*ON_DATABASES, "import")
_stderr = Console(stderr=True)


def main() -> int:
    """Run what was chosen; 1 when a goal was missed, 2 when something could not be measured."""
    chosen = _arguments()
    options = QUICK if chosen.quick else Options()
    if chosen.base is not None:
        options = replace(options, base=min(chosen.base), firms=tuple(chosen.base), filed=tuple(chosen.base))
    facts, missing, rows, heaviest = machine.facts(), [], [], []
    if "import" in chosen.benchmarks:
        rows += list(imports.run(options))
        heaviest = imports.heaviest()
    wanted = [name for name in ON_DATABASES if name in chosen.benchmarks]
    places = Places()
    try:
        for kind in chosen.database if wanted else ():
            if why := places.why_not(kind):
                missing.append(why)
                continue
            rows += _on(places, kind, wanted, options, facts)
    finally:
        places.close()
    facts["load at end"] = f"{os.getloadavg()[0]:.1f}"
    order = {row.benchmark: None for row in rows}
    rows.sort(key=lambda row: list(order).index(row.benchmark))
    report.show(rows, facts, heaviest)
    _stderr.print(f"written to {report.save(rows, facts, heaviest)}")
    for why in missing:
        _stderr.print(f"[bold red]NOT MEASURED: {why}[/]")
    return 2 if missing else int(any(row.met is False for row in rows))


def _on(places: Places, kind: str, wanted: list[str], options: Options, facts: dict[str, str]) -> Iterator[Row]:
    for name in wanted:
        _stderr.print(f"[dim]{name} on {kind} ...[/]")
        with places.fresh(kind) as place:
            facts[kind] = machine.server_version(place.engine())
            yield from ON_DATABASES[name](place, options)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure what the library costs.")
    parser.add_argument("benchmarks", nargs="*", help=f"which ones: {', '.join(_NAMES)} (all)")
    parser.add_argument("--database", action="append", choices=KINDS, help="only this one; may be repeated")
    parser.add_argument(
        "--base",
        type=int,
        action="append",
        help="customers on file before it begins; repeated for `duplicates`, `pages` and `file`, whose base grows",
    )
    parser.add_argument("--quick", action="store_true", help="a short run that only shows that everything works")
    chosen = parser.parse_args()
    chosen.benchmarks = chosen.benchmarks or list(_NAMES)
    chosen.database = chosen.database or list(KINDS)
    if unknown := set(chosen.benchmarks) - set(_NAMES):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(_NAMES)}")
    return chosen


if __name__ == "__main__":
    sys.exit(main())
