"""A salesperson gets help for a big customer, and the merit is divided, in the words of the people who do it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Engine

from oa_crm.errors import Forbidden, InvalidInput, NotFound
from oa_crm.testing import CrmKit


def test_a_colleague_helps_to_win_a_customer_and_has_his_share(crm_kit: CrmKit, database: Engine) -> None:
    kit = crm_kit(database=database)
    with kit.unit("seller") as unit:
        customer = unit.customers.create({"name": "云帆智能科技(杭州)有限公司", "level": "A"})
        unit.contacts.create({"customer_id": customer.id, "name": "林晓", "role": "decision_maker"})
        unit.followups.log({"customer_id": customer.id, "way": "visit", "outcome": "要求下月演示"})
        project = unit.projects.create({"customer_id": customer.id, "name": "智能排产一期"})
    # A colleague does not see the customer. The salesperson asks him for help until the tender is over.
    with kit.unit("colleague") as unit, pytest.raises(NotFound):
        unit.customers.get(customer.id)
    today = date(kit.clock.now().year, kit.clock.now().month, kit.clock.now().day)
    seat = {"member_id": "colleague", "level": "write", "role": "presales", "reason": "投标支持"}
    with kit.unit("seller") as unit:
        until = today + timedelta(days=30)
        unit.teams.join({"kind": "customer", "thing_id": customer.id, **seat, "until": until})
        unit.teams.join({"kind": "project", "thing_id": project.id, **seat, "until": until})
    # He knows now whom to ask and what was said, and writes down what he did. He cannot give the customer away.
    with kit.unit("colleague") as unit:
        file = unit.customers.file(customer.id)
        assert [one.name for one in file.contacts.items] == ["林晓"]
        assert [one.member_id for one in file.team.items] == ["colleague"]
        unit.followups.log({"customer_id": customer.id, "way": "demo", "outcome": "演示成功,客户满意"})
        with pytest.raises(Forbidden):
            unit.pool.release(customer.id, expected_version=file.customer.version, reason="不做了")
        with pytest.raises(Forbidden):
            unit.teams.join({"kind": "customer", "thing_id": customer.id, "member_id": "manager"})
    # The owner sees what his helper did, and divides the merit; three thirds are no whole.
    with kit.unit("seller") as unit:
        assert [one.actor_id for one in unit.teams.activity(customer.id).items] == ["colleague"]
        thirds = [{"member_id": "seller", "percent": "66.66"}, {"member_id": "colleague", "percent": "33.33"}]
        with pytest.raises(InvalidInput):
            unit.teams.set_shares(project.id, {"shares": thirds, "expected_version": 0})
        thirds[0]["percent"] = "66.67"
        unit.teams.set_shares(project.id, {"shares": thirds, "expected_version": 0})
    # The month is over: he sees nothing any more, and his share stays.
    kit.clock.advance(days=32)
    with kit.unit("colleague") as unit:
        assert unit.teams.mine().items == ()
        with pytest.raises(NotFound):
            unit.projects.get(project.id)
    with kit.unit("manager") as unit:
        shares = {one.member_id: one.percent for one in unit.teams.shares(project.id).shares}
        assert shares == {"seller": Decimal("66.67"), "colleague": Decimal("33.33")}
        assert {one.role for one in unit.teams.history("customer", customer.id).items} == {"presales"}
    kit.relay.drain()
    assert kit.recorder.hooks.count("on_team_member_joined") == 2
