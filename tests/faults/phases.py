"""Where a worker is, kept in one byte of a file that its killer reads: before, and still after, the kill."""

import mmap
import re
from pathlib import Path

import sqlalchemy as sa

STARTING, BETWEEN, UNIT, COMMIT, FAN_OUT, CLAIM, HANDLER, MARK_DONE = range(8)
NAMES = ("starting", "between", "unit", "commit", "fan-out", "claim", "handler", "mark-done")
AT_WORK = (UNIT, COMMIT, FAN_OUT, CLAIM, HANDLER, MARK_DONE)
# The table that a statement reads or writes, in whatever schema.
_TABLE = re.compile(r"(?:FROM|INTO|UPDATE)\s+(?:\w+\.)?oa_crm_(\w+)")


class Phase:
    """The phase of one worker."""

    def __init__(self, path: Path) -> None:
        self._path = path
        if not path.exists():
            path.write_bytes(bytes([STARTING]))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), 1)

    @property
    def now(self) -> int:
        return self._map[0]

    def set(self, phase: int) -> None:
        self._map[0] = phase

    def close(self) -> None:
        self._map.close()
        self._path.unlink()

    def watch(self, engine: sa.Engine, otherwise: int) -> None:
        """Follow what the engine does; `otherwise` is for statements that belong to nothing of the relay's.

        A commit belongs to the phase it ends, and a unit's is a phase of its own."""

        def statement(_c: object, _cursor: object, sql: str, *_: object) -> None:
            self.set(_phase_of(sql, self.now, otherwise))

        def commit(_connection: object) -> None:
            if self.now == UNIT:
                self.set(COMMIT)

        sa.event.listen(engine, "before_cursor_execute", statement)
        sa.event.listen(engine, "commit", commit)
        sa.event.listen(engine, "checkin", lambda *_: self.set(BETWEEN))


def _phase_of(sql: str, now: int, otherwise: int) -> int:
    if "fault_effect" in sql:
        return HANDLER
    verb, table = sql.split(maxsplit=1)[0], _TABLE.search(sql)
    if table is None:  # BEGIN, SAVEPOINT, pg_notify
        return now if now in (FAN_OUT, CLAIM, MARK_DONE, HANDLER) else otherwise
    if table[1] == "delivery" and verb == "UPDATE":
        return MARK_DONE if "finished_at" in sql else CLAIM
    return {
        ("SELECT", "delivery"): CLAIM,
        ("INSERT", "delivery"): FAN_OUT,
        ("SELECT", "event"): FAN_OUT,
        ("SELECT", "plugin_switch"): FAN_OUT,
        ("UPDATE", "event"): FAN_OUT,
        ("SELECT", "link"): MARK_DONE,
        ("INSERT", "link"): MARK_DONE,
        ("UPDATE", "link"): MARK_DONE,
    }.get((verb, table[1]), otherwise)
