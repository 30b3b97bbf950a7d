"""A company handles people's data: masks by role, a log of who looked, and a person who asks to be forgotten."""

from sqlalchemy import Engine

from oa_crm.hooks.payloads import PersonErased
from oa_crm.testing import CrmKit


def test_a_number_is_masked_a_look_is_kept_and_a_person_is_forgotten(crm_kit: CrmKit, database: Engine) -> None:
    kit = crm_kit(database=database)
    with kit.unit("seller") as unit:
        firm = unit.customers.create({"name": "云帆智能科技(杭州)有限公司"})
        person = unit.contacts.create(
            {"customer_id": firm.id, "name": "林晓峰", "mobile": "138 1234 5678", "emails": ["lin@example.com"]}
        )
        unit.followups.log({"customer_id": firm.id, "way": "phone", "outcome": "林晓峰(13812345678)答应下周签约"})
    contract = kit.given.approved_contract(kit.given.contract(kit.given.project(firm)))

    # Finance sees the contract, and of people at customers only masks.
    with kit.unit("admin") as unit:
        for field in ("name", "mobile", "emails"):
            unit.privacy.set_rule({"kind": "contact", "field": field, "masked": ["finance"], "expected_version": 0})
    with kit.unit("accountant") as unit:
        seen = unit.contacts.find({"customer_id": firm.id}).items[0]
        assert (seen.name, seen.mobile, seen.emails) == ("林**", "138****5678", ("l***@example.com",))
        assert unit.contracts.get(contract.id).amount == contract.amount

    # The manager looks at the file and says why; the administrator reads that he did.
    with kit.unit("manager", read_only=True) as unit:
        unit.privacy.because("客户投诉核实")
        assert unit.contacts.get(person.id).mobile == "+8613812345678"
    with kit.unit("admin") as unit:
        (look,) = unit.privacy.looks({"kind": "contact", "thing_id": person.id}).items
    assert (look.actor_id, look.fields, look.reason) == ("manager", ("name", "mobile", "emails"), "客户投诉核实")

    # The person asks to be forgotten. The sale stays.
    with kit.unit("admin") as unit:
        before = unit.privacy.preview_erasure("contact", person.id)
        assert before.erased["contact.mobile"] == before.erased["follow_up.outcome"] == 1
    with kit.unit("admin") as unit:
        unit.privacy.erase({"kind": "contact", "thing_id": person.id, "reason": "来函 2026-17"})
    with kit.unit("seller") as unit:
        left = unit.contacts.get(person.id)
        assert (left.name, left.mobile, left.emails) == ("[erased]", None, ())
        assert unit.followups.history(firm.id).items[0].outcome == "[erased]([erased])答应下周签约"
        assert unit.contracts.get(contract.id) == contract
    kit.relay.drain()
    (event,) = kit.recorder.of(PersonErased)
    assert event.contact_ids == (person.id,)
