"""Nobody loses a customer unwarned: not by a deadline that comes back, not by what its owner before was told."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.integration.handing.leaving import hand_over
from tests.integration.services.acting import SYSTEM, decide, doing, rows
from tests.integration.services.protection_model import day_of
from tests.integration.services.test_services_protection_column import set_rules
from tests.integration.services.test_services_protection_sweep import owners, sweep
from tests.support.laws import examples

from oa_crm.errors import CrmError
from oa_crm.hooks.payloads import ProtectionWarned
from oa_crm.models import Customer, ProtectionWarning, table_of
from oa_crm.testing import Kit

LAST = [(14, "seller"), (7, "seller"), (1, "seller")]
SIGNED = {
    "rules": [{"name": "持有", "when": {"what": "held", "days": 3}}], "contract_days": 20, "warnings": [{"days": 7}],
}  # fmt: skip


def nights(kit: Kit, many: int) -> None:
    for _ in range(many):
        kit.clock.advance(days=1)
        sweep(kit)


def quiet(kit: Kit, days: int) -> None:
    """Days in which nothing is due: the sweep of the last one is as good as one each night."""
    kit.clock.advance(days=days)
    sweep(kit)


def told(kit: Kit, *, of: Any = None) -> list[tuple[int, str]]:
    """The warnings so far, or those of a customer: how many days ahead, and whom."""
    kit.relay.drain()
    warned = kit.recorder.of(ProtectionWarned)
    return [(one.days, one.owner_id) for one in warned if of in (None, one.customer_id)]


def lasts(kit: Kit, id: Any) -> int:
    """How many nights its owner keeps it."""
    for night in range(400):
        nights(kit, 1)
        if owners(kit)[id] is None:
            return night
    raise AssertionError("it is never taken")


def on_its_last_day(kit: Kit) -> Any:
    """A customer of the seller, of which he was warned three times."""
    customer = kit.given.customer()
    sweep(kit)
    quiet(kit, 160)
    nights(kit, 20)
    assert told(kit) == LAST
    return customer


def version(kit: Kit, id: Any) -> int:
    return int(doing(kit, SYSTEM, lambda unit: unit.customers.get(id)).version)


def lock(kit: Kit, id: Any, *, on: bool) -> None:
    at = version(kit, id)
    doing(kit, "seller", lambda unit: (unit.pool.lock if on else unit.pool.unlock)(id, expected_version=at))


def transfer(kit: Kit, id: Any, to: str) -> None:
    at = version(kit, id)
    doing(kit, "manager", lambda unit: unit.pool.transfer(id, to, expected_version=at, reason="换人"))


def test_a_lock_that_ends_gives_the_notice_anew(kit: Kit) -> None:
    customer = on_its_last_day(kit)
    lock(kit, customer.id, on=True)
    quiet(kit, 100)
    lock(kit, customer.id, on=False)
    assert lasts(kit, customer.id) == 8
    assert told(kit) == [*LAST, (1, "seller")], "he hears of it first, and once"


def test_an_approval_that_fails_gives_the_notice_anew(kit: Kit) -> None:
    project = kit.given.project()
    sweep(kit)
    quiet(kit, 160)
    nights(kit, 20)
    approval = kit.given.submitted_contract(kit.given.contract(project))
    nights(kit, 5)
    decide(kit, approval, "manager", "reject", "价格太低")
    assert lasts(kit, project.customer_id) == 8
    assert told(kit) == [*LAST, (1, "seller")]


def test_a_talk_that_is_struck_out_gives_the_notice_anew(kit: Kit) -> None:
    customer = on_its_last_day(kit)
    talk = kit.given.follow_up(customer, way="visit")
    nights(kit, 3)
    doing(kit, "manager", lambda unit: unit.pool.strike(talk.id, reason="没有去"))
    assert lasts(kit, customer.id) == 8
    assert told(kit) == [*LAST, (1, "seller")]


def test_who_gets_it_on_its_last_day_is_warned_himself(kit: Kit) -> None:
    customer = on_its_last_day(kit)
    hand_over(kit, {"rest_to": "colleague", "clock": "keep"})
    assert lasts(kit, customer.id) == 8
    assert told(kit) == [*LAST, (1, "colleague")]


def test_who_is_given_it_with_a_deadline_that_stands_is_warned_himself(kit: Kit) -> None:
    set_rules(kit, SIGNED)
    kit.given.approved_contract()
    sweep(kit)
    nights(kit, 15)
    (customer,) = rows(kit, Customer)
    until = customer["protected_until"]
    transfer(kit, customer["id"], "colleague")
    (customer,) = rows(kit, Customer)
    assert (customer["protected_until"], customer["warned_for"]) == (until, None)
    assert lasts(kit, customer["id"]) == 8, "his notice is his own"
    assert told(kit) == [(7, "seller"), (7, "colleague")]


def test_what_is_told_anew_is_in_the_audit_and_the_first_stays_as_it_was(kit: Kit) -> None:
    customer = on_its_last_day(kit)
    before = _kept(kit)
    lock(kit, customer.id, on=True)
    nights(kit, 3)
    lock(kit, customer.id, on=False)
    nights(kit, 1)
    assert _kept(kit) == before
    explained = doing(kit, "seller", lambda unit: unit.pool.explain(customer.id))
    audit = [one for one in doing(kit, "chief", lambda unit: unit.audit.of("customer", customer.id))
             if "warned_days" in one.changes]  # fmt: skip
    assert "warned 1 times, last 1 days before" in explained.text
    assert [one.changes["warned_days"] for one in audit] == [[None, 14], [14, 7], [7, 1], [None, 1]]


def _kept(kit: Kit) -> list[Any]:
    table = table_of(ProtectionWarning)
    with kit.crm.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(table.select().order_by(table.c.days))]


class Watched:
    """A customer, since when its owner knows that he may lose it by the deadline that stands."""

    def __init__(self, kit: Kit) -> None:
        self.kit = kit
        self.id = kit.given.project(kit.given.customer()).customer_id
        self.stands: Any = None
        self.knows: datetime | None = None
        self.heard = 0  # of its own warnings

    def look(self) -> None:
        (row,) = rows(self.kit, Customer, id=self.id)
        stands = (row["owner_id"], row["owner_no"], row["protected_until"])
        if row["owner_id"] is None:
            assert self.knows is not None, "taken unwarned"
            assert day_of(self.kit.clock.now()) > day_of(self.knows) + timedelta(days=7), "taken before the notice"
        elif stands != self.stands:
            self.stands, self.knows = stands, None
            if row["warned_at"] is not None:  # a handover was undone before its deadline
                assert row["warned_for"] == row["protected_until"] > self.kit.clock.now()
                self.knows = row["warned_at"]

    def night(self) -> None:
        self.kit.clock.advance(days=1)
        sweep(self.kit)
        heard = told(self.kit, of=self.id)
        news, self.heard = heard[self.heard :], len(heard)
        assert all(who == self.stands[0] for _, who in news), "who has it is told"
        if news and self.knows is None:
            self.knows = self.kit.clock.now()
        self.look()


@settings(max_examples=examples(12), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32 - 1))
def test_nobody_loses_a_customer_unwarned_whatever_comes_between(sqlite_kit: Kit, seed: int) -> None:
    dice, kit = Random(seed), sqlite_kit
    if not rows(kit, Customer):
        set_rules(
            kit,
            {
                "rules": [
                    {"name": "持有", "when": {"what": "no_follow_up", "days": 20}},
                ]
            },
        )
    one = Watched(kit)
    one.look()
    for _ in range(12):
        if owners(kit)[one.id] is None:
            return
        try:
            _act(one, dice)
        except CrmError as error:
            assert error.code in ("illegal_state", "invalid_input", "handover_conflicts"), error
        one.look()
        for _ in range(dice.choice((0, 1, 4, 9, 18))):
            if owners(kit)[one.id] is not None:
                one.night()
    for _ in range(60):
        if owners(kit)[one.id] is not None:
            one.night()


def _act(one: Watched, dice: Random) -> None:
    kit, owner = one.kit, owners(one.kit)[one.id]
    other = "colleague" if owner == "seller" else "seller"
    act = dice.choice(("lock", "unlock", "talk", "contract", "transfer", "keep", "undo"))
    if act in ("lock", "unlock"):
        at = version(kit, one.id)
        verb = "lock" if act == "lock" else "unlock"
        doing(kit, owner, lambda unit: getattr(unit.pool, verb)(one.id, expected_version=at))
    elif act == "talk":
        said = {"customer_id": one.id, "way": "visit", "outcome": "谈好了"}
        talk = doing(kit, owner, lambda unit: unit.followups.log(said))
        one.look()
        for _ in range(dice.choice((0, 1, 5))):
            one.night()
        doing(kit, "manager", lambda unit: unit.pool.strike(talk.id, reason="没有去"))
    elif act == "contract":
        (project,) = doing(kit, "manager", lambda unit: unit.projects.find({"customer_id": one.id})).items
        draft = {"project_id": project.id, "title": "合同", "amount": "1.00"}
        made = doing(kit, "manager", lambda unit: unit.contracts.create(draft))
        asked = doing(kit, "manager", lambda unit: unit.contracts.submit(made.id, expected_version=1))
        one.look()
        for _ in range(dice.choice((0, 1, 5))):
            one.night()
        decide(kit, asked, "chief", "reject", "价格太低")
    elif act == "transfer":
        transfer(kit, one.id, other)
    else:
        wish = {"leaver_id": owner, "rest_to": other, "clock": "keep"}
        seen = doing(kit, "admin", lambda unit: unit.handover.preview(wish))
        done = doing(kit, "admin", lambda unit: unit.handover.execute(wish, fingerprint=seen.fingerprint))
        one.look()
        if act == "undo":
            for _ in range(dice.choice((0, 1, 5))):
                one.night()
            doing(kit, "admin", lambda unit: unit.handover.undo(done.id, reason="交接有误"))


@pytest.mark.parametrize("ahead", [8, 200, 400])
def test_what_a_clock_that_was_ahead_warned_of_was_no_warning(kit: Kit, ahead: int) -> None:
    customer = kit.given.customer()
    sweep(kit)
    quiet(kit, 160)
    right = kit.clock.now()
    kit.clock._now = right + timedelta(days=ahead)
    sweep(kit)
    warned = told(kit)
    kit.clock._now = right
    assert sweep(kit).recycled == 0
    assert lasts(kit, customer.id) == 20
    assert told(kit)[len(warned) :] == LAST, "he hears of it when it is time"
