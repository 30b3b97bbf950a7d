"""Searches are kept, limited per person, and survive whatever becomes of their unit."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from tests.integration.services.acting import SYSTEM, doing, refused

from oa_crm import Settings
from oa_crm.testing import CrmKit, Kit

FULL = "杭州云帆智能科技有限公司"


def _kept(kit: Kit, **where: object) -> list[tuple[str, str, str, int]]:
    found = doing(kit, "admin", lambda unit: unit.duplicates.searches(**where))
    return [(one.actor_id, one.entrance.value, one.verdict.value, one.shown) for one in found]


def test_who_looked_for_whom_is_kept_with_what_he_was_told(kit: Kit) -> None:
    kit.given.customer(name=FULL)
    doing(kit, "colleague", lambda unit: unit.customers.check({"name": FULL}, entrance="api"))
    with kit.unit("seller", read_only=True) as unit:
        unit.customers.check({"name": "长风物流"})
    with refused("duplicate_customer"):
        doing(kit, "colleague", lambda unit: unit.customers.create({"name": FULL}))
    assert sorted(_kept(kit)) == [
        ("colleague", "api", "block", 1),
        ("colleague", "create", "block", 1),
        ("seller", "create", "clear", 0),
    ]
    assert _kept(kit, actor_id="seller") == [("seller", "create", "clear", 0)]
    with refused("forbidden"):
        doing(kit, "manager", lambda unit: unit.duplicates.searches())


def test_a_search_stays_when_its_unit_is_taken_back(kit: Kit) -> None:
    with pytest.raises(RuntimeError), kit.unit("seller") as unit:
        unit.customers.check({"name": "长风物流"})
        raise RuntimeError("the host's page broke")
    assert len(_kept(kit)) == 1


def test_a_search_of_a_refused_join_stays_with_the_hosts_transaction(kit: Kit) -> None:
    kit.given.customer(name=FULL)
    scope = kit.scope("colleague")
    with kit.crm.engine.begin() as host, refused("duplicate_customer"), kit.crm.join(host, scope) as unit:
        unit.customers.create({"name": FULL})
    assert _kept(kit) == [("colleague", "create", "block", 1)]


def test_a_person_has_a_limit_within_an_hour_and_the_system_has_none(database: Engine, crm_kit: CrmKit) -> None:
    kit = crm_kit(database=database, settings=Settings(searches_per_hour=3))
    kit.given.customer(name=FULL)
    look = lambda unit: unit.customers.check({"name": FULL})  # noqa: E731
    for _ in range(3):
        doing(kit, "colleague", look)
    for act in (look, lambda unit: unit.customers.create({"name": FULL})):
        with refused("too_many_searches", limit=3, actor="colleague"):
            doing(kit, "colleague", act)
    doing(kit, "seller", look)
    for _ in range(5):
        doing(kit, SYSTEM, look)
    doing(kit, "colleague", lambda unit: unit.customers.create({"name": "长风物流有限公司"}))
    kit.clock.advance(timedelta(hours=1, seconds=1))
    assert doing(kit, "colleague", look).hits


def test_old_searches_are_forgotten_by_the_nightly_job(kit: Kit) -> None:
    look = lambda: doing(kit, "seller", lambda unit: unit.customers.check({"name": "长风物流"}))  # noqa: E731
    look()
    kit.clock.advance(timedelta(days=181))
    look()
    kit.crm.relay.retain()
    assert len(_kept(kit)) == 1


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_check_does_not_wait_for_a_long_import(kit: Kit) -> None:
    kit.given.customer(name=FULL)
    answered = threading.Event()

    def check() -> None:
        with kit.unit("colleague", read_only=True) as unit:
            assert unit.customers.check({"name": FULL}).hits
        answered.set()

    with kit.unit("seller"):
        # The write lock is held here, as an import holds it for minutes.
        other = threading.Thread(target=check)
        other.start()
        assert answered.wait(10)
        other.join()
    assert len(_kept(kit)) == 1, "it waited in memory for the next writer"


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_search_that_waits_is_not_lost_with_a_hosts_transaction(kit: Kit) -> None:
    with kit.crm.engine.begin() as writer:
        writer.exec_driver_sql("BEGIN IMMEDIATE")
        with kit.unit("colleague", read_only=True) as unit:
            unit.customers.check({"name": FULL})
    with kit.crm.engine.connect() as host, kit.crm.join(host, kit.scope("seller")) as unit:
        unit.customers.create({"name": "长风物流有限公司"})
    doing(kit, "seller", lambda unit: unit.customers.create({"name": "碧海食品有限公司"}))
    assert _kept(kit) == [("colleague", "create", "clear", 0)]
