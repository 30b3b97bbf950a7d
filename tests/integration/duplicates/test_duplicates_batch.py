"""An import's rows: against the base and against each other."""

import random
from string import ascii_lowercase

import pytest
from sqlalchemy import Engine
from tests.integration.services.acting import count, doing, invalid, refused

from oa_crm import Settings
from oa_crm.models import Customer
from oa_crm.schemas import Verdict
from oa_crm.testing import CrmKit, Kit

FULL = "杭州云帆智能科技有限公司"
ROWS = [
    {"name": "雲帆智能科技(杭州)有限公司"},
    {"name": "长风物流有限公司", "phone": "0571-88886666"},
    {"name": "碧海食品有限公司"},
    {"name": "长风物流公司"},
    {"name": "碧海食品有限公司"},
]


def test_rows_are_checked_against_the_base_and_the_rows_before_them(kit: Kit) -> None:
    kit.given.customer(name=FULL)
    reports = doing(kit, "colleague", lambda unit: unit.customers.check_many(ROWS))
    assert [one.verdict for one in reports] == [
        Verdict.BLOCK, Verdict.CLEAR, Verdict.CLEAR, Verdict.BLOCK, Verdict.BLOCK,
    ]  # fmt: skip
    assert [[hit.row for hit in one.hits] for one in reports] == [[None], [], [], [1], [2]]
    assert "row 1 of the batch" in reports[3].summary()
    assert count(kit, Customer) == 1
    assert len(doing(kit, "admin", lambda unit: unit.duplicates.searches(actor_id="colleague"))) == 5


def test_a_customer_may_have_every_name_that_its_file_takes(kit: Kit) -> None:
    """Twenty former names and twenty aliases make more keys than SQLite chains selects."""
    letters = random.Random(1)
    names = ["".join(letters.choices(ascii_lowercase + "   ", k=35)).title() for _ in range(41)]
    known = {"name": names[0], "former_names": names[1:21], "aliases": names[21:41]}
    kit.given.customer(**known)
    report = doing(kit, "colleague", lambda unit: unit.customers.check(known))
    assert (report.verdict, report.hits[0].name) == (Verdict.BLOCK, names[0])
    assert doing(kit, "colleague", lambda unit: unit.customers.check({"name": names[40]})).hits


def test_what_is_wrong_with_a_row_names_the_row(kit: Kit) -> None:
    with invalid("rows.1.name", "rows.1.phon"):
        doing(kit, "seller", lambda unit: unit.customers.check_many([{"name": "甲"}, {"name": "", "phon": "1"}]))
    assert doing(kit, "seller", lambda unit: unit.customers.check_many([])) == ()


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_persons_limit_counts_rows_and_an_administrators_import_has_none(database: Engine, crm_kit: CrmKit) -> None:
    kit = crm_kit(database=database, settings=Settings(searches_per_hour=4))
    with refused("too_many_searches"):
        doing(kit, "seller", lambda unit: unit.customers.check_many(ROWS))
    assert len(doing(kit, "admin", lambda unit: unit.customers.check_many(ROWS))) == 5
    with refused("too_many_searches"):
        doing(kit, "admin", lambda unit: unit.customers.check_many(ROWS, entrance="api"))
