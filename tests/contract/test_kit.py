"""The kit itself: its clock, its recorder, its given things and its hands on the relay."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import Engine

from oa_crm import RelaySettings, Settings
from oa_crm.hooks import Member, RetryLater, hookimpl
from oa_crm.hooks.payloads import CustomerCreated, ExpenseBooked
from oa_crm.testing import CrmKit, FrozenClock, Given, Kit


def test_a_frozen_clock_stands_until_it_is_moved() -> None:
    clock = FrozenClock()
    monday = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    assert clock.now() == clock.now() == monday
    assert monday.strftime("%A") == "Monday"
    assert clock.advance(hours=1, minutes=30) == monday + timedelta(hours=1, minutes=30)
    assert clock.advance(timedelta(days=1)) == clock.now() == datetime(2026, 3, 3, 10, 30, tzinfo=UTC)
    assert clock.advance(timedelta(0)) == clock.now()


def test_a_frozen_clock_is_utc_and_never_goes_back() -> None:
    with pytest.raises(ValueError, match="time zone"):
        FrozenClock(datetime(2026, 3, 2))  # noqa: DTZ001
    clock = FrozenClock(datetime(2026, 3, 2, 17, 0, tzinfo=timezone(timedelta(hours=8))))
    assert (clock.now().hour, clock.now().tzinfo) == (9, UTC)
    with pytest.raises(ValueError, match="backwards"):
        clock.advance(seconds=-1)


def test_everything_in_a_kit_happens_at_its_clocks_moment(crm_kit: CrmKit) -> None:
    kit = crm_kit()
    assert kit.given.customer().created_at == kit.clock.now()
    kit.clock.advance(days=3)
    assert kit.given.customer().created_at == kit.clock.now()


def test_the_recorder_keeps_events_by_kind_and_in_order(crm_kit: CrmKit) -> None:
    kit = crm_kit()
    expense = kit.given.expense(amount="1280.00")
    assert kit.recorder.events == []
    kit.relay.drain()
    assert kit.recorder.hooks == ["on_customer_created", "on_project_created", "on_expense_booked"]
    (booked,) = kit.recorder.of(ExpenseBooked)
    assert (booked.expense_id, str(booked.amount)) == (expense.id, "1,280.00 CNY")
    assert len(kit.recorder.of(CustomerCreated)) == 1
    assert len(set(kit.recorder.keys)) == 3


GIVEN: dict[str, dict[str, object]] = {
    "customer": {"owner_id": "seller"},
    "category": {"state": "in_use", "parent": "None"},
    "lead": {"owner_id": "seller", "state": "new", "score": "0"},
    "file": {"name": "note.txt", "media_type": "text/plain", "size": "24"},
    "contact": {"mobile": "None", "wechat": "None"},
    "project": {"name": "A sale", "state": "open"},
    "share": {"receiver_id": "manager", "revoked_at": "None"},
    "help_request": {"state": "asked", "to_id": "colleague", "title": "Can we deliver in June?"},
    "strategy": {"state": "living", "version": "1", "goal": "They buy by summer"},
    "pipeline": {"state": "in_use", "departments": "()"},
    "entry_request": {"state": "requested", "stage": "offered", "requested_by": "seller"},
    "follow_up": {"way": "phone", "outcome": "They will think about it"},
    "contract": {"title": "A contract", "state": "draft", "amount": "10,000.00 CNY"},
    "submitted_contract": {"state": "waiting", "waiting_on": "('manager',)"},
    "approved_contract": {"state": "approved"},
    "override_request": {"state": "requested", "requested_by": "colleague"},
    "expense": {"category": "travel", "amount": "100.00 CNY"},
    "reversed_expense": {"amount": "-100.00 CNY"},
}


def test_no_given_thing_is_left_out() -> None:
    assert set(GIVEN) == {name for name in vars(Given) if not name.startswith("_")}


@pytest.mark.parametrize("name", sorted(GIVEN))
def test_each_given_thing_is_there_with_all_it_needs(crm_kit: CrmKit, name: str) -> None:
    kit = crm_kit()
    made = getattr(kit.given, name)()
    assert {field: str(getattr(made, field)) for field in GIVEN[name]} == GIVEN[name]
    assert getattr(kit.given, name)().id != made.id


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("customer", {"name": "Quill Foundry", "level": "A"}),
        ("project", {"name": "Plant two", "expected": "5.00"}),
        ("follow_up", {"way": "visit", "outcome": "They liked it"}),
        ("contract", {"title": "Frame contract", "amount": "0.01"}),
        ("expense", {"category": "gifts", "amount": "12.30"}),
    ],
)
def test_a_given_thing_takes_the_fields_of_its_input(crm_kit: CrmKit, name: str, fields: dict[str, str]) -> None:
    made = getattr(crm_kit().given, name)(**fields)
    assert {field: str(getattr(made, field)).removesuffix(" CNY") for field in fields} == fields


def test_given_things_may_stand_on_one_another(crm_kit: CrmKit) -> None:
    kit = crm_kit()
    customer = kit.given.customer()
    project = kit.given.project(customer)
    contract = kit.given.contract(project)
    expense = kit.given.expense(project)
    assert project.customer_id == customer.id
    assert contract.project_id == expense.project_id == project.id
    assert kit.given.follow_up(customer).customer_id == customer.id
    assert kit.given.submitted_contract(contract).thing_id == contract.id
    assert kit.given.reversed_expense(expense).reversal_of == expense.id


def test_forty_given_customers_are_unlike_each_other(crm_kit: CrmKit) -> None:
    kit = crm_kit()
    assert len({kit.given.customer().id for _ in range(40)}) == 40


class Flaky:
    """Fails, or asks to be called later, as often as it is told to."""

    name = "flaky"

    def __init__(self, *faults: Exception) -> None:
        self.faults, self.calls = list(faults), 0

    @hookimpl
    def on_customer_created(self, event: Any) -> None:
        self.calls += 1
        if self.faults:
            raise self.faults.pop(0)


def test_drain_delivers_what_is_due_and_leaves_the_rest_for_later(crm_kit: CrmKit) -> None:
    flaky = Flaky(RetryLater("not yet", seconds=600))
    kit = crm_kit(flaky)
    kit.given.customer()
    tally = kit.relay.drain()
    assert (tally.delivered, tally.retried, tally.dead) == (1, 1, 0)
    assert kit.relay.drain().tried == 0
    kit.clock.advance(minutes=10)
    assert kit.relay.drain().delivered == 1
    assert flaky.calls == 2


def test_drain_takes_a_limit(crm_kit: CrmKit) -> None:
    kit = crm_kit()
    for _ in range(3):
        kit.given.customer()
    assert kit.relay.drain(limit=2).delivered == 2
    assert kit.relay.drain().delivered == 1


def test_redeliver_all_delivers_once_more_under_the_same_key(crm_kit: CrmKit) -> None:
    kit = crm_kit()
    kit.given.customer()
    kit.relay.drain()
    assert kit.relay.redeliver_all().delivered == 1
    first, again = kit.recorder.events
    assert first == again
    assert kit.recorder.keys[0] == kit.recorder.keys[1]


def test_drain_with_retries_moves_the_clock_until_nothing_is_pending(crm_kit: CrmKit) -> None:
    flaky = Flaky(RuntimeError("down"), RetryLater("busy", seconds=5400), RuntimeError("down"))
    kit = crm_kit(flaky)
    kit.given.customer()
    before = kit.clock.now()
    tally = kit.relay.drain_with_retries()
    assert (tally.delivered, tally.retried, flaky.calls) == (2, 3, 4)
    assert kit.clock.now() - before >= timedelta(minutes=90)
    assert kit.relay.dead() == []


def test_drain_with_retries_gives_up_at_its_hour(crm_kit: CrmKit) -> None:
    kit = crm_kit(Flaky(*[RetryLater("busy", seconds=3600)] * 9))
    kit.given.customer()
    before = kit.clock.now()
    kit.relay.drain_with_retries(hours=2)
    assert timedelta(hours=2) <= kit.clock.now() - before < timedelta(hours=3)
    assert kit.crm.relay.status() == {"flaky": {"pending": 1}}


def test_dead_says_why_in_the_order_of_dying(crm_kit: CrmKit) -> None:
    kit = crm_kit(
        Flaky(ValueError("first"), KeyError("second")), settings=Settings(relay=RelaySettings(max_attempts=1))
    )
    kit.given.customer()
    kit.given.customer()
    kit.relay.drain()
    assert kit.relay.dead() == ["ValueError: first", "KeyError: 'second'"]


def test_two_kits_of_one_test_are_two_databases(crm_kit: CrmKit) -> None:
    one, other = crm_kit(), crm_kit()
    one.given.customer()
    with other.unit(read_only=True) as unit:
        assert unit.customers.find().items == ()


def test_a_kits_own_database_has_the_tables_of_this_version_and_nobodys_rows(crm_kit: CrmKit) -> None:
    crm_kit().given.customer()
    kit = crm_kit()
    kit.crm.migrations.check()
    assert kit.crm.migrations.differences() == []
    with kit.unit("chief") as unit:
        assert unit.customers.find({}).items == ()


def test_a_plugin_with_people_of_its_own_replaces_the_kits_company(crm_kit: CrmKit) -> None:
    class People:
        name = "people"

        @hookimpl
        def provide_org_chart(self) -> "People":
            return self

        def departments(self, tenant: str) -> list[Any]:
            return []

        def members(self, tenant: str) -> list[Member]:
            return [Member("he.lin", "何琳", roles=("salesperson",))]

    kit = crm_kit(People())
    with kit.unit("he.lin", read_only=True) as unit:
        assert [member.id for member in unit.directory.members()] == ["he.lin"]


def test_a_kit_works_on_every_database(crm_kit: CrmKit, database: Engine) -> None:
    kit: Kit = crm_kit(database=database)
    kit.given.reversed_expense()
    kit.relay.drain()
    assert kit.recorder.hooks[-1] == "on_expense_reversed"
