"""Loud skips: a test that needs a part this machine lacks says which, and what would bring it.

Locally such a test skips, and the run ends with a red block about it; with `OA_CRM_REQUIRE_ALL=1`
(CI) it fails. Never skip for a missing part in any other way.
"""

import os
import re
from collections import Counter
from collections.abc import Iterable

import pytest

_REASON = re.compile(r"needs (?P<part>.+?); to have it: (?P<how>.+)")


def require(part: str, available: bool, how: str) -> None:
    """Skip the calling test or module unless `available`; `how` says what to install or set."""
    __tracebackhide__ = True
    if available:
        return
    reason = f"needs {part}; to have it: {how}"
    if os.environ.get("OA_CRM_REQUIRE_ALL") == "1":
        pytest.fail(f"OA_CRM_REQUIRE_ALL=1, and this test {reason}", pytrace=False)
    pytest.skip(reason, allow_module_level=True)


def report_missing_parts(terminal: pytest.TerminalReporter) -> None:
    """Write the block at the end of a run: each missing part, what it cost, what would bring it."""
    skipped = _count(terminal.stats.get("skipped", []))
    failed = _count(terminal.stats.get("failed", []) + terminal.stats.get("error", []))
    parts = sorted(skipped.keys() | failed.keys())
    if not parts:
        return
    terminal.section("MISSING PARTS: not everything was tested", sep="!", red=True, bold=True)
    for part, how in parts:
        cost = f"{skipped[part, how]} skipped, {failed[part, how]} failed"
        terminal.write_line(f"{part}: {cost}. To have it: {how}", red=True)


def _count(reports: Iterable[object]) -> Counter[tuple[str, str]]:
    found = (_REASON.search(_text(report)) for report in reports)
    return Counter((match["part"], match["how"].strip()) for match in found if match)


def _text(report: object) -> str:
    longrepr = getattr(report, "longrepr", None)
    return str(longrepr[2]) if isinstance(longrepr, tuple) else str(longrepr)
