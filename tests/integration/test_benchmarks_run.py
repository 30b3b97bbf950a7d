"""Every benchmark still runs, in its short form: what it measures is told elsewhere, and never judged by time."""

import subprocess
import sys

import pytest
from benchmarks.__main__ import ON_DATABASES

GOALS_MET, GOAL_MISSED = 0, 1


@pytest.mark.parametrize("name", sorted(ON_DATABASES))
def test_the_short_form_runs_to_its_end(name: str) -> None:
    command = [sys.executable, "-m", "benchmarks", name, "--database", "sqlite", "--quick"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240)
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode in (GOALS_MET, GOAL_MISSED), done.stderr
    assert "Medians of rounds" in done.stdout
