"""The deadline on each customer follows the facts, whatever verb changes them: nobody has to think of it."""

from collections.abc import Mapping
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, select, update
from tests.integration.services.acting import SYSTEM, at_once, doing, patiently
from tests.integration.services.plugins import NoChart
from tests.integration.services.verbs import VERBS, Verb

from oa_crm.database import transaction
from oa_crm.models import Customer, Protection, table_of
from oa_crm.services.protection import facts, rules
from oa_crm.testing import CrmKit, Kit

COLUMNS = ("protected_until", "protected_by", "sweep_at")
EVERYTHING = {
    "rules": [
        {"name": "A 级", "levels": ["A"], "when": {"what": "held", "days": 400}},
        {
            "name": "全部",
            "when": {
                "any": [
                    {"what": "no_follow_up", "days": 60, "working": True},
                    {"all": [{"what": "no_progress", "days": 20}, {"what": "no_project", "days": 25}]},
                    {"all": [{"what": "no_contract", "days": 40}, {"what": "contract_over", "days": 2}]},
                ]
            },
        },
    ]
}


_WHO = ("seller", "seller", "manager")
_MOVING = (
    "followups.log", "projects.create", "projects.move", "contracts.submit", "approvals.decide", "leads.convert",
    "customers.update", "merges.merge", "pool.strike", "pool.grant_extension",
)  # fmt: skip


def columns(kit: Kit) -> dict[Any, tuple[Any, ...]]:
    """What stands on each customer."""
    c = table_of(Customer).c
    with kit.crm.engine.connect() as connection:
        found = connection.execute(select(c.id, *(c[name] for name in COLUMNS)))
        return {row.id: tuple(row[1:]) for row in found}


def worked_out(kit: Kit, tenant: str = "acme") -> dict[Any, tuple[Any, ...]]:
    """What the facts give, for every customer of the base."""
    with kit.crm._work(kit.scope(SYSTEM, tenant=tenant), read_only=True) as work:
        reckoner = rules.read(work).reckoner
        c = table_of(Customer).c
        ids = list(work.connection.scalars(select(c.id).where(c.tenant_id == tenant)))
        found = facts.of(work, reckoner.rules.progress, ids)
    verdicts = {row.id: reckoner.verdict(row) for row in found}
    return {id: (one.until, one.rule, one.sweep_at) for id, one in verdicts.items()}


def set_rules(kit: Kit, wanted: Mapping[str, Any], version: int = 0) -> Any:
    """The company's rules, by its administrator."""
    change = {"rules": wanted, "expected_version": version}
    return doing(kit, SYSTEM, lambda unit: unit.pool.set_protection(change))


EACH = pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)


@EACH
def test_the_deadline_follows_every_verb(verb: Verb, database: Engine, crm_kit: CrmKit) -> None:
    _follows(verb, EVERYTHING, database, crm_kit)


@EACH
def test_the_deadline_of_the_shipped_rule_follows_every_verb(verb: Verb, sqlite: Engine, crm_kit: CrmKit) -> None:
    _follows(verb, {}, sqlite, crm_kit)


def _follows(verb: Verb, rules_: Mapping[str, Any], database: Engine, crm_kit: CrmKit) -> None:
    kit = crm_kit(*([NoChart()] if verb.local else []), database=database)
    if rules_ and verb.name != "pool.set_protection":
        set_rules(kit, rules_)
    thing = verb.ready(kit)
    assert columns(kit) == worked_out(kit)
    kit.clock.advance(days=1)
    doing(kit, verb.by, lambda unit: verb(unit, thing))
    assert columns(kit) == worked_out(kit)


def test_verbs_move_the_deadline_at_all(kit: Kit) -> None:
    """Else the proof above would prove nothing."""
    moved = set()
    progress = {"name": "进展", "when": {"what": "no_progress", "days": 20}}
    set_rules(kit, {"rules": [EVERYTHING["rules"][0], progress]})
    for name in _MOVING:
        thing = VERBS[name].ready(kit)
        before = columns(kit)
        kit.clock.advance(days=1)
        doing(kit, VERBS[name].by, lambda unit, verb=VERBS[name], it=thing: verb(unit, it))
        moved |= {name} if columns(kit) != before else set()
        assert columns(kit) == worked_out(kit)
    assert moved == set(_MOVING)


def test_what_is_taken_back_moves_nothing(kit: Kit) -> None:
    customer = kit.given.customer()
    before = columns(kit)
    kit.clock.advance(days=5)
    with kit.unit() as unit, pytest.raises(ZeroDivisionError):
        _regretted(unit, customer)
    assert columns(kit) == before


def _regretted(unit: Any, customer: Any) -> None:
    def visit() -> Any:
        unit.followups.log({"customer_id": customer.id, "way": "visit", "outcome": "谈好了"})
        return 1 / 0

    unit.followups.act("tests.regret", visit, given={}, answer=object)


@pytest.mark.parametrize("backend", ["postgresql", "mariadb"], indirect=True)
def test_two_who_change_facts_of_one_customer_at_once_leave_the_right_deadline(kit: Kit) -> None:
    """One visits, another moves the project on, a third strikes an old visit out: whoever commits last saw all."""
    for _ in range(10):
        customer = kit.given.customer()
        old = kit.given.follow_up(customer, way="visit")
        project = kit.given.project(customer)
        kit.clock.advance(days=1)
        acts = (
            lambda unit, it=customer: unit.followups.log({"customer_id": it.id, "way": "visit", "outcome": "好"}),
            lambda unit, it=project: unit.projects.move(it.id, {"to": "qualified", "expected_version": 1}),
            lambda unit, it=old: unit.pool.strike(it.id, reason="没有去"),
        )
        result = at_once(3, lambda at, acts=acts: patiently(lambda: doing(kit, _WHO[at], acts[at])))
        assert not result.errors
        assert columns(kit) == worked_out(kit)


@pytest.mark.parametrize("backend", ["postgresql", "mariadb"], indirect=True)
def test_of_two_units_that_end_together_the_later_one_sees_both(kit: Kit) -> None:
    """Neither touched the customer itself: one moved a project of it on, the other handed in a contract."""
    for _ in range(8):
        customer = kit.given.customer()
        moved, contract = kit.given.project(customer), kit.given.contract(kit.given.project(customer))
        kit.clock.advance(days=1)
        done = Barrier(2)

        def act(at: int, moved: Any = moved, contract: Any = contract, done: Barrier = done) -> None:
            with kit.unit("seller") as unit:
                if at == 0:
                    unit.projects.move(moved.id, {"to": "qualified", "expected_version": 1})
                else:
                    unit.contracts.submit(contract.id, expected_version=1)
                done.wait(timeout=30)

        assert not at_once(2, act).errors
        assert columns(kit) == worked_out(kit)


@pytest.mark.parametrize("backend", ["postgresql", "mariadb"], indirect=True)
def test_rules_that_change_while_people_work_hold_for_everybody(kit: Kit) -> None:
    customers = [kit.given.customer() for _ in range(6)]
    for version in range(5):
        days = 50 + version
        kit.clock.advance(days=1)

        def act(at: int, version: int = version, days: int = days) -> Any:
            if at == 0:
                wanted = {"rules": [{"name": "跟进", "when": {"what": "no_follow_up", "days": days}}]}
                return patiently(lambda: set_rules(kit, wanted, version))
            talk = {"customer_id": customers[at - 1].id, "way": "phone", "outcome": "好"}
            return patiently(lambda: doing(kit, "seller", lambda unit: unit.followups.log(talk)))

        assert not at_once(7, act).errors
        kit.crm.pool.recompute(kit.scope(SYSTEM))
        assert columns(kit) == worked_out(kit)
        assert {rule for _, rule, _ in columns(kit).values()} == {"跟进"}


def test_a_changed_rule_is_followed_in_slices_that_go_on_where_they_stopped(kit: Kit) -> None:
    for _ in range(7):
        kit.given.customer()
    set_rules(kit, {"rules": [{"name": "短", "when": {"what": "held", "days": 30}}]})
    with kit.crm._work(kit.scope(SYSTEM)) as work:
        before = rules.read(work)
    assert (before.version, before.waiting) == (1, False), "a small base follows at once"
    _forget_rules_walk(kit)
    assert kit.crm.pool.recompute(kit.scope(SYSTEM), slice=3) == 7
    assert columns(kit) == worked_out(kit)
    assert kit.crm.pool.recompute(kit.scope(SYSTEM)) == 0


def _forget_rules_walk(kit: Kit) -> None:
    """As after a change on a large base: deadlines of before, and nobody walked yet."""
    with transaction(kit.crm.engine) as connection:
        connection.execute(update(table_of(Customer)).values(protected_until=None, protected_by=None, sweep_at=None))
        connection.execute(update(table_of(Protection)).values(waiting=True, walked_to=None))
