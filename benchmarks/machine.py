"""On what the figures were measured: a class of machine, never a name."""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import Engine

_PACKAGES = ("oa-crm", "sqlalchemy", "pydantic", "psycopg", "pymysql", "pluggy")


def facts() -> dict[str, str]:
    """Date, processor, memory, versions, and how busy the machine was."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "processor": f"{os.cpu_count()} x {_processor()}",
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "packages": ", ".join(f"{name} {version(name)}" for name in _PACKAGES),
        "load at start": f"{os.getloadavg()[0]:.1f}",
    }


def server_version(engine: Engine) -> str:
    """The version of the database that answers here."""
    with engine.connect():
        found = engine.dialect.server_version_info
    return ".".join(map(str, found or ()))


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or "unknown"
