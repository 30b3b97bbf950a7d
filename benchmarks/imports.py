"""The time of `import oa_crm` against that of what nobody can do without: SQLAlchemy's ORM and pydantic.

Each import happens in a fresh process, in turns; the time is taken inside it, around the import statement.
"""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator

from benchmarks.measure import Rounds, Row, quotients, scaled
from benchmarks.options import Options

GOAL = 1.25
_OURS, _THEIRS = "oa_crm", "sqlalchemy.orm, pydantic"
_TIMED = "import time; t = time.perf_counter(); import {}; print(time.perf_counter() - t)"


def run(options: Options) -> Iterator[Row]:
    """Ours in relation to theirs."""
    seconds: Rounds = {_THEIRS: [], _OURS: []}
    for number in range(options.starts + 1):
        for names, taken in seconds.items():
            took = float(_python("-c", _TIMED.format(names)).stdout)
            if number:
                taken.append(took)
    ratio = quotients(seconds[_OURS], seconds[_THEIRS])
    yield Row("import", "", f"import {_THEIRS}", scaled(seconds[_THEIRS], 1e3), "ms")
    yield Row(
        "import", "", f"import {_OURS}", scaled(seconds[_OURS], 1e3), "ms", ratio, "their time",
        f"<= {GOAL}", ratio.median <= GOAL,
    )  # fmt: skip


def heaviest(most: int = 12) -> list[tuple[str, float]]:
    """Where the rest goes: milliseconds per package (per module within ours) that only ours imports."""
    theirs = dict(_own_times(_THEIRS))
    spent: Counter[str] = Counter()
    for module, own in _own_times(_OURS):
        if module not in theirs:
            parts = module.split(".")
            spent[".".join(parts[:2]) if parts[0] in ("oa_crm", "sqlalchemy") else parts[0]] += own
    return [(name, own / 1000) for name, own in spent.most_common(most)]


def _own_times(names: str) -> list[tuple[str, int]]:
    """What `-X importtime` says of each module, in microseconds, without what it imports in turn."""
    lines = _python("-X", "importtime", "-c", f"import {names}").stderr.splitlines()
    fields = (line.removeprefix("import time:").split("|") for line in lines if line.startswith("import time:"))
    return [(name.strip(), int(own)) for own, _, name in fields if own.strip().isdigit()]


def _python(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True)
