"""The sweep: warns in stages, takes each customer once, is stopped by nobody, and never comes early."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, text, update
from tests.integration.services.acting import SYSTEM, at_once, count, doing, patiently, rows
from tests.integration.services.test_services_protection_column import columns, set_rules, worked_out

from oa_crm import Settings
from oa_crm.database import transaction
from oa_crm.hooks.payloads import CustomerRecycled, ProtectionWarned
from oa_crm.models import AuditEntry, Contract, Customer, Ownership, Project, ProtectionWarning, table_of
from oa_crm.pool_upkeep import PoolSwept
from oa_crm.testing import CrmKit, Kit


def sweep(kit: Kit, slice: int = 500) -> PoolSwept:
    return kit.crm.pool.sweep(kit.scope(SYSTEM), slice=slice)


def to_the_last_night(kit: Kit) -> None:
    """What was put on file now is due tonight, and every warning was given in time."""
    sweep(kit)
    for days in (167, 7, 6):
        kit.clock.advance(days=days)
        sweep(kit)
    kit.clock.advance(days=1)


def owners(kit: Kit) -> dict[Any, str | None]:
    c = table_of(Customer).c
    with kit.crm.engine.connect() as connection:
        return {row.id: row.owner_id for row in connection.execute(select(c.id, c.owner_id))}


def recycled(kit: Kit) -> list[Any]:
    c = table_of(Ownership).c
    with kit.crm.engine.connect() as connection:
        return list(connection.scalars(select(c.customer_id).where(c.cause == "recycle")))


def test_the_owner_is_warned_three_times_then_his_manager_and_then_he_loses_it(kit: Kit) -> None:
    customer = kit.given.customer()
    to_the_last_night(kit)
    done = sweep(kit)
    assert (done.recycled, done.warned, done.failed, done.held) == (1, 0, (), False)
    kit.relay.drain()
    told = [(one.days, one.owner_id, one.manager_id) for one in kit.recorder.of(ProtectionWarned)]
    assert told == [(14, "seller", None), (7, "seller", None), (1, "seller", "manager")]
    (lost,) = kit.recorder.of(CustomerRecycled)
    assert (lost.customer_id, lost.former_owner_id, lost.owner_id, lost.rule) == (
        customer.id,
        "seller",
        None,
        "default",
    )
    last = rows_of_ledger(kit, customer.id)[-1]
    assert (last["owner_id"], last["pool_id"], last["cause"], last["number"]) == (None, lost.pool_id, "recycle", 2)


def rows_of_ledger(kit: Kit, id: Any) -> list[Any]:
    table = table_of(Ownership)
    with kit.crm.engine.connect() as connection:
        found = connection.execute(select(table).where(table.c.customer_id == id).order_by(table.c.number))
        return [row._mapping for row in found]


def test_who_was_never_talked_to_is_not_taken_at_once(kit: Kit) -> None:
    """No last follow-up is no follow-up since he got it, and not since the beginning of time."""
    set_rules(kit, {"rules": [{"name": "跟进", "when": {"what": "no_follow_up", "days": 30}}], "warnings": []})
    kit.given.customer()
    assert sweep(kit).recycled == 0
    kit.clock.advance(days=30)
    assert sweep(kit).recycled == 0, "the thirtieth day is his"
    kit.clock.advance(days=1)
    assert not sweep(kit).recycled, "after a pause of the sweeps nobody loses anything that night"
    kit.clock.advance(days=7)
    assert sweep(kit).recycled == 1


def test_a_second_sweep_takes_nothing_twice(kit: Kit) -> None:
    for _ in range(3):
        kit.given.customer()
    to_the_last_night(kit)
    assert sweep(kit, slice=2).recycled == 3
    assert sweep(kit) == PoolSwept(0, 0, 0, (), held=False)
    assert len(recycled(kit)) == len(set(recycled(kit))) == 3


@contextmanager
def _one_that_cannot_be_taken(engine: Engine, name: str) -> Iterator[None]:
    """A row at which the database itself refuses."""
    make = {
        "sqlite": [
            f"CREATE TRIGGER bad BEFORE UPDATE ON oa_crm_customer WHEN NEW.name = '{name}' AND NEW.owner_id IS NULL "
            "BEGIN SELECT RAISE(ABORT, 'bad row'); END"
        ],
        "postgresql": [
            "CREATE FUNCTION bad() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'bad row'; END $$",
            f"CREATE TRIGGER bad BEFORE UPDATE ON oa_crm_customer FOR EACH ROW WHEN (NEW.name = '{name}' AND "
            "NEW.owner_id IS NULL) EXECUTE FUNCTION bad()",
        ],
        "mysql": [
            f"CREATE TRIGGER bad BEFORE UPDATE ON oa_crm_customer FOR EACH ROW IF NEW.name = '{name}' AND "
            "NEW.owner_id IS NULL THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'bad row'; END IF"
        ],
    }
    kind = "mysql" if engine.dialect.name in ("mysql", "mariadb") else engine.dialect.name
    drop = (
        ["DROP TRIGGER bad ON oa_crm_customer", "DROP FUNCTION bad"] if kind == "postgresql" else ["DROP TRIGGER bad"]
    )
    with engine.begin() as connection:
        for one in make[kind]:
            connection.execute(text(one))
    try:
        yield
    finally:
        with engine.begin() as connection:
            for one in drop:
                connection.execute(text(one))


def test_one_bad_row_stops_nobody_else(kit: Kit) -> None:
    customers = [kit.given.customer() for _ in range(9)]
    to_the_last_night(kit)
    with _one_that_cannot_be_taken(kit.crm.engine, customers[4].name):
        done = sweep(kit)
        assert done.recycled == 8
        assert [one.customer_id for one in done.failed] == [customers[4].id]
        assert "bad row" in done.failed[0].error
        assert owners(kit)[customers[4].id] == "seller"
    assert set(recycled(kit)) == {one.id for one in customers} - {customers[4].id}
    kit.relay.drain()
    assert len(kit.recorder.of(CustomerRecycled)) == 8, "what was taken back is not announced"
    assert sweep(kit).recycled == 1, "and the next run takes it"


def test_a_stale_job_takes_nothing(kit: Kit) -> None:
    """What stands on the customer only leads to it. Here it is wrong: a contract is open, a visit was yesterday."""
    signed, visited = kit.given.approved_contract().customer_id, kit.given.customer()
    to_the_last_night(kit)
    kit.given.follow_up(visited, way="visit")
    c = table_of(Customer)
    late = kit.clock.now() - timedelta(days=30)
    stale = {"protected_until": late, "sweep_at": late, "warned_for": late, "warned_days": 1, "warned_at": late}
    with transaction(kit.crm.engine) as connection:
        connection.execute(update(c).values(protected_by="default", **stale))
    assert sweep(kit).recycled == 0
    assert owners(kit)[signed] == owners(kit)[visited.id] == "seller"
    assert columns(kit) == worked_out(kit)


def test_what_is_won_stays(kit: Kit) -> None:
    contract = kit.given.approved_contract()
    for _ in range(52):
        kit.clock.advance(days=7)
        sweep(kit)
    assert owners(kit)[contract.customer_id] == "seller", "a contract is open for a year"
    for _ in range(3):
        kit.clock.advance(days=7)
        sweep(kit)
    assert owners(kit)[contract.customer_id] is None, "and not for ever"
    assert rows(kit, Contract)[0]["owner_id"] == "seller", "which is the owner's as long as there are books"
    assert rows(kit, Project)[0]["state"] == "won"


@pytest.mark.parametrize("policy", ["stay", "close"])
def test_open_projects_and_plans_go_as_the_company_decided(kit: Kit, policy: str) -> None:
    plans = {"stay": "stay", "close": "end"}[policy]
    set_rules(kit, {"projects": policy, "plans": plans})
    customer = kit.given.customer()
    project = kit.given.project(customer)
    contact = kit.given.contact(customer)
    kit.given.follow_up(customer, next_contact_on=kit.clock.now().date())
    to_the_last_night(kit)
    assert sweep(kit).recycled == 1
    with kit.unit(SYSTEM) as unit:
        state = unit.projects.get(project.id).state
        assert unit.contacts.get(contact.id).posts[0].customer_id == customer.id
        assert [one.after for one in unit.projects.stages(project.id)][-1] == {"stay": "lead", "close": "lost"}[policy]
        planned = unit.customers.get(customer.id).next_contact_on
    assert state == {"stay": "open", "close": "lost"}[policy]
    assert (planned is None) == (plans == "end")
    with kit.unit() as unit:
        assert unit.contacts.find().items == (), "contacts go with the customer"


def test_a_dead_project_protects_nobody_for_ever(kit: Kit) -> None:
    when = {"what": "no_project", "days": 20}
    set_rules(kit, {"rules": [{"name": "商机", "when": when}], "alive_days": 40, "warnings": [], "pause_days": 100})
    customer = kit.given.customer()
    project = kit.given.project(customer)
    sweep(kit)
    kit.clock.advance(days=40)
    assert sweep(kit).recycled == 0
    with kit.unit() as unit:
        unit.projects.move(project.id, {"to": "qualified", "expected_version": 1})
    kit.clock.advance(days=40)
    assert sweep(kit).recycled == 0
    kit.clock.advance(days=1)
    assert sweep(kit).recycled == 1


@pytest.mark.parametrize("jump", [timedelta(days=400), timedelta(days=12), timedelta(days=-3), timedelta(days=-400)])
def test_a_clock_that_was_set_wrong_for_a_night_costs_nobody_a_customer(kit: Kit, jump: timedelta) -> None:
    kit.given.customer()
    sweep(kit)
    for days in (160, 7, 3, 3):
        kit.clock.advance(days=days)
        sweep(kit)
    right = kit.clock.now()
    kit.clock._now = right + jump
    assert sweep(kit).recycled == 0
    kit.clock._now = right
    assert sweep(kit).recycled == 0
    for _ in range(7):
        kit.clock.advance(days=1)
        sweep(kit)
    assert len(recycled(kit)) == 0, "its last day is day 180"
    for _ in range(30):
        kit.clock.advance(days=1)
        sweep(kit)
    assert len(recycled(kit)) == 1


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Shanghai", "Australia/Lord_Howe"])
def test_the_last_day_is_whole_where_clocks_change(sqlite: Engine, crm_kit: CrmKit, zone: str) -> None:
    kit = crm_kit(database=sqlite, settings=Settings(time_zone=zone))
    set_rules(kit, {"rules": [{"name": "持有", "when": {"what": "held", "days": 7}}], "warnings": [], "pause_days": 30})
    customer = kit.given.customer()
    sweep(kit)
    with kit.unit() as unit:
        told = unit.pool.explain(customer.id)
    assert told.protected_until is not None
    kit.clock._now = told.protected_until - timedelta(seconds=1)
    assert sweep(kit).recycled == 0
    kit.clock._now = told.protected_until
    assert sweep(kit).recycled == 1


@pytest.mark.parametrize("backend", ["postgresql", "mariadb"], indirect=True)
def test_sweeps_at_once_take_each_customer_once(kit: Kit) -> None:
    customers = [kit.given.customer() for _ in range(60)]
    to_the_last_night(kit)
    result = at_once(6, lambda _: sweep(kit, slice=7))
    assert not result.errors
    assert sum(one.recycled for one in result.answers) == 60
    assert sorted(recycled(kit)) == sorted(one.id for one in customers)
    kit.relay.drain()
    assert len(kit.recorder.of(CustomerRecycled)) == 60
    assert {row["number"] for one in customers for row in rows_of_ledger(kit, one.id)} == {1, 2}


@pytest.mark.parametrize("backend", ["postgresql", "mariadb"], indirect=True)
def test_who_visits_while_it_is_swept_keeps_it_or_loses_it_and_nothing_between(kit: Kit) -> None:
    customers = [kit.given.customer() for _ in range(12)]
    to_the_last_night(kit)

    def act(at: int) -> Any:
        if at == 0:
            return patiently(lambda: sweep(kit, slice=2))
        talk = {"customer_id": customers[at - 1].id, "way": "visit", "outcome": "好"}
        return patiently(lambda: doing(kit, SYSTEM, lambda unit: unit.followups.log(talk)))

    result = at_once(13, act)
    assert not result.errors
    lost = {id for id, owner in owners(kit).items() if owner is None}
    assert sorted(lost) == sorted(recycled(kit))
    assert columns(kit) == worked_out(kit)
    assert sweep(kit).recycled == 0, "who visited in time is safe"


def test_a_warning_comes_once_for_each_deadline_and_anew_for_another(kit: Kit) -> None:
    customer = kit.given.customer()
    sweep(kit)
    kit.clock.advance(days=167)
    assert [sweep(kit).warned for _ in range(3)] == [1, 0, 0]
    kit.given.follow_up(customer, way="visit")
    kit.clock.advance(days=6)
    assert sweep(kit).warned == 0
    kit.clock.advance(days=161)
    assert sweep(kit).warned == 1
    assert [row["days"] for row in _warnings(kit)] == [14, 14]


def _warnings(kit: Kit) -> list[Any]:
    table = table_of(ProtectionWarning)
    with kit.crm.engine.connect() as connection:
        return [row._mapping for row in connection.execute(select(table).order_by(table.c.at))]


def test_a_rule_that_makes_thousands_due_at_once_takes_nobody_unwarned(kit: Kit) -> None:
    kit.given.customer()
    for _ in range(20):
        kit.clock.advance(days=5)
        sweep(kit)
    set_rules(kit, {"rules": [{"name": "短", "when": {"what": "held", "days": 30}}]})
    assert (sweep(kit).recycled, count(kit, ProtectionWarning)) == (0, 1)
    for _ in range(7):
        kit.clock.advance(days=1)
        assert sweep(kit).recycled == 0
    kit.clock.advance(days=1)
    assert sweep(kit).recycled == 1


def test_a_sweep_says_how_it_went_in_the_audit(kit: Kit) -> None:
    kit.clock._now = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
    sweep(kit)
    (line,) = rows(kit, AuditEntry, operation="pool.sweep")
    assert line["changes"] == {name: [None, 0] for name in ("warned", "recycled", "corrected", "failed", "kept")}
