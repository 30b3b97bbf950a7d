"""The result as a table for people and as a file for machines."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.measure import Row, Spread

_PLACES = {"ms": 2, "share": 3, "each": 2, "times": 2, "min": 1, "s": 1}
LATEST = Path("out/benchmarks/latest.json")


def show(rows: Iterable[Row], facts: Mapping[str, str], heaviest: Iterable[tuple[str, float]]) -> None:
    """Print everything."""
    console = Console(width=None if Console().is_terminal else 180)
    console.print(_table(rows))
    if parts := [f"{name} {spent:.0f}" for name, spent in heaviest]:
        console.print("What only our import loads (own ms): " + ", ".join(parts), highlight=False)
    for name, fact in facts.items():
        console.print(f"[dim]{name}[/]: {fact}", highlight=False)


def save(rows: Iterable[Row], facts: Mapping[str, str], heaviest: Iterable[tuple[str, float]]) -> Path:
    """Write `out/benchmarks/latest.json`."""
    LATEST.parent.mkdir(parents=True, exist_ok=True)
    content = {"facts": dict(facts), "rows": [asdict(row) for row in rows], "imports_ms": dict(heaviest)}
    LATEST.write_text(json.dumps(content, indent=2, ensure_ascii=False))
    return LATEST


def _table(rows: Iterable[Row]) -> Table:
    table = Table(title="Medians of rounds that took turns (least - most)")
    for column in ("benchmark", "database", "side"):
        table.add_column(column, no_wrap=True)
    for column in ("value", "ratio"):
        table.add_column(column, justify="right", no_wrap=True)
    for column in ("to", "goal"):
        table.add_column(column, no_wrap=True)
    last = ""
    for row in rows:
        if last not in ("", row.benchmark):
            table.add_section()
        last = row.benchmark
        value = f"{_spread(row.value, _PLACES.get(row.unit, 0))} {row.unit}"
        ratio = _spread(row.ratio, 2) if row.ratio else ""
        table.add_row(row.benchmark, row.database, row.side, value, ratio, row.against, _goal(row))
    return table


def _spread(value: Spread, places: int) -> str:
    if value.least == value.most:
        return f"{value.median:,.{places}f}"
    return f"{value.median:,.{places}f} ({value.least:,.{places}f} - {value.most:,.{places}f})"


def _goal(row: Row) -> str:
    if row.met is None:
        return ""
    return f"[green]{row.goal} met[/]" if row.met else f"[bold red]{row.goal} MISSED[/]"
