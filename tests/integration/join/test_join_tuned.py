"""A SQLite engine of the host's, tuned: what the host gave it more of stays."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, event

from oa_crm.contrib.sqlite import tune


def _told(path: Path, pragma: str, own: int | None, **wanted: Any) -> dict[str, Any]:
    """What a connection says of a pragma that the host may have set before, and of foreign keys."""
    engine = create_engine(f"sqlite:///{path}/oa.db")

    @event.listens_for(engine, "connect")
    def host(connection: sqlite3.Connection, _record: Any) -> None:
        if own is not None:
            connection.execute(f"PRAGMA {pragma} = {own}")

    with tune(engine, **wanted).connect() as connection:
        told = {one: connection.exec_driver_sql(f"PRAGMA {one}").scalar() for one in (pragma, "foreign_keys")}
    engine.dispose()
    return told


@pytest.mark.parametrize(
    ("own", "wanted", "is_"),
    [
        (None, {}, -16 * 1024),
        (None, {"cache": 64}, -64 * 1024),
        (-100_000, {}, -100_000),
        (50_000, {}, 50_000),  # pages of 4 KiB
        (100, {}, -16 * 1024),
        (-100_000, {"cache": 128}, -128 * 1024),
    ],
)
def test_a_larger_page_cache_of_the_hosts_stays(
    tmp_path: Path, own: int | None, wanted: dict[str, Any], is_: int
) -> None:
    assert _told(tmp_path, "cache_size", own, **wanted) == {"cache_size": is_, "foreign_keys": 1}


@pytest.mark.parametrize(("own", "is_"), [(None, 4000), (100, 4000), (50_000, 50_000), (0, 0)])
def test_a_log_that_waits_longer_or_that_the_host_copies_himself_stays(
    tmp_path: Path, own: int | None, is_: int
) -> None:
    assert _told(tmp_path, "wal_autocheckpoint", own) == {"wal_autocheckpoint": is_, "foreign_keys": 1}
