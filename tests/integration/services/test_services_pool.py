"""Who has a customer: claimed, assigned, transferred, released, locked, given out; what bounds it, and the ledger."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import Engine
from tests.integration.services.acting import doing, everything, invalid, listening, refused
from tests.integration.services.plugins import Chart

from oa_crm.hooks import Member
from oa_crm.models import Customer, Ownership, table_of
from oa_crm.testing import CrmKit, Kit

BACK = {"reason": "没有需求"}


@pytest.fixture
def kit(database: Engine, crm_kit: CrmKit) -> Kit:
    return crm_kit(database=database)


def _release(kit: Kit, customer: Any, by: str = "seller", **more: Any) -> Any:
    version = doing(kit, by, lambda unit: unit.customers.get(customer.id)).version
    return doing(kit, by, lambda unit: unit.pool.release(customer.id, expected_version=version, **BACK, **more))


def _claim(kit: Kit, customer: Any, by: str = "colleague") -> Any:
    return doing(kit, by, lambda unit: unit.pool.claim(customer.id))


def _pool(kit: Kit, **facts: Any) -> Any:
    return doing(kit, "admin", lambda unit: unit.pools.open({"name": "公海一", "position": 1, **facts}))


def _limit(kit: Kit, **facts: Any) -> Any:
    return doing(kit, "admin", lambda unit: unit.pools.set_limit(facts))


def test_a_release_asks_once_where_a_customer_falls(kit: Kit) -> None:
    customer, pool = kit.given.customer(), _pool(kit)
    with listening(kit.crm.engine) as sent:
        assert _release(kit, customer).pool_id == pool.id
    assert len([one for one in sent if "oa_crm_pool" in one and "position" in one and one.startswith("SELECT")]) == 1


def _history(kit: Kit, customer: Any) -> list[tuple[str | None, str]]:
    page = doing(kit, "chief", lambda unit: unit.pool.history(customer.id))
    return [(one.owner_id, one.cause) for one in reversed(page.items)]


def test_a_customer_goes_back_to_the_pool_and_to_the_next_who_wants_it(kit: Kit) -> None:
    customer = kit.given.customer(name="云帆智能科技(杭州)有限公司", phone="0571-88880000")
    back = _release(kit, customer)
    assert (back.owner_id, back.owner_since) == (None, kit.clock.now())
    with refused("not_found"):
        doing(kit, "colleague", lambda unit: unit.customers.get(customer.id))
    (seen,) = doing(kit, "colleague", lambda unit: unit.pool.find()).items
    assert (seen.id, seen.name, seen.pool_id) == (customer.id, "云帆智能科技(杭州)有限公司", back.pool_id)
    assert not {"phone", "phones", "email", "address", "custom"} & set(type(seen).model_fields)
    kit.clock.advance(hours=1)
    mine = _claim(kit, customer)
    assert (mine.owner_id, mine.pool_id, mine.phone) == ("colleague", None, "+8657188880000")
    assert _history(kit, customer) == [("seller", "create"), (None, "release"), ("colleague", "claim")]
    with refused("not_found"):
        doing(kit, "seller", lambda unit: unit.customers.get(customer.id))


def test_an_owned_customer_is_not_claimed_by_posting_its_id(kit: Kit) -> None:
    customer, before = kit.given.customer(), None
    before = everything(kit)
    with refused("not_found"):
        _claim(kit, customer)
    with refused("illegal_state", state="owned"):
        _claim(kit, customer, "manager")
    assert everything(kit) == before


def test_only_who_may_gives_customers_away_or_back(kit: Kit) -> None:
    customer = kit.given.customer()
    facts = {"expected_version": 1, "reason": "换人"}
    before = everything(kit)
    for by in ("colleague", "people"):
        for act in (
            lambda unit: unit.pool.transfer(customer.id, "colleague", **facts),
            lambda unit: unit.pool.release(customer.id, **facts),
            lambda unit: unit.pool.assign(customer.id, "colleague"),
        ):
            with pytest.raises(Exception, match=r"No such customer|may not"):
                doing(kit, by, act)
    with refused("forbidden", action="transfer"):
        doing(kit, "seller", lambda unit: unit.pool.transfer(customer.id, "colleague", **facts))
    with refused("forbidden", action="release"):
        doing(kit, "accountant", lambda unit: unit.pool.release(customer.id, **facts))
    assert everything(kit) == before


def test_a_manager_transfers_within_his_reach_and_not_beyond(kit: Kit) -> None:
    customer = kit.given.customer()
    facts = {"expected_version": 1, "reason": "区域调整"}
    with invalid("to"):
        doing(kit, "manager", lambda unit: unit.pool.transfer(customer.id, "accountant", **facts))
    with invalid("to"):
        doing(kit, "manager", lambda unit: unit.pool.transfer(customer.id, "seller", **facts))
    given = doing(kit, "manager", lambda unit: unit.pool.transfer(customer.id, "colleague", **facts))
    assert (given.owner_id, given.version) == ("colleague", 2)
    with refused("stale_version"):
        doing(kit, "manager", lambda unit: unit.pool.transfer(customer.id, "seller", **facts))


def test_claiming_and_giving_back_does_not_give_the_day_back(kit: Kit) -> None:
    _limit(kit, claims_per_day=2)
    one, other, third = (_release(kit, kit.given.customer()) for _ in range(3))
    for customer in (one, other):
        _claim(kit, customer)
        _release(kit, customer, "colleague")
    with refused("claim_quota", claimed=2, limit=2):
        _claim(kit, third)
    left = doing(kit, "colleague", lambda unit: unit.pool.holding())
    assert (left.held, left.claimed_today, left.claims_left) == (0, 2, 0)
    # 09:00 UTC is 17:00 in Shanghai; the new business day begins at 16:00 UTC.
    kit.clock.advance(hours=6, minutes=59)
    with refused("claim_quota"):
        _claim(kit, third)
    kit.clock.advance(minutes=1)
    assert _claim(kit, third).owner_id == "colleague"


def test_a_pools_own_quota_counts_only_its_claims(kit: Kit) -> None:
    small = _pool(kit, claims_per_day=1)
    large = _pool(kit, name="公海二", position=2)
    there = [_release(kit, kit.given.customer(), pool_id=small.id) for _ in range(2)]
    here = [_release(kit, kit.given.customer(), pool_id=large.id) for _ in range(2)]
    for customer in (here[0], there[0], here[1]):
        _claim(kit, customer)
    with refused("claim_quota", limit=1):
        _claim(kit, there[1])


def test_who_had_it_waits_and_so_does_everybody_for_one_that_has_just_come(kit: Kit) -> None:
    _pool(kit, cooldown_days=7, wait_hours=24)
    customer = _release(kit, kit.given.customer())
    with refused("claim_too_early", because="waiting"):
        _claim(kit, customer)
    # Editing a pooled customer does not move its waiting time.
    doing(kit, "manager", lambda unit: unit.customers.update(customer.id, {"expected_version": 2, "level": "B"}))
    kit.clock.advance(hours=24)
    with refused("claim_too_early", because="cooldown"):
        _claim(kit, customer, "seller")
    assert _claim(kit, customer).owner_id == "colleague"
    _release(kit, customer, "colleague")
    kit.clock.advance(days=6, hours=1)
    # His own seven days are over by now; the colleague's are not.
    assert _claim(kit, customer, "seller").owner_id == "seller"


@pytest.mark.parametrize("way", ["create", "claim", "assign", "transfer", "convert"])
def test_nobody_holds_more_than_he_may_whichever_way_it_comes(kit: Kit, way: str) -> None:
    pooled, owned, lead = _release(kit, kit.given.customer()), kit.given.customer(), kit.given.lead()
    doing(kit, "manager", lambda unit: unit.leads.assign(lead.id, "colleague", expected_version=1))
    doing(kit, "colleague", lambda unit: unit.customers.create({"name": "长风物流有限公司"}))
    _limit(kit, seat={"kind": "role", "id": "salesperson"}, holding=1)
    ways = {
        "create": ("colleague", lambda unit: unit.customers.create({"name": "碧海食品有限公司"})),
        "claim": ("colleague", lambda unit: unit.pool.claim(pooled.id)),
        "assign": ("manager", lambda unit: unit.pool.assign(pooled.id, "colleague")),
        "transfer": (
            "manager",
            lambda unit: unit.pool.transfer(owned.id, "colleague", expected_version=1, reason="换人"),
        ),
        "convert": ("colleague", lambda unit: unit.leads.convert(lead.id, {"expected_version": 2})),
    }
    before = everything(kit)
    by, act = ways[way]
    with refused("holding_limit", owner="colleague", limit=1, held=1):
        doing(kit, by, act)
    assert everything(kit) == before


def test_what_does_not_count_leaves_room(kit: Kit) -> None:
    doing(kit, "seller", lambda unit: unit.customers.create({"name": "长风物流有限公司", "level": "D"}))
    kit.given.approved_contract()
    _limit(kit, holding=1, free={"levels": ["D"], "with_contract": True})
    told = doing(kit, "seller", lambda unit: unit.pool.holding())
    assert (told.held, told.holding_limit) == (0, 1)
    customer = doing(kit, "seller", lambda unit: unit.customers.create({"name": "碧海食品有限公司"}))
    with refused("holding_limit", held=1):
        kit.given.customer()
    assert kit.given.customer(level="D").owner_id == "seller"
    _limit(kit, holding=1, free={"locked": True}, expected_version=1)
    doing(kit, "seller", lambda unit: unit.pool.lock(customer.id, expected_version=1))
    told = doing(kit, "seller", lambda unit: unit.pool.holding())
    assert (told.held, told.locked) == (3, 1)


def test_the_limit_for_fewest_people_holds_and_a_departments_sum_besides(kit: Kit) -> None:
    _limit(kit, holding=5)
    _limit(kit, seat={"kind": "role", "id": "salesperson"}, holding=3)
    _limit(kit, seat={"kind": "member", "id": "seller"}, holding=2)
    limits = {
        by: doing(kit, by, lambda unit: unit.pool.holding()).holding_limit for by in ("seller", "colleague", "manager")
    }
    assert limits == {"seller": 2, "colleague": 3, "manager": 5}
    department = kit.company.people["seller"].department_id
    _limit(kit, seat={"kind": "department", "id": department}, together=True, holding=3)
    mine = kit.given.customer()
    kit.given.customer()
    doing(kit, "colleague", lambda unit: unit.customers.create({"name": "碧海食品有限公司"}))
    with refused("holding_limit", together=True, held=3):
        doing(kit, "colleague", lambda unit: unit.customers.create({"name": "长风物流有限公司"}))
    # From hand to hand inside the department the sum stays as it is.
    give = {"expected_version": 1, "reason": "换人"}
    assert doing(kit, "manager", lambda unit: unit.pool.transfer(mine.id, "colleague", **give)).owner_id == "colleague"


def test_a_batch_answers_for_each_and_one_refusal_leaves_the_others(kit: Kit) -> None:
    _limit(kit, seat={"kind": "member", "id": "colleague"}, holding=2)
    pooled = [_release(kit, kit.given.customer()) for _ in range(3)]
    owned = kit.given.customer()
    ids = [owned.id, *(one.id for one in pooled)]
    told = doing(kit, "colleague", lambda unit: unit.pool.claim_many(ids))
    assert [one.customer_id for one in told.answers] == ids
    assert told.done == 2
    problems = [one.problem for one in told.answers]
    assert problems[0] == "not_found"
    assert sorted(problems[1:], key=str) == [None, None, "holding_limit"]
    held = doing(kit, "colleague", lambda unit: unit.pool.holding()).held
    assert held == 2
    kit.relay.drain()
    assert kit.recorder.hooks.count("on_customer_owner_changed") == 3 + 2


def test_locks_are_few_and_end_with_the_owner(kit: Kit) -> None:
    _limit(kit, locks=1)
    one, other = kit.given.customer(), kit.given.customer()
    locked = doing(kit, "seller", lambda unit: unit.pool.lock(one.id, expected_version=1))
    assert locked.locked_at == kit.clock.now()
    with refused("lock_limit", limit=1, locked=1):
        doing(kit, "seller", lambda unit: unit.pool.lock(other.id, expected_version=1))
    given = doing(
        kit, "manager", lambda unit: unit.pool.transfer(one.id, "colleague", expected_version=2, reason="换人")
    )
    assert given.locked_at is None
    assert doing(kit, "seller", lambda unit: unit.pool.lock(other.id, expected_version=1)).locked_at


def test_customers_are_given_out_in_turn_and_who_is_full_is_passed_over(kit: Kit) -> None:
    pooled = []
    for _ in range(5):
        pooled.append(_release(kit, kit.given.customer()))
        kit.clock.advance(minutes=1)
    _limit(kit, seat={"kind": "member", "id": "colleague"}, holding=1)
    wanted = {"pool_id": pooled[0].pool_id, "among": [{"kind": "role", "id": "salesperson"}], "most": 4}
    told = doing(kit, "manager", lambda unit: unit.pool.distribute(wanted))
    assert [told.given[one.id] for one in pooled[:4]] == ["colleague", "seller", "seller", "seller"]
    assert [(one.member_id, one.because) for one in told.passed] == [("colleague", "holding_limit")]
    assert told.left == 0
    (entry,) = [
        one
        for one in doing(kit, "admin", lambda unit: unit.audit.of("pool", pooled[0].pool_id))
        if one.operation == "pool.distribute"
    ]
    assert entry.changes["passed.colleague"] == [None, "holding_limit"]
    _release(kit, kit.given.customer())
    _limit(kit, seat={"kind": "member", "id": "colleague"}, holding=9, expected_version=1)
    told = doing(kit, "manager", lambda unit: unit.pool.distribute({**wanted, "way": "load", "most": 1}))
    assert list(told.given.values()) == ["colleague"]


def test_the_turn_goes_on_where_it_stopped(kit: Kit) -> None:
    pooled = []
    for _ in range(4):
        pooled.append(_release(kit, kit.given.customer()))
        kit.clock.advance(minutes=1)
    wanted = {"pool_id": pooled[0].pool_id, "among": [{"kind": "role", "id": "salesperson"}], "most": 1}
    given = []
    for _ in range(4):
        given += doing(kit, "manager", lambda unit: unit.pool.distribute(wanted)).given.values()
        kit.clock.advance(minutes=1)
    assert given == ["colleague", "seller", "colleague", "seller"]


def test_who_had_it_then_is_credited_then(kit: Kit) -> None:
    began = kit.clock.now()
    customer = kit.given.customer()
    kit.clock.advance(days=10)
    _release(kit, customer)
    kit.clock.advance(days=1)
    _claim(kit, customer)

    def owner(moment: datetime) -> Any:
        return doing(kit, "chief", lambda unit: unit.pool.owner_at(customer.id, moment))

    assert owner(began - timedelta(seconds=1)) is None
    assert owner(began + timedelta(days=9)).owner_id == "seller"
    assert owner(began + timedelta(days=10, hours=1)).owner_id is None
    assert (owner(began + timedelta(days=11)).owner_id, owner(began + timedelta(days=11)).until) == ("colleague", None)
    with invalid("moment"):
        owner(datetime(2026, 3, 2))  # noqa: DTZ001


def test_a_clock_that_was_set_back_makes_no_interval_that_overlaps(kit: Kit) -> None:
    customer = kit.given.customer()
    kit.clock.advance(days=2)
    _release(kit, customer)
    kit.clock._now -= timedelta(days=1)
    _claim(kit, customer)
    page = doing(kit, "chief", lambda unit: unit.pool.history(customer.id)).items
    assert [one.number for one in page] == [3, 2, 1]
    assert all(later.since >= one.since for later, one in pairwise(page))
    assert [one.until for one in page[1:]] == [one.since for one in page[:-1]]


def test_merging_brings_its_owner_into_the_ledger_and_splitting_takes_him_out(kit: Kit) -> None:
    winner, loser = _release(kit, kit.given.customer()), kit.given.customer()
    wanted = {"winner_id": winner.id, "loser_id": loser.id, "winner_version": 2, "loser_version": 1}
    merged = doing(kit, "manager", lambda unit: unit.merges.merge(wanted))
    now = doing(kit, "seller", lambda unit: unit.customers.get(winner.id))
    assert (now.owner_id, now.pool_id) == ("seller", None)
    doing(kit, "manager", lambda unit: unit.merges.split(merged.id, reason="两家公司"))
    then = doing(kit, "manager", lambda unit: unit.customers.get(winner.id))
    assert (then.owner_id, then.pool_id) == (None, winner.pool_id)
    causes = [cause for _, cause in _history(kit, winner)]
    assert causes == ["create", "release", "merge", "split"]
    ledger_is_true(kit)


def test_who_runs_a_pool_assigns_from_it_to_anybody_and_from_no_other(database: Engine, crm_kit: CrmKit) -> None:
    chart = Chart()
    chart.known_members.append(Member("runner", "Runner", "company", "chief", ("salesperson",)))
    kit = crm_kit(chart, database=database)
    pool = _pool(kit, admins=[{"kind": "member", "id": "runner"}], members=[{"kind": "member", "id": "colleague"}])
    customer = _release(kit, kit.given.customer(), pool_id=pool.id)
    with refused("forbidden"):
        _claim(kit, customer, "seller")
    with refused("forbidden", action="assign"):
        doing(kit, "colleague", lambda unit: unit.pool.assign(customer.id, "colleague"))
    given = doing(kit, "runner", lambda unit: unit.pool.assign(customer.id, "seller"))
    assert given.owner_id == "seller"
    # Of another pool he is no admin.
    other = _release(kit, customer, pool_id=_pool(kit, name="公海二", position=2).id)
    with refused("forbidden", action="assign"):
        doing(kit, "runner", lambda unit: unit.pool.assign(other.id, "seller"))
    with refused("forbidden", action="assign"):
        doing(kit, "runner", lambda unit: unit.pool.distribute({"pool_id": other.pool_id}))


def ledger_is_true(kit: Kit) -> None:
    """The last row of each customer's ledger says who has it, and its numbers have no gap."""
    customers, ledger = table_of(Customer), table_of(Ownership)
    with kit.crm.engine.connect() as connection:
        now = {row.id: row for row in connection.execute(customers.select())}
        kept: dict[Any, list[Any]] = {id: [] for id in now}
        for row in connection.execute(ledger.select().order_by(ledger.c.customer_id, ledger.c.number)):
            kept[row.customer_id].append(row)
    for id, row in now.items():
        assert [one.number for one in kept[id]] == list(range(1, row.owner_no + 1))
        last = kept[id][-1]
        assert (last.owner_id, last.pool_id, last.since) == (row.owner_id, row.pool_id, row.owner_since)
        assert (row.owner_id is None) != (row.pool_id is None)
        assert all(later.since >= one.since for one, later in pairwise(kept[id]))
