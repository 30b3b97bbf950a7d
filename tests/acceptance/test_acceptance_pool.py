"""A customer whom nobody calls any more finds somebody who does, in the words of the people who work it."""

import pytest
from sqlalchemy import Engine

from oa_crm.errors import ClaimTooEarly, HoldingLimitReached, NotFound
from oa_crm.testing import CrmKit


def test_a_sleeping_customer_finds_a_new_salesperson(crm_kit: CrmKit, database: Engine) -> None:
    kit = crm_kit(database=database)
    # The company has two pools: one for its home province, one for all others.
    with kit.unit("admin") as unit:
        home = unit.pools.open(
            {"name": "浙江公海", "position": 1, "routes": [{"regions": ["浙江省"]}], "cooldown_days": 30}
        )
        unit.pools.open({"name": "全国公海", "position": 2})
        unit.pools.set_limit({"seat": {"kind": "role", "id": "salesperson"}, "holding": 2})
    # The salesperson gives back a customer in Hangzhou whom he cannot win.
    with kit.unit("seller") as unit:
        customer = unit.customers.create(
            {"name": "云帆智能科技(杭州)有限公司", "region": "杭州市", "phone": "0571-88880000"}
        )
        unit.followups.log({"customer_id": customer.id, "way": "phone", "outcome": "今年没有预算"})
        back = unit.pool.release(customer.id, expected_version=customer.version, reason="今年没有预算")
        assert back.pool_id == home.id
    # He cannot have it back next week, and he does not see its file any more.
    kit.clock.advance(days=7)
    with kit.unit("seller") as unit:
        with pytest.raises(ClaimTooEarly):
            unit.pool.claim(customer.id)
        with pytest.raises(NotFound):
            unit.customers.get(customer.id)
    # A colleague sees it in the pool, claims it, and has all that was said before.
    with kit.unit("colleague") as unit:
        (seen,) = unit.pool.find({"region": "浙江省"}).items
        mine = unit.pool.claim(seen.id)
        assert mine.phone == "+8657188880000"
        assert [one.outcome for one in unit.followups.history(mine.id).items] == ["今年没有预算"]
        unit.customers.create({"name": "长风物流有限公司"})
        # Two are all that a salesperson may hold here.
        with pytest.raises(HoldingLimitReached):
            unit.customers.create({"name": "碧海食品有限公司"})
        told = unit.pool.holding()
        assert (told.held, told.holding_limit) == (2, 2)
    # The manager sees who had it when, for the commission.
    with kit.unit("manager") as unit:
        history = [(one.owner_id, one.cause, one.reason) for one in unit.pool.history(customer.id).items]
        assert history == [("colleague", "claim", None), (None, "release", "今年没有预算"), ("seller", "create", None)]
    kit.relay.drain()
    assert kit.recorder.hooks.count("on_customer_owner_changed") == 2
