"""A customer that an older version left in a pool that was dropped is brought back by the night's work."""

from typing import Any

import pytest
from sqlalchemy import delete, update
from tests.integration.services.acting import SYSTEM, doing, refused, rows
from tests.integration.services.test_services_pool import ledger_is_true

from oa_crm.hooks.payloads import CustomerOwnerChanged
from oa_crm.models import AuditEntry, Customer, Ownership, table_of
from oa_crm.testing import Kit


def opened(kit: Kit, *names: str, **more: Any) -> list[Any]:
    return [
        doing(kit, "admin", lambda unit, one={"name": name, "position": at, **more}: unit.pools.open(one))
        for at, name in enumerate(names, start=1)
    ]


def drop(kit: Kit, pool: Any, into: Any = None) -> None:
    to = None if into is None else into.id
    doing(kit, "admin", lambda unit: unit.pools.drop(pool.id, expected_version=1, into=to))


def stranded(kit: Kit, pool: Any, *drops: Any, **facts: Any) -> Any:
    """A customer that lies in `pool`, which is dropped; by hand, for no version now leaves one there."""
    customer = kit.given.customer(**facts)
    away = {"expected_version": 1, "reason": "x", "pool_id": pool.id}
    doing(kit, "seller", lambda unit: unit.pool.release(customer.id, **away))
    (before,) = rows(kit, Customer, id=customer.id)
    for one, into in drops:
        drop(kit, one, into)
    c, o = table_of(Customer), table_of(Ownership)
    with kit.crm.engine.begin() as connection:
        lay = {name: before[name] for name in ("pool_id", "owner_no")}
        connection.execute(update(c).where(c.c.id == customer.id).values(**lay))
        connection.execute(delete(o).where(o.c.customer_id == customer.id, o.c.number > before["owner_no"]))
    ledger_is_true(kit)
    return customer


def lies_in(kit: Kit, customer: Any, pool: Any) -> None:
    found = doing(kit, "colleague", lambda unit: unit.pool.find({"pool_id": pool.id})).items
    assert [one.id for one in found] == [customer.id]
    assert doing(kit, "colleague", lambda unit: unit.pool.claim(customer.id)).owner_id == "colleague"
    ledger_is_true(kit)


def test_it_goes_to_the_pool_that_took_over_from_one_to_the_next(kit: Kit) -> None:
    gone, next_, heir = opened(kit, "一", "二", "三")
    customer = stranded(kit, gone, (gone, next_), (next_, heir))
    since = rows(kit, Customer, id=customer.id)[0]["owner_since"]
    with refused("illegal_state"):
        doing(kit, "colleague", lambda unit: unit.pool.claim(customer.id))
    kit.clock.advance(days=1)
    assert kit.crm.pool.sweep(kit.scope(SYSTEM)).brought_back == 1
    assert rows(kit, Customer, id=customer.id)[0]["owner_since"] == since, "it waits as it waited"
    (told,) = rows(kit, AuditEntry, operation="pool.move")
    assert (told["changes"]["pool_id"], told["reason"]) == ([str(gone.id), str(heir.id)], "pool dropped")
    kit.relay.drain()
    last = kit.recorder.of(CustomerOwnerChanged)[-1]
    assert (last.pool_id, last.former_pool_id, last.cause) == (heir.id, gone.id, "move")
    assert kit.crm.pool.sweep(kit.scope(SYSTEM)).brought_back == 0
    lies_in(kit, customer, heir)


@pytest.mark.parametrize("region", ["330106", "440300"])
def test_one_whose_pool_nobody_took_over_lies_where_it_falls(kit: Kit, region: str) -> None:
    (east,) = opened(kit, "华东", routes=[{"regions": ["330000"]}])
    rest, gone = opened(kit, "其他", "旧公海")
    customer = stranded(kit, gone, (gone, rest), region=region)
    with kit.crm.engine.begin() as connection:
        connection.execute(delete(AuditEntry).where(AuditEntry.operation == "pools.drop"))
    assert kit.crm.pool.sweep(kit.scope(SYSTEM), slice=1).brought_back == 1
    lies_in(kit, customer, east if region == "330106" else rest)


def test_what_was_merged_away_stays_where_it_lay(kit: Kit) -> None:
    """A split takes it to an open pool."""
    first, gone = opened(kit, "一", "二")
    customer, winner = stranded(kit, gone, (gone, first)), kit.given.customer()
    c = table_of(Customer)
    with kit.crm.engine.begin() as connection:
        connection.execute(update(c).where(c.c.id == customer.id).values(merged_into=winner.id))
    assert kit.crm.pool.sweep(kit.scope(SYSTEM)).brought_back == 0


def test_only_who_administers_protection_brings_back(kit: Kit) -> None:
    with refused("forbidden"):
        kit.crm.pool.sweep(kit.scope("seller"))
