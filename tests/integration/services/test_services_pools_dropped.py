"""A pool is dropped while a customer is on its way into it: it lies in no pool that is gone, and one pool stays."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from tests.integration.handing.leaving import desk, hand_over, undo
from tests.integration.merging.files import merge, split
from tests.integration.services.acting import SYSTEM, AtOnce, at_once, doing, meanwhile, patiently, rows
from tests.integration.services.test_services_pool import ledger_is_true
from tests.integration.services.test_services_protection_sweep import to_the_last_night

from oa_crm.models import Customer, Pool
from oa_crm.testing import Kit

pytestmark = pytest.mark.parametrize("backend", ["postgresql", "mariadb"], indirect=True)


def pools(kit: Kit, *names: str) -> list[Any]:
    opened = [{"name": name, "position": at} for at, name in enumerate(names or ("华东公海", "华南公海"), start=1)]
    return [doing(kit, "admin", lambda unit, one=one: unit.pools.open(one)) for one in opened]


def drop(kit: Kit, pool: Any) -> Any:
    return patiently(lambda: doing(kit, "admin", lambda unit: unit.pools.drop(pool.id, expected_version=1)))


def asks_for_pools(sql: str) -> bool:
    return "oa_crm_pool." in sql and "position" in sql and sql.startswith("SELECT")


def lies_in_an_open_pool(kit: Kit, other: AtOnce) -> None:
    """The customer, whoever of the two was first."""
    assert len(other.answers) + len(other.errors) == 1
    (customer,), open_ = rows(kit, Customer), {row["id"] for row in rows(kit, Pool, state="open")}
    assert customer["owner_id"] is None
    assert customer["pool_id"] in open_
    ledger_is_true(kit)


def test_a_sweep_recycles_into_no_pool_that_is_dropped_meanwhile(kit: Kit) -> None:
    kit.given.customer()
    first, _ = pools(kit)
    to_the_last_night(kit)
    with meanwhile(kit, asks_for_pools, lambda: drop(kit, first)) as other:
        assert kit.crm.pool.sweep(kit.scope(SYSTEM)).recycled == 1
    assert other.codes == {"invalid_input"}, "it holds a customer by then"
    lies_in_an_open_pool(kit, other)


def test_a_handover_gives_to_no_pool_that_is_dropped_meanwhile(kit: Kit) -> None:
    kit.given.customer()
    first, _ = pools(kit)
    wish = {"leaver_id": "seller", "reason": "离职"}
    seen = doing(kit, "manager", lambda unit: unit.handover.preview(wish))
    with meanwhile(kit, asks_for_pools, lambda: drop(kit, first)) as other:
        try:
            doing(kit, "manager", lambda unit: unit.handover.execute(wish, fingerprint=seen.fingerprint))
        except Exception as error:
            assert getattr(error, "code", None) == "invalid_input", error
            hand_over(kit, wish)
    lies_in_an_open_pool(kit, other)


def test_of_two_who_drop_the_last_two_pools_one_is_refused(kit: Kit) -> None:
    both = pools(kit)
    result = at_once(2, lambda n: drop(kit, both[n]))
    assert (len(result.answers), result.codes) == (1, {"invalid_input"})
    assert len(rows(kit, Pool, state="open")) == 1


def emptied(kit: Kit, pool: Any, into: Any) -> Any:
    return doing(kit, "admin", lambda unit: unit.pools.drop(pool.id, expected_version=pool.version, into=into.id))


def locks_customers(times: int) -> Callable[[str], bool]:
    """The statement that locks customers for the so many-th time."""
    seen = []

    def comes(sql: str) -> bool:
        if re.search(r"FROM [\w.]*oa_crm_customer\b.*FOR UPDATE", sql, re.DOTALL) and "oa_crm_plan" not in sql:
            seen.append(sql)
            return len(seen) == times
        return False

    return comes


@pytest.mark.parametrize("times", [1, 2])
def test_a_split_and_a_drop_that_empties_the_pool_wait_in_one_order(kit: Kit, times: int) -> None:
    """Neither is ended as busy: the files were locked first, and then the pools, by the one, and the other way round by
    the other."""
    winner, loser = kit.given.customer(), kit.given.customer()
    first, into = pools(kit)
    doing(kit, "seller", lambda unit: unit.pool.release(loser.id, expected_version=1, reason="x", pool_id=first.id))
    done = merge(kit, winner, loser)
    with meanwhile(kit, locks_customers(times), lambda: emptied(kit, first, into)) as other:
        split(kit, done)
    assert (len(other.answers), other.errors) == (1, [])
    assert [row["pool_id"] for row in rows(kit, Customer, id=loser.id)] == [into.id]
    ledger_is_true(kit)


def test_splits_and_drops_at_once_all_go_through(kit: Kit) -> None:
    first, into = pools(kit)
    made = []
    for _ in range(3):
        winner, loser = kit.given.customer(), kit.given.customer()
        away = {"expected_version": 1, "reason": "x", "pool_id": first.id}
        doing(kit, "seller", partial(_released, id=loser.id, away=away))
        made.append(merge(kit, winner, loser))
    result = at_once(4, lambda n: emptied(kit, first, into) if n == 3 else split(kit, made[n]))
    assert (len(result.answers), result.codes) == (4, set())
    assert {row["pool_id"] for row in rows(kit, Customer, owner_id=None)} == {into.id}
    ledger_is_true(kit)


def _released(unit: Any, id: Any, away: dict[str, Any]) -> Any:
    return unit.pool.release(id, **away)


def test_an_undone_handover_and_a_drop_that_empties_the_pool_wait_in_one_order(kit: Kit) -> None:
    """It gives customers out of the pool back, and the seat of who ran one."""
    desk(kit)
    first, into = pools(kit, "甲", "乙")
    done = hand_over(kit, {"rules": [{"kinds": ["pool"], "to": ["colleague"]}], "pool_id": first.id})
    with meanwhile(kit, locks_customers(1), lambda: emptied(kit, first, into)) as other:
        undo(kit, done.id)
    assert (len(other.answers), other.errors) == (1, [])
    ledger_is_true(kit)
