"""A split gives each file back to who had it, also where its pool is gone by now; a pool gets no team and no plans."""

from datetime import timedelta
from typing import Any

import pytest
from tests.integration.merging.files import merge, split
from tests.integration.services.acting import doing, rows
from tests.integration.services.test_services_pool import ledger_is_true

from oa_crm.models import Customer, Plan, TeamSeat
from oa_crm.testing import Kit


def pools(kit: Kit) -> tuple[Any, Any]:
    opened = [{"name": "华东公海", "position": 1}, {"name": "华南公海", "position": 2}]
    first, other = (doing(kit, "admin", lambda unit, one=one: unit.pools.open(one)) for one in opened)
    return first, other


def drop(kit: Kit, pool: Any) -> None:
    doing(kit, "admin", lambda unit: unit.pools.drop(pool.id, expected_version=1))


def pooled(kit: Kit, pool: Any) -> Any:
    customer = kit.given.customer()
    doing(kit, "seller", lambda unit: unit.pool.release(customer.id, expected_version=1, reason="x", pool_id=pool.id))
    return customer


def lies_in(kit: Kit, id: Any, pool: Any) -> None:
    """It is in that pool, there to be claimed, and the ledger says so."""
    (row,) = rows(kit, Customer, id=id)
    assert (row["owner_id"], row["pool_id"]) == (None, pool.id)
    found = doing(kit, "colleague", lambda unit: unit.pool.find({"pool_id": pool.id})).items
    assert id in [one.id for one in found]
    assert doing(kit, "colleague", lambda unit: unit.pool.claim(id)).owner_id == "colleague"
    ledger_is_true(kit)


def test_a_loser_whose_pool_was_dropped_lies_in_the_one_that_it_falls_into(kit: Kit) -> None:
    first, other = pools(kit)
    winner, loser = kit.given.customer(), pooled(kit, other)
    done = merge(kit, winner, loser)
    drop(kit, other)
    split(kit, done)
    lies_in(kit, loser.id, first)


def test_a_survivor_whose_pool_was_dropped_lies_in_the_one_that_it_falls_into(kit: Kit) -> None:
    first, other = pools(kit)
    winner, loser = pooled(kit, other), kit.given.customer()
    done = merge(kit, winner, loser)
    drop(kit, other)
    split(kit, done)
    lies_in(kit, winner.id, first)


def test_one_whose_pool_is_there_lies_where_it_lay(kit: Kit) -> None:
    _, other = pools(kit)
    winner, loser = kit.given.customer(), pooled(kit, other)
    split(kit, merge(kit, winner, loser))
    (row,) = rows(kit, Customer, id=loser.id)
    assert row["owner_no"] == 2, "nothing is written of what did not change"
    lies_in(kit, loser.id, other)


def helped(kit: Kit, id: Any) -> None:
    """The owner plans a call, and a colleague helps him."""
    call = {"way": "phone", "purpose": "回访", "customer_id": id, "due_at": kit.clock.now() + timedelta(days=2)}
    seat = {"kind": "customer", "thing_id": id, "member_id": "colleague", "level": "read", "role": "presales"}
    doing(kit, "seller", lambda unit: (unit.plans.plan(call), unit.teams.join(seat)))


def test_a_survivor_that_goes_back_into_a_pool_takes_no_team_and_no_plans_along(kit: Kit) -> None:
    first, _ = pools(kit)
    winner, loser = pooled(kit, first), kit.given.customer()
    done = merge(kit, winner, loser)
    helped(kit, winner.id)
    split(kit, done)
    (row,) = rows(kit, Customer, id=winner.id)
    assert (row["pool_id"], row["next_contact_on"]) == (first.id, None)
    assert [one["state"] for one in rows(kit, Plan)] == ["cancelled"]
    assert [(one["open"], one["ended_how"]) for one in rows(kit, TeamSeat)] == [(None, "pooled")]
    lies_in(kit, winner.id, first)


def test_plans_with_a_survivor_go_to_whom_it_goes_back(kit: Kit) -> None:
    winner = doing(kit, "colleague", lambda unit: unit.customers.create({"name": "云帆智能科技有限公司"}))
    done = merge(kit, winner, kit.given.customer(), choices={"owner_id": "take"})
    helped(kit, winner.id)
    split(kit, done)
    assert [(one["state"], one["assignee_id"]) for one in rows(kit, Plan)] == [("planned", "colleague")]
    assert [(one["open"], one["ended_how"]) for one in rows(kit, TeamSeat)] == [(None, "became_owner")]


@pytest.mark.parametrize("choice", ["keep", "take"])
def test_with_a_survivor_that_lies_in_a_pool_nothing_is_planned(kit: Kit, choice: str) -> None:
    first, _ = pools(kit)
    free, owned = pooled(kit, first), kit.given.customer()
    helped(kit, owned.id)
    winner, loser = (free, owned) if choice == "keep" else (owned, free)
    merge(kit, winner, loser, choices={"owner_id": choice})
    assert [(one["state"], one["ended_because"]) for one in rows(kit, Plan)] == [("cancelled", "customer merged")]
    (row,) = rows(kit, Customer, id=winner.id)
    assert (row["owner_id"], row["next_contact_on"]) == (None, None)
    lies_in(kit, winner.id, first)


def test_the_same_of_many_pairs(kit: Kit) -> None:
    first, _ = pools(kit)
    winner, losers = pooled(kit, first), [kit.given.customer() for _ in range(3)]
    for loser in losers:
        helped(kit, loser.id)
    kept = [{"winner_id": winner.id, "loser_id": one.id, "choices": {"owner_id": "keep"}} for one in losers]
    assert doing(kit, "manager", lambda unit: unit.merges.merge_many(kept)).merged == 3
    assert {one["state"] for one in rows(kit, Plan)} == {"cancelled"}
    lies_in(kit, winner.id, first)
