"""Who sees a custom field, and how: in the thing, lists, filters, the audit and errors alike."""

from typing import Any

import pytest
from tests.integration.custom.defining import customer, define
from tests.integration.services.acting import doing, invalid, refused

from oa_crm.hooks import FieldRight, Sight, hookimpl
from oa_crm.plugins.builtin.policy import DefaultPolicy
from oa_crm.testing import CrmKit, Kit

CANARY = "CANARY-7"


@pytest.fixture
def filled(kit: Kit) -> Any:
    """A customer whose fields the salesperson sees openly, masked, and not at all."""
    define(kit, "open")
    define(kit, "veiled", masked=("salesperson",))
    define(kit, "hidden", see=("crm_admin",))
    define(kit, "fixed", edit=("crm_admin",))
    made = customer(kit, open="x")
    values = {"veiled": CANARY, "hidden": CANARY, "fixed": "y"}
    with kit.unit("admin") as unit:
        return unit.customers.update(made.id, {"expected_version": 1, "custom": values})


def test_each_sees_what_is_for_him(kit: Kit, filled: Any) -> None:
    with kit.unit(read_only=True) as unit:
        told = [unit.customers.get(filled.id), unit.customers.find().items[0]]
        fields = {one.name: (one.sight, one.editable) for one in unit.fields.of("customer")}
    assert [one.custom for one in told] == [{"fixed": "y", "open": "x", "veiled": "•••"}] * 2
    assert fields == {"fixed": ("open", False), "open": ("open", True), "veiled": ("masked", False)}
    with kit.unit("admin", read_only=True) as unit:
        assert unit.customers.get(filled.id).custom == {**filled.custom}
        assert set(filled.custom) == {"open", "veiled", "hidden", "fixed"}


def test_nothing_that_a_salesperson_is_told_holds_a_hidden_value(kit: Kit, filled: Any) -> None:
    patch = {"expected_version": 2, "custom": {"open": "z"}}
    with kit.unit() as unit:
        told = [unit.customers.get(filled.id), unit.customers.find(), unit.audit.of("customer", filled.id)]
        with refused("stale_version") as stale:
            unit.customers.update(filled.id, {**patch, "expected_version": 1})
        told.append(unit.customers.update(filled.id, patch, idempotency_key="k"))
    told.append(doing(kit, "seller", lambda unit: unit.customers.update(filled.id, patch, idempotency_key="k")))
    assert CANARY not in f"{told} {stale.value.as_dict()}"
    assert "hidden" not in f"{told} {stale.value.as_dict()}"


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"veiled": "•••"}, ["veiled"]),
        ({"hidden": "x"}, ["hidden"]),
        ({"fixed": "x", "veiled": "x"}, ["fixed", "veiled"]),
    ],
)
def test_only_who_sees_openly_and_may_edit_writes(kit: Kit, filled: Any, values: Any, fields: list[str]) -> None:
    with kit.unit() as unit, invalid(*(f"custom.{name}" for name in fields)):
        unit.customers.update(filled.id, {"expected_version": 2, "custom": values})


@pytest.mark.parametrize("name", ["veiled", "hidden"])
def test_what_is_not_seen_openly_is_neither_found_nor_sorted_by(kit: Kit, filled: Any, name: str) -> None:
    with kit.unit(read_only=True) as unit:
        for asked in ({"custom": {name: CANARY}}, {"sort": f"custom:{name}"}):
            with invalid(f"custom.{name}"):
                unit.customers.find(asked)


def test_an_edit_of_others_keeps_what_one_does_not_see(kit: Kit, filled: Any) -> None:
    with kit.unit() as unit:
        unit.customers.update(filled.id, {"expected_version": 2, "custom": {"open": None}})
    with kit.unit("admin", read_only=True) as unit:
        assert unit.customers.get(filled.id).custom == {"veiled": CANARY, "hidden": CANARY, "fixed": "y"}


class Strict(DefaultPolicy):
    """An authorizer that also answers for fields."""

    name = "strict"

    @hookimpl
    def provide_authorizer(self) -> "Strict":
        return self

    def field(self, who: Any, kind: str, field: str) -> FieldRight | None:
        return FieldRight(Sight.MASKED) if (kind, field) == ("customer", "custom.open") else None


def test_the_stricter_of_the_authorizer_and_the_definition_holds(crm_kit: CrmKit, database: Any) -> None:
    kit = crm_kit(Strict(), database=database)
    define(kit, "open")
    define(kit, "other")
    with invalid("custom.open"):
        customer(kit, open="x")
    assert customer(kit, other="x").custom == {"other": "x"}


def test_only_administrators_define(kit: Kit) -> None:
    field = define(kit, "grade")
    text = {"kind": "customer", "name": "x", "type": "text", "label": {"zh": "x"}}
    for act in (
        lambda unit: unit.fields.define(text),
        lambda unit: unit.fields.redefine(field.id, {"expected_version": 1, "required": True}),
        lambda unit: unit.fields.retire(field.id, expected_version=1),
        lambda unit: unit.fields.rebuild("customer", "grade"),
    ):
        with kit.unit("manager") as unit, refused("forbidden"):
            act(unit)
