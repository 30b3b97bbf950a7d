"""A split gives the survivor back to who had it before with the clock as it stood, and never with one that ran out."""

from typing import Any

from tests.integration.merging.files import merge, split
from tests.integration.merging.test_merging_plans import into_one, two
from tests.integration.services.acting import doing, rows
from tests.integration.services.test_services_pool import ledger_is_true
from tests.integration.services.test_services_protection_column import columns, set_rules, worked_out
from tests.integration.services.test_services_protection_sweep import sweep

from oa_crm.models import Customer
from oa_crm.testing import Kit

TAKE = {"choices": {"owner_id": "take"}}


def clock(kit: Kit, id: Any) -> dict[str, Any]:
    (row,) = rows(kit, Customer, id=id)
    return {name: row[name] for name in ("protected_until", "locked_at", "warned_for", "warned_days", "warned_at")}


def is_sound(kit: Kit) -> None:
    ledger_is_true(kit)
    assert columns(kit) == worked_out(kit)


def test_the_deadline_is_the_one_of_before(kit: Kit) -> None:
    winner, loser = two(kit)
    kit.clock.advance(days=60)
    before = clock(kit, winner.id)
    done = merge(kit, winner, loser, **TAKE)
    assert clock(kit, winner.id)["protected_until"] > before["protected_until"]
    kit.clock.advance(days=30)
    split(kit, done)
    assert clock(kit, winner.id) == before
    is_sound(kit)


def test_one_that_ran_out_meanwhile_begins_anew(kit: Kit) -> None:
    """Also where nobody is warned: it is not taken the night it comes back."""
    set_rules(kit, {"rules": [{"name": "跟进", "when": {"what": "held", "days": 30}}], "warnings": []})
    winner, loser = two(kit)
    done = merge(kit, winner, loser, **TAKE)
    kit.clock.advance(days=31)
    split(kit, done)
    assert (clock(kit, winner.id)["protected_until"] - kit.clock.now()).days >= 30
    is_sound(kit)
    sweep(kit)
    assert rows(kit, Customer, id=winner.id)[0]["owner_id"] == "seller"


def test_a_warning_that_was_given_stands(kit: Kit) -> None:
    winner, loser = two(kit)
    kit.clock.advance(days=167)
    assert sweep(kit).warned == 2
    before = clock(kit, winner.id)
    assert before["warned_for"] == before["protected_until"]
    done = merge(kit, winner, loser, **TAKE)
    assert clock(kit, winner.id)["warned_for"] is None
    kit.clock.advance(days=1)
    split(kit, done)
    assert clock(kit, winner.id) == before
    is_sound(kit)


def test_his_lock_and_the_days_that_he_was_granted_hold_again(kit: Kit) -> None:
    winner, loser = two(kit)
    asked = {"customer_id": winner.id, "days": 30, "reason": "年底立项"}
    wish = doing(kit, "seller", lambda unit: unit.pool.extend(asked))
    doing(kit, "manager", lambda unit: unit.pool.grant_extension(wish.id))
    granted = clock(kit, winner.id)["protected_until"]
    doing(kit, "seller", lambda unit: unit.pool.lock(winner.id, expected_version=1))
    before = clock(kit, winner.id)
    kit.clock.advance(days=1)
    split(kit, merge(kit, winner, loser, **TAKE))
    assert before["locked_at"] is not None
    assert clock(kit, winner.id) == before
    (row,) = rows(kit, Customer, id=winner.id)
    doing(kit, "seller", lambda unit: unit.pool.unlock(winner.id, expected_version=row["version"]))
    assert clock(kit, winner.id)["protected_until"] == granted
    is_sound(kit)


def test_of_several_in_one_call_the_first_owner_has_his_clock_again(kit: Kit) -> None:
    winner, loser = two(kit)
    third = doing(kit, "manager", lambda unit: unit.customers.create({"name": "碧海食品厂"}))
    kit.clock.advance(days=20)
    before = clock(kit, winner.id)
    into_one(kit, winner, (loser, "take"), (third, "take"))
    merged = doing(kit, "manager", lambda unit: unit.merges.of(winner.id)).items
    for one in merged:
        split(kit, one)
    assert rows(kit, Customer, id=winner.id)[0]["owner_id"] == "seller"
    assert clock(kit, winner.id) == before
    is_sound(kit)
