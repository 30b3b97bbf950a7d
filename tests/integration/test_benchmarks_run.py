"""Every benchmark still runs, in its short form: what it measures is told elsewhere, and never judged by time."""

import subprocess
import sys

from benchmarks.__main__ import ON_DATABASES

GOALS_MET, GOAL_MISSED = 0, 1


def test_the_short_forms_run_to_their_end() -> None:
    """In one process: to load the library took longer than most of them."""
    command = [sys.executable, "-m", "benchmarks", *ON_DATABASES, "--database", "sqlite", "--quick"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode in (GOALS_MET, GOAL_MISSED), done.stderr
    assert "Medians of rounds" in done.stdout
    assert [name for name in ON_DATABASES if f"{name} on sqlite ..." not in done.stderr] == []
