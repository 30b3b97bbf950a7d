"""Teams in a handover: whoever leaves helps no more with what he gave, and has his seat again when it is undone."""

from typing import Any

from sqlalchemy import update
from tests.integration.handing.leaving import hand_over, synced, undo
from tests.integration.services.acting import count, doing, refused, rows
from tests.integration.teams.sitting import seat

from oa_crm.models import AuditEntry, EventRow, Handover, Project, TeamSeat
from oa_crm.testing import Kit


def _open(kit: Kit) -> set[tuple[str, Any]]:
    return {(row["member_id"], row["thing_id"]) for row in rows(kit, TeamSeat, open=1)}


def _how(kit: Kit) -> dict[tuple[str, Any], str | None]:
    return {(row["member_id"], row["thing_id"]): row["ended_how"] for row in rows(kit, TeamSeat)}


def _project_he_took_over(kit: Kit) -> Any:
    """The seller helped with a project before it became his, by a version that ended no seats."""
    project = _of_colleague(kit, kit.given.customer())
    seat(kit, project, "seller", "write", by="colleague")
    with kit.crm.engine.begin() as connection:
        connection.execute(update(Project).where(Project.id == project.id).values(owner_id="seller"))
    return project


def test_who_leaves_helps_no_more_with_a_project_that_he_gave(kit: Kit) -> None:
    project = _project_he_took_over(kit)
    done = hand_over(kit, {"rest_to": "manager"})
    assert _how(kit) == {("seller", project.id): "handed_over"}
    with refused("not_found"):
        doing(kit, "seller", lambda unit: unit.projects.get(project.id))
    answer = undo(kit, done.id)
    assert answer.restored["team_seat"] == 1
    assert _open(kit) == {("seller", project.id)}


def test_nor_with_a_project_of_another_at_a_customer_that_he_gave(kit: Kit) -> None:
    customer = kit.given.customer()
    theirs = _of_colleague(kit, customer)
    elsewhere = doing(kit, "colleague", lambda unit: unit.customers.create({"name": "北方重工"}))
    other = _of_colleague(kit, elsewhere)
    for one in (theirs, other):
        seat(kit, one, "seller", by="colleague")
    done = hand_over(kit, {"rest_to": "manager"})
    assert _open(kit) == {("seller", other.id)}, "what others ask him to help with elsewhere is theirs to end"
    (left,) = rows(kit, EventRow, hook="on_team_member_left")
    told = ("customer_id", "project_id", "owner_id", "member_id", "how")
    assert [left["payload"][name] for name in told] == [
        str(customer.id), str(theirs.id), "colleague", "seller", "handed_over",
    ]  # fmt: skip
    assert count(kit, AuditEntry, operation="teams.end", kind="project", thing_id=str(theirs.id)) == 1
    undo(kit, done.id)
    assert _open(kit) == {("seller", other.id), ("seller", theirs.id)}
    *_, back = rows(kit, EventRow, hook="on_team_member_joined")
    (again,) = rows(kit, TeamSeat, open=1, thing_id=theirs.id)
    assert back["payload"]["seat_id"] == str(again["id"])


def test_a_receiver_needs_no_seat_and_the_others_stay(kit: Kit) -> None:
    project = kit.given.project()
    for thing in (project, _customer_of(kit, project)):
        seat(kit, thing, "colleague")
        seat(kit, thing, "manager")
    done = hand_over(kit, {"rest_to": "colleague"})
    assert {how for (member, _), how in _how(kit).items() if member == "colleague"} == {"became_owner"}
    assert {member for member, _ in _open(kit)} == {"manager"}
    undo(kit, done.id)
    assert len(_open(kit)) == 4


def test_nobody_helps_with_a_customer_in_the_pool(kit: Kit) -> None:
    doing(kit, "admin", lambda unit: unit.pools.open({"name": "公海"}))
    customer = kit.given.customer()
    seat(kit, customer, "colleague", "write")
    done = hand_over(kit, {})
    assert _how(kit) == {("colleague", customer.id): "pooled"}
    with refused("not_found"):
        doing(kit, "colleague", lambda unit: unit.customers.update(customer.id, {"expected_version": 2, "level": "B"}))
    undo(kit, done.id)
    changed = doing(
        kit, "colleague", lambda unit: unit.customers.update(customer.id, {"expected_version": 3, "level": "B"})
    )
    assert changed.level == "B"


def test_the_seats_of_who_is_gone_end_wherever_they_are(kit: Kit) -> None:
    elsewhere = doing(kit, "colleague", lambda unit: unit.customers.create({"name": "北方重工"}))
    for one in (elsewhere, _of_colleague(kit, elsewhere)):
        seat(kit, one, "seller", by="colleague")
    kit.given.customer()
    seats = doing(kit, "manager", lambda unit: unit.handover.plan("seller")).seats
    synced(kit, active=False)
    done = hand_over(kit, {"rest_to": "manager"})
    assert (seats, _open(kit)) == (2, set())
    assert set(_how(kit).values()) == {"handed_over"}
    told = [one["payload"]["owner_id"] for one in rows(kit, EventRow, hook="on_team_member_left")]
    assert told == ["colleague", "colleague"]
    assert undo(kit, done.id).restored["team_seat"] == 2
    assert len(_open(kit)) == 2


def test_who_is_gone_and_only_helped_has_a_handover_due_that_ends_his_seats(kit: Kit) -> None:
    elsewhere = doing(kit, "colleague", lambda unit: unit.customers.create({"name": "北方重工"}))
    seat(kit, elsewhere, "seller", by="colleague")
    synced(kit, active=False)
    kit.relay.drain()
    (due,) = rows(kit, EventRow, hook="on_handover_due")
    assert due["payload"]["counts"] == {"team_seat": 1}
    hand_over(kit, {"rest_to": "manager"})
    assert (_open(kit), count(kit, Handover, state="due")) == (set(), 0)


def test_who_moved_and_only_helped_has_none_due(kit: Kit) -> None:
    elsewhere = doing(kit, "colleague", lambda unit: unit.customers.create({"name": "北方重工"}))
    seat(kit, elsewhere, "seller", by="colleague")
    synced(kit, department_id="finance")
    kit.relay.drain()
    assert count(kit, Handover) == 0


def test_a_seat_that_a_limit_hides_stays_and_so_does_the_handover(kit: Kit) -> None:
    seen, hidden = (
        doing(kit, "colleague", lambda unit, facts=facts: unit.customers.create(facts))
        for facts in ({"name": "浙江重工", "region": "330100"}, {"name": "广东重工", "region": "440300"})
    )
    for one in (seen, hidden):
        seat(kit, one, "seller", by="colleague")
    limit = {"name": "浙江", "seat": {"kind": "member", "id": "manager"}, "effect": "limit"}
    doing(kit, "admin", lambda unit: unit.remits.give({**limit, "where": {"regions": ["330000"]}}))
    synced(kit, active=False)
    kit.relay.drain()
    assert doing(kit, "manager", lambda unit: unit.handover.plan("seller")).seats == 1
    hand_over(kit, {"rest_to": "manager"})
    assert (_open(kit), count(kit, Handover, state="due")) == ({("seller", hidden.id)}, 1)
    hand_over(kit, {"rest_to": "manager"}, "admin")
    assert (_open(kit), count(kit, Handover, state="due")) == (set(), 0)


def test_who_came_to_the_team_again_has_one_seat(kit: Kit) -> None:
    project = _project_he_took_over(kit)
    done = hand_over(kit, {"rest_to": "colleague"})
    now = doing(kit, "colleague", lambda unit: unit.projects.get(project.id))
    seat(kit, now, "seller", by="colleague")
    answer = undo(kit, done.id)
    assert answer.left_counts == {"team_seat": 1}
    assert _open(kit) == {("seller", project.id)}


def _of_colleague(kit: Kit, customer: Any) -> Any:
    wanted = {"name": "二期", "customer_id": customer.id, "owner_id": "colleague"}
    return doing(kit, "manager", lambda unit: unit.projects.create(wanted))


def _customer_of(kit: Kit, project: Any) -> Any:
    return doing(kit, "seller", lambda unit: unit.customers.get(project.customer_id))


def _credited(kit: Kit, project: Any, at: Any = None) -> list[str]:
    told = doing(kit, "manager", lambda unit: unit.teams.shares(project.id, at=at))
    return [one.member_id for one in told.shares]


def _ever_credited(kit: Kit, project: Any) -> list[tuple[list[str], Any]]:
    found, after = list[Any](), None
    while True:
        page = doing(kit, "manager", lambda unit, at=after: unit.teams.share_history(project.id, limit=1, after=at))
        found += page.items
        if (after := page.next) is None:
            return [([share.member_id for share in one.shares], one.since) for one in found]


def test_the_credit_of_a_past_day_is_whose_the_project_was_then(kit: Kit) -> None:
    project = kit.given.project()
    made = kit.clock.now()
    kit.clock.advance(days=40)
    done = hand_over(kit, {"rest_to": "colleague"})
    given = kit.clock.now()
    assert (_credited(kit, project), _credited(kit, project, made)) == (["colleague"], ["seller"])
    kit.clock.advance(days=1)
    undo(kit, done.id)
    back = kit.clock.now()
    assert [_credited(kit, project, at) for at in (made, given, back)] == [["seller"], ["colleague"], ["seller"]]
    terms = [(["seller"], back), (["colleague"], given), (["seller"], made)]
    assert _ever_credited(kit, project) == terms
    kit.clock.advance(days=1)
    parts = {"shares": [{"member_id": "seller", "percent": "100"}], "expected_version": 0}
    doing(kit, "seller", lambda unit: unit.teams.set_shares(project.id, parts))
    divided = kit.clock.now()
    kit.clock.advance(days=1)
    hand_over(kit, {"rest_to": "colleague"})
    assert _credited(kit, project) == ["seller"], "a division was earned, and outlives the handover"
    assert _ever_credited(kit, project) == [(["seller"], divided), *terms]


def test_who_helped_meanwhile_with_what_is_his_again_helps_no_more(kit: Kit) -> None:
    project = kit.given.project()
    things = [project, _customer_of(kit, project)]
    done = hand_over(kit, {"rest_to": "colleague"})
    for thing in things:
        seat(kit, thing, "seller", by="colleague")
    undo(kit, done.id)
    assert _how(kit) == {("seller", thing.id): "became_owner" for thing in things}
    assert len(rows(kit, EventRow, hook="on_team_member_left")) == 2
    assert count(kit, AuditEntry, operation="teams.end") == 2
