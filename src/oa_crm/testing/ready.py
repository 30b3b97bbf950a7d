"""A SQLite database that is migrated once in a process and copied for each test, in milliseconds.

What is in the copy is what `CRM.migrate()` made. A kit still asks for the version and migrates what is behind.
"""

import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path

from oa_crm.crm import CRM


def ready_file(path: Path) -> str:
    """Put a migrated, empty database at `path`; its URL."""
    path.write_bytes(_migrated())
    return f"sqlite:///{path}"


@cache
def _migrated() -> bytes:
    with tempfile.TemporaryDirectory(prefix="oa_crm_ready_") as folder:
        path = Path(folder, "crm.db")
        with closing(CRM(f"sqlite:///{path}")) as crm:
            crm.migrate()
        # Its last connection is closed: what was in the file beside it has gone into this one.
        return path.read_bytes()
