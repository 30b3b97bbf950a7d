"""Shares: what an agent reads, for how long, and that every look is known."""

from datetime import timedelta
from typing import Any

from tests.integration.merging.files import differences, merge, snapshot, split
from tests.integration.services.acting import at_once, doing, invalid, patiently, refused

from oa_crm.hooks import Member
from oa_crm.testing import Kit


def _agent(kit: Kit) -> None:
    kit.company.people["agent"] = Member("agent", "An Agent", None, None, ("agent",), external=True)
    with kit.unit("admin") as unit:
        unit.directory.sync()


def _give(kit: Kit, customer: Any, *show: str, **more: Any) -> Any:
    data = {"customer_id": customer.id, "receiver_id": "agent", "title": "华东新客户", "show": show, **more}
    return doing(kit, "seller", lambda unit: unit.shares.give(data))


def test_an_agent_reads_what_was_chosen_and_nothing_else(kit: Kit) -> None:
    _agent(kit)
    customer = kit.given.customer(industry="steel", address="内环路 1 号")
    project = kit.given.project(customer, name="产线改造", expected="5.00")
    given = _give(kit, customer, "customer.industry", "project.stage", "project.expected",
                  project_id=project.id, customer_id=None, note="请先联系我")  # fmt: skip
    (listed,) = doing(kit, "agent", lambda unit: unit.shares.received()).items
    assert (listed.id, listed.title, listed.shared_by) == (given.id, "华东新客户", "seller")
    seen = doing(kit, "agent", lambda unit: unit.shares.read(given.id))
    assert seen.facts == {"customer.industry": "C31", "project.stage": "lead", "project.expected": "5.00 CNY"}
    assert seen.note == "请先联系我"
    for path in (
        lambda u: u.shares.get(given.id), lambda u: u.customers.get(customer.id), lambda u: u.projects.get(project.id),
    ):  # fmt: skip
        with refused("not_found"):
            doing(kit, "agent", path)
    assert doing(kit, "agent", lambda u: u.shares.find()).items == ()
    # Frozen: what moves on in the file does not move there.
    with kit.unit() as unit:
        unit.projects.move(project.id, {"to": "proposal", "expected_version": project.version})
    assert doing(kit, "agent", lambda u: u.shares.read(given.id)).facts["project.stage"] == "lead"


def test_every_look_is_known(kit: Kit) -> None:
    _agent(kit)
    given = _give(kit, kit.given.customer(), "customer.name")
    for _ in range(2):
        with kit.unit("agent", read_only=True) as unit:
            unit.shares.read(given.id)
        kit.clock.advance(minutes=5)
    with refused("not_found"):
        doing(kit, "colleague", lambda unit: unit.shares.read(given.id))
    looks = doing(kit, "manager", lambda unit: unit.shares.looks(given.id)).items
    assert [one.by for one in looks] == ["agent", "agent"]
    assert looks[0].at - looks[1].at == timedelta(minutes=5)
    with refused("not_found"):
        doing(kit, "agent", lambda unit: unit.shares.looks(given.id))


def test_it_ends_by_its_day_or_by_revocation(kit: Kit) -> None:
    _agent(kit)
    customer = kit.given.customer()
    soon = _give(kit, customer, "customer.name", expires_at=kit.clock.now() + timedelta(days=2))
    later = _give(kit, customer, "customer.name")
    kit.clock.advance(days=2)
    with refused("not_found"):
        doing(kit, "agent", lambda unit: unit.shares.read(soon.id))
    ended = doing(kit, "seller", lambda unit: unit.shares.revoke(later.id, reason="合作终止"))
    assert (ended.revoked_by, ended.revoked_because) == ("seller", "合作终止")
    with refused("not_found"):
        doing(kit, "agent", lambda unit: unit.shares.read(later.id))
    assert doing(kit, "agent", lambda unit: unit.shares.received()).items == ()
    with refused("illegal_state", state="revoked"):
        doing(kit, "seller", lambda unit: unit.shares.revoke(later.id, reason="合作终止"))
    for until in (kit.clock.now(), kit.clock.now() + timedelta(days=400)):
        with invalid("expires_at"):
            _give(kit, customer, "customer.name", expires_at=until)


def test_nothing_goes_out_that_one_of_the_two_may_not_see(kit: Kit) -> None:
    _agent(kit)
    customer = kit.given.customer(address="内环路 1 号", phone="010-62510000")
    given = _give(kit, customer, "customer.address", "customer.name")
    for fact in ("customer.phone", "customer.email", "contact.name", "project.stage", "customer.custom"):
        with invalid("show.0"):
            _give(kit, customer, fact)
    with kit.unit("admin") as unit:
        unit.privacy.set_rule({"kind": "customer", "field": "address", "see": ["salesperson"], "expected_version": 0})
    with invalid("show.0"):
        _give(kit, customer, "customer.address")
    assert set(doing(kit, "agent", lambda unit: unit.shares.read(given.id)).facts) == {"customer.name"}
    with invalid("receiver_id"):
        _give(kit, customer, "customer.name", receiver_id="ghost")
    with refused("not_found"):
        doing(kit, "colleague", lambda unit: unit.shares.give(
            {"customer_id": customer.id, "receiver_id": "agent", "title": "x", "show": ["customer.name"]}))  # fmt: skip


def test_of_many_who_revoke_one_does(kit: Kit) -> None:
    given = kit.given.share()
    result = at_once(
        4, lambda _: patiently(lambda: doing(kit, "seller", lambda u: u.shares.revoke(given.id, reason="终止")))
    )
    assert (len(result.answers), result.codes) == (1, {"illegal_state"})


def test_shares_go_along_with_a_merge_and_home_with_a_split(kit: Kit) -> None:
    winner, loser = kit.given.customer(), kit.given.customer()
    given = kit.given.share(loser)
    before = snapshot(kit)
    done = merge(kit, winner, loser)
    assert doing(kit, "seller", lambda unit: unit.shares.get(given.id)).customer_id == winner.id
    assert doing(kit, "manager", lambda unit: unit.shares.read(given.id)).title == given.title
    split(kit, done)
    assert {name: rows for name, rows in differences(before, snapshot(kit)).items() if "share_look" not in name} == {}
