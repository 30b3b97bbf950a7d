"""Kits for the duplicate check, on every database."""

import pytest
from sqlalchemy import Engine
from tests.integration.services.conftest import database, engine_of
from tests.integration.services.plugins import Books

from oa_crm.testing import CrmKit, Kit

__all__ = ["database", "engine_of"]


@pytest.fixture
def kit(database: Engine, crm_kit: CrmKit) -> Kit:
    return crm_kit(Books(), database=database)
