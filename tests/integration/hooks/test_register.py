"""register_*: every plugin's answers, by name. Equal names or broken row rules stop the start; others just stay out."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, update
from tests.integration.hooks.probes import answering, plugin

from oa_crm import CRM
from oa_crm.errors import ConfigurationError, InvalidInput, NotFound, PluginRefused
from oa_crm.hooks import ExpenseCategory, LeadRule, Receipt, RowRule
from oa_crm.models import Customer, table_of
from oa_crm.testing import CrmKit, Kit


def _nothing_secret(who: object, customer: Any) -> Any:
    return customer.level.is_distinct_from("secret")


def _agents(who: Any, customer: Any) -> Any:
    return customer.source == "agent" if "hr" in who.roles else None


NO_SECRETS = RowRule("no_secrets", "customer", "limit", _nothing_secret, "secret customers stay secret")
AGENTS = RowRule("agents", "customer", "grant", _agents, "human resources see agents")
ANSWERS = {
    "register_row_rules": NO_SECRETS,
    "register_expense_categories": ExpenseCategory("exhibition", "Exhibitions"),
    "register_lead_rules": LeadRule("from_a_fair", 25, lambda lead: lead.source == "fair", "met at a fair"),
}
EACH = pytest.mark.parametrize("hook", sorted(ANSWERS))


MISFITS = pytest.mark.parametrize(
    "answer", [RuntimeError("no such file"), ["text"], 7, [None]], ids=["raises", "wrong items", "no list", "None item"]
)


def _crm(*plugins: object) -> CRM:
    return CRM("sqlite://", plugins=plugins)


def _crm_without(blocked: str, *plugins: object) -> CRM:
    return CRM("sqlite://", plugins=plugins, block={blocked})


@EACH
def test_equal_names_of_two_plugins_are_an_error_naming_both(hook: str) -> None:
    with pytest.raises(ConfigurationError) as clash:
        _crm(answering("zeta", hook, [ANSWERS[hook]]), answering("acme", hook, [ANSWERS[hook]]))
    assert f"acme and zeta both register {ANSWERS[hook].name!r} by {hook}" in str(clash.value)  # type: ignore[attr-defined]


def test_a_category_of_the_settings_is_taken(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(ConfigurationError, match="oa_crm and acme both register 'travel'"):
        _crm(answering("acme", "register_expense_categories", [ExpenseCategory("travel", "Trips")]))


@MISFITS
def test_a_plugin_that_cannot_answer_is_disabled_and_reported(answer: object, caplog: pytest.LogCaptureFixture) -> None:
    hook = "register_expense_categories"
    with caplog.at_level(logging.ERROR, "oa_crm.plugins"):
        crm = _crm(answering("broken", hook, answer), answering("good", hook, [ANSWERS[hook]]))
    assert list(crm.plugins.disabled) == ["broken"]
    assert hook in crm.plugins.disabled["broken"]
    assert "plugin broken is disabled" in caplog.text
    names = [one.name for one in crm.plugins.loaded]
    assert "good" in names
    assert "broken" not in names


@MISFITS
def test_no_start_without_the_row_rules(answer: object) -> None:
    """Its limits would be gone, and people would see more than they may."""
    broken = answering("broken", "register_row_rules", answer)
    with pytest.raises(PluginRefused, match=r"broken.*register_row_rules.*fix the plugin, or block it"):
        _crm(broken)
    assert _crm_without("broken", broken).plugins.disabled == {}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"kind": "costumer"}, "kind 'costumer', which is none of contract, customer, expense, lead, project"),
        ({"effect": "limits"}, "effect 'limits', which is neither 'grant' nor 'limit'"),
    ],
)
def test_a_rule_that_would_be_in_no_query_is_refused(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(PluginRefused) as slip:
        _crm(answering("broken", "register_row_rules", [replace(NO_SECRETS, **changed)]))
    assert f"broken was refused: register_row_rules answered a rule 'no_secrets' of {said}" in str(slip.value)


def test_a_row_rule_hook_that_fails_half_way_is_refused() -> None:
    def rules(self: object) -> Iterator[RowRule]:
        yield NO_SECRETS
        raise RuntimeError("no such file")

    with pytest.raises(PluginRefused, match="no such file"):
        _crm(plugin("broken", register_row_rules=rules))


@MISFITS
def test_a_plugin_with_row_rules_is_not_disabled_by_another_hook_either(answer: object) -> None:
    def categories(self: object) -> object:
        if isinstance(answer, BaseException):
            raise answer
        return answer

    broken = plugin("broken", register_row_rules=lambda self: [NO_SECRETS], register_expense_categories=categories)
    with pytest.raises(PluginRefused, match=r"broken.*register_expense_categories.*row rules"):
        _crm(broken)
    assert _crm_without("broken", broken).plugins.disabled == {}


@EACH
@pytest.mark.parametrize("answer", [None, (), []])
def test_nothing_to_register_is_fine(hook: str, answer: object) -> None:
    assert _crm(answering("quiet", hook, answer)).plugins.disabled == {}


def test_a_disabled_plugin_is_not_called_by_any_other_hook(crm_kit: CrmKit, database: Engine) -> None:
    called: list[str] = []

    def fail(self: object) -> None:
        raise RuntimeError("no such file")

    broken = plugin(
        "broken",
        register_expense_categories=fail,
        check_customer_creation=lambda self: called.append("check"),
        on_customer_created=lambda self: called.append("event"),
    )
    kit = crm_kit(broken, database=database)
    kit.given.customer()
    kit.relay.drain()
    assert called == []
    assert kit.recorder.hooks == ["on_customer_created"]
    assert kit.relay.dead() == []


def test_register_expense_categories_adds_them_beside_the_settings_own(crm_kit: CrmKit, database: Engine) -> None:
    categories = [ExpenseCategory("exhibition", "Exhibitions"), ExpenseCategory("samples", "Samples")]
    kit = crm_kit(answering("fairs", "register_expense_categories", categories), database=database)
    assert kit.given.expense(category="exhibition").category == "exhibition"
    assert kit.given.expense(category="travel").category == "travel"
    with pytest.raises(InvalidInput, match="nonsense"):
        kit.given.expense(category="nonsense")


def test_register_row_rules_limits_everybody_and_grants_some(crm_kit: CrmKit, database: Engine) -> None:
    kit = crm_kit(
        answering("limits", "register_row_rules", [NO_SECRETS]),
        answering("grants", "register_row_rules", [AGENTS]),
        database=database,
    )
    plain, agent = kit.given.customer(), kit.given.customer(source="agent")
    hidden = _secret(kit)
    with kit.unit("seller", read_only=True) as unit:
        assert {one.id for one in unit.customers.find().items} == {plain.id, agent.id}
    with kit.unit("people", read_only=True) as unit:
        assert [one.id for one in unit.customers.find().items] == [agent.id]
    with pytest.raises(NotFound), kit.unit("seller", read_only=True) as unit:
        unit.customers.get(hidden)
    told = kit.crm.explain(kit.scope("people"), "read", "customer", agent.id)
    assert told.allowed
    assert "human resources see agents" in str(told)


def _secret(kit: Kit) -> UUID:
    customer = kit.given.customer(source="agent")
    with kit.crm.engine.begin() as connection:
        table = table_of(Customer)
        connection.execute(update(table).where(table.c.id == customer.id).values(level="secret"))
    return customer.id


def test_registrations_hold_although_the_plugin_is_switched_off_for_a_company(crm_kit: CrmKit, sqlite: Engine) -> None:
    fairs = plugin(
        "fairs",
        register_expense_categories=lambda self: [ExpenseCategory("exhibition", "Exhibitions")],
        on_expense_booked=lambda self: Receipt("V-1"),
    )
    kit = crm_kit(fairs, database=sqlite)
    with kit.unit("admin") as unit:
        unit.plugins.switch("fairs", enabled=False)
    booked = kit.given.expense(category="exhibition")
    kit.relay.drain()
    with kit.unit(read_only=True) as unit:
        assert unit.links.of("expense", booked.id) == ()
