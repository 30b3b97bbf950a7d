"""The verbs of who has a customer: a part of the table in `verbs.py`."""

from typing import Any

from tests.integration.services.verb import Verb

from oa_crm.ids import new_id
from oa_crm.testing import Kit


def _pooled(kit: Kit) -> Any:
    customer = kit.given.customer()
    with kit.unit("seller") as unit:
        return unit.pool.release(customer.id, expected_version=1, reason="没有需求")


def _two_pools(kit: Kit) -> Any:
    pooled = _pooled(kit)
    return pooled, _pool(kit)


def _pool(kit: Kit) -> Any:
    with kit.unit("admin") as unit:
        return unit.pools.open({"name": f"公海 {new_id()}", "position": 200})


def _spare_pool(kit: Kit) -> Any:
    _pool(kit)
    return _pool(kit)


def _limit(kit: Kit) -> Any:
    with kit.unit("admin") as unit:
        return unit.pools.set_limit({"seat": {"kind": "member", "id": f"m{new_id().hex[:20]}"}, "holding": 9})


def _locked(kit: Kit) -> Any:
    customer = kit.given.customer()
    with kit.unit("seller") as unit:
        return unit.pool.lock(customer.id, expected_version=1)


POOL_VERBS = (
    Verb(
        "pool.claim", "colleague", _pooled,
        lambda unit, it, **key: unit.pool.claim(it.id, **key),
        lambda unit, it, **key: unit.pool.claim(new_id(), **key),
    ),
    Verb(
        "pool.claim_many", "colleague", _pooled,
        lambda unit, it, **key: unit.pool.claim_many([it.id], **key),
        lambda unit, it, **key: unit.pool.claim_many([new_id()], **key),
    ),
    Verb(
        "pool.assign", "manager", _pooled,
        lambda unit, it, **key: unit.pool.assign(it.id, "colleague", **key),
        lambda unit, it, **key: unit.pool.assign(it.id, "seller", **key),
    ),
    Verb(
        "pool.assign_many", "manager", _pooled,
        lambda unit, it, **key: unit.pool.assign_many([it.id], "colleague", **key),
        lambda unit, it, **key: unit.pool.assign_many([it.id], "seller", **key),
    ),
    Verb(
        "pool.transfer", "manager", lambda kit: kit.given.customer(),
        lambda unit, it, **key: unit.pool.transfer(it.id, "colleague", expected_version=1, reason="换人", **key),
        lambda unit, it, **key: unit.pool.transfer(it.id, "colleague", expected_version=1, reason="区域调整", **key),
    ),
    Verb(
        "pool.release", "seller", lambda kit: kit.given.customer(),
        lambda unit, it, **key: unit.pool.release(it.id, expected_version=1, reason="没有需求", **key),
        lambda unit, it, **key: unit.pool.release(it.id, expected_version=1, reason="联系不上", **key),
    ),
    Verb(
        "pool.move", "admin", _two_pools,
        lambda unit, it, **key: unit.pool.move([it[0].id], it[1].id, **key),
        lambda unit, it, **key: unit.pool.move([it[0].id], it[1].id, reason="区域调整", **key),
    ),
    Verb(
        "pool.lock", "seller", lambda kit: kit.given.customer(),
        lambda unit, it: unit.pool.lock(it.id, expected_version=1),
        lambda unit, it: unit.pool.lock(it.id, expected_version=2),
    ),
    Verb(
        "pool.unlock", "seller", _locked,
        lambda unit, it: unit.pool.unlock(it.id, expected_version=2),
        lambda unit, it: unit.pool.unlock(it.id, expected_version=1),
    ),
    Verb(
        "pool.distribute", "manager", _pooled,
        lambda unit, it, **key: unit.pool.distribute({"pool_id": it.pool_id}, **key),
        lambda unit, it, **key: unit.pool.distribute({"pool_id": it.pool_id, "way": "load"}, **key),
    ),
    Verb(
        "pools.open", "admin", lambda kit: None,
        lambda unit, _, **key: unit.pools.open({"name": "华东公海"}, **key),
        lambda unit, _, **key: unit.pools.open({"name": "华南公海"}, **key),
    ),
    Verb(
        "pools.update", "admin", _pool,
        lambda unit, it, **key: unit.pools.update(it.id, {"expected_version": 1, "wait_hours": 24}, **key),
        lambda unit, it, **key: unit.pools.update(it.id, {"expected_version": 1, "wait_hours": 48}, **key),
    ),
    Verb(
        "pools.drop", "admin", _spare_pool,
        lambda unit, it: unit.pools.drop(it.id, expected_version=1),
        lambda unit, it: unit.pools.drop(it.id, expected_version=2),
    ),
    Verb(
        "pools.set_limit", "admin", lambda kit: None,
        lambda unit, _, **key: unit.pools.set_limit({"holding": 100}, **key),
        lambda unit, _, **key: unit.pools.set_limit({"holding": 200}, **key),
    ),
    Verb(
        "pools.drop_limit", "admin", _limit,
        lambda unit, it: unit.pools.drop_limit(it.id, expected_version=1),
        lambda unit, it: unit.pools.drop_limit(it.id, expected_version=2),
    ),
)  # fmt: skip

POOL_KEYLESS = {
    "pool.lock": "it carries the version that it locks",
    "pool.unlock": "it carries the version that it unlocks",
    "pools.drop": "it carries the version that it drops",
    "pools.drop_limit": "it carries the version that it drops",
}
POOL_ALSO = {
    "pool.claim_many": {"pool.claim"},
    "pool.assign_many": {"pool.assign"},
    "pool.release": {"pools.open"},
    "pool.distribute": {"pool.assign"},
}
