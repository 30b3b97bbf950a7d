"""That a customer exists may be known where its details are not: by the company's policy, within a limit an hour."""

from typing import Any

import pytest
from sqlalchemy import Engine
from tests.integration.services.acting import SYSTEM, doing, refused

from oa_crm import Settings
from oa_crm.schemas import CustomerCard
from oa_crm.testing import CrmKit, Kit

FULL = "杭州云帆智能科技有限公司"


def _policy(kit: Kit, **policy: Any) -> None:
    held = doing(kit, "admin", lambda unit: unit.duplicates.policy("any"))
    change = {"entrance": "any", "policy": policy, "expected_version": held.version}
    doing(kit, "admin", lambda unit: unit.duplicates.set_policy(change))


def _card(kit: Kit, id: Any, actor: str = "colleague") -> CustomerCard:
    with kit.unit(actor, read_only=True) as unit:
        return unit.customers.card(id)


def _hidden(kit: Kit) -> Any:
    return kit.given.customer(name=FULL, phone="0571-88886666", email="lin@yunfan.cn", address="西湖区文三路")


def test_without_a_policy_nobody_learns_that_what_he_may_not_see_exists(kit: Kit) -> None:
    hidden = _hidden(kit)
    with refused("not_found"):
        _card(kit, hidden.id)
    mine = _card(kit, hidden.id, "seller")
    assert (mine.may_open, mine.name, mine.owner_name, mine.pooled) == (True, FULL, "Salesperson", False)
    assert doing(kit, "admin", lambda unit: unit.duplicates.searches()) == (), "one's own file is no search"


@pytest.mark.parametrize(
    ("policy", "name", "owner", "department"),
    [
        ({"cards": "name"}, FULL, "Salesperson", "Sales"),
        ({"cards": "masked", "tell_owner": "masked"}, "杭" + "*" * 11, "S**********", "Sales"),
        ({"cards": "name", "tell_owner": "department"}, FULL, None, "Sales"),
        ({"cards": "masked", "tell_owner": "nothing"}, "杭" + "*" * 11, None, None),
    ],
)
def test_a_card_tells_as_much_as_the_policy_and_never_contact_data(
    kit: Kit, policy: Any, name: str, owner: str | None, department: str | None
) -> None:
    hidden = _hidden(kit)
    _policy(kit, **policy)
    told = _card(kit, hidden.id)
    assert (told.may_open, told.name, told.owner_name, told.department) == (False, name, owner, department)
    assert [step.value for step in told.next_steps] == ["apply_for_transfer", "ask_manager"]
    for hint in ("88886666", "yunfan.cn", "文三路"):
        assert hint not in told.model_dump_json()
    with refused("not_found"):  # the file itself stays closed
        doing(kit, "colleague", lambda unit: unit.customers.get(hidden.id))


def test_a_card_says_that_nobody_has_the_customer(kit: Kit) -> None:
    hidden = _hidden(kit)
    _policy(kit, cards="name")
    doing(kit, "seller", lambda unit: unit.pool.release(hidden.id, expected_version=1, reason="没有需求"))
    told = _card(kit, hidden.id)
    assert (told.pooled, told.owner_name, [step.value for step in told.next_steps]) == (True, None, ["claim"])


def test_cards_of_hidden_customers_count_as_searches_and_are_kept(database: Engine, crm_kit: CrmKit) -> None:
    kit = crm_kit(database=database, settings=Settings(searches_per_hour=3))
    hidden = [kit.given.customer() for _ in range(4)]
    _policy(kit, cards="name")
    for one in hidden[:3]:
        _card(kit, one.id)
    with refused("too_many_searches", limit=3, actor="colleague"):
        _card(kit, hidden[3].id)
    with refused("too_many_searches"):
        doing(kit, "colleague", lambda unit: unit.customers.check({"name": FULL}))
    kept = doing(kit, "admin", lambda unit: unit.duplicates.searches())
    assert {(one.actor_id, one.entrance.value, one.name) for one in kept} == {
        ("colleague", "card", one.name) for one in hidden[:3]
    }
    kit.clock.advance(minutes=61)
    assert _card(kit, hidden[3].id).name == hidden[3].name


def test_explain_names_the_rule_by_which_that_much_may_be_known(kit: Kit) -> None:
    hidden = _hidden(kit)
    scope = kit.scope("colleague")
    assert not [one for one in kit.crm.explain(scope, "read", "customer", hidden.id).rows if "cards" in one]
    _policy(kit, cards="masked")
    why = kit.crm.explain(scope, "read", "customer", hidden.id)
    assert not why.allowed
    assert why.rows[-1] == "cards masked: that it exists may be known, by the policy of duplicates"
    assert not [
        one for one in kit.crm.explain(kit.scope("seller"), "read", "customer", hidden.id).rows if "cards" in one
    ]


def test_another_company_gets_no_card(kit: Kit) -> None:
    hidden = _hidden(kit)
    _policy(kit, cards="name")
    with refused("not_found"):
        doing(kit, SYSTEM, lambda unit: unit.customers.card(hidden.id), tenant="other")
