"""Any sequence of acts by anybody: money is conserved, states are legal, the audit and the events are complete.

A model in plain Python says which acts must succeed; whatever it says, the books of model and database agree.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine
from tests.integration.services.acting import count, doing

from oa_crm.errors import CrmError
from oa_crm.models import AuditEntry, EventRow
from oa_crm.schemas import ProfitAndLoss
from oa_crm.testing import CrmKit, Kit

EVERYBODY = ("seller", "manager", "accountant", "colleague", "chief", "people")
SENSIBLE = st.sampled_from([True, True, False])
AMOUNTS = st.integers(1, 10_000_000).map(lambda minor: f"{minor // 100}.{minor % 100:02d}")
CATEGORIES = st.sampled_from(["travel", "lodging", "gifts"])
WRITERS, BOOKERS = ("seller", "manager"), ("seller", "manager", "accountant")

# What each act adds to the audit and to the outbox when it succeeds.
AUDITED = {"decide": 2, "win": 3}
ANNOUNCED = {"create": 0, "submit": 2, "decide": 2, "win": 3}


class Model:
    """What ought to be so: per project its state, per contract and expense state and amount."""

    def __init__(self) -> None:
        self.projects: dict[Any, str] = {}
        self.contracts: dict[Any, dict[str, Any]] = {}
        self.expenses: dict[Any, dict[str, Any]] = {}
        self.frozen: dict[Any, ProfitAndLoss] = {}
        self.done: Counter[str] = Counter()

    def revenue(self, project: Any) -> int:
        mine = (one for one in self.contracts.values() if one["project"] == project)
        return sum(one["amount"] for one in mine if one["state"] == "approved")

    def cost(self, project: Any) -> int:
        return sum(one["amount"] for one in self.expenses.values() if one["project"] == project)

    def in_approval(self, project: Any) -> bool:
        return any(one["state"] == "in_approval" for one in self.contracts.values() if one["project"] == project)


class Sales(RuleBasedStateMachine):
    """Seller, manager, accountant, a colleague who sees nothing and a chief who may only look.

    Two acts in three are sensible ones by the right person, so that a game gets somewhere.
    """

    kit: Kit

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.audited, self.announced = count(self.kit, AuditEntry), count(self.kit, EventRow)

    @initialize(many=st.integers(1, 2))
    def begin(self, many: int) -> None:
        for _ in range(many):
            self.model.projects[self.kit.given.project().id] = "open"
        self.audited, self.announced = count(self.kit, AuditEntry), count(self.kit, EventRow)

    @rule(data=st.data(), amount=AMOUNTS)
    def create(self, data: st.DataObject, amount: str) -> None:
        project, actor = self._project(data, "open", "won"), _who(data, "seller")
        may = actor in WRITERS and self.model.projects[project] in ("open", "won")
        self._create(project, actor, may, amount)

    @rule(amount=AMOUNTS)
    def sell(self, amount: str) -> None:
        """The straight way to a won project, so that games reach what comes after it."""
        project = next((id for id, state in self.model.projects.items() if state in ("open", "won")), None)
        if project is None:
            return
        id = self._create(project, "seller", True, amount)
        self._submit(id, "seller", True)
        self._decide(self.model.contracts[id], "manager", True, agree=True)

    @precondition(lambda self: self.model.contracts)
    @rule(data=st.data())
    def submit(self, data: st.DataObject) -> None:
        id, actor = self._contract(data, "draft", "rejected"), _who(data, "seller")
        one = self.model.contracts[id]
        may = actor in WRITERS and one["state"] in ("draft", "rejected")
        may = may and self.model.projects[one["project"]] != "settled"
        self._submit(id, actor, may)

    @precondition(lambda self: any("approval" in one for one in self.model.contracts.values()))
    @rule(data=st.data(), agree=st.sampled_from([True, True, False]))
    def decide(self, data: st.DataObject, agree: bool) -> None:
        one = self.model.contracts[self._contract(data, "in_approval")]
        if "approval" not in one:
            return
        actor = _who(data, one["asks"])
        may = one["state"] == "in_approval" and one["asks"] == actor
        self._decide(one, actor, may, agree=agree)

    @precondition(lambda self: self.model.contracts)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        id = self._contract(data, "in_approval")
        one = self.model.contracts[id]
        actor = _who(data, one.get("by", "seller"))
        may = one["state"] == "in_approval" and one["by"] == actor
        if self._try(actor, may, "withdraw", lambda unit: unit.contracts.withdraw(id, reason="改")):
            one["state"] = "draft"

    @rule(data=st.data(), amount=AMOUNTS, category=CATEGORIES)
    def book(self, data: st.DataObject, amount: str, category: str) -> None:
        project, actor = self._project(data, "open", "won"), _who(data, "seller", "accountant")
        may = actor in BOOKERS and self.model.projects[project] != "settled"
        facts = {"project_id": project, "category": category, "amount": amount, "occurred_on": "2026-03-02"}
        booked = self._try(actor, may, "book", lambda unit: unit.expenses.book(facts))
        if booked is not None:
            self._keep(booked)

    @precondition(lambda self: self.model.expenses)
    @rule(data=st.data())
    def reverse(self, data: st.DataObject) -> None:
        id, actor = data.draw(st.sampled_from(sorted(self.model.expenses))), _who(data, "accountant")
        one = self.model.expenses[id]
        mine = {"seller": one["by"] == "seller", "manager": one["by"] != "accountant", "accountant": True}
        may = mine.get(actor, False) and self.model.projects[one["project"]] != "settled"
        may = may and one["amount"] > 0 and not one["reversed"]
        reversal = self._try(actor, may, "reverse", lambda unit: unit.expenses.reverse(id, {"reason": "错"}))
        if reversal is not None:
            one["reversed"] = True
            self._keep(reversal)

    @precondition(lambda self: "won" in self.model.projects.values())
    @rule(data=st.data())
    def settle(self, data: st.DataObject) -> None:
        project, actor = self._project(data, "won"), _who(data, "manager", "accountant")
        may = actor in ("manager", "accountant") and self.model.projects[project] == "won"
        may = may and not self.model.in_approval(project)
        result = self._try(actor, may, "settle", lambda unit: unit.settlements.settle(project))
        if result is not None:
            self.model.projects[project], self.model.frozen[project] = "settled", result

    def _create(self, project: Any, actor: str, may: bool, amount: str) -> Any:
        facts = {"project_id": project, "title": "甲", "amount": amount}
        made = self._try(actor, may, "create", lambda unit: unit.contracts.create(facts))
        if made is None:
            return None
        self.model.contracts[made.id] = {"project": project, "amount": made.amount.minor, "state": "draft"}
        return made.id

    def _submit(self, contract: Any, actor: str, may: bool) -> None:
        version = doing(self.kit, "manager", lambda unit: unit.contracts.get(contract)).version
        asked = self._try(actor, may, "submit", lambda unit: unit.contracts.submit(contract, expected_version=version))
        if asked is not None:
            facts = {"state": "in_approval", "by": actor, "approval": asked.id, "asks": asked.waiting_on[0]}
            self.model.contracts[contract].update(facts)

    def _decide(self, one: dict[str, Any], actor: str, may: bool, *, agree: bool) -> None:
        wins = agree and self.model.projects[one["project"]] == "open"
        word = {"decision": "agree" if agree else "reject", "words": "好" if agree else "不好"}
        name = "win" if wins else "decide"
        if self._try(actor, may, name, lambda unit: unit.approvals.decide(one["approval"], word)) is not None:
            one["state"] = "approved" if agree else "rejected"
            if wins:
                self.model.projects[one["project"]] = "won"

    def _try(self, actor: str, may: bool, what: str, act: Any) -> Any:
        """Do it; it must succeed exactly when the model says so. The answer, or None."""
        try:
            answer = doing(self.kit, actor, act)
        except CrmError as error:
            assert not may, f"{what} by {actor} was refused: {error!r}"
            return None
        assert may, f"{what} by {actor} succeeded"
        self.model.done[what] += 1
        return answer

    def _project(self, data: st.DataObject, *likely: str) -> Any:
        return _pick(data, self.model.projects, [id for id, state in self.model.projects.items() if state in likely])

    def _contract(self, data: st.DataObject, *likely: str) -> Any:
        contracts = self.model.contracts
        return _pick(data, contracts, [id for id, one in contracts.items() if one["state"] in likely])

    def _keep(self, it: Any) -> None:
        facts = {"project": it.project_id, "amount": it.amount.minor, "by": it.claimant_id, "reversed": False}
        self.model.expenses[it.id] = facts

    @invariant()
    def money_is_conserved(self) -> None:
        for id in self.model.projects:
            result = doing(self.kit, "accountant", lambda unit, project=id: unit.settlements.preview(project))
            assert result.revenue.minor == self.model.revenue(id)
            assert result.expenses.minor == self.model.cost(id) == sum(one.minor for one in result.by_category.values())
            assert result.profit.minor == result.revenue.minor - result.expenses.minor
            assert self.model.frozen.get(id, result) == result, "what is frozen stays"

    @invariant()
    def states_are_as_they_ought_to_be(self) -> None:
        with self.kit.unit("chief", read_only=True) as unit:
            for id, state in self.model.projects.items():
                assert unit.projects.get(id).state == state
            for id, one in self.model.contracts.items():
                assert unit.contracts.get(id).state == one["state"]

    @invariant()
    def audit_and_events_are_complete(self) -> None:
        done = self.model.done
        entries = count(self.kit, AuditEntry) - self.audited
        assert entries == sum(AUDITED.get(what, 1) * times for what, times in done.items())
        events = count(self.kit, EventRow) - self.announced
        assert events == sum(ANNOUNCED.get(what, 1) * times for what, times in done.items())

    def teardown(self) -> None:
        """Everything that was announced is delivered, once, and in order for each thing."""
        self.kit.relay.drain()
        heard = self.kit.recorder.events
        assert len(heard) == count(self.kit, EventRow)
        assert len(set(self.kit.recorder.keys)) == len(heard)
        for id, one in self.model.contracts.items():
            hooks = [event.HOOK for event in heard if event.thing_id == str(id) and event.KIND == "contract"]
            _legal_story(hooks, one["state"])


def _pick(data: st.DataObject, among: Iterable[Any], likely: list[Any]) -> Any:
    sensible = data.draw(SENSIBLE)
    return data.draw(st.sampled_from(sorted(likely if sensible and likely else among)))


def _who(data: st.DataObject, *right: str) -> str:
    return data.draw(st.sampled_from(right if data.draw(SENSIBLE) else EVERYBODY))


_AFTER = {
    None: {"on_contract_submitted"},
    "on_contract_submitted": {"on_approval_requested"},
    "on_approval_requested": {"on_opinion_given", "on_contract_withdrawn"},
    "on_opinion_given": {"on_contract_approved", "on_contract_rejected"},
    "on_contract_rejected": {"on_contract_submitted"},
    "on_contract_withdrawn": {"on_contract_submitted"},
    "on_contract_approved": set(),
}
_ENDS = {
    "draft": {None, "on_contract_withdrawn"},
    "in_approval": {"on_approval_requested"},
    "approved": {"on_contract_approved"},
    "rejected": {"on_contract_rejected"},
}


def _legal_story(hooks: list[str], state: str) -> None:
    last = None
    for hook in hooks:
        assert hook in _AFTER[last], hooks
        last = hook
    assert last in _ENDS[state], (hooks, state)


def _play(kit: Kit, games: int, steps: int) -> None:
    machine = type("SalesHere", (Sales,), {"kit": kit})
    how = settings(
        max_examples=games,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=how)


def test_any_order_of_acts_keeps_the_books(sqlite: Engine, crm_kit: CrmKit) -> None:
    _play(crm_kit(database=sqlite), games=10, steps=20)


@pytest.mark.parametrize("backend", ["postgresql", "mariadb"], indirect=True)
def test_the_same_on_the_servers(database: Engine, crm_kit: CrmKit) -> None:
    _play(crm_kit(database=database), games=2, steps=15)
