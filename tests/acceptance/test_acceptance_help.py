"""A salesperson does not win alone: presales answers, an agent learns just enough, in the words of those who do it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from oa_crm.errors import NotFound
from oa_crm.hooks import Member
from oa_crm.testing import CrmKit


def test_presales_answers_into_the_file_and_an_agent_reads_what_he_may(crm_kit: CrmKit, database: Engine) -> None:
    kit = crm_kit(database=database)
    kit.company.people["presales"] = Member("presales", "售前工程师", "finance", "chief", ("presales",))
    kit.company.people["agent"] = Member("agent", "北辰代理", None, None, ("agent",), external=True)
    with kit.unit("admin") as unit:
        unit.directory.sync()
    # The salesperson needs to know whether the old system can be connected, within a week.
    with kit.unit("seller") as unit:
        customer = unit.customers.create(
            {"name": "云帆智能科技(杭州)有限公司", "industry": "steel", "region": "330106"}
        )
        project = unit.projects.create({"customer_id": customer.id, "name": "产线改造", "expected": "500000.00"})
        asked = unit.help.ask(
            {
                "project_id": project.id,
                "member_id": "presales",
                "title": "能接他们的 SAP 吗?",
                "question": "版本是 ECC 6.0",
                "due_on": date(2026, 3, 9),
                "show": ["customer.industry", "project.stage"],
            }
        )
    # Presales knows nothing of the customer but what he is shown, and takes it up.
    with kit.unit("presales") as unit:
        (mine,) = unit.help.find({"mine": True}).items
        assert mine.shown == {"customer.industry": "C31", "project.stage": "lead"}
        with pytest.raises(NotFound):
            unit.customers.get(customer.id)
        unit.help.accept(mine.id)
    # A week later it is overdue; the manager sees that, and the answer comes.
    kit.clock.advance(days=8)
    with kit.unit("manager") as unit:
        assert [one.helper_id for one in unit.help.overdue().items] == ["presales"]
    with kit.unit("presales") as unit:
        unit.help.answer(asked.id, "能接,用标准接口,两周")
    with kit.unit("seller") as unit:
        (found,) = unit.customers.file(customer.id).help_requests.items
        assert (found.answer, found.answered_by) == ("能接,用标准接口,两周", "presales")
        unit.help.close(asked.id)
        # The agent on the spot is to know the trade and the stage, for three days.
        share = unit.shares.give(
            {
                "project_id": project.id,
                "receiver_id": "agent",
                "title": "杭州钢铁行业项目",
                "show": ["customer.industry", "project.stage"],
                "expires_at": kit.clock.now() + timedelta(days=3),
            }
        )
    with kit.unit("agent") as unit:
        (listed,) = unit.shares.received().items
        assert unit.shares.read(listed.id).facts == {"customer.industry": "C31", "project.stage": "lead"}
        with pytest.raises(NotFound):
            unit.projects.get(project.id)
    with kit.unit("seller") as unit:
        assert [one.by for one in unit.shares.looks(share.id).items] == ["agent"]
    kit.clock.advance(days=3)
    with kit.unit("agent") as unit, pytest.raises(NotFound):
        unit.shares.read(share.id)
    kit.relay.drain()
    assert [kit.recorder.hooks.count(f"on_{one}") for one in ("help_asked", "help_answered", "share_given")] == [
        1,
        2,
        1,
    ]
