"""Kits for teams, on every database: two salespeople, and one more who helps."""

import pytest
from sqlalchemy import Engine
from tests.integration.services.plugins import Chart

from oa_crm.hooks import Member
from oa_crm.testing import CrmKit, Kit

HELPER = "helper"


def _chart() -> Chart:
    chart = Chart()
    chart.known_members.append(Member(HELPER, "售前工程师", "finance", "chief", ("salesperson",)))
    chart.known_members.append(Member("reader", "法务", "company", "chief", ("hr",)))
    return chart


@pytest.fixture
def kit(database: Engine, crm_kit: CrmKit) -> Kit:
    return crm_kit(_chart(), database=database)


@pytest.fixture
def sqlite_kit(sqlite: Engine, crm_kit: CrmKit) -> Kit:
    """The same where the database makes no difference."""
    return crm_kit(_chart(), database=sqlite)
