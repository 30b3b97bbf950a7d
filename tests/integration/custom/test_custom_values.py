"""Values of custom fields: every type comes back as it was given, and what is wrong is named."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.integration.custom.defining import EACH, customer, define
from tests.integration.services.acting import SYSTEM, doing, invalid, refused

from oa_crm import Money
from oa_crm.errors import InvalidInput
from oa_crm.hooks.payloads import CustomerUpdated, ProjectUpdated
from oa_crm.schemas.custom import CustomFieldFacts
from oa_crm.schemas.custom_types import keys, plain
from oa_crm.testing import Kit

GIVEN: list[tuple[str, Any, Any]] = [
    ("text", " 云帆 😀 ", "云帆 😀"),
    ("text", "a" * 200, "a" * 200),
    ("number", "12.50", "12.5"),
    ("number", -3, "-3"),
    ("number", Decimal("1E+2"), "100"),
    ("number", "-0.000", "0"),
    ("number", "999999999999999.999", "999999999999999.999"),
    ("money", "1280", {"amount": "1280.00", "currency": "CNY"}),
    ("money", Money(1, "CNY"), {"amount": "0.01", "currency": "CNY"}),
    ("money", {"amount": "-5.10", "currency": "CNY"}, {"amount": "-5.10", "currency": "CNY"}),
    ("date", date(2026, 2, 28), "2026-02-28"),
    ("date", "9999-12-31", "9999-12-31"),
    ("choice", "gold", "gold"),
    ("multi_choice", ["bronze", "gold", "gold"], ["gold", "bronze"]),
    ("member", "seller", "seller"),
]
WRONG: list[tuple[str, Any, str]] = [
    ("text", 7, "string_type"),
    ("text", "a" * 201, "string_too_long"),
    ("text", "  ", "string_too_short"),
    ("number", 1.5, "not_exact"),
    ("number", True, "not_exact"),
    ("number", "12.5001", "decimal_max_places"),
    ("number", "1e30", "decimal_max_digits"),
    ("number", "9999999999999999", "decimal_whole_digits"),
    ("number", "NaN", "finite_number"),
    ("number", "many", "decimal_parsing"),
    ("money", "1.234", "amount_decimals"),
    ("money", 1.0, "amount_not_exact"),
    ("money", {"amount": "1", "currency": "USD"}, "custom_currency"),
    ("money", ["1"], "amount_not_exact"),
    ("date", 20260302, "date_type"),
    ("date", "2026-02-30", "date_from_datetime_parsing"),
    ("choice", "platinum", "literal_error"),
    ("choice", ["gold"], "literal_error"),
    ("multi_choice", ["gold", "platinum"], "literal_error"),
    ("multi_choice", "gold", "tuple_type"),
    ("member", "nobody", "unknown_member"),
    ("reference", "no id", "uuid_parsing"),
    ("reference", "019c0f2e-7a5b-7000-8000-000000000000", "unknown_reference"),
]


@pytest.mark.parametrize(("type", "value", "kept"), GIVEN, ids=str)
def test_a_value_comes_back_in_its_plain_form(kit: Kit, type: str, value: Any, kept: Any) -> None:
    define(kit, "x", type)
    made = customer(kit, x=value)
    assert made.custom == {"x": kept}
    with kit.unit(read_only=True) as unit:
        assert unit.customers.get(made.id).custom == {"x": kept}
        assert unit.customers.find({"custom": {"x": value}}).items == (made,)


def test_all_types_at_once_are_taken_and_a_repeated_act_answers_the_same(kit: Kit) -> None:
    known = kit.given.customer()
    for type in EACH:
        define(kit, f"a_{type}", type)
    values = {f"a_{type}": value for type, value, _ in GIVEN} | {"a_reference": known.id}
    given = {"name": "云帆智能科技(杭州)有限公司", "custom": values}
    first = doing(kit, "seller", lambda unit: unit.customers.create(given, idempotency_key="k"))
    assert set(first.custom) == {f"a_{type}" for type in EACH}
    assert doing(kit, "seller", lambda unit: unit.customers.create(given, idempotency_key="k")) == first


@pytest.mark.parametrize(("type", "value", "code"), WRONG, ids=str)
def test_what_is_wrong_is_named_with_what_would_be_right(sqlite_kit: Kit, type: str, value: Any, code: str) -> None:
    define(sqlite_kit, "x", type)
    with pytest.raises(InvalidInput) as wrong:
        customer(sqlite_kit, x=value)
    (problem,) = wrong.value.problems
    assert problem.field.startswith("custom.x")
    assert problem.code == code
    for locale in ("en", "zh-CN"):
        told = problem.spoken(locale)
        assert told.problem
        assert told.expected


def test_everything_wrong_is_told_at_once(sqlite_kit: Kit) -> None:
    kit = sqlite_kit
    define(kit, "volume", "number", required=True)
    define(kit, "since", "date")
    define(kit, "keeper", "member")
    with invalid("custom.volume", "custom.since", "custom.keeper", "custom.no_such"):
        customer(kit, since="soon", keeper="nobody", no_such=1)


@pytest.mark.parametrize("name", ["copy", "model_dump", "json", "schema", "fields", "id", "name", "self", "class"])
def test_a_field_may_be_called_anything(sqlite_kit: Kit, name: str) -> None:
    define(sqlite_kit, name)
    assert customer(sqlite_kit, **{name: "x"}).custom == {name: "x"}


def test_required_and_default_hold_for_new_things_and_for_edits_of_the_field(kit: Kit) -> None:
    old = kit.given.customer()
    define(kit, "grade", "choice", required=True)
    define(kit, "rank", "choice", default="silver")
    with invalid("custom.grade"):
        customer(kit)
    made = customer(kit, grade="gold")
    assert made.custom == {"grade": "gold", "rank": "silver"}
    with kit.unit() as unit:
        assert unit.customers.update(old.id, {"expected_version": 1, "level": "A"}).custom == {}
        with invalid("custom.grade"):
            unit.customers.update(made.id, {"expected_version": 1, "custom": {"grade": None}})
        changed = unit.customers.update(made.id, {"expected_version": 1, "custom": {"rank": None}})
    assert changed.custom == {"grade": "gold"}


def test_an_edit_changes_what_it_names_and_is_audited_and_announced(kit: Kit) -> None:
    for name in ("one", "two"):
        define(kit, name)
    made = customer(kit, one="1", two="2")
    with kit.unit() as unit:
        unit.customers.update(made.id, {"expected_version": 1, "custom": {"one": "3"}})
    with kit.unit(read_only=True) as unit:
        assert unit.customers.get(made.id).custom == {"one": "3", "two": "2"}
        assert unit.audit.of("customer", made.id)[-1].changes == {"custom.one": ["1", "3"]}
        assert not unit.customers.find({"custom": {"one": "1"}}).items
    kit.relay.drain()
    assert kit.recorder.of(CustomerUpdated)[-1].changed == ("custom.one",)


def test_projects_have_fields_of_their_own(kit: Kit) -> None:
    define(kit, "budget", "money", kind="project")
    project = kit.given.project(custom={"budget": "5000"})
    assert project.custom == {"budget": {"amount": "5000.00", "currency": "CNY"}}
    with invalid("custom.budget"):
        customer(kit, budget="1")
    with kit.unit() as unit:
        changed = unit.projects.update(project.id, {"expected_version": 1, "custom": {"budget": "6000"}})
    with kit.unit(read_only=True) as unit:
        large = {"custom": {"budget": {"at_least": "5500"}}, "sort": "-custom:budget"}
        assert unit.projects.find(large).items == (changed,)
    kit.relay.drain()
    assert kit.recorder.of(ProjectUpdated)[-1].changed == ("custom.budget",)


def test_what_is_on_file_is_not_asked_again(kit: Kit) -> None:
    field = define(kit, "grade", "choice")
    define(kit, "keeper", "member")
    made = customer(kit, grade="gold", keeper="colleague")
    doing(kit, "admin", lambda unit: unit.fields.redefine(
        field.id, {"expected_version": 1, "retired_options": ["gold"]}))  # fmt: skip
    del kit.company.people["colleague"]
    with kit.unit("admin") as unit:
        unit.directory.sync()
    with kit.unit() as unit:
        same = {"grade": "gold", "keeper": "colleague"}
        assert unit.customers.update(made.id, {"expected_version": 1, "custom": same, "level": "A"}).custom == same
    with invalid("custom.grade"):
        customer(kit, grade="gold")


def test_a_reference_leads_only_to_what_one_sees(kit: Kit) -> None:
    define(kit, "parent", "reference")
    theirs = doing(kit, "colleague", lambda unit: unit.customers.create({"name": "长风物流有限公司"}))
    with invalid("custom.parent"):
        customer(kit, parent=theirs.id)


def test_values_and_definitions_are_one_companys(kit: Kit) -> None:
    doing(kit, SYSTEM, lambda unit: unit.directory.sync(), tenant="other")
    define(kit, "grade", unique=True)
    customer(kit, grade="1")
    graded = {"name": "甲", "custom": {"grade": "1"}}
    with invalid("custom.grade"):
        doing(kit, "seller", lambda unit: unit.customers.create(graded), tenant="other")
    text = {"kind": "customer", "name": "grade", "type": "text", "label": {"zh": "等级"}, "unique": True}
    doing(kit, "admin", lambda unit: unit.fields.define(text), tenant="other")
    assert doing(kit, "seller", lambda unit: unit.customers.create(graded), tenant="other").custom == {"grade": "1"}


def test_a_stale_edit_changes_no_value_and_no_index(kit: Kit) -> None:
    define(kit, "grade")
    made = customer(kit, grade="1")
    with kit.unit() as unit, refused("stale_version"):
        unit.customers.update(made.id, {"expected_version": 7, "custom": {"grade": "2"}})
    with kit.unit(read_only=True) as unit:
        assert unit.customers.find({"custom": {"grade": "1"}}).items == (made,)


@settings(max_examples=200)
@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**14), max_value=10**14))
def test_keys_of_numbers_keep_their_order_and_equality(number: Decimal) -> None:
    facts = CustomFieldFacts(type="number", label={"zh": "数"}, decimals=3)
    (key,) = keys(facts, plain(number, {}))
    assert key.number == int(number.scaleb(3))
    assert Decimal(key.text) == number
