"""The time of our import against that of what nobody can do without: SQLAlchemy's ORM and pydantic.

oa_crm and pydantic both load most of themselves on first use, so bare imports are compared with each other,
and imports of the names that everybody uses with each other. Fresh processes, in turns; timed inside them.
"""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator

from benchmarks.measure import Rounds, Row, quotients, scaled
from benchmarks.options import Options

GOAL = 1.25
_BARE = ("import sqlalchemy.orm, pydantic", "import oa_crm")
_USED = ("from sqlalchemy.orm import Session; from pydantic import BaseModel", "from oa_crm import CRM")
_TIMED = "import time; t = time.perf_counter(); {}; print(time.perf_counter() - t)"


def run(options: Options) -> Iterator[Row]:
    """Ours in relation to theirs, of either sort. The goal was set for the first and is shown for both."""
    seconds: Rounds = {statement: [] for statement in (*_BARE, *_USED)}
    for number in range(options.starts + 1):
        for statement, taken in seconds.items():
            took = float(_python("-c", _TIMED.format(statement)).stdout)
            if number:
                taken.append(took)
    for theirs, ours in (_BARE, _USED):
        ratio = quotients(seconds[ours], seconds[theirs])
        yield Row("import", "", _short(theirs), scaled(seconds[theirs], 1e3), "ms")
        yield Row(
            "import", "", ours, scaled(seconds[ours], 1e3), "ms", ratio, "line above",
            f"<= {GOAL}", ratio.median <= GOAL,
        )  # fmt: skip


def _short(statement: str) -> str:
    return "Session, BaseModel" if statement == _USED[0] else statement


def heaviest(most: int = 12) -> list[tuple[str, float]]:
    """Where the rest goes: own milliseconds of what only `from oa_crm import CRM` loads, by package."""
    theirs = dict(_own_times(_USED[0]))
    spent: Counter[str] = Counter()
    for module, own in _own_times(_USED[1]):
        if module not in theirs:
            parts = module.split(".")
            spent[".".join(parts[:2]) if parts[0] in ("oa_crm", "sqlalchemy") else parts[0]] += own
    return [(name, own / 1000) for name, own in spent.most_common(most)]


def _own_times(statement: str) -> list[tuple[str, int]]:
    """What `-X importtime` says of each module, in microseconds, without what it imports in turn."""
    lines = _python("-X", "importtime", "-c", statement).stderr.splitlines()
    fields = (line.removeprefix("import time:").split("|") for line in lines if line.startswith("import time:"))
    return [(name.strip(), int(own)) for own, _, name in fields if own.strip().isdigit()]


def _python(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True)
