"""Many at once: who wins, what the others are told, and that nothing is counted twice or lost."""

import threading
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from sqlalchemy import Engine
from tests.integration.services.acting import SYSTEM, AtOnce, at_once, count, decide, doing, patiently, rows
from tests.integration.services.plugins import Chart, Route

from oa_crm import Money
from oa_crm.hooks import Department, Member
from oa_crm.models import Contract, Customer, Expense, Favourite, Opinion, PluginSwitch
from oa_crm.models import Member as MemberRow
from oa_crm.testing import CrmKit, Kit

MANY = 16
CODE = "91350211M000100Y46"
BUSY = {"busy"}


def _race(kit: Kit, do: Callable[[Any, int], Any], *actors: str, many: int = MANY) -> AtOnce:
    """Everybody does it at once; whoever is told `busy` tries again."""

    def run(number: int) -> Any:
        actor = (actors or ("seller",))[number % len(actors or ("seller",))]
        return patiently(lambda: doing(kit, actor, lambda unit: do(unit, number)))

    return at_once(many, run)


def test_contract_numbers_are_unique_and_without_gaps(kit: Kit) -> None:
    project = kit.given.project()
    facts = {"project_id": project.id, "title": "甲", "amount": "1"}
    result = _race(kit, lambda unit, number: unit.contracts.create(facts))
    assert not result.errors
    assert sorted(one.number for one in result.answers) == [f"HT-2026-{number:04d}" for number in range(1, MANY + 1)]


def test_numbers_have_no_gaps_when_every_second_act_fails(kit: Kit) -> None:
    project = kit.given.project()

    def create(unit: Any, number: int) -> Any:
        made = unit.contracts.create({"project_id": project.id, "title": "甲", "amount": "1"})
        # Going on to something that is refused takes the number back with everything else.
        return made if number % 2 else unit.projects.move(project.id, {"to": "nowhere", "expected_version": 1})

    result = _race(kit, create)
    assert result.codes == {"invalid_input"}
    numbers = sorted(row["number"] for row in rows(kit, Contract))
    assert numbers == [f"HT-2026-{number:04d}" for number in range(1, MANY // 2 + 1)]


def test_an_expense_is_reversed_once_however_many_try(kit: Kit) -> None:
    expense = kit.given.expense()
    result = _race(kit, lambda unit, _: unit.expenses.reverse(expense.id, {"reason": "重复"}), "seller", "manager")
    assert len(result.answers) == 1
    assert result.codes == {"illegal_state"}
    assert count(kit, Expense) == 2


@pytest.mark.parametrize(("how", "winners"), [("all", 2), ("any", 1)])
def test_two_approvers_at_once(database: Engine, crm_kit: CrmKit, how: str, winners: int) -> None:
    kit = crm_kit(Route(how, "manager", "chief"), database=database)
    approval = kit.given.submitted_contract()
    result = at_once(2, lambda n: patiently(lambda: decide(kit, approval, ("manager", "chief")[n], words=str(n))))
    assert len(result.answers) == winners
    assert result.codes <= {"illegal_state"}
    assert [row["position"] for row in rows(kit, Opinion)] == list(range(winners))
    done = doing(kit, "seller", lambda unit: unit.approvals.get(approval.id))
    assert (done.state, done.waiting_on, len(done.opinions)) == ("approved", (), winners)
    kit.relay.drain()
    assert kit.recorder.hooks.count("on_contract_approved") == 1


def test_one_approver_speaking_many_times_at_once_is_heard_once(kit: Kit) -> None:
    approval = kit.given.submitted_contract()
    result = at_once(8, lambda n: patiently(lambda: decide(kit, approval, "manager", ("agree", "reject")[n % 2])))
    assert len(result.answers) == 1
    assert result.codes == {"illegal_state"}
    assert count(kit, Opinion) == 1


def test_deciding_and_taking_back_at_once_have_one_winner(kit: Kit) -> None:
    for _ in range(3):
        approval = kit.given.submitted_contract()

        def act(number: int, approval: Any = approval) -> Any:
            if number % 2:
                return patiently(lambda: decide(kit, approval, "manager"))
            take_back = lambda unit: unit.contracts.withdraw(approval.thing_id, reason="另有方案")  # noqa: E731
            return patiently(lambda: doing(kit, "seller", take_back))

        result = at_once(2, act)
        assert (len(result.answers), result.codes) in ((1, {"illegal_state"}), (1, {"stale_version"}))
        contract = doing(kit, "seller", lambda unit, approval=approval: unit.contracts.get(approval.thing_id))
        assert contract.state in ("approved", "draft")


def test_nothing_is_booked_that_the_frozen_result_lacks(kit: Kit) -> None:
    for _ in range(3):
        project = kit.given.project()
        kit.given.approved_contract(kit.given.contract(project))
        facts = {"project_id": project.id, "category": "travel", "amount": "0.01", "occurred_on": "2026-03-02"}

        def act(number: int, project: Any = project, facts: Any = facts) -> Any:
            if number == 8:
                return patiently(lambda: doing(kit, "manager", lambda unit: unit.settlements.settle(project.id)))
            return patiently(lambda: doing(kit, "seller", lambda unit: unit.expenses.book(facts)))

        result = at_once(MANY, act)
        assert result.codes <= {"illegal_state"}
        booked = sum(row["amount_minor"] for row in rows(kit, Expense, project_id=project.id))
        frozen = doing(kit, "manager", lambda unit, project=project: unit.settlements.preview(project.id))
        assert frozen.settled_at is not None
        assert frozen.expenses == Money(booked, "CNY")
        assert len(result.answers) == booked + 1


def test_a_contract_submitted_while_its_project_is_settled_is_in_the_result_or_refused(kit: Kit) -> None:
    for _ in range(3):
        project = kit.given.project()
        kit.given.approved_contract(kit.given.contract(project))
        draft = kit.given.contract(project)

        def act(number: int, project: Any = project, draft: Any = draft) -> Any:
            if number:
                return patiently(lambda: doing(kit, "manager", lambda unit: unit.settlements.settle(project.id)))
            return patiently(
                lambda: doing(kit, "seller", lambda unit: unit.contracts.submit(draft.id, expected_version=1))
            )

        result = at_once(2, act)
        assert (len(result.answers), result.codes) == (1, {"illegal_state"})


def test_one_credit_code_has_one_customer_however_many_enter_it(kit: Kit) -> None:
    names = [
        f"{word}{'一二三四五六七八九十甲乙丙丁戊己'[n]}" for n, word in enumerate(["云帆", "星河", "长风", "碧海"] * 4)
    ]
    result = _race(
        kit,
        lambda unit, number: unit.customers.create({"name": names[number], "credit_code": CODE}, override_reason="新"),
        "seller",
        "colleague",
    )
    assert len(result.answers) == 1
    assert result.codes <= {"duplicate_customer", "forbidden"}, "who may not override a block is told that"
    clashes = [error for error in result.errors if error.code == "duplicate_customer"]
    assert all(error.report.hits[0].name == result.answers[0].name for error in clashes)
    assert count(kit, Customer) == 1


def test_one_name_entered_by_many_without_a_code(kit: Kit) -> None:
    result = _race(kit, lambda unit, _: unit.customers.create({"name": "长风物流有限公司"}), "seller", "colleague")
    assert (len(result.answers), result.codes) == (1, {"duplicate_customer"})
    report = doing(kit, "manager", lambda unit: unit.customers.check({"name": "长风物流有限公司"}))
    assert len(report.hits) == 1


def test_two_edits_of_one_version_have_one_winner(kit: Kit) -> None:
    customer = kit.given.customer()
    edit = lambda unit, number: unit.customers.update(customer.id, {"expected_version": 1, "level": f"L{number}"})  # noqa: E731
    result = _race(kit, edit)
    assert len(result.answers) == 1
    assert result.codes == {"stale_version"}
    assert {error.details["state"]["level"] for error in result.errors} == {result.answers[0].level}
    assert doing(kit, "seller", lambda unit: unit.customers.get(customer.id)) == result.answers[0]


def test_a_project_moves_once_from_where_it_was_seen(kit: Kit) -> None:
    project = kit.given.project()
    moves = [{"to": to, "expected_version": 1} for to in ("won", "proposal")]
    result = _race(kit, lambda unit, number: unit.projects.move(project.id, moves[number % 2]))
    assert len(result.answers) == 1
    assert result.codes <= {"stale_version", "illegal_state"}
    history = doing(kit, "seller", lambda unit: unit.projects.stages(project.id))
    assert [one.after for one in history] == ["lead", result.answers[0].stage]


def test_follow_ups_by_many_are_all_kept(kit: Kit) -> None:
    customer = kit.given.customer()
    result = _race(
        kit, lambda unit, n: unit.followups.log({"customer_id": customer.id, "way": "phone", "outcome": f"第{n}次"}),
        "seller", "manager",
    )  # fmt: skip
    assert not result.errors
    kept = doing(kit, "seller", lambda unit: unit.followups.history(customer.id)).items
    assert {one.outcome for one in kept} == {f"第{n}次" for n in range(MANY)}


class _Meeting(Chart):
    """An org chart whose readers wait for each other, so that all read the mirror before any writes it."""

    name = "meeting"

    def __init__(self, many: int) -> None:
        super().__init__()
        self.barrier: threading.Barrier | None = None
        self._many = many

    def meet(self) -> None:
        self.barrier = threading.Barrier(self._many)

    def departments(self, tenant: str) -> Iterable[Department]:
        if self.barrier is not None and tenant == "new":
            self.barrier.wait(timeout=30)
        return super().departments(tenant)

    def members(self, tenant: str) -> Iterable[Member]:
        return super().members(tenant)


def test_two_first_syncs_at_once_make_one_mirror(database: Engine, crm_kit: CrmKit) -> None:
    chart = _Meeting(2)
    kit = crm_kit(chart, database=database)
    if database.dialect.name != "sqlite":  # where the second waits for the first one's lock, before it reads
        chart.meet()

    def sync(_: int) -> Any:
        return doing(kit, SYSTEM, lambda unit: unit.directory.sync(), tenant="new")

    result = at_once(2, sync)
    assert result.codes <= BUSY
    assert count(kit, MemberRow, tenant_id="new") == len(chart.known_members)
    assert sum(one.added for one in result.answers) == len(chart.known_members)


def test_a_switch_turned_by_many_at_once_is_turned(kit: Kit) -> None:
    result = _race(kit, lambda unit, _: unit.plugins.switch("notices", enabled=False), "admin")
    assert not result.errors
    assert count(kit, PluginSwitch) == 1


def test_a_customer_that_is_clicked_twice_at_once_is_one_favourite(kit: Kit) -> None:
    """The second click comes before the first is committed, and waits for it."""
    customer = kit.given.customer()
    begun, errors = threading.Event(), list[Exception]()

    def again() -> None:
        try:
            with kit.unit("seller") as unit:
                begun.set()
                unit.customers.favour(customer.id)
        except Exception as error:
            errors.append(error)

    second = threading.Thread(target=again)
    with kit.unit("seller") as unit:
        unit.customers.favour(customer.id)
        second.start()
        if kit.crm.engine.dialect.name != "sqlite":
            assert begun.wait(timeout=30)
        second.join(timeout=0.3)
    second.join(timeout=60)
    assert not errors
    assert count(kit, Favourite) == 1
