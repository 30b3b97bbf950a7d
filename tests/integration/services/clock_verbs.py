"""The verbs of the protection clock: a part of the table in `verbs.py`."""

from typing import Any

from tests.integration.services.acting import SYSTEM
from tests.integration.services.verb import Verb

from oa_crm.testing import Kit


def _due(kit: Kit) -> Any:
    """A customer whose owner was warned, and whose time is over."""
    customer = kit.given.customer()
    for days in (167, 7, 6, 1):
        kit.crm.pool.sweep(kit.scope(SYSTEM))
        kit.clock.advance(days=days)
    return customer


def _asked_for_days(kit: Kit) -> Any:
    customer = kit.given.customer()
    with kit.unit("seller") as unit:
        return unit.pool.extend(_more_days(customer))


def _visited(kit: Kit) -> Any:
    customer = kit.given.customer()
    kit.clock.advance(days=1)
    return kit.given.follow_up(customer, way="visit")


def _more_days(customer: Any, days: int = 20) -> dict[str, Any]:
    return {"customer_id": customer.id, "days": days, "reason": "年底立项"}


def clock_rules(days: int) -> dict[str, Any]:
    rule = {"name": "跟进", "when": {"what": "no_follow_up", "days": days}}
    return {"rules": {"rules": [rule]}, "expected_version": 0}


CLOCK_VERBS = (
    Verb(
        "pool.set_protection", "admin", lambda kit: None,
        lambda unit, _: unit.pool.set_protection(clock_rules(60)),
        lambda unit, _: unit.pool.set_protection(clock_rules(90)),
    ),
    Verb(
        "pool.sweep", "admin", _due,
        lambda unit, _: unit.pool.sweep(),
        lambda unit, _: unit.pool.sweep(limit=1),
    ),
    Verb(
        "pool.extend", "seller", lambda kit: kit.given.customer(),
        lambda unit, it, **key: unit.pool.extend(_more_days(it), **key),
        lambda unit, it, **key: unit.pool.extend(_more_days(it, 10), **key),
    ),
    Verb(
        "pool.grant_extension", "manager", _asked_for_days,
        lambda unit, it: unit.pool.grant_extension(it.id, comment="同意"),
        lambda unit, it: unit.pool.grant_extension(it.id),
    ),
    Verb(
        "pool.refuse_extension", "manager", _asked_for_days,
        lambda unit, it: unit.pool.refuse_extension(it.id, comment="不同意"),
        lambda unit, it: unit.pool.refuse_extension(it.id),
    ),
    Verb(
        "pool.strike", "manager", _visited,
        lambda unit, it: unit.pool.strike(it.id, reason="没有去"),
        lambda unit, it: unit.pool.strike(it.id, reason="重复"),
    ),
)  # fmt: skip

CLOCK_KEYLESS = {
    "pool.set_protection": "the rules carry the version that they replace",
    "pool.sweep": "what was taken is not due any more",
    "pool.grant_extension": "a request is decided once",
    "pool.refuse_extension": "a request is decided once",
    "pool.strike": "a talk is struck out once",
}
