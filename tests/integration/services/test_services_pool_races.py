"""Many at once around the pool: one winner each, no limit and no quota passed, a ledger without gaps."""

from collections import Counter
from typing import Any

import pytest
from sqlalchemy import Engine
from tests.integration.services.acting import at_once, doing, patiently
from tests.integration.services.plugins import Chart
from tests.integration.services.test_services_pool import ledger_is_true

from oa_crm.hooks import Member
from oa_crm.testing import CrmKit, Kit

PEOPLE = [f"p{number}" for number in range(8)]


@pytest.fixture
def kit(database: Engine, crm_kit: CrmKit) -> Kit:
    chart = Chart()
    for name in PEOPLE:
        chart.known_members.append(Member(name, name, "sales", "manager", ("salesperson",)))
    return crm_kit(chart, database=database)


def _pooled(kit: Kit, many: int) -> list[Any]:
    made = [kit.given.customer() for _ in range(many)]
    with kit.unit("seller") as unit:
        return [unit.pool.release(one.id, expected_version=1, reason="没有需求") for one in made]


def test_of_many_who_claim_the_same_customers_each_has_one_owner_and_nobody_too_many(kit: Kit) -> None:
    pooled = _pooled(kit, 20)
    doing(kit, "admin", lambda unit: unit.pools.set_limit({"holding": 4, "claims_per_day": 3}))

    def run(number: int) -> int:
        won = 0
        for step in range(len(pooled)):
            customer = pooled[(step * 7 + number * 3) % len(pooled)]
            won += patiently(lambda one=customer: _tried(kit, PEOPLE[number % len(PEOPLE)], one))
        return won

    result = at_once(16, run)
    assert sum(result.answers) == 20
    with kit.unit("chief", read_only=True) as unit:
        owners = Counter(one.owner_id for one in unit.customers.find(limit=100).items if one.owner_id in PEOPLE)
        assert sum(owners.values()) == 20
        assert max(owners.values()) <= 3
        for customer in pooled:
            assert [one.cause for one in unit.pool.history(customer.id).items] == ["claim", "release", "create"]
    ledger_is_true(kit)


def _tried(kit: Kit, by: str, customer: Any) -> bool:
    told = doing(kit, by, lambda unit: unit.pool.claim_many([customer.id]))
    (answer,) = told.answers
    assert answer.problem in (None, "not_found", "illegal_state", "claim_quota", "holding_limit")
    return bool(answer.done)


def test_two_windows_of_one_person_do_not_pass_his_quota(kit: Kit) -> None:
    doing(kit, "admin", lambda unit: unit.pools.set_limit({"claims_per_day": 2}))
    pooled = _pooled(kit, 8)
    result = at_once(8, lambda n: patiently(lambda: doing(kit, "p0", lambda unit: unit.pool.claim(pooled[n].id))))
    assert len(result.answers) == 2
    assert result.codes == {"claim_quota"}


def test_two_ways_to_one_person_do_not_pass_his_limit(kit: Kit) -> None:
    pooled, salespeople = _pooled(kit, 4), {"kind": "role", "id": "salesperson"}
    doing(kit, "admin", lambda unit: unit.pools.set_limit({"seat": salespeople, "holding": 3}))

    def act(number: int) -> Any:
        if number % 2:
            give = pooled[number // 2].id
            return patiently(lambda: doing(kit, "manager", lambda unit: unit.pool.assign(give, "p0")))
        facts = {"name": f"第{number}号{'甲乙丙丁'[number // 2]}材料有限公司"}
        return patiently(lambda: doing(kit, "p0", lambda unit: unit.customers.create(facts)))

    result = at_once(8, act)
    assert len(result.answers) == 3
    assert result.codes == {"holding_limit"}
    assert doing(kit, "p0", lambda unit: unit.pool.holding()).held == 3
    ledger_is_true(kit)


def test_a_departments_sum_holds_for_people_who_claim_at_once(kit: Kit) -> None:
    pooled, seat = _pooled(kit, 8), {"kind": "department", "id": "sales"}
    doing(kit, "admin", lambda unit: unit.pools.set_limit({"seat": seat, "together": True, "holding": 5}))
    claim = lambda n: doing(kit, PEOPLE[n], lambda unit: unit.pool.claim(pooled[n].id))  # noqa: E731
    result = at_once(8, lambda n: patiently(lambda: claim(n)))
    assert len(result.answers) == 5
    assert result.codes == {"holding_limit"}


def test_of_a_transfer_and_a_release_at_once_one_happens(kit: Kit) -> None:
    for _ in range(4):
        customer = kit.given.customer()

        def act(number: int, customer: Any = customer) -> Any:
            facts = {"expected_version": 1, "reason": "换人"}
            if number % 2:
                return patiently(lambda: doing(kit, "seller", lambda unit: unit.pool.release(customer.id, **facts)))
            give = lambda unit: unit.pool.transfer(customer.id, "p1", **facts)  # noqa: E731
            return patiently(lambda: doing(kit, "manager", give))

        result = at_once(2, act)
        assert len(result.answers) == 1
        assert result.codes <= {"stale_version", "illegal_state", "not_found"}
    ledger_is_true(kit)


def test_nobody_puts_a_customer_into_a_pool_that_is_dropped_meanwhile(kit: Kit) -> None:
    for number in range(4):
        one = doing(kit, "admin", lambda unit, n=number: unit.pools.open({"name": f"甲{n}", "position": n * 2}))
        doing(kit, "admin", lambda unit, n=number: unit.pools.open({"name": f"乙{n}", "position": n * 2 + 1}))
        customer = kit.given.customer()

        def act(who: int, one: Any = one, customer: Any = customer) -> Any:
            if who:
                return patiently(lambda: doing(kit, "admin", lambda unit: unit.pools.drop(one.id, expected_version=1)))
            back = {"expected_version": 1, "reason": "没有需求", "pool_id": one.id}
            return patiently(lambda: doing(kit, "seller", lambda unit: unit.pool.release(customer.id, **back)))

        result = at_once(2, act)
        assert len(result.answers) == 1
        assert result.codes == {"invalid_input"}
