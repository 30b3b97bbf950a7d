"""Custom fields when two files are made one, and split again: values together, the index in step, nothing leaked."""

from typing import Any

from tests.integration.custom.defining import customer, define, index
from tests.integration.services.acting import doing, invalid

from oa_crm.testing import Kit


def _merge(kit: Kit, winner: Any, loser: Any, **more: Any) -> Any:
    ids = {"winner_id": winner.id, "loser_id": loser.id, "winner_version": 1, "loser_version": 1, **more}
    return doing(kit, "manager", lambda unit: unit.merges.merge(ids))


def _found(kit: Kit, **custom: Any) -> list[Any]:
    with kit.unit(read_only=True) as unit:
        return [one.id for one in unit.customers.find({"custom": custom}).items]


def _two(kit: Kit) -> tuple[Any, Any]:
    define(kit, "grade", "choice")
    define(kit, "number", unique=True)
    define(kit, "volume", "number")
    return customer(kit, grade="gold", volume="1"), customer(kit, grade="silver", number="7")


def test_what_the_survivor_has_not_filled_in_comes_from_the_other(kit: Kit) -> None:
    winner, loser = _two(kit)
    _merge(kit, winner, loser)
    with kit.unit() as unit:
        assert unit.customers.get(winner.id).custom == {"grade": "gold", "number": "7", "volume": "1"}
    assert _found(kit, number="7") == [winner.id]
    assert _found(kit, grade="silver") == []
    with invalid("custom.number"):
        customer(kit, number="7")
    kept = index(kit)
    doing(kit, "admin", lambda unit: unit.fields.rebuild("customer", "number"))
    assert index(kit) == kept


def test_a_split_puts_values_and_index_back(kit: Kit) -> None:
    winner, loser = _two(kit)
    before = index(kit)
    merge = _merge(kit, winner, loser, choices={"custom": "take"})
    assert _found(kit, grade="silver") == [winner.id]
    doing(kit, "manager", lambda unit: unit.merges.split(merge.id, reason="两家公司"))
    assert index(kit) == before
    with kit.unit() as unit:
        assert unit.customers.get(loser.id).custom == loser.custom
        assert unit.customers.get(winner.id).custom == winner.custom


def test_neither_a_preview_nor_the_audit_shows_a_hidden_value(kit: Kit) -> None:
    define(kit, "secret", see=("crm_admin",))
    made = [kit.given.customer(), kit.given.customer()]
    for one in made:
        patch = {"expected_version": 1, "custom": {"secret": "CANARY-7"}}
        doing(kit, "admin", lambda unit, one=one, patch=patch: unit.customers.update(one.id, patch))
    with kit.unit("manager") as unit:
        ids = {"winner_id": made[0].id, "loser_id": made[1].id}
        told: list[Any] = [unit.merges.preview(made[0].id, made[1].id)]
        told.append(unit.merges.merge({**ids, "winner_version": 2, "loser_version": 2}))
    with kit.unit("manager", read_only=True) as unit:
        told.append(unit.audit.of("customer", made[0].id))
    assert "CANARY-7" not in repr(told)
