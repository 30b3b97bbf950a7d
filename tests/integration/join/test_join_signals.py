"""Signals wait for the host's commit: nobody hears of what is not there for others to see."""

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, Engine, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from tests.integration.join.host import Line, Order, create, ours
from tests.integration.services.acting import refused

from oa_crm.hooks.payloads import CustomerCreated
from oa_crm.testing import Kit

Host = Session | Connection


@pytest.fixture
def heard(kit: Kit) -> list[CustomerCreated]:
    """The customers that were signalled."""
    events: list[CustomerCreated] = []
    kit.crm.signals["on_customer_created"].connect(events.append, weak=False)
    return events


def test_a_signal_comes_with_the_commit_and_once(kit: Kit, host: Host, heard: list[CustomerCreated]) -> None:
    customer = create(kit, host)
    assert heard == []
    host.commit()
    assert [one.customer_id for one in heard] == [customer.id]
    create(kit, host, "长风物流有限公司")
    host.rollback()
    host.execute(insert(Order), {"title": "later"})
    host.commit()
    assert len(heard) == 1


def test_whoever_hears_a_signal_can_read_what_it_is_about(kit: Kit, host: Host) -> None:
    seen: list[tuple[int, int, int]] = []
    look: Callable[[object], None] = lambda _: seen.append(ours(kit))  # noqa: E731
    kit.crm.signals["on_customer_created"].connect(look, weak=False)
    create(kit, host)
    host.commit()
    assert seen == [(1, 1, 1)]


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"], indirect=True)
def test_a_commit_that_fails_is_not_signalled(
    kit: Kit, engine: Engine, host: Host, heard: list[CustomerCreated]
) -> None:
    Line.__table__.create(engine)  # type: ignore[attr-defined]
    if engine.dialect.name == "sqlite":
        connection = host.connection() if isinstance(host, Session) else host
        connection.connection.driver_connection.execute("PRAGMA foreign_keys = ON")
    host.execute(insert(Line), {"order_id": 404})
    create(kit, host)
    with pytest.raises(IntegrityError):
        host.commit()
    host.rollback()
    assert (ours(kit), heard) == ((0, 0, 0), [])


def test_nothing_is_signalled_of_what_a_savepoint_took_back(kit: Kit, host: Host, heard: list[CustomerCreated]) -> None:
    nested = host.begin_nested()
    create(kit, host)
    nested.rollback()
    host.commit()
    assert heard == []


def test_a_refused_unit_does_not_silence_the_one_before(kit: Kit, host: Host, heard: list[CustomerCreated]) -> None:
    create(kit, host)
    with refused("duplicate_customer"):
        create(kit, host)
    host.commit()
    assert len(heard) == 1


def test_a_receiver_that_fails_harms_nobody(kit: Kit, host: Host, heard: list[CustomerCreated]) -> None:
    def fail(_: object) -> None:
        raise RuntimeError("a broken page")

    kit.crm.signals["on_customer_created"].connect(fail, weak=False)
    create(kit, host)
    host.commit()
    assert (len(heard), ours(kit)) == (1, (1, 1, 1))


def test_a_connection_that_lives_long_does_not_gather_listeners(kit: Kit, engine: Engine) -> None:
    with engine.connect() as connection:
        create(kit, connection, "云帆智能")
        connection.commit()
        first = len(list(connection.dispatch.commit))
        for _ in range(5):
            with kit.crm.join(connection, kit.scope()) as unit:
                unit.followups.log({"customer_id": unit.customers.find().items[0].id, "way": "phone", "outcome": "好"})
            connection.commit()
        assert len(list(connection.dispatch.commit)) == first
