"""Who was on a team when, and what becomes of a team when somebody else has the customer."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.integration.services.acting import SYSTEM, doing, listening, refused, rows
from tests.integration.teams.sitting import seat

from oa_crm.hooks.payloads import TeamMemberJoined, TeamMemberLeft
from oa_crm.models import TeamSeat
from oa_crm.testing import Kit


def _team(kit: Kit, customer: Any, at: Any = None, by: str = "manager") -> dict[str, str]:
    with kit.unit(by, read_only=True) as unit:
        return {one.member_id: one.level for one in unit.teams.of("customer", customer.id, at=at)}


def test_the_history_tells_who_joined_what_changed_and_who_left_and_why(kit: Kit) -> None:
    customer = kit.given.customer()
    first = seat(kit, customer, reason="方案支持")
    at_first = kit.clock.now()
    kit.clock.advance(hours=1)
    with kit.unit("manager") as unit:
        second = unit.teams.adjust(first.id, {"level": "write", "role": "delivery", "reason": "进入交付"})
    at_second = kit.clock.now()
    kit.clock.advance(hours=1)
    with kit.unit("helper") as unit:
        unit.teams.leave(second.id, {"reason": "换组"})
    with kit.unit("seller") as unit:
        last, one = unit.teams.history("customer", customer.id).items
        told = [entry.changes["team"] for entry in unit.audit.of("customer", customer.id) if "team" in entry.changes]
    assert (one.level, one.by_id, one.reason, one.ended_how, one.ended_by) == (
        "read", "seller", "方案支持", "changed", "manager")  # fmt: skip
    assert (last.level, last.role, last.ended_how, last.ended_because) == ("write", "delivery", "left", "换组")
    assert one.ended_at == last.since == at_second
    assert _team(kit, customer, at_first) == {"helper": "read"}
    assert _team(kit, customer, at_second) == {"helper": "write"}
    assert _team(kit, customer) == {}
    words = "helper: read, presales", "helper: write, delivery"
    assert told == [[None, words[0]], list(words), [words[1], None]]
    with refused("illegal_state"):
        doing(kit, "seller", lambda unit: unit.teams.adjust(first.id, {"level": "read"}))
    with refused("illegal_state"):
        doing(kit, "seller", lambda unit: unit.teams.leave(second.id, {"reason": "再一次"}))


def test_a_customer_in_the_pool_has_no_team_and_the_next_owner_begins_without_one(kit: Kit) -> None:
    customer = kit.given.customer()
    seat(kit, customer, level="write")
    with kit.unit("seller") as unit:
        unit.pool.release(customer.id, expected_version=1, reason="没有需求")
    with kit.unit("helper") as unit, refused("not_found"):
        unit.customers.get(customer.id)
    doing(kit, "colleague", lambda unit: unit.pool.claim(customer.id))
    for actor in ("seller", "helper"):
        with kit.unit(actor) as unit, refused("not_found"):
            unit.customers.get(customer.id)
    with kit.unit("colleague") as unit:
        assert unit.teams.of("customer", customer.id) == ()
        (ended,) = unit.teams.history("customer", customer.id).items
    assert (ended.ended_how, ended.ended_by) == ("pooled", "seller")
    kit.relay.drain()
    (joined,), (left,) = kit.recorder.of(TeamMemberJoined), kit.recorder.of(TeamMemberLeft)
    assert (joined.seat_id, joined.member_id) == (left.seat_id, left.member_id) == (ended.id, "helper")
    assert (left.how, left.owner_id) == ("pooled", None)
    pooled = kit.given.customer()
    doing(kit, "seller", lambda unit: unit.pool.release(pooled.id, expected_version=1, reason="没有需求"))
    with refused("illegal_state", state="in_pool"):
        seat(kit, pooled, by="manager")


def _recycle(kit: Kit, seated: int) -> int:
    """All customers with a seat each go by the clock; how many statements the last sweep took."""
    for _ in range(seated):
        seat(kit, kit.given.customer())
    for days in (167, 7, 6, 1):
        kit.crm.pool.sweep(kit.scope(SYSTEM))
        kit.clock.advance(days=days)
    with listening(kit.crm.engine) as sent:
        assert kit.crm.pool.sweep(kit.scope(SYSTEM)).recycled == seated
    return len(sent)


def test_recycling_ends_the_seats_of_all_it_takes(kit: Kit) -> None:
    _recycle(kit, 3)
    assert [(row["open"], row["ended_how"]) for row in rows(kit, TeamSeat)] == [(None, "pooled")] * 3


def test_recycling_ends_the_seats_of_many_with_as_many_statements_as_those_of_few(sqlite_kit: Kit) -> None:
    _recycle(sqlite_kit, 1)  # what is learnt once a company is known by then
    assert _recycle(sqlite_kit, 2) == _recycle(sqlite_kit, 9)


def test_a_seat_that_ends_with_the_owner_is_told_as_that_in_the_timeline_and_in_the_audit(kit: Kit) -> None:
    pooled, given = kit.given.customer(), kit.given.customer()
    for customer in (pooled, given):
        seat(kit, customer, "colleague")
    kit.clock.advance(hours=1)
    with kit.unit("seller") as unit:
        unit.pool.release(pooled.id, expected_version=1, reason="没有需求")
    with kit.unit("manager") as unit:
        unit.pool.transfer(given.id, "colleague", expected_version=1, reason="换人")
    with kit.unit("manager", read_only=True) as unit:
        for customer in (pooled, given):
            told = unit.timeline.of_customer(customer.id, kinds=["team"]).items
            assert [(one.what, one.title) for one in told] == [
                ("teams.end", "Seat in the team ended"), ("teams.join", "Joined the team"),
            ]  # fmt: skip
            (entry,) = (one for one in unit.audit.of("customer", customer.id) if one.operation == "teams.end")
            assert entry.changes == {"team": ["colleague: read, presales", None]}


@pytest.mark.parametrize("dissolve", [False, True])
def test_a_team_stays_when_another_owner_comes_unless_it_is_dissolved(kit: Kit, dissolve: bool) -> None:
    customer = kit.given.customer()
    seat(kit, customer)
    seat(kit, customer, "colleague", "write")
    with kit.unit("manager") as unit:
        unit.pool.transfer(customer.id, "colleague", expected_version=1, reason="换人", dissolve_team=dissolve)
    assert _team(kit, customer, by="colleague") == ({} if dissolve else {"helper": "read"})
    how = {row["member_id"]: row["ended_how"] for row in rows(kit, TeamSeat)}
    assert how == {"helper": "dissolved" if dissolve else None, "colleague": "became_owner"}
    with kit.unit("seller") as unit, refused("not_found"):
        unit.customers.get(customer.id)


def test_seats_go_along_into_a_merge_and_home_again(kit: Kit) -> None:
    winner, loser = kit.given.customer(), kit.given.customer()
    seat(kit, winner, "colleague")
    seat(kit, loser, "colleague", "write")
    seat(kit, loser, "helper")
    ids = {"winner_id": winner.id, "loser_id": loser.id, "winner_version": 1, "loser_version": 1}
    with kit.unit("manager") as unit:
        done = unit.merges.merge(ids)
        assert (done.moved["team_seat.thing_id"], done.laid_aside["team_seat.thing_id"]) == (1, 1)
    assert _team(kit, winner) == {"colleague": "read", "helper": "read"}
    with kit.unit("helper") as unit:
        assert unit.customers.get(winner.id)
    with kit.unit("manager") as unit:
        unit.merges.split(done.id, reason="两家公司")
    assert _team(kit, winner) == {"colleague": "read"}
    assert _team(kit, loser) == {"colleague": "write", "helper": "read"}


def test_a_merge_into_a_customer_of_the_pool_takes_no_team_there(kit: Kit) -> None:
    pooled, loser = kit.given.customer(), kit.given.customer()
    seat(kit, loser)
    with kit.unit("seller") as unit:
        unit.pool.release(pooled.id, expected_version=1, reason="没有需求")
    with kit.unit("manager") as unit:
        ids = {"winner_id": pooled.id, "loser_id": loser.id, "winner_version": 2, "loser_version": 1}
        unit.merges.merge(ids)
        owner = unit.customers.get(pooled.id).owner_id
    assert (_team(kit, pooled) == {}) == (owner is None)


def test_the_owner_sees_what_others_did_for_his_customer(kit: Kit) -> None:
    customer = kit.given.customer()
    project, contact = kit.given.project(customer), kit.given.contact(customer)
    seat(kit, customer, level="write")
    with kit.unit("helper") as unit:
        unit.followups.log({"customer_id": customer.id, "way": "visit", "outcome": "演示完成"})
        unit.projects.move(project.id, {"to": "proposal", "expected_version": 1})
        unit.contacts.update(contact.id, {"expected_version": 1, "wechat": "lin"})
    with kit.unit("seller") as unit:
        done = unit.teams.activity(customer.id, limit=2)
        rest = unit.teams.activity(customer.id, after=done.next, limit=2)
        none = unit.teams.activity(customer.id, member_id="colleague")
    told = [one.operation for one in (*done.items, *rest.items)]
    assert (told, rest.next) == (["contacts.update", "projects.move", "followups.log"], None)
    assert {one.actor_id for one in done.items} == {"helper"}
    assert none.items == ()


def test_the_owner_is_told_of_a_persons_posts_at_his_customer_alone(kit: Kit) -> None:
    customer, person = kit.given.customer(), None
    with kit.unit("colleague") as unit:
        hidden = unit.customers.create({"name": "另一家公司"}, override_reason="测试")
    with kit.unit("manager") as unit:
        person = unit.contacts.create({"customer_id": hidden.id, "name": "林晓", "title": "别处的总监"})
        came = unit.contacts.move(person.id, {"customer_id": customer.id, "title": "采购经理", "keep_posts": True})
        there, here = (next(one for one in came.posts if one.customer_id == at.id) for at in (hidden, customer))
        unit.contacts.change_post(there.id, {"expected_version": 1, "title": "别处的经理"})
        unit.contacts.change_post(here.id, {"expected_version": 1, "title": "采购总监"})
        unit.contacts.update(person.id, {"expected_version": 1, "wechat": "lin"})
        other = unit.contacts.create({"customer_id": hidden.id, "name": "许文"})
        unit.contacts.move(other.id, {"customer_id": customer.id})
    with kit.unit("seller") as unit:
        done = [one for one in unit.teams.activity(customer.id).items if one.kind == "contact"]
    told = ["contacts.move", "contacts.update", "contacts.change_post", "contacts.move"]
    assert [one.operation for one in done] == told
    assert "采购总监" in repr(done)
    for hint in ("别处", str(hidden.id), repr(hidden.id), str(there.id)):
        assert hint not in repr(done)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from(["join", "adjust", "leave"]), st.sampled_from(["helper", "colleague"]),
                                st.sampled_from(["read", "write"])), max_size=12))  # fmt: skip
def test_the_team_at_a_moment_is_what_the_acts_until_then_made_of_it(sqlite_kit: Kit, steps: Any) -> None:
    kit, seats = sqlite_kit, dict[str, Any]()
    customer, known = kit.given.customer(), list[Any]()
    for act, member, level in steps:
        with kit.unit("seller") as unit:
            if act == "join" and member not in seats:
                data = {"kind": "customer", "thing_id": customer.id, "member_id": member, "level": level}
                seats[member] = unit.teams.join(data)
            elif act == "adjust" and member in seats:
                seats[member] = unit.teams.adjust(seats[member].id, {"level": level})
            elif act == "leave" and member in seats:
                unit.teams.leave(seats.pop(member).id, {"reason": "换组"})
        known.append((kit.clock.now(), {id: one.level for id, one in seats.items()}))
        kit.clock.advance(hours=1)
    for moment, team in known:
        assert _team(kit, customer, moment) == team
    assert _team(kit, customer) == {id: one.level for id, one in seats.items()}
