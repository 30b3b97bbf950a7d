"""What the clock asks before it takes, and which pools its rules may name."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine
from tests.integration.services.acting import SYSTEM, at_once, doing, invalid, patiently, rows
from tests.integration.services.test_services_protection_column import set_rules
from tests.integration.services.test_services_protection_sweep import owners, recycled, sweep, to_the_last_night

from oa_crm import hookimpl
from oa_crm.hooks import Objection
from oa_crm.models import AuditEntry
from oa_crm.testing import CrmKit, Kit

_NO_POOL = {"name": "甲", "when": {"what": "held", "days": 30}}


class Keeper:
    """Objects to the customers in `holds` as told, and remembers what it was asked."""

    name = "keeper"

    def __init__(self) -> None:
        self.holds: dict[UUID, Any] = {}
        self.asked: list[Any] = []

    @hookimpl
    def check_customer_owner_change(self, ctx: Any, change: Any) -> Any:
        self.asked.append(change)
        answer = self.holds.get(change.customer_id)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def keeper() -> Keeper:
    return Keeper()


@pytest.fixture
def kit(database: Engine, crm_kit: CrmKit, keeper: Keeper) -> Kit:
    return crm_kit(keeper, database=database)


def test_whoever_objects_keeps_his_customer_and_nobody_elses(kit: Kit, keeper: Keeper) -> None:
    held, broken, odd, *free = (kit.given.customer() for _ in range(6))
    keeper.holds = {held.id: Objection("lawsuit", "There is a lawsuit"), broken.id: RuntimeError("no"), odd.id: "no"}
    to_the_last_night(kit)
    done = sweep(kit)
    assert (done.recycled, done.failed) == (3, ())
    assert {one.customer_id for one in done.kept} == {held.id, broken.id, odd.id}
    assert {one.why for one in done.kept if one.customer_id == held.id} == {"Refused by keeper: There is a lawsuit"}
    assert {id for id, owner in owners(kit).items() if owner == "seller"} == {held.id, broken.id, odd.id}
    assert set(recycled(kit)) == {one.id for one in free}
    (told,) = (
        row["changes"]
        for row in rows(kit, AuditEntry, operation="pool.sweep", kind="protection")
        if row["changes"]["kept"][1]
    )
    assert told["kept"] == [None, 3]


def test_the_check_is_told_who_loses_which_customer_by_which_rule(kit: Kit, keeper: Keeper) -> None:
    customer = kit.given.customer(region="330106", level="A")
    to_the_last_night(kit)
    sweep(kit)
    (change,) = keeper.asked
    assert (change.customer_id, change.name, change.cause) == (customer.id, customer.name, "recycle")
    assert (change.owner_id, change.former_owner_id, change.former_pool_id) == (None, "seller", None)
    assert (change.region, change.level, change.reason) == ("330106", "A", "default")
    with kit.unit("admin") as unit:
        assert unit.audit.of("pool", change.pool_id)


def test_the_next_night_asks_again_and_takes_what_is_let_go(kit: Kit, keeper: Keeper) -> None:
    customer = kit.given.customer()
    keeper.holds = {customer.id: Objection("not_yet", "Not yet")}
    to_the_last_night(kit)
    for _ in range(2):
        done = sweep(kit)
        assert (done.recycled, len(done.kept)) == (0, 1)
        kit.clock.advance(days=1)
    assert len(keeper.asked) == 2
    keeper.holds = {}
    assert sweep(kit).recycled == 1


def test_small_slices_pass_over_what_is_kept(kit: Kit, keeper: Keeper) -> None:
    made = [kit.given.customer() for _ in range(5)]
    keeper.holds = {one.id: Objection("no", "No") for one in made[:4]}
    to_the_last_night(kit)
    done = sweep(kit, slice=1)
    assert (done.recycled, len(done.kept)) == (1, 4)


def test_a_plugin_that_is_switched_off_keeps_nobody(kit: Kit, keeper: Keeper) -> None:
    customer = kit.given.customer()
    keeper.holds = {customer.id: Objection("no", "No")}
    doing(kit, "admin", lambda unit: unit.plugins.switch("keeper", enabled=False))
    to_the_last_night(kit)
    assert sweep(kit).recycled == 1
    assert keeper.asked == []


def test_two_sweeps_at_once_take_what_is_let_go_once(kit: Kit, keeper: Keeper) -> None:
    made = [kit.given.customer() for _ in range(6)]
    keeper.holds = {one.id: Objection("no", "No") for one in made[:2]}
    to_the_last_night(kit)
    done = at_once(2, lambda _: patiently(lambda: sweep(kit, slice=2)))
    assert sum(one.recycled for one in done.answers) + sweep(kit).recycled == 4
    assert sorted(recycled(kit)) == sorted(one.id for one in made[2:])


def test_a_rule_names_pools_that_are_there(kit: Kit) -> None:
    pool = doing(kit, "admin", lambda unit: unit.pools.open({"name": "乙", "position": 1}))
    doing(kit, "admin", lambda unit: unit.pools.open({"name": "丙", "position": 2}))
    wanted = {**_NO_POOL, "pools": [str(pool.id), str(uuid4())]}
    first = {"name": "丁", "when": {"what": "held", "days": 30}}
    with invalid("rules.rules.1.pools.1"):
        set_rules(kit, {"rules": [first, wanted]})
    with invalid("pools.1"):
        doing(kit, SYSTEM, lambda unit: unit.pool.try_rule(wanted))
    assert doing(kit, SYSTEM, lambda unit: unit.pool.protection()).version == 0
    # Customers that came out of a pool may still be about when it is dropped.
    doing(kit, "admin", lambda unit: unit.pools.drop(pool.id, expected_version=1))
    assert set_rules(kit, {"rules": [{**_NO_POOL, "pools": [pool.id]}]}).version == 1


def test_the_pool_of_another_company_is_none(kit: Kit) -> None:
    with kit.crm.begin(kit.scope(SYSTEM, tenant="other")) as unit:
        unit.directory.sync()
        pool = unit.pools.open({"name": "乙", "position": 1})
    with invalid("rules.rules.0.pools.0"):
        set_rules(kit, {"rules": [{**_NO_POOL, "pools": [pool.id]}]})
