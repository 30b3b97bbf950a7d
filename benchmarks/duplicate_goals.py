"""The floors that the duplicate check is held to, by line of the result, database and size of the base."""

from collections.abc import Callable
from dataclasses import replace
from operator import ge, le

from benchmarks.measure import Row
from benchmarks.slips import MECHANICAL

_MILLION = 1_000_000
# (line, kind of database or any, least size of the base, at most or at least, floor)
_GOALS: tuple[tuple[str, str, int, str, float], ...] = (
    ("check p95", "sqlite", _MILLION, "<=", 6),
    ("check p95", "postgresql", _MILLION, "<=", 20),
    ("check p95", "mariadb", _MILLION, "<=", 15),
    ("check p50 grew", "", _MILLION, "<=", 2),
    ("found among five, zh", "", _MILLION, ">=", 0.92),
    ("found among five, zh", "", 100_000, ">=", 0.93),
    ("found among five, la", "", 100_000, ">=", 0.98),
    *((f"  {kind}", "", 100_000, ">=", 0.98) for kind in MECHANICAL),
    ("alerts for a new firm", "", _MILLION, "<=", 0.3),
    ("certain ones among these", "", _MILLION, "<=", 0.01),
    ("suggest p95, a salesperson", "", _MILLION, "<=", 5),
    ("suggest p95, all files", "", _MILLION, "<=", 5),
    ("added to a create", "sqlite", 100_000, "<=", 1.5),
    ("added in bulk: its keys", "sqlite", 100_000, "<=", 0.3),
    ("index of a customer", "sqlite", 100_000, "<=", 500),
    ("scan of the base, two processes", "", _MILLION, "<=", 60),
    ("scan, memory of a process", "", _MILLION, "<=", 4096),
)
_FASTER = {100_000: 10, _MILLION: 100}
_HOW: dict[str, Callable[[float, float], bool]] = {"<=": le, ">=": ge}


def with_goal(row: Row, size: int) -> Row:
    """`row` with the floor that holds for it at this size, if one does."""
    if row.side == "check p50" and size in _FASTER and row.ratio:
        return replace(row, goal=f">= {_FASTER[size]} times", met=row.ratio.median >= _FASTER[size])
    for side, kind, least, how, floor in _GOALS:
        if side == row.side and kind in ("", row.database) and size >= least:
            return replace(row, goal=f"{how} {floor:g}", met=_HOW[how](row.value.median, floor))
    return row
