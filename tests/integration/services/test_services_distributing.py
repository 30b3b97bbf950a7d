"""Giving out in turn goes on where one customer is not to be had: a plugin objects to it, or somebody was quicker."""

from typing import Any

import pytest
from sqlalchemy import Engine
from tests.integration.services.acting import doing, meanwhile

from oa_crm.hooks import Objection, hookimpl
from oa_crm.hooks.drafts import OwnerChangeDraft
from oa_crm.schemas import DistributionOut
from oa_crm.testing import CrmKit, Kit

AMONG = [{"kind": "member", "id": name} for name in ("colleague", "seller")]


class Reserved:
    """Keeps some customers from everybody, and others from one of the members."""

    name = "reserved"

    def __init__(self) -> None:
        self.kept: set[Any] = set()
        self.asked: list[tuple[Any, str | None]] = []

    @hookimpl
    def check_customer_owner_change(self, ctx: Any, change: OwnerChangeDraft) -> Objection | None:
        self.asked.append((change.customer_id, change.owner_id))
        named = {change.customer_id, (change.customer_id, change.owner_id)}
        return Objection("reserved", "it is reserved") if named & self.kept else None


def pooled(kit: Kit, many: int, *, apart: int = 1) -> list[Any]:
    """Customers that came into the pool one after the other, so many minutes apart."""
    made = []
    for _ in range(many):
        customer = kit.given.customer()
        doing(kit, "seller", lambda unit, it=customer: unit.pool.release(it.id, expected_version=1, reason="没有需求"))
        kit.clock.advance(minutes=apart)
        made.append(customer.id)
    return made


def distribute(kit: Kit, many: int) -> DistributionOut:
    (pool,) = doing(kit, "admin", lambda unit: unit.pools.list())
    wanted = {"pool_id": pool.id, "among": AMONG, "most": many}
    return doing(kit, "admin", lambda unit: unit.pool.distribute(wanted))


def test_one_to_which_a_plugin_objects_stays_and_the_others_are_given_in_turn(sqlite: Engine, crm_kit: CrmKit) -> None:
    reserved = Reserved()
    kit = crm_kit(reserved, database=sqlite)
    first, second, third, fourth = pooled(kit, 4)
    reserved.kept = {first, (third, "seller")}
    told = distribute(kit, 4)
    assert told.given == {second: "colleague", third: "colleague", fourth: "seller"}, (
        "who may not have it keeps his turn"
    )
    assert (told.passed, told.left) == ((), 1)


def test_where_a_plugin_objects_to_those_that_lie_longest_the_next_ones_are_given(
    sqlite: Engine, crm_kit: CrmKit
) -> None:
    reserved = Reserved()
    kit = crm_kit(reserved, database=sqlite)
    first, second, third, fourth, fifth, sixth = pooled(kit, 6)
    reserved.kept = {first, second, fourth}
    told = distribute(kit, 2)
    assert told.given == {third: "colleague", fifth: "seller"}
    assert (told.passed, told.left) == ((), 0)
    reserved.kept.add(sixth)
    assert distribute(kit, 2).left == 2, "two are wanted, and there is none that anybody may have"


def test_those_that_began_to_lie_at_one_moment_are_each_looked_at_once(sqlite: Engine, crm_kit: CrmKit) -> None:
    reserved = Reserved()
    kit = crm_kit(reserved, database=sqlite)
    made = pooled(kit, 7, apart=0)
    reserved.kept = set(made[:6])
    assert distribute(kit, 2).given == {made[6]: "colleague"}
    assert [reserved.asked.count((one, "colleague")) for one in made] == [1] * 7


def test_it_looks_at_five_times_as_many_as_are_wanted_and_no_more(sqlite: Engine, crm_kit: CrmKit) -> None:
    reserved = Reserved()
    kit = crm_kit(reserved, database=sqlite)
    made = pooled(kit, 11)
    reserved.kept = set(made[:10])
    assert distribute(kit, 2).given == {}
    assert {one for one, to in reserved.asked if to is not None} == set(made[:10])
    reserved.kept = set(made[:9])
    assert distribute(kit, 2).given == {made[9]: "colleague"}


@pytest.mark.parametrize("backend", ["postgresql", "mariadb"], indirect=True)
def test_one_that_somebody_claims_meanwhile_is_his_and_the_others_are_given_in_turn(kit: Kit) -> None:
    first, second, third = pooled(kit, 3)
    with meanwhile(kit, _asks_what_lies_longest, lambda: doing(kit, "manager", lambda unit: unit.pool.claim(first))):
        told = distribute(kit, 3)
    assert told.given == {second: "colleague", third: "seller"}
    assert (told.passed, told.left) == ((), 1)


def _asks_what_lies_longest(sql: str) -> bool:
    return "oa_crm_customer.owner_since" in sql.partition("ORDER BY")[2]
