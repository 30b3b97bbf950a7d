"""What is foreseen comes so: the preview of a day, what `explain` says, and what a sweep takes are one and the same."""

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.integration.services.acting import SYSTEM, doing, rows
from tests.integration.services.protection_model import DAY, day_of, end_of
from tests.integration.services.test_services_protection_column import set_rules
from tests.integration.services.test_services_protection_sweep import owners, sweep
from tests.support.laws import examples

from oa_crm.models import Customer
from oa_crm.testing import Kit

HELD = {"name": "持有", "when": {"what": "held", "days": 30}}


def foreseen(kit: Kit, on: date | None = None) -> list[Any]:
    return [one.id for one in doing(kit, SYSTEM, lambda unit: unit.pool.preview(on=on, limit=100)).items]


def explained(kit: Kit, id: Any) -> Any:
    return doing(kit, SYSTEM, lambda unit: unit.pool.explain(id))


def nights(kit: Kit, many: int) -> None:
    for _ in range(many):
        kit.clock.advance(days=1)
        sweep(kit)


def test_a_first_warning_within_the_notice_puts_the_day_off_in_the_preview_as_well(kit: Kit) -> None:
    set_rules(kit, {"rules": [HELD], "warnings": [{"days": 7}]})
    customer, last = kit.given.customer(), day_of(kit.clock.now()) + 30 * DAY
    told = explained(kit, customer.id)
    assert (told.last_day, told.recycled_from) == (last, end_of(last + DAY, kit.clock.now()))
    assert (foreseen(kit, last), foreseen(kit, last + DAY)) == ([], [customer.id])
    sweep(kit)
    nights(kit, 31)
    assert owners(kit)[customer.id] == "seller", "seven whole days are not over"
    nights(kit, 1)
    assert owners(kit)[customer.id] is None


@pytest.mark.parametrize("on", [date.max, date.min])
def test_the_first_and_the_last_day_of_a_calendar_are_days(sqlite_kit: Kit, on: date) -> None:
    customer = sqlite_kit.given.customer()
    due = [customer.id] if on == date.max else []
    assert foreseen(sqlite_kit, on) == due
    rule = {"name": "试行", "when": {"what": "held", "days": 3}}
    assert doing(sqlite_kit, SYSTEM, lambda unit: unit.pool.try_rule(rule, on=on)).then == len(due)


_STAGES = st.lists(st.integers(1, 20), max_size=3, unique=True)


@settings(max_examples=examples(16), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stages=_STAGES, notice=st.integers(0, 20), days=st.integers(1, 30), seed=st.integers(0, 2**32 - 1))
def test_what_is_foreseen_is_what_is_explained_and_what_is_taken(
    sqlite_kit: Kit, stages: list[int], notice: int, days: int, seed: int
) -> None:
    kit, dice = sqlite_kit, Random(seed)
    held = {"name": "持有", "when": {"what": "held", "days": days}}
    rules = {"rules": [held], "warnings": [{"days": one} for one in stages], "notice_days": notice}
    version = doing(kit, SYSTEM, lambda unit: unit.pool.protection()).version
    set_rules(kit, rules, version)
    id = kit.given.customer().id
    sweep(kit)
    while owners(kit)[id] is not None:
        today = day_of(kit.clock.now())
        (row,) = rows(kit, Customer, id=id)
        from_ = explained(kit, id).recycled_from
        assert row["protected_until"] <= from_
        for ahead in range(0, 60, dice.randint(1, 7)):
            on = today + timedelta(days=ahead)
            assert (id in foreseen(kit, on)) == (from_ <= end_of(on, from_)), (on, from_)
        assert (id in foreseen(kit)) == (from_ <= kit.clock.now())
        kit.clock.advance(days=1, hours=dice.randint(-3, 3))
        sweep(kit)
        if from_ <= kit.clock.now() and row["warned_for"] == row["protected_until"]:
            assert owners(kit)[id] is None
        if owners(kit)[id] is None:
            assert from_ <= kit.clock.now()
