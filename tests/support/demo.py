"""The demo as a user runs it: a process of its own, in a folder of its own."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
# A bound against hanging, not a measurement: the machine may be busy.
LONGEST = 180


def start(out: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-W", "error", "-m", "examples.host_app.demo", "--out", str(out)]
    surroundings = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    return subprocess.Popen(
        command, cwd=ROOT, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def end(demo: "subprocess.Popen[str]") -> tuple[int, str]:
    try:
        told, _ = demo.communicate(timeout=LONGEST)
    finally:
        demo.kill()
    return demo.returncode, told


def play(folder: Path) -> None:
    """Play it to its end, into `out`; what it said goes to `told`."""
    code, told = end(start(folder / "out"))
    assert code == 0, told
    (folder / "told").write_text(told, encoding="utf-8")
