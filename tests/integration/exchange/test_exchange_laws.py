"""Laws: many are checked as each would be alone; every statement names the company; cells survive out and in."""

import random
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.firms import firms
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from tests.integration.exchange.tables import FIRMS, book, taken_in
from tests.integration.services.acting import doing, listening
from tests.integration.services.test_services_sql import without_tenant

from oa_crm.exchange.cells import text
from oa_crm.exchange.guard import guarded, is_dangerous, unguarded
from oa_crm.schemas import CheckReport
from oa_crm.testing import CrmKit, Kit


def _slip(chance: random.Random, name: str) -> str:
    at = chance.randrange(len(name))
    return chance.choice(
        (name, name[:at] + name[at + 1 :], name[:at] + "海" + name[at:], name.replace("有限公司", "公司"))
    )


def test_many_are_checked_as_each_would_be_alone(kit: Kit) -> None:
    chance = random.Random(4)
    known = list(islice(firms(11), 60))
    with kit.unit("manager") as unit:
        for firm in known:
            facts = {"name": firm.name, "credit_code": firm.credit_code, "phone": None, "email": firm.email}
            unit.customers.create(facts, override_reason="测试")
    asked = [
        {"name": _slip(chance, chance.choice(known).name) or "甲", "email": chance.choice(known).email}
        for _ in range(40)
    ]
    asked += [{"name": firm.name} for firm in islice(firms(12), 20)]
    together = doing(kit, "manager", lambda unit: unit.customers.check_many(asked))
    alone = [doing(kit, "manager", lambda unit: unit.customers.check(one, entrance="import")) for one in asked]  # noqa: B023
    assert [_on_file(one) for one in together] == [_on_file(one) for one in alone]
    assert {len(one.hits) > 0 for one in alone} == {True, False}


def _on_file(report: CheckReport) -> list[Any]:
    """What a report tells of the base; those of the batch come behind, up to five."""
    return [hit.model_dump() for hit in report.hits if hit.row is None]


def test_every_statement_of_an_import_names_the_company(kit: Kit, tmp_path: Path) -> None:
    kit.given.customer(name=FIRMS[0][0])
    path = book(tmp_path / "firms.xlsx", [*FIRMS, ("", "", "1")])
    with listening(kit.crm.engine) as sent:
        taken_in(kit, path, on_duplicate="update")
    ours = [statement for statement in sent if "oa_crm_" in statement]
    assert [line for statement in ours for line in without_tenant(statement)] == []


def test_a_slice_costs_as_many_statements_whatever_it_holds(database: Engine, crm_kit: CrmKit, tmp_path: Path) -> None:
    counts = []
    for many in (20, 60):
        kit = crm_kit(database=database) if not counts else kit  # noqa: F821
        names = [(firm.name,) for firm in islice(firms(20 + many), many)]
        path = book(tmp_path / f"{many}.xlsx", names, ("name",))
        with listening(kit.crm.engine) as sent:
            done = taken_in(kit, path, on_duplicate="create", reason="测试")
        assert done.created == many
        counts.append(len(sent))
    assert counts[1] <= counts[0] + 12, counts


TEXTS = st.text(max_size=40) | st.text(st.sampled_from("'=+-@ \t\r＝a"), max_size=8)


@settings(max_examples=500)
@given(TEXTS)
def test_no_text_begins_a_formula_and_each_comes_back(told: str) -> None:
    assert not is_dangerous(guarded(told))
    assert unguarded(guarded(told)) == told


@settings(max_examples=300)
@given(st.integers(min_value=-(10**14), max_value=10**14) | st.decimals(-1000, 1000, places=2).map(float))
def test_a_number_is_told_without_more_digits_than_it_has(number: float) -> None:
    assert float(text(float(number))) == float(number)
    assert "e" not in text(float(number)).lower()
