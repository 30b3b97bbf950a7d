"""check_*: everybody is asked, all objections come back together, and whatever is unclear refuses."""

from typing import Any

import pytest
from sqlalchemy import Engine, text
from tests.integration.hooks.probes import CHECKED, answering, plugin

from oa_crm.errors import Vetoed
from oa_crm.hooks import CheckContext, Objection
from oa_crm.testing import CrmKit, Kit

EACH = pytest.mark.parametrize("hook", sorted(CHECKED))
ARGUMENT = {
    "check_customer_creation": "customer",
    "check_customer_owner_change": "change",
    "check_contract_submission": "contract",
    "check_expense_booking": "expense",
    "check_expense_reversal": "reversal",
}
FACTS: dict[str, dict[str, object]] = {
    "check_customer_creation": {"name": "Quill Foundry", "owner_id": "seller", "source": "fair", "industry": "C31"},
    "check_customer_owner_change": {"cause": "release", "former_owner_id": "seller", "owner_id": "None"},
    "check_contract_submission": {"amount": "98,000.50 CNY", "owner_id": "seller", "number": "HT-2026-0001"},
    "check_expense_booking": {"amount": "12.30 CNY", "occurred_on": "2026-02-27", "category": "travel"},
    "check_expense_reversal": {"amount": "80.10 CNY", "occurred_on": "2026-03-02", "reason": "Booked by mistake"},
}


def _watching(hook: str, seen: list[tuple[CheckContext, Any]], answer: object = None) -> Any:
    body = f"def {hook}(self, ctx, {ARGUMENT[hook]}):\n    seen.append((ctx, {ARGUMENT[hook]}))\n    return answer"
    made: dict[str, Any] = {}
    exec(body, {"seen": seen, "answer": answer}, made)
    return plugin("watching", **made)


@EACH
def test_a_check_gets_the_facts_and_who_asks_and_may_let_it_pass(crm_kit: CrmKit, database: Engine, hook: str) -> None:
    seen: list[tuple[CheckContext, Any]] = []
    kit = crm_kit(_watching(hook, seen), database=database)
    CHECKED[hook](kit)
    ((ctx, draft),) = seen
    assert {name: str(getattr(draft, name)) for name in FACTS[hook]} == FACTS[hook]
    assert (ctx.who.id, ctx.who.tenant, ctx.who.roles) == ("seller", "acme", ("salesperson",))
    assert ctx.now == kit.clock.now()
    assert ctx.request_id


@EACH
def test_every_objection_comes_back_at_once_sorted_by_plugin(crm_kit: CrmKit, sqlite: Engine, hook: str) -> None:
    plugins = [answering(name, hook, Objection(f"no_{name}", f"{name} says no")) for name in ("zeta", "acme", "mid")]
    kit = crm_kit(*plugins, answering("content", hook, None), database=sqlite)
    with pytest.raises(Vetoed) as refused:
        CHECKED[hook](kit)
    assert [(name, one.code) for name, one in refused.value.objections] == [
        ("acme", "no_acme"),
        ("mid", "no_mid"),
        ("zeta", "no_zeta"),
    ]
    assert str(refused.value) == "Refused by acme, mid, zeta: acme says no; mid says no; zeta says no"


@EACH
@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (RuntimeError("the service is down"), "check_failed"),
        ("no", "bad_answer"),
        (False, "bad_answer"),
        (True, "bad_answer"),
        ([Objection("a", "A")], "bad_answer"),
        (Objection(None, "A"), "bad_answer"),
        (Objection("a", None), "bad_answer"),
        (Objection("a", "A", ["amount"]), "bad_answer"),
    ],
    ids=["raises", "text", "false", "true", "list", "no code", "no message", "two fields"],
)
def test_a_check_that_cannot_answer_refuses_and_the_others_are_still_asked(
    crm_kit: CrmKit, sqlite: Engine, hook: str, answer: object, code: str
) -> None:
    kit = crm_kit(answering("broken", hook, answer), answering("zeta", hook, Objection("z", "Z")), database=sqlite)
    with pytest.raises(Vetoed) as refused:
        CHECKED[hook](kit)
    assert [(name, one.code) for name, one in refused.value.objections] == [("broken", code), ("zeta", "z")]
    assert "the service is down" not in str(refused.value)


@EACH
def test_a_refused_act_leaves_nothing_and_the_unit_goes_on(crm_kit: CrmKit, database: Engine, hook: str) -> None:
    verdicts: list[Objection | None] = [Objection("no", "Not yet"), None]
    kit = crm_kit(plugin("gate", **{hook: lambda self: verdicts.pop(0)}), database=database)
    act, state = _prepared(kit, hook)
    kit.relay.drain()
    heard = len(kit.recorder.events)
    with kit.unit() as unit:
        before = state(unit)
        with pytest.raises(Vetoed):
            act(unit)
        assert state(unit) == before
    kit.relay.drain()
    assert len(kit.recorder.events) == heard
    with kit.unit(read_only=True) as unit:
        assert state(unit) == before
    with kit.unit() as unit:
        act(unit)
        assert state(unit) != before
    kit.relay.drain()
    assert len(kit.recorder.events) > heard


def test_an_act_refused_in_one_unit_does_not_take_its_neighbours_along(crm_kit: CrmKit, database: Engine) -> None:
    def check(self: object, customer: Any) -> Objection | None:
        return Objection("agent", "Agents are elsewhere", "source") if customer.source == "agent" else None

    kit = crm_kit(plugin("no_agents", check_customer_creation=check), database=database)
    with kit.unit() as unit:
        unit.customers.create({"name": "Before Works"})
        with pytest.raises(Vetoed) as refused:
            unit.customers.create({"name": "Refused Ltd", "source": "agent"})
        unit.customers.create({"name": "Accepted Harbour", "source": "fair"})
    assert refused.value.details["objections"][0]["field"] == "source"
    with kit.unit(read_only=True) as unit:
        assert [one.name for one in unit.customers.find().items] == ["Accepted Harbour", "Before Works"]
    kit.relay.drain()
    assert [event.name for event in kit.recorder.events] == ["Before Works", "Accepted Harbour"]  # type: ignore[attr-defined]


def test_what_a_refusing_check_wrote_is_taken_back(crm_kit: CrmKit, database: Engine) -> None:
    def meddle(self: object, ctx: CheckContext) -> Objection:
        ctx.connection.execute(text("UPDATE oa_crm_member SET name = 'Meddled'"))
        return Objection("no", "No")

    kit = crm_kit(plugin("meddling", check_customer_creation=meddle), database=database)
    with kit.unit() as unit, pytest.raises(Vetoed):
        unit.customers.create({"name": "Quill Foundry"})
    with kit.unit("admin", read_only=True) as unit:
        assert "Meddled" not in {member.name for member in unit.directory.members()}


def test_a_check_whose_sql_fails_is_blamed_alone_and_the_unit_goes_on(crm_kit: CrmKit, database: Engine) -> None:
    def broken(self: object, ctx: CheckContext) -> None:
        ctx.connection.execute(text("SELECT * FROM a_table_that_is_not_there"))

    def sound(self: object, ctx: CheckContext) -> None:
        assert ctx.connection.scalar(text("SELECT 1")) == 1

    kit = crm_kit(
        plugin("broken", check_customer_creation=broken),
        plugin("sound", check_customer_creation=sound),
        database=database,
    )
    with kit.unit() as unit:
        with pytest.raises(Vetoed) as refused:
            unit.customers.create({"name": "Quill Foundry"})
        assert unit.customers.find().items == ()
    assert [name for name, _ in refused.value.objections] == ["broken"]


@EACH
def test_a_check_may_take_no_argument_or_any_of_them(crm_kit: CrmKit, sqlite: Engine, hook: str) -> None:
    asked: list[str] = []
    kit = crm_kit(plugin("brief", **{hook: lambda self: asked.append(hook)}), database=sqlite)
    CHECKED[hook](kit)
    assert asked == [hook]


def _prepared(kit: Kit, hook: str) -> tuple[Any, Any]:
    """An act that the check guards, made ready without it, and what the act would change."""
    if hook == "check_customer_creation":
        return lambda unit: unit.customers.create({"name": "Quill Foundry"}), lambda unit: unit.customers.find().items
    if hook == "check_contract_submission":
        draft = kit.given.contract()
        return lambda unit: unit.contracts.submit(draft.id, expected_version=1), lambda unit: unit.contracts.get(
            draft.id
        )
    if hook == "check_customer_owner_change":
        held = kit.given.customer()
        give_back = {"expected_version": 1, "reason": "No need"}
        return lambda unit: unit.pool.release(held.id, **give_back), lambda unit: unit.customers.find().items
    if hook == "check_expense_booking":
        project = kit.given.project()
        booking = {"project_id": project.id, "category": "travel", "amount": "5.00", "occurred_on": "2026-03-02"}
        return lambda unit: unit.expenses.book(booking), lambda unit: unit.settlements.preview(project.id)
    expense = kit.given.expense()
    return (
        lambda unit: unit.expenses.reverse(expense.id, {"reason": "Twice"}),
        lambda unit: unit.settlements.preview(expense.project_id),
    )
