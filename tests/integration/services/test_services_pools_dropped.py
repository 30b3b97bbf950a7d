"""A pool is dropped while a customer is on its way into it: it lies in no pool that is gone, and one pool stays."""

from typing import Any

import pytest
from tests.integration.handing.leaving import hand_over
from tests.integration.services.acting import SYSTEM, AtOnce, at_once, doing, meanwhile, patiently, rows
from tests.integration.services.test_services_pool import ledger_is_true
from tests.integration.services.test_services_protection_sweep import to_the_last_night

from oa_crm.models import Customer, Pool
from oa_crm.testing import Kit

pytestmark = pytest.mark.parametrize("backend", ["postgresql", "mariadb"], indirect=True)


def pools(kit: Kit) -> list[Any]:
    opened = [{"name": name, "position": at} for at, name in enumerate(("华东公海", "华南公海"), start=1)]
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
