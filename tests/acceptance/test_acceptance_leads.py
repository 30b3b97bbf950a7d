"""A lead from the trade fair, from the pool to the customer file, in the words of the people who work it."""

import pytest
from sqlalchemy import Engine

from oa_crm.errors import DuplicateCustomer
from oa_crm.testing import CrmKit


def test_a_lead_from_the_fair_becomes_a_customer(crm_kit: CrmKit, database: Engine) -> None:
    kit = crm_kit(database=database)
    known = kit.given.customer(name="长风物流有限公司")
    with kit.unit("manager") as unit:
        for company, person, need in (
            ("云帆智能科技(杭州)有限公司", "林晓", "仓库管理系统"),
            ("长风物流有限公司", "周航", None),
        ):
            unit.leads.create(
                {"company_name": company, "person_name": person, "need": need, "source": "展会", "pool": True}
            )
    # The salesperson takes the best one first, and sees why it is the best.
    with kit.unit("seller") as unit:
        best, other = unit.leads.pool().items
        lead = unit.leads.claim(best.id)
        assert lead.company_name == "云帆智能科技(杭州)有限公司"
        assert [one.rule for one in unit.leads.explain(lead.id).reasons] == ["has_need", "has_person"]
        unit.followups.log({"lead_id": lead.id, "way": "visit", "outcome": "看过样机,要报价"})
    # It is no customer yet: it becomes one, with its person and its project, and nothing that was said is lost.
    with kit.unit("seller") as unit:
        assert not unit.leads.check(lead.id).hits
        done = unit.leads.convert(lead.id, {"expected_version": lead.version, "project_name": "仓库管理系统一期"}).lead
        assert done.customer_id is not None
        assert done.project_id is not None
        assert unit.projects.get(done.project_id).name == "仓库管理系统一期"
        assert [one.name for one in unit.contacts.find({"customer_id": done.customer_id}).items] == ["林晓"]
        assert [one.outcome for one in unit.followups.history(done.customer_id).items] == ["看过样机,要报价"]
    # The other one is a customer already: it joins that one instead of making a second.
    with kit.unit("seller") as unit:
        second = unit.leads.claim(other.id)
        with pytest.raises(DuplicateCustomer):
            unit.leads.convert(second.id, {"expected_version": second.version})
        joined = unit.leads.convert(second.id, {"expected_version": second.version, "into": known.id}).lead
        assert joined.customer_id == known.id
    kit.relay.drain()
    assert kit.recorder.hooks.count("on_lead_converted") == 2
    assert kit.recorder.hooks.count("on_customer_created") == 2
