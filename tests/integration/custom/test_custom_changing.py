"""Definitions change, fields retire and come back, indexes are made anew: no value is lost, none is wrong."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update
from tests.integration.custom.defining import OPTIONS, customer, define, index, redefine
from tests.integration.services.acting import doing, invalid, refused
from tests.support.laws import examples

from oa_crm.models import Customer, CustomValue, table_of
from oa_crm.services import custom_sets
from oa_crm.testing import CrmKit, Kit


def _problem(refusal: Any) -> Any:
    (problem,) = refusal.value.problems
    return problem


def _found(kit: Kit, **asked: Any) -> list[Any]:
    with kit.unit(read_only=True) as unit:
        return [one.custom for one in unit.customers.find(asked).items]


def test_a_narrower_type_is_refused_with_a_count_and_examples(kit: Kit) -> None:
    field = define(kit, "volume")
    for value in ("12.50", "many", "a few", "7"):
        customer(kit, volume=value)
    with invalid("type") as refusal:
        redefine(kit, field, type="number")
    assert _problem(refusal).params["count"] == 2
    assert set(_problem(refusal).params["examples"].split("; ")) == {"many", "a few"}
    assert "2" in _problem(refusal).spoken("zh-CN").problem


def test_text_that_fits_becomes_numbers_that_sort_as_numbers(kit: Kit) -> None:
    field = define(kit, "volume")
    for value in ("10", "9.50", "100"):
        customer(kit, volume=value)
    assert not redefine(kit, field, type="number").indexing
    assert _found(kit, sort="custom:volume") == [{"volume": "9.5"}, {"volume": "10"}, {"volume": "100"}]
    assert _found(kit, custom={"volume": {"at_least": "10"}, }, sort="-custom:volume") == [
        {"volume": "100"}, {"volume": "10"}]  # fmt: skip


def test_a_choice_becomes_several_and_back(kit: Kit) -> None:
    field = define(kit, "grade", "choice")
    customer(kit, grade="gold")
    field = redefine(kit, field, type="multi_choice")
    made = customer(kit, grade=["gold", "silver"])
    assert _found(kit, custom={"grade": "gold"}) == [{"grade": ["gold", "silver"]}, {"grade": ["gold"]}]
    with invalid("type"):
        redefine(kit, field, type="choice")
    doing(kit, "seller", lambda unit: unit.customers.update(
        made.id, {"expected_version": 1, "custom": {"grade": ["silver"]}}))  # fmt: skip
    redefine(kit, field, type="choice")
    assert _found(kit, custom={"grade": {"any_of": ["silver"]}}) == [{"grade": "silver"}]


def test_decimals_widen_and_narrow_as_the_values_allow(kit: Kit) -> None:
    field = define(kit, "volume", "number", decimals=2)
    customer(kit, volume="1.25")
    field = redefine(kit, field, decimals=4)
    customer(kit, volume="1.2501")
    assert len(_found(kit, custom={"volume": {"at_least": "1.25", "at_most": "1.25"}})) == 1
    with invalid("decimals"):
        redefine(kit, field, decimals=2)


def test_an_option_in_use_is_retired_and_not_removed(kit: Kit) -> None:
    field = define(kit, "grade", "choice")
    customer(kit, grade="gold")
    left = {code: labels for code, labels in OPTIONS.items() if code != "gold"}
    with invalid("options"):
        redefine(kit, field, options=left)
    field = redefine(kit, field, retired_options=["gold"])
    assert _found(kit, custom={"grade": "gold"}) == [{"grade": "gold"}]
    assert set(redefine(kit, field, retired_options=[], options={**OPTIONS, "tin": {"zh": "锡牌"}}).options) > {"tin"}


def test_a_retired_field_is_seen_by_nobody_and_comes_back_with_its_values(kit: Kit) -> None:
    field = define(kit, "grade", unique=True)
    made = customer(kit, grade="1")
    field = doing(kit, "admin", lambda unit: unit.fields.retire(field.id, expected_version=1))
    with kit.unit() as unit:
        assert unit.customers.get(made.id).custom == {}
        assert unit.fields.of("customer") == ()
        assert [one.state for one in unit.fields.of("customer", retired=True)] == ["retired"]
        with invalid("custom.grade"):
            unit.customers.update(made.id, {"expected_version": 1, "custom": {"grade": "2"}})
        unit.customers.update(made.id, {"expected_version": 1, "level": "A"})
    with invalid("name"):
        define(kit, "grade")
    with kit.unit("admin") as unit, refused("illegal_state"):
        unit.fields.redefine(field.id, {"expected_version": 2, "required": True})
    doing(kit, "admin", lambda unit: unit.fields.revive(field.id, expected_version=2))
    assert _found(kit, custom={"grade": "1"}) == [{"grade": "1"}]
    with invalid("custom.grade"):
        customer(kit, grade="1")


def test_unique_is_turned_on_when_all_values_differ(kit: Kit) -> None:
    field = define(kit, "number")
    customer(kit, number="7")
    twin = customer(kit, number="7")
    with invalid("unique") as refusal:
        redefine(kit, field, unique=True)
    assert _problem(refusal).params == {"count": 1, "examples": "7 (2)"}
    doing(kit, "seller", lambda unit: unit.customers.update(
        twin.id, {"expected_version": 1, "custom": {"number": "8"}}))  # fmt: skip
    field = redefine(kit, field, unique=True)
    with invalid("custom.number"):
        customer(kit, number="8")
    with invalid("unique"):
        redefine(kit, field, type="number")
    redefine(kit, redefine(kit, field, unique=False), type="number")
    assert customer(kit, number="8.00").custom == {"number": "8"}


@pytest.mark.parametrize(
    ("facts", "wrong"),
    [
        ({"type": "choice", "options": {}}, "options"),
        ({"type": "choice", "retired_options": ["tin"]}, "retired_options"),
        ({"type": "reference", "to": "kite"}, "to"),
        ({"type": "multi_choice", "unique": True}, "unique"),
        ({"max_length": 201, "unique": True}, "unique"),
        ({"type": "number", "default": "many"}, "default"),
        ({"type": "member", "default": "seller"}, "default"),
        ({"kind": "contract"}, "kind"),
        ({"name": "Grade"}, "name"),
        ({"label": {}}, "label"),
        ({"default": object()}, "default"),
    ],
    ids=lambda one: "-".join(one),
)
def test_a_definition_that_cannot_be_is_refused(sqlite_kit: Kit, facts: dict[str, Any], wrong: str) -> None:
    given = {"kind": "customer", "name": "x", "type": "text", "label": {"zh": "x"}, "options": OPTIONS, **facts}
    with sqlite_kit.unit("admin") as unit, invalid(wrong):
        unit.fields.define(given)


def test_a_stale_definition_is_refused(kit: Kit) -> None:
    field = define(kit, "grade")
    redefine(kit, field, required=True)
    with refused("stale_version"):
        redefine(kit, field, required=False)


def test_the_index_made_anew_is_the_one_that_was_kept_and_a_rebuild_goes_on_where_it_stopped(kit: Kit) -> None:
    define(kit, "volume", "number")
    for number in range(7):
        customer(kit, volume=str(number) if number % 3 else None)
    kept = index(kit)
    with kit.crm.engine.begin() as connection:
        connection.execute(delete(table_of(CustomValue)))
    rebuild = lambda: doing(kit, "admin", lambda unit: unit.fields.rebuild("customer", "volume", slice=3))  # noqa: E731
    assert rebuild().model_dump() == {"done": 3, "finished": False}
    with kit.unit(read_only=True) as unit:
        assert unit.fields.of("customer")[0].indexing
        with invalid("custom.volume"):
            unit.customers.find({"custom": {"volume": "1"}})
    late = customer(kit, volume="99")
    assert [rebuild().done, rebuild().finished] == [6, True]
    assert set(kept) < set(index(kit))
    assert [one["volume"] for one in _found(kit, sort="-custom:volume")[:1]] == [late.custom["volume"]]


_VALUES = st.one_of(st.none(), st.sampled_from(["1", "2.5", "-3", "1000"]))


_TAGS = st.sampled_from([None, ["gold"], ["bronze", "gold"]])


@settings(max_examples=examples(15), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 3), _VALUES, _TAGS), max_size=12))
def test_whatever_was_edited_the_maintained_index_is_the_one_from_scratch(crm_kit: CrmKit, edits: list[Any]) -> None:
    kit = crm_kit()
    define(kit, "volume", "number")
    define(kit, "tags", "multi_choice")
    things = [customer(kit).id for _ in range(4)]
    for which, volume, tags in edits:
        with kit.unit() as unit:
            version = unit.customers.get(things[which]).version
            values = {"volume": volume, "tags": tags}
            unit.customers.update(things[which], {"expected_version": version, "custom": values})
    kept = index(kit)
    with kit.unit("admin") as unit:
        assert unit.fields.rebuild("customer", "volume").finished
        assert unit.fields.rebuild("customer", "tags").finished
    assert index(kit) == kept


def test_a_large_base_says_that_its_index_is_being_made(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oa_crm.services.fields._AT_ONCE", 2)
    field = define(kit, "volume")
    for value in ("3", "20", "100"):
        customer(kit, volume=value)
    assert redefine(kit, field, type="number").indexing
    while not doing(kit, "admin", lambda unit: unit.fields.rebuild("customer", "volume", slice=2)).finished:
        pass
    assert _found(kit, sort="custom:volume") == [{"volume": "3"}, {"volume": "20"}, {"volume": "100"}]


def test_a_model_is_built_once_for_a_change_and_not_for_a_call(sqlite_kit: Kit, monkeypatch: Any) -> None:
    kit, built = sqlite_kit, list[str]()
    real = custom_sets.create_model
    monkeypatch.setattr(custom_sets, "create_model", lambda *a, **k: built.append("") or real(*a, **k))
    field = define(kit, "grade")
    for number in range(5):
        customer(kit, grade=str(number))
    assert len(built) == 1
    redefine(kit, field, required=True)
    for number in range(5):
        customer(kit, grade=str(number))
    assert len(built) == 2


def test_a_definition_that_was_taken_back_holds_for_nobody(kit: Kit) -> None:
    with pytest.raises(ZeroDivisionError), kit.unit("admin") as unit:
        given = {"kind": "customer", "name": "ghost", "type": "text", "label": {"zh": "x"}}
        unit.fields.define(given)
        unit.customers.create({"name": "云帆智能", "custom": {"ghost": "x"}}, override_reason="测试")
        raise ZeroDivisionError
    with invalid("custom.ghost"):
        customer(kit, ghost="x")


def test_a_value_that_a_host_put_into_the_row_is_indexed_by_a_rebuild(kit: Kit) -> None:
    define(kit, "volume", "number")
    made = customer(kit)
    with kit.crm.engine.begin() as connection:
        table = table_of(Customer)
        connection.execute(update(table).where(table.c.id == made.id).values(custom={"volume": "7.50"}))
    doing(kit, "admin", lambda unit: unit.fields.rebuild("customer", "volume"))
    assert _found(kit, custom={"volume": "7.5"}) == [{"volume": "7.5"}]
