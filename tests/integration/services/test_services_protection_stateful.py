"""Months of work in any order, beside a model in plain Python: deadlines, warnings, what is taken, what is foreseen."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count as numbers
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine, select, update
from tests.integration.services.acting import SYSTEM, doing
from tests.integration.services.protection_model import ORDER, Book, Deal, Held, day_of, end_of

from oa_crm.models import Customer, EventRow, Ownership, table_of
from oa_crm.services.holding import ledger
from oa_crm.testing import CrmKit, Kit

SHIPPED = {"rules": [{"name": "default", "when": {"what": "no_progress", "days": 180}}]}
MIXED = {
    "rules": [
        {"name": "A 级", "levels": ["A"], "when": {"what": "held", "days": 60}},
        {
            "name": "其他",
            "when": {
                "any": [
                    {"what": "no_follow_up", "days": 30},
                    {"all": [{"what": "no_progress", "days": 40}, {"what": "no_project", "days": 20}]},
                ]
            },
        },
    ],
    "alive_days": 35,
    "contract_days": 50,
}
DEALS = {
    "rules": [
        {
            "name": "签约",
            "when": {
                "any": [
                    {
                        "all": [
                            {"what": "no_contract", "days": 45},
                            {"what": "no_follow_up", "days": 12, "working": True},
                        ]
                    },
                    {"what": "contract_over", "days": 10},
                ]
            },
        }
    ],
    "contract_days": 20,
    "warnings": [{"days": 3}],
    "notice_days": 2,
}
AT_ONCE = {"rules": [{"name": "直接", "when": {"what": "no_progress", "days": 25}}], "warnings": [], "pause_days": 30}
_TENANTS = numbers(1)


class Months(RuleBasedStateMachine):
    """One company; a salesperson who works or does not, a manager, and a sweep that runs when it likes."""

    kit: Kit

    def __init__(self) -> None:
        super().__init__()
        self.tenant = f"company-{next(_TENANTS)}"
        self.do(SYSTEM, lambda unit: unit.directory.sync())
        self.book, self.version, self.name = Book(SHIPPED), 0, numbers(1)

    def do(self, who: Any, act: Any) -> Any:
        return doing(self.kit, who, act, tenant=self.tenant)

    @property
    def now(self) -> Any:
        return self.kit.clock.now()

    def owned(self) -> list[Any]:
        return [id for id, one in self.book.customers.items() if one.owned]

    @initialize(rules_=st.sampled_from([None, MIXED, DEALS, AT_ONCE]), level=st.sampled_from([None, "A"]))
    def begin(self, rules_: Any, level: Any) -> None:
        if rules_ is not None:
            self.set_rules(rules_)
        self.create(level)
        self.create(None)

    @rule(seed=st.integers(0, 2**32 - 1))
    def live(self, seed: int) -> None:
        """Fifteen acts, as the dice fall; after each the deadlines are looked at."""
        dice = Random(seed)
        for _ in range(15):
            owned = self.owned()
            acts: list[tuple[int, Callable[[], None]]] = [
                (1, lambda: self.set_rules(dice.choice([MIXED, DEALS, AT_ONCE]))),
                (2, lambda: self.create(dice.choice([None, "A"])) if len(self.book.customers) < 5 else None),
                (6, lambda: self.talk(dice, dice.choice(["phone", "visit", "demo"]), dice.randrange(20))),
                (2, lambda: self.strike(dice)),
                (3, lambda: self.project(dice)),
                (3, lambda: self.move(dice, dice.choice(["qualified", "proposal", "lead", "negotiation", "lost"]))),
                (2, lambda: self.contract(dice, dice.random() < 0.5, dice.randrange(10))),
                (1, lambda: self.extend(dice, dice.randint(1, 30))),
                (3, lambda: self.claim(dice)),
                (2, lambda: self.wait(dice.randint(1, 12), dice.randrange(24))),
                (5, lambda: self.nights(dice.randint(1, 12))),
                (2, self.sweep),
            ]
            (act,) = dice.choices([one for _, one in acts], [weight for weight, _ in acts])
            if owned or act is acts[8][1] or act is acts[1][1] or act is acts[10][1]:
                act()
            self.deadlines_are_those_of_the_model()

    def set_rules(self, rules_: Any) -> None:
        change = {"rules": rules_, "expected_version": self.version}
        self.version = self.do(SYSTEM, lambda unit: unit.pool.set_protection(change)).version
        self.book.rules = rules_

    def create(self, level: Any) -> None:
        name = f"{chr(0x4E10 + 97 * next(self.name))}{chr(0x5B10 + 53 * next(self.name))}股份有限公司"
        made = self.do(
            "seller",
            lambda unit: unit.customers.create({"name": name, "level": level}, override_reason="新"),
        )
        self.book.customers[made.id] = Held(self.now, level=level)

    def talk(self, dice: Random, way: str, ago: int) -> None:
        id, at = dice.choice(self.owned()), self.now - timedelta(days=ago)
        said = {"customer_id": id, "way": way, "outcome": "谈好了", "happened_at": at}
        made = self.do("seller", lambda unit: unit.followups.log(said))
        self.book.customers[id].talks[made.id] = (way, at)

    def strike(self, dice: Random) -> None:
        mine = [(one, id) for one in self.book.customers.values() for id in one.talks if id not in one.struck]
        if mine:
            one, id = dice.choice(mine)
            self.do("manager", lambda unit: unit.pool.strike(id, reason="没有去"))
            one.struck.add(id)

    def project(self, dice: Random) -> None:
        id = dice.choice(self.owned())
        made = self.do("seller", lambda unit: unit.projects.create({"customer_id": id, "name": "ERP"}))
        self.book.customers[id].deals[made.id] = Deal("lead", self.now, [self.now])

    def move(self, dice: Random, to: str) -> None:
        mine = [
            (id, deal)
            for one in self.book.customers.values()
            for id, deal in one.deals.items()
            if deal.stage in ORDER[:-1] and deal.stage != to
        ]
        if not mine:
            return
        id, deal = dice.choice(mine)
        version = self.do("seller", lambda unit: unit.projects.get(id)).version
        wanted = {"to": to, "expected_version": version, "reason": "调整"}
        self.do("seller", lambda unit: unit.projects.move(id, wanted))
        deal.stage, deal.moved = to, self.now
        if to in ORDER and ORDER.index(to) > deal.furthest:
            deal.furthest = ORDER.index(to)
            deal.progress.append(self.now)

    def contract(self, dice: Random, agree: bool, days: int) -> None:
        mine = [
            (one, id) for one in self.book.customers.values() for id, deal in one.deals.items() if deal.stage in ORDER
        ]
        if not mine:
            return
        one, project = dice.choice(mine)
        deal, draft = one.deals[project], {"project_id": project, "title": "合同", "amount": "1.00"}
        made = self.do("seller", lambda unit: unit.contracts.create(draft))
        asked = self.do("seller", lambda unit: unit.contracts.submit(made.id, expected_version=1))
        one.in_approval += 1
        self.deadlines_are_those_of_the_model()
        self.kit.clock.advance(days=days)
        decision = {"decision": "agree" if agree else "reject", "words": "阅"}
        self.do("manager", lambda unit: unit.approvals.decide(asked.id, decision))
        one.in_approval -= 1
        if agree:
            one.approved.append(self.now)
        if agree and deal.stage != "won":
            deal.stage, deal.moved, deal.furthest = "won", self.now, len(ORDER)
            deal.progress.append(self.now)

    def extend(self, dice: Random, days: int) -> None:
        id = dice.choice(self.owned())
        one = self.book.customers[id]
        if len(one.extended) < 2:
            asked = {"customer_id": id, "days": days, "reason": "年底立项"}
            request = self.do("seller", lambda unit: unit.pool.extend(asked))
            self.do("manager", lambda unit: unit.pool.grant_extension(request.id))
            last = self.book.last_day(one)
            from_ = day_of(self.now) if last is None else max(last, day_of(self.now))
            one.extended.append(from_ + timedelta(days=days))

    def claim(self, dice: Random) -> None:
        if pooled := [id for id, one in self.book.customers.items() if not one.owned]:
            id = dice.choice(pooled)
            _claim(self.kit, self.tenant, id)
            self.book.customers[id].gain(self.now)

    def wait(self, days: int, hours: int) -> None:
        self.kit.clock.advance(days=days, hours=hours)

    def nights(self, nights: int) -> None:
        for _ in range(nights):
            self.kit.clock.advance(days=1)
            self.sweep()

    def sweep(self) -> None:
        foreseen = {one.id for one in self.do(SYSTEM, lambda unit: unit.pool.preview()).items}
        done = self.kit.crm.pool.sweep(self.kit.scope(SYSTEM, tenant=self.tenant), slice=2)
        taken, warnings = self.book.sweep(self.now)
        assert (done.recycled, done.warned, done.failed) == (len(taken), warnings, ())
        assert foreseen == taken
        assert self.kit.crm.pool.sweep(self.kit.scope(SYSTEM, tenant=self.tenant)).recycled == 0, (
            "once more takes nothing"
        )
        assert self.book.sweep(self.now)[0] == set()

    @invariant()
    def deadlines_are_those_of_the_model(self) -> None:
        c = table_of(Customer).c
        with self.kit.crm.engine.connect() as connection:
            found = connection.execute(
                select(c.id, c.owner_id, c.protected_until).where(c.tenant_id == self.tenant)
            ).all()
        assert {row.id for row in found} == set(self.book.customers)
        for row in found:
            one = self.book.customers[row.id]
            last = self.book.last_day(one)
            one.stands(last)
            assert (row.owner_id is not None) == one.owned
            assert row.protected_until == (None if last is None else end_of(last, self.now)), (last, one)

    def teardown(self) -> None:
        events, owned = table_of(EventRow).c, table_of(Ownership).c
        with self.kit.crm.engine.connect() as connection:
            mine = (events.tenant_id == self.tenant) & (events.hook == "on_customer_recycled")
            told = len(connection.execute(select(events.id).where(mine)).all())
            cause = (owned.tenant_id == self.tenant) & (owned.cause == "recycle")
            assert told == len(connection.execute(select(owned.number).where(cause)).all())


def _claim(kit: Kit, tenant: str, id: Any) -> None:
    """As whoever claims does it: owner and term in one UPDATE, a row of the ledger, a line of the audit."""
    table = table_of(Customer)
    with kit.crm._work(kit.scope(SYSTEM, tenant=tenant)) as work:
        mine = (table.c.tenant_id == tenant) & (table.c.id == id)
        work.connection.execute(
            update(table).where(mine).values(owner_id="seller", pool_id=None, **ledger.turned(work))
        )
        ledger.keep(work, [id], ledger.Cause.CLAIM)
        work.journal.record("pool.claim", "customer", id)


def _play(kit: Kit, games: int, steps: int) -> None:
    machine = type("MonthsHere", (Months,), {"kit": kit})
    # Not made smaller: a seed is as short as it gets.
    how = settings(
        max_examples=games,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.reuse, Phase.generate),
    )
    run_state_machine_as_test(machine, settings=how)


def test_months_of_work_go_as_the_plain_rules_say(sqlite: Engine, crm_kit: CrmKit) -> None:
    _play(crm_kit(database=sqlite), games=6, steps=4)


@pytest.mark.parametrize("backend", ["postgresql", "mariadb"], indirect=True)
def test_the_same_on_the_servers(database: Engine, crm_kit: CrmKit) -> None:
    _play(crm_kit(database=database), games=1, steps=2)
