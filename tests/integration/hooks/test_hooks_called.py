"""Every hook, called by the act it belongs to, with a plugin that is really there."""

from collections.abc import Callable
from datetime import date

import pytest

from oa_crm.errors import Vetoed
from oa_crm.hooks import (
    EVENTS,
    ApprovalFacts,
    Decision,
    ExpenseCategory,
    Judgement,
    Message,
    NumberFormat,
    Objection,
    Posting,
    Reach,
    Receipt,
    RowRule,
    hookimpl,
)
from oa_crm.hooks.payloads import DeliveryDead, ExpenseReversed, ProjectSettled
from oa_crm.schemas import CustomerIn
from oa_crm.testing import CrmKit, Kit
from oa_crm.testing.contracts import MAKERS

ANNOUNCED = (
    "on_customer_created",
    "on_customer_updated",
    "on_follow_up_logged",
    "on_project_created",
    "on_project_stage_changed",
    "on_project_settled",
    "on_contract_submitted",
    "on_approval_requested",
    "on_opinion_given",
    "on_contract_approved",
    "on_contract_rejected",
    "on_contract_withdrawn",
    "on_expense_booked",
    "on_expense_reversed",
    "on_member_left",
)


@pytest.mark.parametrize("hook", ANNOUNCED)
def test_an_event_reaches_its_listener_once(crm_kit: CrmKit, database_url: str, hook: str) -> None:
    kit = crm_kit(database=database_url)
    MAKERS[hook](kit)
    kit.relay.drain()
    assert kit.recorder.hooks.count(hook) == 1 or hook == "on_project_stage_changed"
    assert len(set(kit.recorder.keys)) == len(kit.recorder.keys)


def test_every_event_hook_is_made_somewhere() -> None:
    assert set(EVENTS) == {*ANNOUNCED, "on_delivery_dead"}
    assert set(MAKERS) == set(ANNOUNCED)


def test_on_delivery_dead_says_what_could_not_be_delivered(crm_kit: CrmKit, database_url: str) -> None:
    class Broken:
        @hookimpl
        def on_customer_created(self, event: object) -> None:
            raise ValueError("the finance server said no to zhang.wei@example.com")

    kit = crm_kit(Broken(), database=database_url)
    customer = kit.given.customer()
    kit.relay.drain_with_retries()
    kit.relay.drain()
    (dead,) = kit.recorder.of(DeliveryDead)
    assert (dead.plugin, dead.hook, dead.about) == ("Broken", "on_customer_created", str(customer.id))
    assert dead.error == "ValueError: the finance server said no to ***@***"


def test_reversal_and_settlement_carry_exact_facts(crm_kit: CrmKit, database_url: str) -> None:
    kit = crm_kit(database=database_url)
    contract = kit.given.approved_contract()
    with kit.unit("seller", read_only=True) as unit:
        project = unit.projects.get(contract.project_id)
    kit.given.expense(project, amount="1280.00")
    kit.given.reversed_expense(kit.given.expense(project, amount="80.10"))
    with kit.unit("manager") as unit:
        unit.settlements.settle(project.id)
    kit.relay.drain()
    (reversed_,) = kit.recorder.of(ExpenseReversed)
    (settled,) = kit.recorder.of(ProjectSettled)
    assert str(reversed_.amount) == "80.10 CNY"
    assert [str(one) for one in (settled.revenue, settled.expenses, settled.profit)] == [
        "10,000.00 CNY",
        "1,280.00 CNY",
        "8,720.00 CNY",
    ]


CHECKS: dict[str, Callable[[Kit], object]] = {
    "check_customer_creation": lambda kit: kit.given.customer(),
    "check_contract_submission": lambda kit: kit.given.submitted_contract(),
    "check_expense_booking": lambda kit: kit.given.expense(),
    "check_expense_reversal": lambda kit: kit.given.reversed_expense(),
}


def _refusing(hook: str, name_: str, answer: object) -> object:
    def check(self: object, ctx: object) -> object:
        if isinstance(answer, Exception):
            raise answer
        return answer

    check.__name__ = hook
    return type(name_, (), {"name": name_, hook: hookimpl(check)})()


@pytest.mark.parametrize("hook", sorted(CHECKS))
def test_every_objection_comes_back_sorted_by_plugin(crm_kit: CrmKit, database_url: str, hook: str) -> None:
    plugins = [_refusing(hook, name, Objection(f"no_{name}", f"{name} says no")) for name in ("zeta", "alpha")]
    kit = crm_kit(*plugins, database=database_url)
    with pytest.raises(Vetoed) as refused:
        CHECKS[hook](kit)
    assert [plugin for plugin, _ in refused.value.objections] == ["alpha", "zeta"]
    assert "alpha says no" in str(refused.value)


@pytest.mark.parametrize("answer", [RuntimeError("the service is down"), "yes"], ids=["raises", "wrong answer"])
@pytest.mark.parametrize("hook", sorted(CHECKS))
def test_a_check_that_cannot_answer_refuses(crm_kit: CrmKit, sqlite_url: str, hook: str, answer: object) -> None:
    kit = crm_kit(_refusing(hook, "broken", answer), database=sqlite_url)
    with pytest.raises(Vetoed, match="broken"):
        CHECKS[hook](kit)


def test_a_refused_act_leaves_nothing_and_the_unit_goes_on(crm_kit: CrmKit, database_url: str) -> None:
    class NoAgents:
        @hookimpl
        def check_customer_creation(self, customer: object) -> Objection | None:
            source = customer.source  # type: ignore[attr-defined]
            return Objection("agent", "Agents are registered elsewhere", "source") if source == "agent" else None

    kit = crm_kit(NoAgents(), database=database_url)
    with kit.unit() as unit:
        with pytest.raises(Vetoed):
            unit.customers.create(CustomerIn(name="Refused Ltd", source="agent"))
        unit.customers.create(CustomerIn(name="Accepted Works", source="fair"))
    with kit.unit(read_only=True) as unit:
        assert [one.name for one in unit.customers.find().items] == ["Accepted Works"]
    kit.relay.drain()
    assert [event.name for event in kit.recorder.events] == ["Accepted Works"]  # type: ignore[attr-defined]


class Host:
    """Every capability and registration in one host."""

    name = "host"

    def __init__(self) -> None:
        self.messages: list[Message] = []

    @hookimpl
    def provide_authorizer(self) -> "Host":
        return self

    def reach(self, who: object, action: str, kind: str) -> Reach:
        return Reach.ALL

    def because(self, who: object, action: str, kind: str) -> str:
        return "everybody may everything here"

    @hookimpl
    def provide_workflow(self) -> "Host":
        return self

    def judge(self, facts: ApprovalFacts, opinions: list[object]) -> Judgement:
        route = ("manager", "accountant")
        if any(one.decision is Decision.REJECT for one in opinions):  # type: ignore[attr-defined]
            return Judgement.rejected()
        return Judgement.waiting(route[len(opinions)]) if len(opinions) < 2 else Judgement.approved()

    @hookimpl
    def provide_notifier(self) -> "Host":
        return self

    def notify(self, message: Message, *, key: str) -> None:
        self.messages.append(message)

    @hookimpl
    def provide_numbering(self) -> "Host":
        return self

    def number_format(self, tenant: str, kind: str, on: date) -> NumberFormat:
        return NumberFormat(series=f"{kind}-{on:%Y%m}", prefix=f"C{on:%y%m}-", width=3)

    @hookimpl
    def provide_ledger(self) -> "Host":
        return self

    def postings(self, tenant: str, document_ids: list[object]) -> list[Posting]:
        return []

    @hookimpl
    def register_expense_categories(self) -> list[ExpenseCategory]:
        return [ExpenseCategory("exhibition", "Exhibitions")]

    @hookimpl
    def register_row_rules(self) -> list[RowRule]:
        def hidden(who: object, columns: object) -> object:
            return columns.level.is_distinct_from("secret")  # type: ignore[attr-defined]

        return [RowRule("no_secrets", "customer", "limit", hidden, "secret customers stay secret")]  # type: ignore[arg-type]

    @hookimpl
    def on_contract_approved(self, event: object) -> Receipt:
        return Receipt("V-1", label="voucher")


def test_a_host_beats_every_built_in(crm_kit: CrmKit, database_url: str) -> None:
    host = Host()
    kit = crm_kit(host, database=database_url)
    contract = kit.given.approved_contract()
    kit.relay.drain()
    assert contract.number == "C2603-001"
    assert [message.to for message in host.messages] == ["manager", "accountant", "seller"]
    with kit.unit(read_only=True) as unit:
        assert [link.ref for link in unit.links.of("contract", contract.id)] == ["V-1"]
        assert not unit.settlements.reconcile(contract.project_id).agrees
        project = unit.projects.get(contract.project_id)
    kit.given.expense(project, category="exhibition")
    secret = kit.given.customer(level="A")
    with kit.unit() as unit:
        unit.customers.update(secret.id, {"expected_version": 1, "short_name": "S"})
    assert kit.crm.explain(kit.scope(), "read", "customer", secret.id).allowed


def test_a_plugin_switched_off_for_a_company_gets_nothing(crm_kit: CrmKit, database_url: str) -> None:
    kit = crm_kit(_refusing("check_customer_creation", "strict", Objection("no", "No")), database=database_url)
    with kit.unit("admin") as unit:
        unit.plugins.switch("strict", enabled=False)
        unit.plugins.switch("recorder", enabled=False)
    kit.given.customer()
    kit.relay.drain()
    assert kit.recorder.events == []


def test_provide_org_chart_fills_the_directory(crm_kit: CrmKit, database_url: str) -> None:
    kit = crm_kit(database=database_url)
    with kit.unit("people", read_only=True) as unit:
        assert {member.id for member in unit.directory.members()} == set(kit.company.people)


def test_the_trace_of_calls_holds_no_personal_data(crm_kit: CrmKit, sqlite_url: str) -> None:
    kit = crm_kit(_refusing("check_customer_creation", "curious", None), database=sqlite_url)
    kit.given.customer(name="Very Private Person", phone="13800005678")
    kit.relay.drain()
    told = " ".join(str(call) for call in kit.crm.hook_calls)
    assert "curious.check_customer_creation ok" in told
    assert "Private" not in told
    assert "13800005678" not in told
