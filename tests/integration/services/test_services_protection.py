"""What people ask of the clock, and what they may not: rules, extensions, talks struck out, explanations."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, update
from tests.integration.services.acting import SYSTEM, doing, everything, invalid, refused
from tests.integration.services.test_services_protection_column import set_rules

from oa_crm import Actor
from oa_crm.hooks import Delivery, Message, Receipt, hookimpl
from oa_crm.hooks.payloads import ExtensionDecided, ExtensionRequested, ProtectionWarned
from oa_crm.models import Customer, table_of
from oa_crm.services.holding import ledger
from oa_crm.testing import CrmKit, Kit


def last_day(kit: Kit, customer: Any, who: str | Actor = SYSTEM) -> date | None:
    return doing(kit, who, lambda unit: unit.pool.explain(customer.id)).last_day


def _turn_to(kit: Kit, customer: Any, owner: str) -> None:
    """Whoever hands it over does it so: the term changes with the owner."""
    table = table_of(Customer)
    with kit.crm._work(kit.scope(SYSTEM)) as work:
        mine = (table.c.tenant_id == "acme") & (table.c.id == customer.id)
        work.connection.execute(update(table).where(mine).values(owner_id=owner, **ledger.turned(work)))
        ledger.keep(work, [customer.id], ledger.Cause.TRANSFER)
        work.journal.record("pool.transfer", "customer", customer.id)


def _ask(kit: Kit, customer: Any, days: int = 20, who: str = "seller") -> Any:
    wanted = {"customer_id": customer.id, "days": days, "reason": "年底立项"}
    return doing(kit, who, lambda unit: unit.pool.extend(wanted))


def test_a_project_moved_to_and_fro_makes_progress_once(kit: Kit) -> None:
    customer = kit.given.customer()
    project = kit.given.project(customer)
    kit.clock.advance(days=10)
    for version, (to, days) in enumerate((("qualified", 10), ("lead", 10), ("qualified", 10), ("proposal", 40)), 1):
        move = {"to": to, "expected_version": version, "reason": "调整"}
        doing(kit, "seller", lambda unit, move=move: unit.projects.move(project.id, move))
        assert last_day(kit, customer) == date(2026, 3, 2) + timedelta(days=180 + days)
        kit.clock.advance(days=10)


def test_a_lost_project_is_no_progress(kit: Kit) -> None:
    customer = kit.given.customer()
    project = kit.given.project(customer)
    before = last_day(kit, customer)
    kit.clock.advance(days=10)
    move = {"to": "lost", "expected_version": 1, "reason": "价格"}
    doing(kit, "seller", lambda unit: unit.projects.move(project.id, move))
    assert last_day(kit, customer) == before


def test_an_extension_is_for_him_who_asked_and_not_for_the_next_owner(kit: Kit) -> None:
    customer = kit.given.customer()
    asked = _ask(kit, customer, 30)
    kit.clock.advance(days=1)
    doing(kit, "manager", lambda unit: unit.pool.grant_extension(asked.id))
    assert last_day(kit, customer) == date(2026, 9, 28)
    _turn_to(kit, customer, "colleague")
    assert last_day(kit, customer) == date(2026, 8, 30)
    late = _ask(kit, kit.given.customer())
    with refused("illegal_state"):
        doing(kit, "manager", lambda unit: unit.pool.grant_extension(asked.id))
    doing(kit, "manager", lambda unit: unit.pool.refuse_extension(late.id))


def test_a_request_of_an_owner_who_lost_it_cannot_be_granted(kit: Kit) -> None:
    customer = kit.given.customer()
    asked = _ask(kit, customer)
    _turn_to(kit, customer, "colleague")
    with refused("illegal_state", kind="customer"):
        doing(kit, "manager", lambda unit: unit.pool.grant_extension(asked.id))
    assert doing(kit, "manager", lambda unit: unit.pool.refuse_extension(asked.id)).state == "refused"


def test_extensions_are_as_many_and_as_long_as_the_rules_say(kit: Kit) -> None:
    customer = kit.given.customer()
    with invalid("days"):
        _ask(kit, customer, 31)
    first, _ = _ask(kit, customer), _ask(kit, customer)
    with invalid("customer_id"):
        _ask(kit, customer)
    doing(kit, "manager", lambda unit: unit.pool.refuse_extension(first.id))
    assert _ask(kit, customer).state == "requested", "what was refused does not count"
    _turn_to(kit, customer, "colleague")
    assert _ask(kit, customer, who="colleague").requested_by == "colleague"


def test_nobody_grants_his_own_request_and_a_colleague_none(kit: Kit) -> None:
    asked = doing(kit, "manager", lambda unit: unit.pool.extend(_of_the_managers(unit)))
    with refused("forbidden"):
        doing(kit, "manager", lambda unit: unit.pool.grant_extension(asked.id))
    theirs = _ask(kit, kit.given.customer())
    with refused("not_found"):
        doing(kit, "colleague", lambda unit: unit.pool.grant_extension(theirs.id))
    with refused("forbidden"):
        doing(kit, "seller", lambda unit: unit.pool.grant_extension(theirs.id))
    assert [one.id for one in doing(kit, "seller", lambda unit: unit.pool.extensions()).items] == [theirs.id]
    assert doing(kit, "colleague", lambda unit: unit.pool.extensions()).items == ()


def test_nobody_grants_for_his_own_customer_what_a_helper_asked(kit: Kit) -> None:
    mine = doing(kit, "manager", lambda unit: unit.customers.create({"name": "星河数据有限公司"}))
    seat = {"kind": "customer", "thing_id": mine.id, "member_id": "seller", "level": "write", "role": "presales"}
    doing(kit, "manager", lambda unit: unit.teams.join(seat))
    asked = _ask(kit, mine)
    with refused("forbidden"):
        doing(kit, "manager", lambda unit: unit.pool.grant_extension(asked.id))
    assert doing(kit, "admin", lambda unit: unit.pool.grant_extension(asked.id)).state == "granted"


def _of_the_managers(unit: Any) -> dict[str, Any]:
    mine = unit.customers.create({"name": "碧海食品有限公司"})
    return {"customer_id": mine.id, "days": 5, "reason": "年底立项"}


def test_a_talk_is_struck_out_by_who_may_and_never_ones_own(kit: Kit) -> None:
    customer = kit.given.customer()
    kit.clock.advance(days=20)
    talk = kit.given.follow_up(customer, way="visit")
    assert last_day(kit, customer) == date(2026, 9, 18)
    with refused("forbidden"):
        doing(kit, "seller", lambda unit: unit.pool.strike(talk.id, reason="错"))
    with refused("not_found"):
        doing(kit, "colleague", lambda unit: unit.pool.strike(talk.id, reason="错"))
    with invalid("reason"):
        doing(kit, "manager", lambda unit: unit.pool.strike(talk.id, reason=" "))
    doing(kit, "manager", lambda unit: unit.pool.strike(talk.id, reason="没有去"))
    with refused("illegal_state"):
        doing(kit, "manager", lambda unit: unit.pool.strike(talk.id, reason="没有去"))
    assert last_day(kit, customer) == date(2026, 8, 29)
    (struck,) = doing(kit, "seller", lambda unit: unit.pool.struck(customer.id))
    assert (struck.follow_up_id, struck.reason, struck.by) == (talk.id, "没有去", "manager")
    assert doing(kit, "seller", lambda unit: unit.followups.history(customer.id)).items == (talk,)


@pytest.mark.parametrize("who", ["seller", "manager", "accountant", "people", "chief"])
def test_only_an_administrator_sets_rules_tries_them_and_sweeps(kit: Kit, who: str) -> None:
    before = everything(kit)
    acts = (
        lambda unit: unit.pool.set_protection({"rules": {}, "expected_version": 0}),
        lambda unit: unit.pool.try_rule({"name": "甲", "when": {"what": "held", "days": 1}}),
        lambda unit: unit.pool.sweep(),
    )
    for act in acts:
        with refused("forbidden", action="administer", kind="protection"):
            doing(kit, who, act)
    for run in (kit.crm.pool.sweep, kit.crm.pool.recompute):
        with refused("forbidden"):
            run(kit.scope(who))
    assert everything(kit) == before


def test_of_two_who_change_the_rules_the_later_is_told(kit: Kit) -> None:
    set_rules(kit, {"notice_days": 3})
    with refused("stale_version", kind="protection", current=1):
        set_rules(kit, {"notice_days": 5})
    assert set_rules(kit, {"notice_days": 5}, version=1).rules.notice_days == 5


@pytest.mark.parametrize(
    "when",
    [
        {},
        {"what": "held"},
        {"what": "never", "days": 3},
        {"what": "held", "days": 3, "all": [{"what": "held", "days": 3}]},
        {"all": []},
        {"any": [{"what": "held", "days": 0}]},
        {"what": "no_lunch", "days": 3},
        {"all": [{"what": "held", "days": 3}] * 21},
        {"all": [{"all": [{"all": [{"all": [{"all": [{"what": "held", "days": 3}]}]}]}]}]},
    ],
)
def test_a_rule_that_says_nothing_is_refused(sqlite_kit: Kit, when: dict[str, Any]) -> None:
    with refused("invalid_input"):
        set_rules(sqlite_kit, {"rules": [{"name": "甲", "when": when}]})


def test_trying_a_rule_writes_nothing_and_says_who_would_lose_what(kit: Kit) -> None:
    mine, theirs = kit.given.customer(level="A"), kit.given.customer()
    _turn_to(kit, theirs, "colleague")
    kit.clock.advance(days=30)
    kit.given.follow_up(mine, way="phone")
    before = everything(kit)
    rule = {"name": "跟进", "when": {"what": "no_follow_up", "days": 20}}
    trial = doing(kit, "admin", lambda unit: unit.pool.try_rule(rule))
    assert (trial.considered, trial.now, trial.then) == (2, 0, 1)
    assert [one.id for one in trial.examples] == [theirs.id]
    later = doing(kit, "admin", lambda unit: unit.pool.try_rule(rule, on=date(2026, 4, 30)))
    assert [(one.owner_id, one.now, one.then) for one in later.owners] == [("colleague", 0, 1), ("seller", 0, 1)]
    only_a = doing(kit, "admin", lambda unit: unit.pool.try_rule({**rule, "levels": ["A"]}, on=date(2026, 4, 30)))
    assert [one.owner_id for one in only_a.owners] == ["seller"]
    assert everything(kit) == before


def test_what_keeps_a_customer_out_is_said(kit: Kit) -> None:
    approval = kit.given.submitted_contract()
    with kit.unit() as unit:
        contract = unit.contracts.get(approval.thing_id)
        told = unit.pool.explain(contract.customer_id)
    assert (told.protected_until, [one.reason for one in told.kept_out]) == (None, ["open_approval"])
    assert told.text == "the clock does not run: an approval is open"
    doing(kit, "manager", lambda unit: unit.approvals.decide(approval.id, {"decision": "agree", "words": "同意"}))
    with kit.unit() as unit:
        told = unit.pool.explain(contract.customer_id)
    assert [one.reason for one in told.kept_out] == ["open_contract"]
    assert told.last_day == date(2027, 3, 2)
    assert told.text.endswith("not before 2027-03-02: a contract is open")


def test_the_rule_of_a_level_and_of_a_pool_comes_before_the_others(kit: Kit) -> None:
    customer, other = kit.given.customer(level="A"), kit.given.customer()
    when = {"what": "held", "days": 10}
    set_rules(
        kit, {"rules": [{"name": "A 级", "levels": ["A"], "when": {**when, "days": 400}}, {"name": "全", "when": when}]}
    )
    assert last_day(kit, customer) == date(2027, 4, 6)
    assert last_day(kit, other) == date(2026, 3, 12)
    with kit.unit() as unit:
        unit.customers.update(customer.id, {"expected_version": 1, "level": "B"})
    assert last_day(kit, customer) == date(2026, 3, 12)


def test_working_days_skip_holidays_and_count_days_that_are_made_up_for(kit: Kit) -> None:
    """国庆 2026: off from the first to the seventh, worked on Saturday the tenth."""
    kit.clock.advance(days=212)
    customer = kit.given.customer()
    off = [f"2026-10-0{day}" for day in range(1, 8)]
    rule = {"name": "工作日", "when": {"what": "held", "days": 4, "working": True}}
    set_rules(kit, {"rules": [rule], "calendar": {"off": off, "on": ["2026-10-10"]}})
    assert kit.clock.now().date() == date(2026, 9, 30)
    assert last_day(kit, customer) == date(2026, 10, 12)


class Office:
    """Takes messages to people, and hears of the clock itself."""

    name = "office"

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    @hookimpl
    def provide_notifier(self) -> "Office":
        return self

    def notify(self, message: Message, *, key: str) -> None:
        self.sent.append((message.topic, message.to))

    @hookimpl
    def on_protection_warned(self, event: ProtectionWarned, delivery: Delivery) -> Receipt:
        return Receipt(f"warned-{event.days}", label="reminder")

    @hookimpl
    def on_extension_requested(self, event: ExtensionRequested, delivery: Delivery) -> Receipt:
        return Receipt(f"task-{event.days}", label="task")

    @hookimpl
    def on_extension_decided(self, event: ExtensionDecided, delivery: Delivery) -> Receipt:
        return Receipt(f"granted-{event.granted}", label="decision")


def test_everybody_is_told_what_is_his_business(sqlite: Engine, crm_kit: CrmKit) -> None:
    office = Office()
    kit = crm_kit(office, database=sqlite)
    customer = kit.given.customer()
    asked = _ask(kit, customer, 5)
    doing(kit, "manager", lambda unit: unit.pool.grant_extension(asked.id))
    for days in (0, 172, 7, 6, 1):
        kit.clock.advance(days=days)
        kit.crm.pool.sweep(kit.scope(SYSTEM))
    kit.relay.drain()
    assert office.sent == [
        ("extension_requested", "manager"),
        ("extension_granted", "seller"),
        ("protection_warned", "seller"),
        ("protection_warned", "seller"),
        ("protection_warned", "seller"),
        ("protection_warned", "manager"),
        ("customer_recycled", "seller"),
    ]
    links = doing(kit, "manager", lambda unit: unit.links.of("customer", customer.id))
    assert sorted(one.ref for one in links) == ["granted-True", "task-5", "warned-1", "warned-14", "warned-7"]
