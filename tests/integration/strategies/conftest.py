"""Kits for strategies, on every database."""

import pytest
from sqlalchemy import Engine
from tests.integration.services.plugins import Books

from oa_crm.testing import CrmKit, Kit


@pytest.fixture
def kit(database: Engine, crm_kit: CrmKit) -> Kit:
    return crm_kit(Books(), database=database)


@pytest.fixture
def sqlite_kit(sqlite: Engine, crm_kit: CrmKit) -> Kit:
    """The same where the database makes no difference."""
    return crm_kit(Books(), database=sqlite)
