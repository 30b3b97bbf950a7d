"""A small base of fictitious companies: each way of writing one of them again finds it, and new ones are let in.

The benchmark measures the same at a million; here it must hold on every database, whatever the machine.
"""

from collections.abc import Iterator
from itertools import islice

import pytest
from benchmarks.duplicate_checks import Checks, of_language
from benchmarks.firm_base import load, staff
from benchmarks.firms import firms
from benchmarks.slips import MECHANICAL
from sqlalchemy import create_engine

from oa_crm import CRM, Settings
from oa_crm.contrib.sqlite import tune

ON_FILE, NEW, EACH = 2000, 300, 50


@pytest.fixture
def checks(database_url: str) -> Iterator[Checks]:
    """Two thousand firms on file, and three hundred that are not."""
    engine = create_engine(database_url)
    if engine.dialect.name == "sqlite":
        tune(engine)
    crm = CRM(engine, settings=Settings(searches_per_hour=100_000))
    staff(crm)
    source = firms(7)
    base = list(islice(source, ON_FILE))
    load(engine, base)
    yield Checks(crm, base, list(islice(source, NEW)), seed=1)
    engine.dispose()


def test_a_company_written_another_way_is_among_the_five_shown(checks: Checks) -> None:
    found = checks.found(EACH)

    missed = {kind: found[kind] for kind in MECHANICAL if found[kind] < 0.98}
    assert not missed
    assert of_language(found, latin=False) >= 0.93
    assert of_language(found, latin=True) >= 0.98


def test_a_new_company_is_seldom_taken_for_another(checks: Checks) -> None:
    alerts, certain = checks.accused()

    assert alerts <= 0.05
    assert certain == 0
