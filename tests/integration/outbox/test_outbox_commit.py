"""From a commit to deliveries: an event stands with its change or not at all, and each plugin gets its own."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from tests.integration.outbox.plugins import Listener, hooks_written, states

from oa_crm import CRM, Actor
from oa_crm.errors import Busy, CrmError
from oa_crm.models import DeliveryRow, EventRow
from oa_crm.schemas import CustomerIn
from oa_crm.testing import CrmKit, Kit
from oa_crm.testing.company import TENANT, KitCompany


def delivered_to(kit: Kit) -> list[str]:
    """The plugins that got a delivery, without the kit's recorder."""
    with kit.crm.engine.connect() as connection:
        found = connection.scalars(sa.select(DeliveryRow.plugin).where(DeliveryRow.plugin != "recorder"))
        return sorted(found)


def test_an_event_commits_with_its_change_or_not_at_all(crm_kit: CrmKit, database_url: str) -> None:
    kit = crm_kit(database=database_url)

    def fail_after_writing() -> None:
        with kit.unit() as unit:
            unit.customers.create(CustomerIn(name="Never Was"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_writing()
    assert hooks_written(kit) == []
    kit.given.customer()
    assert hooks_written(kit) == ["on_customer_created"]


def test_an_event_is_in_the_very_transaction_of_its_change(crm_kit: CrmKit, database_url: str) -> None:
    kit = crm_kit(database=database_url)
    with kit.crm.engine.connect() as host:
        with kit.crm.join(host, kit.scope()) as unit:
            unit.customers.create(CustomerIn(name="Seen From Within"))
        mine = host.scalar(sa.select(sa.func.count()).select_from(EventRow))
        with kit.crm.engine.connect() as other:
            theirs = other.scalar(sa.select(sa.func.count()).select_from(EventRow))
        host.rollback()
    assert (mine, theirs) == (1, 0)
    assert hooks_written(kit) == []


def test_an_act_that_was_refused_announces_nothing_while_its_unit_commits(crm_kit: CrmKit, database_url: str) -> None:
    kit = crm_kit(database=database_url)
    with kit.unit() as unit:
        first = unit.customers.create(CustomerIn(name="Brass Oyster"))
        with pytest.raises(CrmError):
            unit.customers.update(first.id, {"expected_version": 99, "name": "Velvet Jungle"})
    assert hooks_written(kit) == ["on_customer_created"]


def test_each_subscriber_gets_one_delivery_and_nobody_else(crm_kit: CrmKit, database_url: str) -> None:
    kit = crm_kit(Listener("a"), Listener("b"), database=database_url)
    kit.given.customer()
    kit.given.follow_up()  # makes a customer, and a follow-up that neither of them listens to
    assert delivered_to(kit) == []
    assert kit.crm.relay.fan_out() == 3
    assert delivered_to(kit) == ["a", "a", "b", "b"]
    assert kit.crm.relay.fan_out() == 0
    assert delivered_to(kit) == ["a", "a", "b", "b"]


def test_two_relays_that_fan_out_at_once_make_each_delivery_once(crm_kit: CrmKit, database_url: str) -> None:
    kit = crm_kit(Listener("a"), Listener("b"), database=database_url)
    for _ in range(40):
        kit.given.customer()
    together = threading.Barrier(4)

    def fan_out() -> int:
        together.wait()
        return kit.crm.relay.fan_out()

    with ThreadPoolExecutor(4) as pool:
        counts = [one.result() for one in [pool.submit(fan_out) for _ in range(4)]]
    assert sum(counts) + kit.crm.relay.fan_out() == 40
    assert delivered_to(kit) == ["a"] * 40 + ["b"] * 40


def test_a_company_switches_a_plugin_off_for_itself_alone(crm_kit: CrmKit, database_url: str) -> None:
    kit = crm_kit(Listener("a"), Listener("b"), database=database_url)
    elsewhere = kit.scope(tenant="other")
    with kit.crm.begin(kit.scope(Actor.system(), tenant="other")) as unit:
        unit.directory.sync()
    with kit.unit("admin") as unit:
        unit.plugins.switch("a", enabled=False)
    kit.given.customer()
    with kit.crm.begin(elsewhere) as unit:
        unit.customers.create(CustomerIn(name="Brass Oyster"))
    kit.relay.drain()
    with kit.crm.engine.connect() as connection:
        pairs = connection.execute(sa.select(DeliveryRow.tenant_id, DeliveryRow.plugin))
        assert sorted(tuple(one) for one in pairs if one.plugin != "recorder") == [
            ("acme", "b"),
            ("other", "a"),
            ("other", "b"),
        ]
    with kit.unit("admin") as unit:
        unit.plugins.switch("a", enabled=True)
    kit.given.customer()
    kit.relay.drain()
    assert len(states(kit, "a")) == 2


def test_what_was_fanned_out_before_the_switch_still_arrives(crm_kit: CrmKit, database_url: str) -> None:
    listener = Listener()
    kit = crm_kit(listener, database=database_url)
    kit.given.customer()
    kit.crm.relay.fan_out()
    with kit.unit("admin") as unit:
        unit.plugins.switch("listener", enabled=False)
    kit.given.customer()
    kit.relay.drain()
    assert len(listener.heard) == 1


def test_a_unit_whose_commit_failed_is_not_committed_by_the_next(crm_kit: CrmKit, sqlite_url: str) -> None:
    crm_kit(database=sqlite_url).close()
    # A host's own engine, not tuned: with a rollback journal, a reader can make a commit fail.
    engine = sa.create_engine(sqlite_url, connect_args={"timeout": 0.1})
    with sa.create_engine(sqlite_url).connect() as reader:
        reader.exec_driver_sql("PRAGMA journal_mode = DELETE")
        crm = CRM(engine, plugins=[KitCompany()])
        scope = crm.scope(tenant=TENANT, actor="seller")
        reader.exec_driver_sql("BEGIN")
        reader.exec_driver_sql("SELECT count(*) FROM oa_crm_customer").all()
        with pytest.raises(Busy), crm.begin(scope) as unit:
            unit.customers.create(CustomerIn(name="Brass Oyster"))
        reader.rollback()
    with crm.begin(scope) as unit:
        unit.customers.create(CustomerIn(name="Velvet Jungle"))
        names = [one.name for one in unit.customers.find().items]
    engine.dispose()
    assert names == ["Velvet Jungle"]
