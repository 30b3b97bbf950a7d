"""Whatever people do with who has a customer, in any order: the ledger has no gap, the deadline is that of the facts,
what lies in a pool lies in one that is open, with nobody's team, plans and next contact, and what an owner planned is
the next owner's."""

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.integration.services.acting import SYSTEM, doing, rows
from tests.integration.services.test_services_pool import ledger_is_true
from tests.integration.services.test_services_protection_column import columns, set_rules, worked_out
from tests.integration.services.test_services_protection_sweep import sweep
from tests.support.laws import examples

from oa_crm.errors import CrmError
from oa_crm.models import Customer, Handover, Merge, Plan, Pool, TeamSeat
from oa_crm.testing import CrmKit, Kit

PEOPLE = ("seller", "colleague", "manager")
REFUSED = {"illegal_state", "invalid_input", "handover_conflicts", "merged"}
RULES = {
    "rules": [
        {"name": "A 级", "levels": ["A"], "when": {"what": "held", "days": 9}},
        {"name": "其他", "when": {"any": [{"what": "no_follow_up", "days": 20}, {"what": "no_project", "days": 25}]}},
    ]
}


class Company:
    """One company, and what its people may do next."""

    def __init__(self, kit: Kit, dice: Random) -> None:
        self.kit, self.dice, self.number = kit, dice, 0
        set_rules(kit, RULES)
        self.open()
        for _ in range(4):
            self.create()

    def acts(self) -> tuple[Callable[[], Any], ...]:
        of_one = (self.release, self.transfer, self.lock, self.unlock, self.talk, self.plan, self.seat, self.extend)
        of_two = (self.claim, self.claim, self.assign, self.distribute, self.merge, self.merge, self.split, self.split)
        return (
            *of_one,
            *of_two,
            self.create,
            self.open,
            self.drop,
            *(self.hand_over, self.undo) * 2,
            self.plan,
            self.nights,
            self.class_,
        )

    def by(self, who: Any, do: Callable[[Any], Any]) -> Any:
        return doing(self.kit, who, do)

    def live(self, *, owned: bool) -> Any:
        """One that somebody has, or nobody."""
        found = [row for row in rows(self.kit, Customer, merged_into=None) if (row["owner_id"] is None) != owned]
        return self.dice.choice(found) if found else None

    def one_of(self, model: Any, **where: Any) -> Any:
        found = rows(self.kit, model, **where)
        return self.dice.choice(found) if found else None

    def create(self) -> None:
        self.number += 1
        name = f"{chr(0x4E10 + 97 * self.number)}{chr(0x5B10 + 53 * self.number)}股份有限公司"
        wanted = {"name": name, "level": self.dice.choice(["A", None])}
        self.by(self.dice.choice(PEOPLE), lambda unit: unit.customers.create(wanted, override_reason="新"))

    def of_owner(self, do: Callable[[Any, Any], Any], *, by: Any = None) -> None:
        if one := self.live(owned=True):
            self.by(by or one["owner_id"], lambda unit: do(unit, one))

    def release(self) -> None:
        pool = self.dice.choice([None, self.one_of(Pool, state="open")["id"]])
        self.of_owner(
            lambda unit, one: unit.pool.release(one["id"], expected_version=one["version"], reason="x", pool_id=pool),
        )

    def transfer(self) -> None:
        to = self.dice.choice(PEOPLE)
        self.of_owner(
            lambda unit, one: unit.pool.transfer(one["id"], to, expected_version=one["version"], reason="x"),
            by=SYSTEM,
        )

    def lock(self) -> None:
        self.of_owner(lambda unit, one: unit.pool.lock(one["id"], expected_version=one["version"]))

    def unlock(self) -> None:
        self.of_owner(lambda unit, one: unit.pool.unlock(one["id"], expected_version=one["version"]))

    def talk(self) -> None:
        said = {"way": "visit", "outcome": "谈好了"}
        self.of_owner(lambda unit, one: unit.followups.log({"customer_id": one["id"], **said}))

    def plan(self) -> None:
        call = {"way": "phone", "purpose": "回访", "due_at": self.kit.clock.now() + timedelta(days=2)}
        self.of_owner(lambda unit, one: unit.plans.plan({"customer_id": one["id"], **call}))

    def seat(self) -> None:
        seat = {"kind": "customer", "member_id": self.dice.choice(PEOPLE), "level": "read", "role": "presales"}
        self.of_owner(lambda unit, one: unit.teams.join({"thing_id": one["id"], **seat}))

    def extend(self) -> None:
        if one := self.live(owned=True):
            wanted = {"customer_id": one["id"], "days": 5, "reason": "x"}
            asked = self.by(one["owner_id"], lambda unit: unit.pool.extend(wanted))
            self.by(SYSTEM, lambda unit: unit.pool.grant_extension(asked.id))

    def class_(self) -> None:
        level = self.dice.choice("AB")
        self.of_owner(
            lambda unit, one: unit.customers.update(one["id"], {"expected_version": one["version"], "level": level}),
        )

    def claim(self) -> None:
        if one := self.live(owned=False):
            self.by(self.dice.choice(PEOPLE), lambda unit: unit.pool.claim(one["id"]))

    def assign(self) -> None:
        if one := self.live(owned=False):
            self.by("admin", lambda unit: unit.pool.assign(one["id"], self.dice.choice(PEOPLE)))

    def distribute(self) -> None:
        wanted = {"pool_id": self.one_of(Pool, state="open")["id"], "most": 3}
        self.by("admin", lambda unit: unit.pool.distribute(wanted))

    def open(self) -> None:
        self.number += 1
        routes = self.dice.choice([[], [{"levels": ["A"]}]])
        wanted = {"name": f"公海{self.number}", "position": self.dice.randint(1, 9), "routes": routes}
        self.by("admin", lambda unit: unit.pools.open(wanted))

    def drop(self) -> None:
        pool, into = (self.one_of(Pool, state="open") for _ in range(2))
        into = self.dice.choice([None, into["id"]])
        self.by("admin", lambda unit: unit.pools.drop(pool["id"], expected_version=pool["version"], into=into))

    def merge(self) -> None:
        live = rows(self.kit, Customer, merged_into=None)
        one, other = self.dice.sample(live, 2) if len(live) > 1 else (None, None)
        if one and other:
            pair = {"winner_id": one["id"], "winner_version": one["version"], "loser_id": other["id"]}
            choices = self.dice.choice([{}, {"owner_id": "keep"}, {"owner_id": "take"}])
            wanted = {**pair, "loser_version": other["version"], "choices": choices}
            self.by("admin", lambda unit: unit.merges.merge(wanted))

    def split(self) -> None:
        if done := self.one_of(Merge, state="merged"):
            self.by("admin", lambda unit: unit.merges.split(done["id"], reason="x", override_reason="x"))

    def hand_over(self) -> None:
        leaver, to = self.dice.sample(PEOPLE, 2)
        rest = self.dice.choice([{"rest_to": to}, {"rest_to": to}, {"pool_id": self.one_of(Pool, state="open")["id"]}])
        clock = self.dice.choice([{"clock": "keep"}, {"clock": "restart"}, {"clock": "grace", "grace_days": 4}])
        wanted = {"leaver_id": leaver, "reason": "x", **rest, **clock}
        seen = self.by("admin", lambda unit: unit.handover.preview(wanted))
        self.by("admin", lambda unit: unit.handover.execute(wanted, fingerprint=seen.fingerprint))

    def undo(self) -> None:
        if done := self.one_of(Handover, state="executed"):
            self.by("admin", lambda unit: unit.handover.undo(done["id"], reason="x"))

    def nights(self) -> None:
        for _ in range(self.dice.randint(1, 6)):
            self.kit.clock.advance(days=1, hours=self.dice.randint(-3, 3))
            assert sweep(self.kit).failed == ()

    def is_sound(self) -> None:
        ledger_is_true(self.kit)
        assert columns(self.kit) == worked_out(self.kit)
        live = {row["id"]: row for row in rows(self.kit, Customer, merged_into=None)}
        open_ = {row["id"] for row in rows(self.kit, Pool, state="open")}
        for row in live.values():
            if row["owner_id"] is None:
                assert row["pool_id"] in open_
                assert (row["locked_at"], row["next_contact_on"]) == (None, None)
            assert row["warned_for"] in (None, row["protected_until"])
        for seat in rows(self.kit, TeamSeat, open=1):
            assert live[seat["thing_id"]]["owner_id"] not in (None, seat["member_id"])
        for plan in rows(self.kit, Plan, state="planned"):
            assert live[plan["customer_id"]]["owner_id"] == plan["assignee_id"]


@settings(max_examples=examples(16), deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32 - 1))
def test_whatever_people_do_the_books_of_who_has_a_customer_are_true(crm_kit: CrmKit, seed: int) -> None:
    dice = Random(seed)
    company = Company(crm_kit(), dice)
    done: list[str] = []
    for _ in range(40):
        act = dice.choice(company.acts())
        done.append(act.__name__)
        try:
            act()
        except CrmError as error:
            assert error.code in REFUSED, (error, done)
        company.is_sound()
