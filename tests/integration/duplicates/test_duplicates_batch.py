"""An import's rows: against the base and against each other."""

import random
from itertools import product
from string import ascii_lowercase
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine
from tests.integration.services.acting import count, doing, invalid, refused

from oa_crm import Settings, Unit
from oa_crm.duplicates import Draft
from oa_crm.models import Customer
from oa_crm.schemas import CheckReport, Entrance, Verdict
from oa_crm.services.clashes import report, reports_of_many
from oa_crm.services.clashes.batch import Batch
from oa_crm.testing import CrmKit, Kit

FULL = "杭州云帆智能科技有限公司"
ROWS = [
    {"name": "雲帆智能科技(杭州)有限公司"},
    {"name": "长风物流有限公司", "phone": "0571-88886666"},
    {"name": "碧海食品有限公司"},
    {"name": "长风物流公司"},
    {"name": "碧海食品有限公司"},
]


def test_who_is_left_out_is_no_clash_of_his_own(kit: Kit) -> None:
    """A customer that is changed is not found for itself, and another that clashes still is."""
    mine, twin = (kit.given.customer(name=name).id for name in (FULL, "长风物流有限公司"))

    def clashing(unit: Unit, name: str, id: UUID) -> list[UUID | None]:
        found = report(unit.customers.work, Draft(name), Entrance.UPDATE, leave_out=id, only_clashes=True)
        return [hit.customer_id for hit in found.hits]

    assert doing(kit, "admin", lambda unit: clashing(unit, FULL, mine)) == []
    assert doing(kit, "admin", lambda unit: clashing(unit, "长风物流公司", mine)) == [twin]


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


def test_of_rows_before_it_a_row_is_told_all_or_nobody_where_none_is_a_clash(kit: Kit) -> None:
    """Most rows of a file have companies of one brand before them, and nobody reads what is said of those."""

    def told(unit: Unit, name: str, *before: str) -> tuple[list[str], list[str]]:
        batch = Batch(unit.customers.work, Entrance.IMPORT)
        for one in before:
            batch.add(Draft(one))
        every, clashing = batch.hits(Draft(name)), batch.hits(Draft(name), only_clashes=True)
        return [hit.name for hit in every], [hit.name for hit in clashing]

    related, twin = "长风物流(上海)有限公司", "长风物流公司"
    here = "北京长风物流有限公司"
    assert doing(kit, "seller", lambda unit: told(unit, here, related)) == ([related], [])
    assert doing(kit, "seller", lambda unit: told(unit, here, related, twin)) == ([twin, related], [twin, related])
    assert doing(kit, "seller", lambda unit: told(unit, here)) == ([], [])


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


_NAMES = (FULL, "上海云帆智能科技有限公司", "云帆智能", "长风物流有限公司", "碧海食品有限公司")
_CODES = ("91110108MA01K7X3PH", "91330106MA2H3C4D5W", None, "91330106MA27YB4T34")
_PHONES = ("0571-88886666", None)
_POLICIES: tuple[dict[str, Any], ...] = (
    {},
    {"certain": "clear", "suspected": "clear"},
    {"certain": "warn", "suspected": "clear", "related": "block"},
    {"rules": [{"verdict": "block", "all_of": [{"matcher": "phone", "at_least": 1}]}]},
)


@pytest.mark.parametrize("policy", _POLICIES, ids=str)
def test_who_asks_only_for_clashes_is_told_them_as_who_asks_for_all(kit: Kit, policy: dict[str, Any]) -> None:
    for entrance, one in (("import", policy), ("create", {"certain": "clear", "suspected": "clear"})):
        change = {"entrance": entrance, "policy": one, "expected_version": 0}
        doing(kit, "admin", lambda unit, change=change: unit.duplicates.set_policy(change))
    for name, code, phone in zip(_NAMES, _CODES, (*_PHONES, None), strict=False):
        kit.given.customer(name=name, credit_code=code, phone=phone)
    drafts = [Draft(name, credit_code=code, phone=phone) for name, code, phone in product(_NAMES, _CODES, _PHONES)]

    def asked(only: bool) -> list[CheckReport]:
        ask = lambda unit: reports_of_many(unit.customers.work, drafts, Entrance.IMPORT, only_clashes=only)  # noqa: E731
        return doing(kit, "manager", ask)

    def asked_one_by_one(only: bool) -> list[CheckReport]:
        ask = lambda unit, draft: report(unit.customers.work, draft, Entrance.IMPORT, only_clashes=only)  # noqa: E731
        return doing(kit, "manager", lambda unit: [ask(unit, draft) for draft in drafts])

    every = asked(only=False)
    clear = CheckReport(verdict=Verdict.CLEAR)
    assert asked(only=True) == [clear if one.verdict is Verdict.CLEAR else one for one in every]
    assert clear in every, "some have nobody to be told of"
    assert asked_one_by_one(only=False) == every
    assert asked_one_by_one(only=True) == asked(only=True)
    several = [{hit.verdict for hit in one.hits} for one in every if len(one.hits) > 1]
    assert several, "some meet more than one"
    if policy != _POLICIES[1]:
        assert any(Verdict.CLEAR in one and len(one) > 1 for one in several), "a clash, and one that is none"
