"""What a seat on a team gives, to whom, and how long: no more than its giver has, and nothing when it is over."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from tests.integration.services.acting import doing, invalid, listening, refused
from tests.integration.teams.sitting import seat

from oa_crm.models import Member, table_of
from oa_crm.testing import Kit

TALK = {"way": "visit", "outcome": "演示完成"}


def _everything_of(kit: Kit, customer: Any) -> dict[str, Any]:
    """One thing of each kind that hangs on a customer, and how it is read."""
    project = kit.given.project(customer)
    contract, expense = kit.given.contract(project), kit.given.expense(project)
    contact, file = kit.given.contact(customer), kit.given.file(customer)
    kit.given.follow_up(customer)
    return {
        "customer": lambda unit: unit.customers.get(customer.id),
        "file": lambda unit: unit.customers.file(customer.id).follow_ups.items[0],
        "talks": lambda unit: unit.followups.history(customer.id).items[0],
        "contact": lambda unit: unit.contacts.get(contact.id),
        "attachment": lambda unit: unit.files.get(file.id),
        "project": lambda unit: unit.projects.get(project.id),
        "contract": lambda unit: unit.contracts.get(contract.id),
        "expense": lambda unit: unit.expenses.get(expense.id),
    }


def _seen(kit: Kit, actor: str, ways: dict[str, Any]) -> set[str]:
    found = set()
    for name, way in ways.items():
        with kit.unit(actor, read_only=True) as unit:
            try:
                way(unit)
            except Exception as error:
                assert getattr(error, "code", "") == "not_found", (name, error)
            else:
                found.add(name)
    return found


def test_a_seat_on_a_customer_shows_all_that_hangs_on_it_and_no_other(kit: Kit) -> None:
    mine, other = kit.given.customer(), kit.given.customer()
    ways, others = _everything_of(kit, mine), _everything_of(kit, other)
    assert _seen(kit, "helper", ways) == set()
    seat(kit, mine)
    assert _seen(kit, "helper", ways) == set(ways)
    assert _seen(kit, "helper", others) == set()
    with kit.unit("helper", read_only=True) as unit:
        assert [one.id for one in unit.customers.find().items] == [mine.id]
        assert len(unit.projects.find().items) == len(unit.contracts.find().items) == 1


def test_a_seat_on_a_project_shows_what_hangs_on_it_and_not_the_customer(kit: Kit) -> None:
    customer = kit.given.customer()
    one, other = kit.given.project(customer), kit.given.project(customer)
    contract, expense = kit.given.contract(one), kit.given.expense(one)
    ways = {
        "project": lambda unit: unit.projects.get(one.id),
        "contract": lambda unit: unit.contracts.get(contract.id),
        "expense": lambda unit: unit.expenses.get(expense.id),
        "other": lambda unit: unit.projects.get(other.id),
        "customer": lambda unit: unit.customers.get(customer.id),
        "file": lambda unit: unit.customers.file(customer.id),
        "talks": lambda unit: unit.followups.history(customer.id),
    }
    seat(kit, one, level="write")
    assert _seen(kit, "helper", ways) == {"project", "contract", "expense"}
    with kit.unit("helper") as unit:
        (mine,) = unit.teams.mine().items
        assert (mine.called, mine.customer, mine.level) == (one.name, customer.name, "write")
        unit.projects.move(one.id, {"to": "proposal", "expected_version": 1})


def test_who_may_read_may_not_write_and_who_may_write_may_nothing_else(kit: Kit) -> None:
    customer = kit.given.customer()
    acts: dict[str, Any] = {
        "edit": lambda unit: unit.customers.update(customer.id, {"expected_version": 1, "short_name": "云帆"}),
        "log": lambda unit: unit.followups.log({"customer_id": customer.id, **TALK}),
        "contact": lambda unit: unit.contacts.create({"customer_id": customer.id, "name": "林晓"}),
    }
    beyond: dict[str, Any] = {
        "release": lambda unit: unit.pool.release(customer.id, expected_version=2, reason="不做了"),
        "lock": lambda unit: unit.pool.lock(customer.id, expected_version=2),
        "transfer": lambda unit: unit.pool.transfer(customer.id, "helper", expected_version=2, reason="我来"),
        "seat": lambda unit: unit.teams.join({"kind": "customer", "thing_id": customer.id, "member_id": "colleague"}),
        "activity": lambda unit: unit.teams.activity(customer.id),
    }
    reading = seat(kit, customer)
    for act in (*acts.values(), *beyond.values()):
        with refused("forbidden"):
            doing(kit, "helper", act)
    doing(kit, "seller", lambda unit: unit.teams.adjust(reading.id, {"level": "write"}))
    for act in acts.values():
        doing(kit, "helper", act)
    for act in beyond.values():
        with refused("forbidden"):
            doing(kit, "helper", act)


def test_a_helper_hands_out_no_seats_on_what_hangs_on_his_customer(kit: Kit) -> None:
    customer = kit.given.customer()
    project = kit.given.project(customer)
    given = seat(kit, customer, level="write")
    for act in (
        lambda unit: unit.teams.join({"kind": "project", "thing_id": project.id, "member_id": "colleague"}),
        lambda unit: unit.teams.set_shares(
            project.id, {"shares": [{"member_id": "helper", "percent": 100}], "expected_version": 0}
        ),
        lambda unit: unit.teams.adjust(given.id, {"until": None}),
    ):
        with refused("forbidden"):
            doing(kit, "helper", act)


def test_nobody_gets_by_a_seat_what_his_post_never_gives(kit: Kit) -> None:
    """Human resources read projects and contracts, and write nothing."""
    project = kit.given.project()
    customer = type("C", (), {"id": project.customer_id})
    with invalid("level"):
        seat(kit, customer, "reader")
    with invalid("level"):
        seat(kit, project, "reader", "write")
    with invalid("member_id"):
        seat(kit, project, "seller")
    with invalid("member_id"):
        seat(kit, project, "nobody")
    with invalid("role"):
        seat(kit, project, role="king")


def test_who_stands_above_the_owner_gives_seats_and_a_stranger_does_not(kit: Kit) -> None:
    customer = kit.given.customer()
    seat(kit, customer, by="manager")
    with refused("not_found"):
        seat(kit, customer, "colleague", by="colleague")
    with refused("forbidden"):
        seat(kit, customer, "colleague", by="accountant")
    with invalid("member_id"):
        seat(kit, customer)


def test_a_seat_gives_nothing_from_the_end_of_its_last_day_in_the_company(kit: Kit) -> None:
    """The company is in Shanghai: its day ends at four in the afternoon UTC. No job runs."""
    customer, now = kit.given.customer(), kit.clock.now()
    today = (now + timedelta(hours=8)).date()
    given = seat(kit, customer, until=today)
    with kit.unit("helper", read_only=True) as unit:
        assert unit.customers.get(customer.id)
    end = now.replace(hour=16, minute=0, second=0, microsecond=0)
    end = end if end > now else end + timedelta(days=1)
    kit.clock.advance(seconds=int((end - now).total_seconds()) - 1)
    with kit.unit("helper", read_only=True) as unit:
        assert unit.teams.mine().items[0].until_on == today
    kit.clock.advance(seconds=1)
    with kit.unit("helper", read_only=True) as unit, refused("not_found"):
        unit.customers.get(customer.id)
    with kit.unit("seller") as unit:
        assert unit.teams.of("customer", customer.id) == ()
        assert [one.id for one in unit.teams.of("customer", customer.id, at=now)] == [given.id]
        assert unit.customers.file(customer.id).team.total == 0
    with refused("illegal_state", state="ended"):
        doing(kit, "seller", lambda unit: unit.teams.adjust(given.id, {"until": date(2030, 1, 1)}))
    again = seat(kit, customer, until=date(2030, 1, 1))
    with kit.unit("seller") as unit:
        now_on, before = unit.teams.history("customer", customer.id).items
    assert (now_on.id, now_on.ended_at, before.ended_how, before.ended_at) == (again.id, None, "expired", end)
    with invalid("until"):
        seat(kit, kit.given.customer(), until=date(2020, 1, 1))


def test_who_left_the_company_is_shown_as_not_active(kit: Kit) -> None:
    customer = kit.given.customer()
    seat(kit, customer)
    with kit.unit("seller") as unit:
        assert [one.active for one in unit.teams.of("customer", customer.id)] == [True]
    with kit.crm.engine.begin() as connection:
        connection.execute(update(table_of(Member)).where(table_of(Member).c.id == "helper").values(active=False))
    with kit.unit("seller") as unit:
        assert [one.active for one in unit.teams.of("customer", customer.id)] == [False]
    with refused("unknown_actor"):
        doing(kit, "helper", lambda unit: unit.customers.get(customer.id))


def test_the_explanation_names_the_seat(kit: Kit) -> None:
    customer = kit.given.customer()
    project = kit.given.project(customer)
    contact = kit.given.contact(customer)
    seat(kit, customer)
    seat(kit, project, level="write")

    def why(action: str, kind: str, thing: Any) -> Any:
        return kit.crm.explain(kit.scope("helper"), action, kind, thing.id)

    read = why("read", "customer", customer)
    assert read.allowed
    assert read.rows == ("within reach: no", "a team seat on it gives it")
    write = why("write", "customer", customer)
    assert not write.allowed
    assert write.rows == ("within reach: no",)
    assert why("write", "project", project).rows == ("within reach: no", "a team seat on it gives it")
    assert "a team seat on its customer gives it" in why("read", "project", project).rows
    assert "a team seat on a customer of his gives it" in why("read", "contact", contact).rows
    assert not why("release", "customer", customer).allowed


@pytest.mark.parametrize("many", [1, 30])
def test_a_list_costs_as_many_statements_with_many_seats_as_with_one(kit: Kit, many: int) -> None:
    customers = [kit.given.customer() for _ in range(many)]
    for one in customers:
        seat(kit, one)
    with kit.unit("colleague", read_only=True) as unit, listening(kit.crm.engine) as without:
        unit.customers.find()
    with kit.unit("helper", read_only=True) as unit, listening(kit.crm.engine) as sent:
        assert len(unit.customers.find().items) == many
    ours = [one for one in sent if "oa_crm_" in one]
    # His seats, and the ids of what he sees by them.
    assert len(ours) == len([one for one in without if "oa_crm_" in one]) + 2


def test_each_timeline_is_told_by_the_seats_that_one_has_then(kit: Kit) -> None:
    """The statement of a timeline is kept; what it says of seats is not those of an earlier day."""
    first, second = kit.given.project(kit.given.customer()), kit.given.project(kit.given.customer())
    contracts = [kit.given.contract(one) for one in (first, second)]
    given = seat(kit, first)

    def drafted(project: Any) -> set[Any]:
        page = doing(kit, "helper", lambda unit: unit.timeline.of_project(project.id, kinds=["contract"]))
        return {one.thing_id for one in page.items}

    assert drafted(first) == {contracts[0].id}
    doing(kit, "seller", lambda unit: unit.teams.leave(given.id, {"reason": "演示结束"}))
    seat(kit, second)
    assert drafted(second) == {contracts[1].id}


def test_my_seats_name_nothing_that_is_kept_from_me(kit: Kit) -> None:
    near, far = kit.given.customer(region="330106"), kit.given.customer(region="440300")
    project = kit.given.project(far)
    for thing in (near, far, project):
        seat(kit, thing)

    def mine() -> set[Any]:
        return {one.thing_id for one in doing(kit, "helper", lambda unit: unit.teams.mine()).items}

    assert mine() == {near.id, far.id, project.id}
    limit = {"name": "浙江", "seat": {"kind": "member", "id": "helper"}, "effect": "limit"}
    doing(kit, "admin", lambda unit: unit.remits.give({**limit, "where": {"regions": ["330000"]}}))
    assert mine() == {near.id}


def test_what_a_person_is_elsewhere_is_not_told_as_done_for_this_customer(kit: Kit) -> None:
    here = kit.given.customer()
    there = doing(kit, "manager", lambda unit: unit.customers.create({"name": "碧海食品有限公司"}))
    person = kit.given.contact(here)
    move = {"customer_id": there.id, "keep_posts": True, "title": "顾问"}
    doing(kit, "manager", lambda unit: unit.contacts.move(person.id, move))
    doing(kit, "manager", lambda unit: unit.contacts.update(person.id, {"expected_version": 1, "notes": "喜欢喝茶"}))
    told = doing(kit, "seller", lambda unit: unit.teams.activity(here.id)).items
    assert [one.operation for one in told if one.kind == "contact"] == ["contacts.update"]


def test_a_seat_that_ran_out_is_not_adjusted(kit: Kit) -> None:
    given = seat(kit, kit.given.customer(), until=kit.clock.now().date())
    kit.clock.advance(days=2)
    with refused("illegal_state", state="ended"):
        doing(kit, "seller", lambda unit: unit.teams.adjust(given.id, {"level": "write"}))
