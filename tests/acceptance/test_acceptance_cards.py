"""A company lets everybody know which customers there are, and nobody more than that."""

import pytest
from sqlalchemy import Engine

from oa_crm.errors import NotFound, TooManySearches
from oa_crm.settings import Settings
from oa_crm.testing import CrmKit


def test_a_salesperson_learns_of_a_colleagues_customer_as_much_as_the_company_tells(
    crm_kit: CrmKit, database: Engine
) -> None:
    kit = crm_kit(database=database, settings=Settings(searches_per_hour=20))
    with kit.unit("seller") as unit:
        customer = unit.customers.create({"name": "云帆智能科技(杭州)有限公司", "phone": "0571-88886666", "level": "A"})
        unit.contacts.create({"customer_id": customer.id, "name": "林晓", "mobile": "13800138000"})
    # Somebody forwards a link to the customer. As long as the company says nothing, there is no such customer for him.
    with kit.unit("colleague", read_only=True) as unit, pytest.raises(NotFound):
        unit.customers.card(customer.id)
    with kit.unit("admin") as unit:
        policy = {"cards": "name", "tell_owner": "department"}
        unit.duplicates.set_policy({"entrance": "card", "policy": policy, "expected_version": 0})
    # Now he learns whom it is about, and where to ask; how to reach anybody there he does not.
    with kit.unit("colleague", read_only=True) as unit:
        card = unit.customers.card(customer.id)
        assert (card.name, card.department, card.owner_name) == ("云帆智能科技(杭州)有限公司", "Sales", None)
        assert [step.value for step in card.next_steps] == ["apply_for_transfer", "ask_manager"]
        for secret in ("林晓", "13800138000", "88886666", "Salesperson"):
            assert secret not in card.model_dump_json()
        with pytest.raises(NotFound):
            unit.customers.file(customer.id)
    # Who goes through all files is stopped within the hour, and it is on record what he looked for.
    with kit.unit("colleague", read_only=True) as unit, pytest.raises(TooManySearches):
        for _ in range(20):
            unit.customers.card(customer.id)
    with kit.unit("admin") as unit:
        assert {one.actor_id for one in unit.duplicates.searches()} == {"colleague"}
