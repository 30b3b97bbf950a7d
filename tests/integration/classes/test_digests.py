"""Digests: what a manager wants to know, once, as far as he may read it, and acknowledged once."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from tests.integration.classes.laws import classify, tree
from tests.integration.merging.files import merge, split
from tests.integration.services.acting import SYSTEM, at_once, count, doing, invalid, patiently, refused, rows

from oa_crm.hooks import Message, hookimpl
from oa_crm.hooks.payloads import DigestBuilt
from oa_crm.models import AuditEntry, Digest, DigestLine, KeyChange
from oa_crm.schemas import DigestLineOut, DigestOut
from oa_crm.testing import CrmKit, Kit


def _subscribe(kit: Kit, actor: str = "manager", reach: str = "subtree", **what: Any) -> Any:
    return doing(kit, actor, lambda unit: unit.digests.subscribe({"reach": reach, **what}))


def _build(kit: Kit) -> int:
    return kit.crm.digests.build(kit.scope(SYSTEM)).found


def _waiting(kit: Kit, actor: str = "manager") -> tuple[DigestOut, ...]:
    return doing(kit, actor, lambda unit: unit.digests.find(acknowledged=False)).items


def _lines(kit: Kit, actor: str = "manager") -> list[DigestLineOut]:
    ids = [one.id for one in reversed(_waiting(kit, actor))]
    return [line for id in ids for line in doing(kit, actor, lambda unit, it=id: unit.digests.read(it)).items]


def _told(kit: Kit, actor: str = "manager") -> list[tuple[str, str | None, str | None]]:
    return [(one.what, one.before and str(one.before), one.after and str(one.after)) for one in _lines(kit, actor)]


def test_a_digest_tells_every_kind_of_change_with_before_and_after(kit: Kit) -> None:
    _subscribe(kit)
    tree(kit, "type", "dealer")
    customer = kit.given.customer(level="C")
    project = kit.given.project(customer, expected="1000.00", expected_close_on=date(2026, 5, 1))
    classify(kit, customer.id, level="A", categories={"type": "dealer"}, reason="大单")

    def change(unit: Any) -> None:
        patch = {"expected": "800.00", "expected_close_on": date(2026, 7, 1), "expected_version": 1}
        unit.projects.update(project.id, patch)
        unit.projects.move(project.id, {"to": "negotiation", "expected_version": 2})
        unit.projects.move(project.id, {"to": "qualified", "expected_version": 3, "reason": "客户换了负责人"})

    doing(kit, "seller", change)
    assert _build(kit) == 1
    assert sorted(_told(kit)) == [
        ("amount", "1,000.00 CNY", "800.00 CNY"), ("category", None, "dealer"),
        ("date_slip", "2026-05-01", "2026-07-01"), ("level", "C", "A"), ("stage_backwards", "negotiation", "qualified"),
    ]  # fmt: skip
    back = next(one for one in _lines(kit) if one.what == "stage_backwards")
    assert (back.kind, back.thing_id, back.customer_id) == ("project", project.id, customer.id)
    assert (back.name, back.reason, back.by) == (project.name, "客户换了负责人", "seller")


@pytest.mark.parametrize(
    ("patch", "told"),
    [
        ({"expected_close_on": date(2026, 4, 1)}, []),
        ({"expected_close_on": None}, [("date_slip", "2026-05-01", None)]),
        ({"name": "另一个名字"}, []),
        ({"expected": "1000.00"}, []),
    ],
)
def test_what_is_no_key_change_is_not_told(sqlite_kit: Kit, patch: dict[str, Any], told: list[Any]) -> None:
    kit = sqlite_kit
    _subscribe(kit)
    project = kit.given.project(expected="1000.00", expected_close_on=date(2026, 5, 1))
    doing(kit, "seller", lambda unit: unit.projects.update(project.id, {**patch, "expected_version": 1}))
    doing(kit, "seller", lambda unit: unit.projects.move(project.id, {"to": "proposal", "expected_version": 2}))
    _build(kit)
    assert _told(kit) == told


def test_putting_something_on_file_is_no_change(kit: Kit) -> None:
    _subscribe(kit)
    kit.given.project(kit.given.customer(level="A"), expected="5.00")
    assert (_build(kit), count(kit, KeyChange)) == (0, 0)


def test_only_what_came_after_subscribing_and_only_the_kinds_asked_for(kit: Kit) -> None:
    tree(kit, "type", "dealer")
    customer = kit.given.customer(level="C")
    classify(kit, customer.id, level="B")
    kit.clock.advance(minutes=1)
    told = _subscribe(kit, kinds=["level"])
    classify(kit, customer.id, level="A", categories={"type": "dealer"})
    assert _build(kit) == 1
    assert _told(kit) == [("level", "B", "A")]
    wider = {"kinds": ["level", "category"], "reach": "own", "expected_version": told.version}
    assert doing(kit, "manager", lambda unit: unit.digests.subscribe(wider)).reach == "own"
    with refused("stale_version"):
        doing(kit, "manager", lambda unit: unit.digests.subscribe(wider))


def test_building_again_tells_nothing_twice(kit: Kit) -> None:
    _subscribe(kit)
    customer = kit.given.customer(level="C")
    classify(kit, customer.id, level="B")
    assert [_build(kit), _build(kit), doing(kit, "manager", lambda unit: unit.digests.build()).digests] == [1, 0, ()]
    kit.clock.advance(hours=1)
    classify(kit, customer.id, level="A")
    assert (_build(kit), _told(kit)) == (1, [("level", "C", "B"), ("level", "B", "A")])
    first, second = reversed(_waiting(kit))
    assert second.since == first.built_at
    assert second.built_at - first.built_at == timedelta(hours=1)


def test_a_change_that_commits_late_is_told_in_the_next_digest(kit: Kit) -> None:
    """Its time lies before the digest that missed it."""
    _subscribe(kit)
    early, late = kit.given.customer(level="C"), kit.given.customer(level="C")
    classify(kit, early.id, level="B")
    moment = kit.clock.now()
    kit.clock.advance(hours=2)
    _build(kit)
    kit.clock.advance(hours=1)
    classify(kit, late.id, level="A")
    with kit.crm.engine.begin() as connection:
        table = KeyChange.__table__
        connection.execute(table.update().where(table.c.thing_id == late.id).values(at=moment))  # type: ignore[attr-defined]
    assert _build(kit) == 1
    assert _told(kit) == [("level", "C", "B"), ("level", "C", "A")]


def test_nobody_is_told_more_than_he_may_read(kit: Kit) -> None:
    for actor, reach in (("manager", "subtree"), ("seller", "own"), ("colleague", "own")):
        _subscribe(kit, actor, reach)
    mine = kit.given.customer(level="C")
    classify(kit, mine.id, level="A")
    assert _build(kit) == 2
    assert (_told(kit), _told(kit, "seller"), _told(kit, "colleague")) == ([("level", "C", "A")],) * 2 + ([],)
    for actor, reach in (("colleague", "subtree"), ("manager", "all"), ("chief", "none")):
        version = None if actor == "chief" else 1
        with invalid("reach"):
            _subscribe(kit, actor, reach, expected_version=version)
    with refused("forbidden"):
        _subscribe(kit, "people", "own")
    with invalid("kinds"):
        _subscribe(kit, "chief", "all", kinds=["moon"])


def test_whose_role_narrows_is_told_no_more_than_it_reads_now(kit: Kit) -> None:
    _subscribe(kit)
    kit.company.people["manager"] = replace(kit.company.people["manager"], roles=("salesperson",))
    doing(kit, SYSTEM, lambda unit: unit.directory.sync())
    classify(kit, kit.given.customer(level="C").id, level="A")
    assert _build(kit) == 0
    own = doing(kit, "manager", lambda unit: unit.customers.create({"name": "长风物流有限公司", "level": "C"}))
    classify(kit, own.id, "manager", level="B")
    assert (_build(kit), [one.changes for one in _waiting(kit)]) == (1, [1])


def test_a_narrow_subscription_of_somebody_far_reaching_stays_narrow(kit: Kit) -> None:
    _subscribe(kit, "manager", "own")
    classify(kit, kit.given.customer(level="C").id, level="A")
    own = doing(kit, "manager", lambda unit: unit.customers.create({"name": "长风物流有限公司", "level": "C"}))
    classify(kit, own.id, "manager", level="B")
    _build(kit)
    assert _told(kit) == [("level", "C", "B")]


def test_who_may_see_a_customer_no_more_does_not_read_it(kit: Kit) -> None:
    _subscribe(kit, "seller", "own")
    kept, gone = kit.given.customer(level="C"), kit.given.customer(level="D")
    for one in (kept, gone):
        classify(kit, one.id, level="A")
    _build(kit)
    assert [one.thing_id for one in _lines(kit, "seller")] == [kept.id, gone.id]
    ours = doing(kit, "colleague", lambda unit: unit.customers.create({"name": "长风物流有限公司"}))
    merge(kit, ours, gone)
    assert [one.thing_id for one in _lines(kit, "seller")] == [kept.id]


def test_a_merge_leads_what_was_told_to_the_survivor(kit: Kit) -> None:
    _subscribe(kit)
    winner, loser = kit.given.customer(), kit.given.customer(level="C")
    classify(kit, loser.id, level="A")
    _build(kit)
    done = merge(kit, winner, loser)
    assert [(one.thing_id, one.name) for one in _lines(kit)] == [(winner.id, winner.name)]
    split(kit, done)
    assert [(one.thing_id, one.name) for one in _lines(kit)] == [(loser.id, loser.name)]


def test_a_merge_that_gives_a_customer_another_owner_is_told(kit: Kit) -> None:
    _subscribe(kit)
    winner = kit.given.customer()
    other = doing(kit, "colleague", lambda unit: unit.customers.create({"name": "长风物流有限公司"}))
    merge(kit, winner, other, choices={"owner_id": "take"})
    _build(kit)
    assert _told(kit) == [("owner", "seller", "colleague")]


def test_a_digest_is_acknowledged_once_by_its_reader(kit: Kit) -> None:
    _subscribe(kit)
    classify(kit, kit.given.customer(level="C").id, level="A")
    _build(kit)
    (digest,) = _waiting(kit)
    for act in (lambda unit: unit.digests.read(digest.id), lambda unit: unit.digests.acknowledge(digest.id)):
        for actor in ("seller", "admin", SYSTEM):
            with refused("not_found", kind="digest"):
                doing(kit, actor, act)
    acknowledge = lambda: doing(kit, "manager", lambda unit: unit.digests.acknowledge(digest.id))  # noqa: E731
    result = at_once(4, lambda _: patiently(acknowledge))
    assert (len(result.answers), result.codes) == (1, {"illegal_state"})
    assert result.answers[0].acknowledged_at == kit.clock.now()
    assert _waiting(kit) == ()
    assert len(rows(kit, AuditEntry, operation="digests.acknowledge")) == 1
    assert len(doing(kit, "manager", lambda unit: unit.digests.read(digest.id)).items) == 1


def test_many_builders_at_once_make_one_digest(kit: Kit) -> None:
    _subscribe(kit)
    customer = kit.given.customer(level="C")
    for level in ("B", "A"):
        classify(kit, customer.id, level=level)
    at_once(4, lambda _: patiently(lambda: _build(kit)))
    assert (count(kit, Digest), count(kit, DigestLine)) == (1, 2)


def test_of_two_who_subscribe_for_one_member_at_once_one_does(kit: Kit) -> None:
    result = at_once(2, lambda n: patiently(lambda: _subscribe(kit, reach=("own", "subtree")[n])))
    assert (len(result.answers), result.codes) == (1, {"stale_version"})


def test_who_left_or_wants_no_more_is_told_nothing(kit: Kit) -> None:
    told = _subscribe(kit)
    _subscribe(kit, "seller", "own")
    customer = kit.given.customer(level="C")
    doing(kit, "manager", lambda unit: unit.digests.unsubscribe(expected_version=told.version))
    classify(kit, customer.id, level="A")
    del kit.company.people["seller"]
    doing(kit, SYSTEM, lambda unit: unit.directory.sync())
    assert _build(kit) == 0
    kit.clock.advance(hours=1)
    again = {"reach": "subtree", "expected_version": told.version + 1}
    assert doing(kit, "manager", lambda unit: unit.digests.subscribe(again)).state == "active"
    assert _build(kit) == 0, "what happened while he wanted to know nothing is not told later"


def test_a_long_digest_is_read_by_pages(kit: Kit) -> None:
    _subscribe(kit)
    for _ in range(5):
        classify(kit, kit.given.customer(level="C").id, level="A")
    _build(kit)
    (digest,) = _waiting(kit)
    found, after = [], None
    while True:
        page = doing(kit, "manager", lambda unit, at=after: unit.digests.read(digest.id, after=at, limit=2))
        found += [one.id for one in page.items]
        after = page.next
        if after is None:
            break
    assert (len(found), len(set(found)), digest.changes) == (5, 5, 5)
    with invalid("after"):
        doing(kit, "manager", lambda unit: unit.digests.read(digest.id, after="bogus"))


class Inbox:
    """The host's messages, kept."""

    name = "inbox"

    def __init__(self) -> None:
        self.messages: list[Message] = []

    @hookimpl
    def provide_notifier(self) -> "Inbox":
        return self

    def notify(self, message: Message, *, key: str) -> None:
        self.messages.append(message)


def test_a_built_digest_is_announced_to_its_reader(database: Engine, crm_kit: CrmKit) -> None:
    inbox = Inbox()
    kit = crm_kit(inbox, database=database)
    _subscribe(kit)
    classify(kit, kit.given.customer(level="C").id, level="A")
    _build(kit)
    kit.relay.drain()
    assert kit.recorder.hooks.count("on_digest_built") == 1
    (event,) = kit.recorder.of(DigestBuilt)
    assert (event.member_id, event.changes) == ("manager", 1)
    (message,) = inbox.messages
    assert (message.topic, message.to, message.kind) == ("digest_built", "manager", "digest")
    assert message.thing_id == event.digest_id


def test_only_who_administers_digests_builds_for_all(kit: Kit) -> None:
    with refused("forbidden", action="administer", kind="digest"):
        kit.crm.digests.build(kit.scope("manager"))
    assert kit.crm.digests.build(kit.scope("admin")).done == 0
