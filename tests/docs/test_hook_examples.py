"""The example in every hook's docstring is a plugin: it loads, and does what it says in a small company."""

import inspect
from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Engine, MetaData, select

from docs import hook_specs
from oa_crm import CRM, Actor
from oa_crm.errors import Vetoed
from oa_crm.hooks import GiveUp, hookimpl
from oa_crm.hooks.payloads import OpinionGiven
from oa_crm.testing import CrmKit, EventHandlerContract, Kit

Hook = hook_specs.Hook
HOOKS = {hook.name: hook for hook in hook_specs.hooks()}
EVENT_HOOKS = [name for name in HOOKS if name.startswith("on_")]


def example_of(hook: Hook) -> SimpleNamespace:
    """The plugin of a hook's example, and the tables that it brings."""
    names: dict[str, Any] = {"__name__": f"example_of_{hook.name}"}
    exec(compile(hook.sections["Example"], f"<example of {hook.name}>", "exec"), names)
    (plugin,) = [one for one in names.values() if inspect.isclass(one) and hasattr(one, hook.name)]
    return SimpleNamespace(plugin=plugin(), metadata=names.get("metadata", MetaData()))


@pytest.mark.parametrize("hook", HOOKS.values(), ids=HOOKS)
def test_the_example_loads_as_a_plugin(hook: Hook) -> None:
    plugin = example_of(hook).plugin
    crm = CRM("sqlite://", plugins=[plugin])
    (loaded,) = [one for one in crm.plugins.loaded if one.plugin is plugin]
    crm.close()
    assert hook.name in loaded.hooks
    assert loaded.unmarked == ()
    assert crm.plugins.disabled == {}


class Clumsy:
    """Gives up on every new customer, so that there is a dead letter."""

    name = "clumsy"

    @hookimpl
    def on_customer_created(self, event: object, delivery: object) -> None:
        raise GiveUp("no finger to lift")


def _make(hook: str, kit: Kit) -> None:
    if hook == "on_delivery_dead":
        kit.given.customer()
        return
    maker = EventHandlerContract()
    maker.hook = hook
    maker.make(kit)


@pytest.mark.parametrize("hook", EVENT_HOOKS)
def test_the_example_of_an_event_takes_its_delivery(hook: str, sqlite: Engine, crm_kit: CrmKit) -> None:
    example = example_of(HOOKS[hook])
    kit = crm_kit(example.plugin, *([Clumsy()] if hook == "on_delivery_dead" else []), database=sqlite)
    example.metadata.create_all(kit.crm.engine)
    _make(hook, kit)
    kit.relay.drain_with_retries()
    arrived = kit.crm.relay.deliveries("done", plugin=example.plugin.name)
    assert hook in {delivery.hook for delivery in arrived}
    assert kit.crm.relay.deliveries("dead", plugin=example.plugin.name) == ()


REFUSED: dict[str, Callable[[Kit], object]] = {
    "check_customer_creation": lambda kit: kit.given.customer(name="赤霄环宇科技有限公司"),
    "check_customer_owner_change": lambda kit: _claim_of_level_a(kit),
    "check_contract_submission": lambda kit: kit.given.submitted_contract(kit.given.contract(amount="2000000.00")),
    "check_expense_booking": lambda kit: kit.given.expense(occurred_on=date(2025, 12, 31)),
    "check_expense_reversal": lambda kit: _reverse_last_year(kit),
}


def _claim_of_level_a(kit: Kit) -> object:
    customer = kit.given.customer(level="A")
    with kit.unit() as unit:
        unit.pool.release(customer.id, expected_version=1, reason="no need")
        return unit.pool.claim(customer.id)


def _reverse_last_year(kit: Kit) -> object:
    expense = kit.given.expense()
    with kit.unit() as unit:
        return unit.expenses.reverse(expense.id, {"reason": "wrong", "occurred_on": date(2025, 12, 31)})


@pytest.mark.parametrize("hook", REFUSED)
def test_the_example_of_a_check_refuses_what_it_says_and_nothing_else(
    hook: str, sqlite: Engine, crm_kit: CrmKit
) -> None:
    plugin = example_of(HOOKS[hook]).plugin
    kit = crm_kit(plugin, database=sqlite)
    kit.given.submitted_contract()
    kit.given.reversed_expense()
    with pytest.raises(Vetoed) as refused:
        REFUSED[hook](kit)
    ((who, objection),) = refused.value.objections
    assert who == plugin.name
    assert objection.code not in ("check_failed", "bad_answer")


def _mirrors(kit: Kit, plugin: Any) -> None:
    with kit.unit(Actor.system()) as unit:
        assert [one.id for one in unit.directory.members()] == ["he.lin", "zhang.wei"]


def _decides_rights(kit: Kit, plugin: Any) -> None:
    told = kit.crm.explain(kit.scope("manager"), "settle", "project")
    assert told.allowed
    assert told.rule.startswith("Acme's rule")
    assert not kit.crm.explain(kit.scope("seller"), "settle", "project").allowed


def _leads_rows_over(kit: Kit, plugin: Any) -> None:
    metadata = example_of(HOOKS["register_merge_links"]).metadata
    metadata.create_all(kit.crm.engine)
    tickets, (winner, loser) = metadata.tables["tickets"], (kit.given.customer(), kit.given.customer())
    with kit.crm.engine.begin() as connection:
        connection.execute(tickets.insert().values(customer_id=str(loser.id), about="help"))
    ids = {"winner_id": winner.id, "loser_id": loser.id, "winner_version": 1, "loser_version": 1}
    with kit.unit("manager") as unit:
        assert unit.merges.merge(ids).moved["tickets"] == 1
    with kit.crm.engine.connect() as connection:
        assert list(connection.scalars(select(tickets.c.customer_id))) == [str(winner.id)]


def _routes(kit: Kit, plugin: Any) -> None:
    assert kit.given.approved_contract().state == "approved"
    kit.relay.drain()
    assert [one.member_id for one in kit.recorder.of(OpinionGiven)] == ["manager", "accountant"]


def _reconciles(kit: Kit, plugin: Any) -> None:
    expense = kit.given.expense()
    with kit.unit("accountant") as unit:
        assert not unit.settlements.reconcile(expense.project_id).agrees
    kit.relay.drain()
    with kit.unit("accountant") as unit:
        assert unit.settlements.reconcile(expense.project_id).agrees


def _notifies(kit: Kit, plugin: Any) -> None:
    kit.given.submitted_contract()
    kit.relay.drain()
    kit.relay.redeliver_all()
    assert [text.split(":")[0] for text in plugin.messages.values()] == ["manager"]


def _numbers(kit: Kit, plugin: Any) -> None:
    assert [kit.given.contract().number for _ in range(2)] == ["ACME-202603-001", "ACME-202603-002"]


def _grants_rows(kit: Kit, plugin: Any) -> None:
    customer = kit.given.customer(level="A")
    told = kit.crm.explain(kit.scope("manager"), "read", "customer", customer.id)
    assert "grant key_accounts gives it: sales managers see every A-level customer" in told.rows


def _adds_a_category(kit: Kit, plugin: Any) -> None:
    assert kit.given.expense(category="exhibition").category == "exhibition"


def _matches(kit: Kit, plugin: Any) -> None:
    kit.given.customer(name="云帆智能科技有限公司", short_name="云帆#42")
    with kit.unit("colleague") as unit:
        report = unit.customers.check({"name": "长风物流有限公司", "short_name": "长风#42"})
        assert (report.verdict, report.hits[0].reasons[0]) == ("block", "same house number")
        assert not unit.customers.check({"name": "长风物流有限公司", "short_name": "长风#43"}).hits


def _scores(kit: Kit, plugin: Any) -> None:
    assert kit.given.lead(source="fair").score == kit.given.lead(source="web").score + 25


def _keeps_files(kit: Kit, plugin: Any) -> None:
    file = kit.given.file()
    with kit.unit() as unit:
        assert unit.files.open(file.id).read() == b"They will think about it"
    assert len(plugin.kept) == 1


def _adds_a_field(kit: Kit, plugin: Any) -> None:
    assert kit.given.customer(custom={"partner_grade": "gold"}).custom == {"partner_grade": "gold"}


AT_START: dict[str, Callable[[Kit, Any], None]] = {
    "register_merge_links": _leads_rows_over,
    "provide_org_chart": _mirrors,
    "provide_authorizer": _decides_rights,
    "provide_workflow": _routes,
    "provide_ledger": _reconciles,
    "provide_notifier": _notifies,
    "provide_numbering": _numbers,
    "provide_file_store": _keeps_files,
    "register_row_rules": _grants_rows,
    "register_expense_categories": _adds_a_category,
    "register_custom_fields": _adds_a_field,
    "register_duplicate_matchers": _matches,
    "register_lead_rules": _scores,
}


@pytest.mark.parametrize("hook", AT_START)
def test_the_example_of_what_is_asked_at_start_takes_effect(hook: str, crm_kit: CrmKit) -> None:
    plugin = example_of(HOOKS[hook]).plugin
    AT_START[hook](crm_kit(plugin), plugin)


def test_every_example_was_tried() -> None:
    assert {*EVENT_HOOKS, *REFUSED, *AT_START} == set(HOOKS)
