"""Runs one throw-away server and stops it when the test run is over, however that ended.

Started as a script of its own, outside the terminal's process group: Ctrl-C and even SIGKILL on pytest
leave it alive just long enough to clean up. The run is over when nobody holds the lock on `alive`.
"""

import ctypes
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path


def main(alive: Path, home: Path, order: str) -> int:
    """Prepare and serve what `order` (JSON) says; return the server's code if it stops by itself."""
    wanted = json.loads(order)
    as_user = wanted["as_user"] or {}
    try:
        # The log is the inherited standard output; it outlives `home` so that a failed start can be told.
        code = subprocess.run(wanted["prepare"], cwd=home, check=False, **as_user).returncode
        return code or _serve(wanted["serve"], signal.Signals(wanted["stop"]), alive, home, as_user)
    finally:
        shutil.rmtree(home, ignore_errors=True)
        if run_is_over(alive) and not any(path.is_dir() for path in alive.parent.glob("*")):
            shutil.rmtree(alive.parent, ignore_errors=True)


def _serve(
    command: list[str], stop: signal.Signals, alive: Path, home: Path, as_user: dict[str, int | list[int]]
) -> int:
    server = subprocess.Popen(command, cwd=home, process_group=0, preexec_fn=_die_with_parent, **as_user)  # type: ignore[call-overload]
    while server.poll() is None and not run_is_over(alive):
        time.sleep(0.05)
    if server.poll() is not None:
        return int(server.returncode) or 1
    server.send_signal(stop)
    try:
        server.wait(timeout=5)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
    return 0


def run_is_over(alive: Path) -> bool:
    try:
        with alive.open("rb") as held:
            fcntl.flock(held, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except FileNotFoundError:
        return True
    return True


def _die_with_parent() -> None:
    # Only for the case that somebody kills this guard; elsewhere than on Linux that leaves a server.
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGQUIT)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]))
