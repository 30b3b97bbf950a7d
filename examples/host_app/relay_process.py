"""Starting, killing and stopping the worker process, and waiting until everything has arrived."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from examples.host_app.app import HostApp

CHECKOUT = Path(__file__).resolve().parents[2]


class RelayProcess:
    """One worker process, running from here on. Leaving its `with` block stops it, if it still runs."""

    def __init__(self, url: str, log: Path, *, hold_at: int = 0) -> None:
        command = [sys.executable, "-m", "examples.host_app.relay_worker", url, "--hold-at", str(hold_at)]
        with log.open("a") as errors:
            self._process = subprocess.Popen(  # noqa: S603 - our own module, by our own interpreter
                command, cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=errors, text=True
            )
        self._log = log
        try:
            self.hear("READY")
        except BaseException:
            self.kill()
            raise

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def hear(self, word: str) -> str:
        """Wait for the line that begins with `word`, and give the rest of it."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith(word):
                return line.removeprefix(word).strip()
        raise RuntimeError(f"the relay process ended before it said {word}; {self._log} says why")

    def kill(self) -> None:
        """SIGKILL: no handler runs, nothing is tidied up."""
        self._process.kill()
        self._end()

    def stop(self) -> None:
        """SIGTERM: it finishes what it has in hand."""
        self._process.terminate()
        self._end()

    def _end(self) -> None:
        self._process.wait(timeout=20)
        if self._process.stdout is not None:
            self._process.stdout.close()

    def __enter__(self) -> "RelayProcess":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self.stop()


def until(condition: Callable[[], bool], what: str, *, seconds: float = 60.0) -> None:
    """Look until another process has made it true. Raises `TimeoutError` naming `what`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:.0f} s for {what}")
        time.sleep(0.005)


def until_quiet(app: HostApp) -> None:
    """Wait until every event has arrived everywhere. Raises `RuntimeError` when one has become a dead letter."""
    until(lambda: not _on_the_way(app), "every event to arrive")


def _on_the_way(app: HostApp) -> bool:
    status = app.crm.relay.status()
    if any("dead" in states for states in status.values()):
        dead = (f"{one.hook} to {one.plugin}: {one.last_error}" for one in app.crm.relay.deliveries("dead"))
        raise RuntimeError(f"dead letters: {'; '.join(dead)}")
    return bool(status)
