"""provide_*: one answer each; a host beats the built-in, and whatever is wrong stops the start."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine
from tests.integration.hooks.probes import answering, plugin

from oa_crm import CRM
from oa_crm.errors import ConfigurationError, InvalidInput, PluginRefused
from oa_crm.hooks import ApprovalFacts, Decision, Judgement, Message, NumberFormat, Posting, Reach, hookimpl
from oa_crm.testing import CrmKit
from oa_crm.testing.company import DEPARTMENTS, MEMBERS

# Each capability, the built-in plugin behind it (the ledger has none), and one method that an answer needs.
PORTS = {
    "provide_org_chart": ("local_org_chart", "members"),
    "provide_authorizer": ("default_policy", "because"),
    "provide_workflow": ("manager_approval", "judge"),
    "provide_notifier": ("log_notices", "notify"),
    "provide_numbering": ("yearly_numbers", "number_format"),
    "provide_file_store": (None, "keys"),
    "provide_ledger": (None, "postings"),
}
EACH = pytest.mark.parametrize("hook", sorted(PORTS))
Maker = Callable[..., CRM]


class Everything:
    """Has the methods of every port."""

    def departments(self, tenant: str) -> Iterable[Any]:
        return DEPARTMENTS

    def members(self, tenant: str) -> Iterable[Any]:
        return MEMBERS

    def reach(self, who: object, action: str, kind: str) -> Reach:
        return Reach.ALL

    def because(self, who: object, action: str, kind: str) -> str:
        return "the house rule"

    def judge(self, facts: ApprovalFacts, opinions: Any) -> Judgement:
        if any(one.decision is Decision.REJECT for one in opinions):
            return Judgement.rejected()
        return Judgement.approved() if len(opinions) == 2 else Judgement.waiting(("chief", "accountant")[len(opinions)])

    def __init__(self) -> None:
        self.messages: dict[str, Message] = {}
        self.contents: dict[str, bytes] = {}

    def notify(self, message: Message, *, key: str) -> None:
        self.messages.setdefault(key, message)

    def number_format(self, tenant: str, kind: str, on: date) -> NumberFormat:
        return NumberFormat(f"{kind}-{on:%Y%m}", f"C{on:%y%m}-", 3)

    def write(self, key: str, chunks: Iterable[bytes]) -> None:
        self.contents[key] = b"".join(chunks)

    def read(self, key: str) -> Iterable[bytes]:
        yield self.contents[key]

    def delete(self, key: str) -> None:
        self.contents.pop(key, None)

    def keys(self, prefix: str) -> Iterable[str]:
        return [key for key in self.contents if key.startswith(prefix)]

    def postings(self, tenant: str, document_ids: list[UUID]) -> list[Posting]:
        return []


def _crm(*plugins: object, block: tuple[str, ...] = ()) -> CRM:
    return CRM("sqlite://", plugins=plugins, block=block)


@EACH
def test_an_answer_that_lacks_a_method_is_refused_naming_plugin_and_method(hook: str) -> None:
    with pytest.raises(PluginRefused) as refused:
        _crm(answering("acme", hook, object()))
    assert refused.value.details["plugin"] == "acme"
    assert f"{hook} answered a object without" in str(refused.value)
    assert PORTS[hook][1] in str(refused.value)


@EACH
def test_a_method_that_is_no_method_is_missing_too(hook: str) -> None:
    class Hollow(Everything):
        pass

    hollow = Hollow()
    setattr(hollow, PORTS[hook][1], "a string")
    with pytest.raises(PluginRefused, match=rf"without {PORTS[hook][1]}\(\)"):
        _crm(answering("acme", hook, hollow))


@EACH
def test_two_hosts_that_answer_are_an_error_naming_both(hook: str) -> None:
    with pytest.raises(ConfigurationError, match=f"acme and zeta both answer {hook}"):
        _crm(answering("zeta", hook, Everything()), answering("acme", hook, Everything()))


@EACH
def test_one_of_two_hosts_may_be_blocked(hook: str) -> None:
    crm = _crm(answering("zeta", hook, Everything()), answering("acme", hook, Everything()), block=("acme",))
    assert "acme" not in [one.name for one in crm.plugins.loaded]


@EACH
def test_a_hook_that_raises_stops_the_start_naming_the_plugin(hook: str) -> None:
    with pytest.raises(PluginRefused, match=f"{hook} raised RuntimeError: no such server") as refused:
        _crm(answering("acme", hook, RuntimeError("no such server")))
    assert refused.value.details["plugin"] == "acme"
    assert isinstance(refused.value.__cause__, RuntimeError)


@EACH
def test_a_host_that_answers_none_leaves_it_to_the_next(hook: str) -> None:
    _crm(answering("acme", hook, None), answering("zeta", hook, Everything()))
    _crm(answering("acme", hook, None))


@pytest.mark.parametrize("hook", sorted(hook for hook, (builtin, _) in PORTS.items() if builtin))
def test_blocking_the_built_in_without_an_own_answer_is_an_error_that_says_what_to_do(hook: str) -> None:
    builtin = PORTS[hook][0]
    assert builtin
    with pytest.raises(ConfigurationError, match=f"no plugin answers {hook}; unblock the built-in one"):
        _crm(block=(builtin,))
    crm = _crm(answering("acme", hook, Everything()), block=(builtin,))
    assert builtin not in [one.name for one in crm.plugins.loaded]


def test_provide_org_chart_fills_the_directory(crm_kit: CrmKit, database: Engine) -> None:
    kit = crm_kit(answering("people", "provide_org_chart", Everything()), database=database)
    with kit.unit("admin", read_only=True) as unit:
        assert {member.id for member in unit.directory.members()} == {member.id for member in MEMBERS}


def test_provide_authorizer_decides_who_reaches_what(crm_kit: CrmKit, database: Engine) -> None:
    kit = crm_kit(answering("rights", "provide_authorizer", Everything()), database=database)
    customer = kit.given.customer()
    with kit.unit("people", read_only=True) as unit:
        assert unit.customers.get(customer.id) == customer
    told = kit.crm.explain(kit.scope("people"), "read", "customer", customer.id)
    assert told.allowed
    assert "the house rule" in str(told)
    strict = crm_kit(database=database)
    assert not strict.crm.explain(strict.scope("people"), "read", "customer", customer.id).allowed


def test_provide_workflow_names_whom_a_contract_waits_on(crm_kit: CrmKit, database: Engine) -> None:
    kit = crm_kit(answering("route", "provide_workflow", Everything()), database=database)
    approval = kit.given.submitted_contract()
    assert approval.waiting_on == ("chief",)
    with kit.unit("chief") as unit:
        approval = unit.approvals.decide(approval.id, {"decision": "agree", "words": "Good"})
    assert approval.waiting_on == ("accountant",)
    with kit.unit("accountant") as unit:
        assert unit.approvals.decide(approval.id, {"decision": "agree", "words": "Good"}).state == "approved"


def test_provide_notifier_gets_every_message_once_per_key(crm_kit: CrmKit, database: Engine) -> None:
    host = Everything()
    kit = crm_kit(answering("inbox", "provide_notifier", host), database=database)
    contract = kit.given.approved_contract()
    kit.relay.drain()
    told = [(message.to, message.topic, message.thing_id) for message in host.messages.values()]
    assert told == [("manager", "approval_requested", contract.id), ("seller", "contract_approved", contract.id)]
    kit.relay.redeliver_all()
    assert len(host.messages) == 2


def test_no_message_to_an_approver_tells_an_amount_that_a_rule_may_hide_from_him(
    crm_kit: CrmKit, database: Engine
) -> None:
    host = Everything()
    kit = crm_kit(answering("inbox", "provide_notifier", host), database=database)
    contract = kit.given.approved_contract()
    kit.relay.drain()
    assert {message.text for message in host.messages.values()} == {f"{contract.number} {contract.title}"}


def test_provide_numbering_writes_the_numbers(crm_kit: CrmKit, database: Engine) -> None:
    kit = crm_kit(answering("numbers", "provide_numbering", Everything()), database=database)
    assert [kit.given.contract().number for _ in range(2)] == ["C2603-001", "C2603-002"]


def test_provide_ledger_is_what_a_reconciliation_reads(crm_kit: CrmKit, database: Engine) -> None:
    class Books(Everything):
        name = "books"

        @hookimpl
        def provide_ledger(self) -> "Books":
            return self

        def postings(self, tenant: str, document_ids: list[UUID]) -> list[Posting]:
            return [Posting("contract", contract.id, contract.amount, "V-1")]

    kit = crm_kit(Books(), database=database)
    contract = kit.given.approved_contract()
    with kit.unit("manager", read_only=True) as unit:
        assert unit.settlements.reconcile(contract.project_id).agrees
        project = unit.projects.get(contract.project_id)
    kit.given.expense(project)
    with kit.unit("manager", read_only=True) as unit:
        assert not unit.settlements.reconcile(contract.project_id).agrees


def test_without_a_ledger_a_reconciliation_says_so(crm_kit: CrmKit, sqlite: Engine) -> None:
    kit = crm_kit(database=sqlite)
    contract = kit.given.approved_contract()
    with kit.unit("manager", read_only=True) as unit, pytest.raises(InvalidInput):
        unit.settlements.reconcile(contract.project_id)


def test_what_a_port_raises_in_an_act_undoes_the_act(crm_kit: CrmKit, sqlite: Engine) -> None:
    class Broken(Everything):
        def judge(self, facts: ApprovalFacts, opinions: Any) -> Judgement:
            raise ConnectionError("the workflow engine is down")

    kit = crm_kit(answering("route", "provide_workflow", Broken()), database=sqlite)
    contract = kit.given.contract()
    with kit.unit() as unit:
        with pytest.raises(ConnectionError):
            unit.contracts.submit(contract.id, expected_version=contract.version)
        assert unit.contracts.get(contract.id) == contract


def test_a_port_is_asked_for_once_and_never_again(crm_kit: CrmKit, sqlite: Engine) -> None:
    asked: list[str] = []

    def provide(self: object) -> Everything:
        asked.append("asked")
        return Everything()

    kit = crm_kit(plugin("acme", provide_workflow=provide), database=sqlite)
    kit.given.submitted_contract()
    kit.given.submitted_contract()
    assert asked == ["asked"]
