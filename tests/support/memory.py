"""Where the tests keep their files: in memory where there is room, for a database waits for the disk at each commit.

What a killed process wrote is there afterwards as it would be on a disk; nothing here proves what a power cut leaves.
"""

import os
import shutil
import tempfile
from pathlib import Path

MEMORY, ROOM = Path("/dev/shm"), 4 * 2**30


def use_memory() -> None:
    """Let this process, and all that it starts, keep temporary files in memory. A `TMPDIR` that is set stays."""
    if "TMPDIR" not in os.environ and _has_room() and _lets_programs_run():
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None


def _has_room() -> bool:
    if not os.access(MEMORY, os.W_OK):
        return False
    free = (line for line in Path("/proc/meminfo").read_text().splitlines() if line.startswith("MemAvailable:"))
    return min(shutil.disk_usage(MEMORY).free, int(next(free).split()[1]) * 1024) > ROOM


def _lets_programs_run() -> bool:
    # Root's PostgreSQL is copied to where another user may start it.
    return not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC
