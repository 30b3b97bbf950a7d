"""Kits for rights on fields and personal data, on every database."""

import pytest
from sqlalchemy import Engine

from oa_crm.testing import CrmKit, Kit


@pytest.fixture
def kit(database: Engine, crm_kit: CrmKit) -> Kit:
    return crm_kit(database=database)


@pytest.fixture
def sqlite_kit(sqlite: Engine, crm_kit: CrmKit) -> Kit:
    return crm_kit(database=sqlite)
