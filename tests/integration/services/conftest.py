"""Kits on each database, for every test of the services."""

import pytest
from sqlalchemy import Engine
from tests.integration.services.plugins import NoChart

from oa_crm.testing import CrmKit, Kit


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
