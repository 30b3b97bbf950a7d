"""Kits for imports and exports, on every database."""

import pytest
from sqlalchemy import Engine
from tests.integration.services.conftest import local_kit

from oa_crm.testing import CrmKit, Kit

__all__ = ["local_kit"]


@pytest.fixture
def kit(database: Engine, crm_kit: CrmKit) -> Kit:
    return crm_kit(database=database)


@pytest.fixture
def sqlite_kit(sqlite: Engine, crm_kit: CrmKit) -> Kit:
    return crm_kit(database=sqlite)
