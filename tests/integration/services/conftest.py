"""Kits on each database, for every test of the services."""

import sqlite3
from collections.abc import Callable
from functools import cache

import pytest
from sqlalchemy import Engine, create_engine, make_url
from tests.integration.services.plugins import NoChart

from oa_crm.contrib.sqlite import tune
from oa_crm.testing import CrmKit, Kit


@pytest.fixture(scope="session")
def engine_of() -> Callable[[str], Engine]:
    """One engine per database and worker, as a host has one: statements are compiled once for all tests."""
    current: dict[str, str] = {}

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(current["file"], check_same_thread=False)

    sqlite = tune(create_engine("sqlite:///each-test-has-a-file-of-its-own.db", creator=connect))
    others = cache(lambda url: create_engine(url, pool_pre_ping=True))

    def engine(url: str) -> Engine:
        parsed = make_url(url)
        if parsed.get_backend_name() != "sqlite":
            return others(url)
        sqlite.dispose()
        current["file"] = str(parsed.database)
        return sqlite

    return engine


@pytest.fixture
def database(database_url: str, engine_of: Callable[[str], Engine]) -> Engine:
    """An engine on a migrated, empty database; a test that uses it runs on all three."""
    return engine_of(database_url)


@pytest.fixture
def sqlite(sqlite_url: str, engine_of: Callable[[str], Engine]) -> Engine:
    """The same on SQLite only, for tests whose subject is not the database."""
    return engine_of(sqlite_url)


@pytest.fixture
def kit(database: Engine, crm_kit: CrmKit) -> Kit:
    """The kit's small company on this backend."""
    return crm_kit(database=database)


@pytest.fixture
def sqlite_kit(sqlite: Engine, crm_kit: CrmKit) -> Kit:
    """The kit's small company on SQLite only."""
    return crm_kit(database=sqlite)


@pytest.fixture
def local_kit(database: Engine, crm_kit: CrmKit) -> Kit:
    """A kit without a host's org chart: people are what `directory.save_*` says."""
    return crm_kit(NoChart(), database=database)
