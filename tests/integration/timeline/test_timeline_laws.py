"""Laws of timelines, after random acts: total order, whole pages, and the past as it was."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.integration.services.acting import decide, doing
from tests.integration.timeline.laws import facts_now, state_of, told, whole

from oa_crm.errors import CrmError
from oa_crm.services.timeline.sources import KINDS
from oa_crm.testing import Kit


class Life:
    """One customer's life: its things, and what may happen to it."""

    def __init__(self, kit: Kit) -> None:
        self.kit = kit
        self.customer = kit.given.customer(level="C", tags=("重点",))
        self.project: Any = kit.given.project(self.customer)
        self.merges: list[Any] = []
        self.came: set[Any] = set()
        """What came with others: the ids of their entries and projects."""
        self.contacts: list[Any] = []
        self.number = 1

    def do(self, name: str) -> None:
        """One act; one that the rules refuse happens not."""
        self.number += 1
        with suppress(CrmError):
            getattr(self, name)()

    def _by(self, actor: str, do: Callable[[Any], Any]) -> Any:
        return doing(self.kit, actor, do)

    def _version(self) -> int:
        return int(self._by("manager", lambda unit: unit.customers.get(self.customer.id)).version)

    def rename(self) -> None:
        patch = {"name": f"{self.customer.name} {self.number}", "expected_version": self._version()}
        self._by("manager", lambda unit: unit.customers.update(self.customer.id, patch))

    def change(self) -> None:
        facts = {
            "industry": "I65",
            "tags": [f"词{self.number}"],
            "phone": None,
            "latitude": "30.25",
            "longitude": "120",
        }
        patch = {**facts, "expected_version": self._version()}
        self._by("manager", lambda unit: unit.customers.update(self.customer.id, patch))

    def classify(self) -> None:
        level = "ABC"[self.number % 3]
        wanted = {"level": level, "expected_version": self._version(), "reason": "评审"}
        self._by("manager", lambda unit: unit.customers.classify(self.customer.id, wanted))

    def talk(self) -> None:
        self.kit.given.follow_up(self.customer, outcome=f"谈了第 {self.number} 次")

    def talk_entered_late(self) -> None:
        ago = self.kit.clock.now() - timedelta(days=self.number)
        self.kit.given.follow_up(self.customer, happened_at=ago, project_id=self.project.id)

    def begin(self) -> None:
        self.project = self.kit.given.project(self.customer, name=f"项目 {self.number}", expected="1000.00")

    def rename_project(self) -> None:
        now = self._by("manager", lambda unit: unit.projects.get(self.project.id))
        patch = {"name": f"改名 {self.number}", "expected": "5.00", "expected_version": now.version}
        self._by("manager", lambda unit: unit.projects.update(self.project.id, patch))

    def move(self) -> None:
        now = self._by("manager", lambda unit: unit.projects.get(self.project.id))
        to = ("qualified", "proposal", "negotiation", "lost", "lead")[self.number % 5]
        wanted = {"to": to, "reason": "客户要求", "expected_version": now.version}
        self._by("manager", lambda unit: unit.projects.move(self.project.id, wanted))

    def spend(self) -> None:
        self.kit.given.expense(self.project, amount=f"{self.number}.00")

    def sign(self) -> None:
        approval = self.kit.given.submitted_contract(self.kit.given.contract(self.project))
        for member in approval.waiting_on:
            decide(self.kit, approval, member)

    def person(self) -> None:
        self.contacts.append(self.kit.given.contact(self.customer))

    def person_leaves(self) -> None:
        if self.contacts:
            post = self.contacts.pop().posts[0]
            wanted = {"expected_version": post.version, "reason": "离职"}
            self._by("seller", lambda unit: unit.contacts.leave(post.id, wanted))

    def person_moves(self) -> None:
        if self.contacts:
            person, other = self.contacts.pop(), self.kit.given.customer()
            self._by("seller", lambda unit: unit.contacts.move(person.id, {"customer_id": other.id}))

    def attach(self) -> None:
        self.kit.given.file(self.customer)

    def ask_help(self) -> None:
        whom = {"title": "能接老系统吗", "due_on": "2099-01-01", "member_id": "colleague"}
        asked = self._by("seller", lambda unit: unit.help.ask({**whom, "project_id": self.project.id}))
        self._by("colleague", lambda unit: unit.help.answer(asked.id, f"第 {self.number} 次答复"))

    def share(self) -> None:
        what = {"title": "资料", "receiver_id": "colleague", "show": ["customer.name"]}
        given = self._by("seller", lambda unit: unit.shares.give({**what, "customer_id": self.customer.id}))
        if self.number % 2:
            self._by("seller", lambda unit: unit.shares.revoke(given.id, reason="另有安排"))

    def lock(self) -> None:
        locked = self._by("manager", lambda unit: unit.customers.get(self.customer.id)).locked_at is not None
        verb, version = "unlock" if locked else "lock", self._version()
        self._by("seller", lambda unit: getattr(unit.pool, verb)(self.customer.id, expected_version=version))

    def transfer(self) -> None:
        wanted = {"expected_version": self._version(), "reason": "换人"}
        self._by("manager", lambda unit: unit.pool.transfer(self.customer.id, "colleague", **wanted))

    def release(self) -> None:
        wanted = {"expected_version": self._version(), "reason": "没有进展"}
        self._by("manager", lambda unit: unit.pool.release(self.customer.id, **wanted))

    def claim(self) -> None:
        self._by("seller", lambda unit: unit.pool.claim(self.customer.id))

    def merge(self) -> None:
        other = self.kit.given.customer(level="B", tags=("新客",))
        project = self.kit.given.project(other)
        self.kit.given.follow_up(other)
        self.came |= {project.id, *(one.id for one in whole(self.kit, other.id))}
        pair = {"winner_id": self.customer.id, "winner_version": self._version(), "loser_id": other.id}
        version = self._by("manager", lambda unit: unit.customers.get(other.id)).version
        wanted = {**pair, "loser_version": version}
        self.merges.append(self._by("manager", lambda unit: unit.merges.merge(wanted)))

    def split(self) -> None:
        if self.merges:
            merge = self.merges.pop()
            self._by("manager", lambda unit: unit.merges.split(merge.id, reason="不是一家"))


ACTS = sorted(name for name in vars(Life) if not name.startswith("_") and name not in ("do",))
STEPS = st.lists(st.tuples(st.sampled_from(ACTS), st.sampled_from([0, 1, 30])), min_size=3, max_size=14)
FEW = settings(
    max_examples=4, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
MANY = settings(FEW, max_examples=15)


def test_every_act_of_the_laws_happens(sqlite_kit: Kit) -> None:
    """Else the laws would prove nothing of it."""
    for name in ACTS:
        life = Life(sqlite_kit)
        before = {"person_leaves": "person", "person_moves": "person", "split": "merge", "claim": "release"}.get(name)
        if before is not None:
            getattr(life, before)()
        count = len(whole(sqlite_kit, life.customer.id))
        getattr(life, name)()
        assert len(whole(sqlite_kit, life.customer.id)) != count, name


@given(steps=STEPS)
@MANY
def test_the_past_is_as_it_was(steps: list[tuple[str, int]], sqlite_kit: Kit) -> None:
    _the_past_is_as_it_was(steps, sqlite_kit)


@given(steps=STEPS)
@FEW
def test_the_past_is_as_it_was_on_every_database(steps: list[tuple[str, int]], kit: Kit) -> None:
    _the_past_is_as_it_was(steps, kit)


def _the_past_is_as_it_was(steps: list[tuple[str, int]], kit: Kit) -> None:
    """What a timeline and the facts were after each act is what both say of that moment ever after; but that what was
    merged in lies where it lies now."""
    life, seen = Life(kit), {}
    for name, hours in (("talk", 0), *steps):
        kit.clock.advance(hours=hours)
        life.do(name)
        id, merges = life.customer.id, [one.id for one in life.merges]
        seen[kit.clock.now()] = (told(whole(kit, id)), *facts_now(kit, id), merges)
    for moment, (stream, facts, projects, merges) in seen.items():
        then, (customer_then, projects_then) = told(whole(kit, id, as_of=moment)), state_of(kit, id, moment)
        assert customer_then == facts
        if merges != [one.id for one in life.merges]:
            then, stream = ([one for one in those if one[0] not in life.came] for those in (then, stream))
            projects_then, projects = (
                {one: those[one] for one in those if one not in life.came} for those in (projects_then, projects)
            )
        assert then == stream
        assert projects_then == projects


@given(steps=STEPS, size=st.integers(1, 7), kinds=st.sets(st.sampled_from(KINDS)))
@MANY
def test_pages_are_the_whole(steps: list[tuple[str, int]], size: int, kinds: set[str], sqlite_kit: Kit) -> None:
    _pages_are_the_whole(steps, size, kinds, sqlite_kit)


@given(steps=STEPS, size=st.integers(1, 7), kinds=st.sets(st.sampled_from(KINDS)))
@FEW
def test_pages_are_the_whole_on_every_database(
    steps: list[tuple[str, int]], size: int, kinds: set[str], kit: Kit
) -> None:
    _pages_are_the_whole(steps, size, kinds, kit)


def _pages_are_the_whole(steps: list[tuple[str, int]], size: int, kinds: set[str], kit: Kit) -> None:
    life = Life(kit)
    for name, hours in steps:
        kit.clock.advance(hours=hours)
        life.do(name)
    for of, id in (("customer", life.customer.id), ("project", life.project.id)):
        everything = whole(kit, id, of=of)
        assert whole(kit, id, size=size, of=of) == everything
        assert len({one.id for one in everything}) == len(everything)
        assert [one.at for one in everything] == sorted((one.at for one in everything), reverse=True)
        wanted = whole(kit, id, size=size, of=of, kinds=kinds)
        assert wanted == [one for one in everything if one.kind in kinds]


@given(steps=STEPS, size=st.integers(1, 5))
@MANY
def test_what_is_added_meanwhile_disturbs_no_page(steps: list[tuple[str, int]], size: int, sqlite_kit: Kit) -> None:
    life = Life(kit := sqlite_kit)
    life.talk()
    before = [one.id for one in whole(kit, life.customer.id)]
    added = [name for name, _ in steps if name not in ("merge", "split")]
    read, after = [], None
    while True:
        page = doing(
            kit, "manager", lambda unit, at=after: unit.timeline.of_customer(life.customer.id, after=at, limit=size)
        )
        read += [one.id for one in page.items]
        if (after := page.next) is None:
            break
        if added:
            life.do(added.pop())
    assert len(set(read)) == len(read)
    assert [one for one in read if one in before] == before


def test_a_moment_between_two_acts_shows_the_first_alone(kit: Kit) -> None:
    life = Life(kit)
    kit.clock.advance(hours=1)
    life.do("rename")
    between = kit.clock.now() + timedelta(minutes=1)
    kit.clock.advance(hours=1)
    life.do("rename")
    names = [state_of(kit, life.customer.id, at)[0]["name"] for at in (between, kit.clock.now())]
    assert names[0] != names[1]
    assert len(whole(kit, life.customer.id, as_of=between)) + 1 == len(whole(kit, life.customer.id))


@pytest.mark.parametrize("acts", [("merge", "talk", "split"), ("merge", "merge", "split", "rename", "split")])
def test_after_a_split_everything_is_home(acts: tuple[str, ...], kit: Kit) -> None:
    life = Life(kit)
    life.talk()
    before = told(whole(kit, life.customer.id))
    for name in acts:
        kit.clock.advance(hours=1)
        life.do(name)
    assert not life.merges
    now = told(whole(kit, life.customer.id))
    came = {one[3] for one in now if one not in before}
    assert came <= {
        "merge.made",
        "merge.split",
        "follow_up.logged",
        "customers.update",
        "owner.changed",
        "class.changed",
    }
    assert [one for one in now if one in before] == before
