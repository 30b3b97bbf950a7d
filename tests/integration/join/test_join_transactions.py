"""One transaction, two owners: what the host takes back is gone, and what we refuse leaves the host alone."""

import asyncio
import threading
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session
from tests.integration.join.host import NAME, Order, create, orders, ours
from tests.integration.services.acting import count, refused

from oa_crm.errors import ConfigurationError, DuplicateCustomer
from oa_crm.models import AuditEntry, IdempotencyKey
from oa_crm.testing import Kit

Host = Session | Connection


def _order(host: Host, title: str) -> None:
    host.execute(insert(Order), {"title": title})


def test_the_hosts_commit_commits_both(kit: Kit, engine: Engine, host: Host) -> None:
    _order(host, "before")
    customer = create(kit, host)
    _order(host, "after")
    assert ours(kit) == (0, 0, 0), "nobody else sees it yet"
    host.commit()
    assert (orders(engine), ours(kit)) == (["before", "after"], (1, 1, 1))
    kit.relay.drain()
    assert [event.thing_id for event in kit.recorder.events] == [str(customer.id)]


def test_the_hosts_rollback_takes_everything_along(kit: Kit, engine: Engine, host: Host) -> None:
    _order(host, "before")
    create(kit, host)
    _order(host, "after")
    host.rollback()
    assert (orders(engine), ours(kit)) == ([], (0, 0, 0))
    kit.relay.drain()
    assert kit.recorder.events == []


def test_a_host_that_just_goes_away_takes_everything_along(kit: Kit, engine: Engine, host: Host) -> None:
    _order(host, "before")
    create(kit, host)
    host.close()
    assert (orders(engine), ours(kit)) == ([], (0, 0, 0))


def test_our_refusal_leaves_the_hosts_rows(kit: Kit, engine: Engine, host: Host) -> None:
    kit.given.customer(name=NAME)
    _order(host, "before")
    with refused("duplicate_customer"):
        create(kit, host)
    _order(host, "after")
    host.commit()
    assert (orders(engine), ours(kit)) == (["before", "after"], (1, 1, 1))


def test_what_a_failing_unit_did_is_gone_with_it(kit: Kit, engine: Engine, host: Host) -> None:
    _order(host, "before")
    with pytest.raises(DuplicateCustomer), kit.crm.join(host, kit.scope()) as unit:
        unit.customers.create({"name": NAME}, idempotency_key="k")
        unit.customers.create({"name": NAME})
    host.commit()
    assert (orders(engine), ours(kit)) == (["before"], (0, 0, 0))
    assert count(kit, IdempotencyKey) == 0


def test_a_refusal_that_the_host_bears_does_not_end_the_unit(kit: Kit, host: Host) -> None:
    with kit.crm.join(host, kit.scope()) as unit:
        first = unit.customers.create({"name": NAME})
        with refused("duplicate_customer"):
            unit.customers.create({"name": NAME})
        unit.customers.update(first.id, {"expected_version": 1, "level": "A"})
    host.commit()
    assert ours(kit) == (1, 1, 2)


def test_several_units_in_one_transaction(kit: Kit, engine: Engine, host: Host) -> None:
    create(kit, host)
    _order(host, "between")
    create(kit, host, "长风物流有限公司", kit.scope("colleague"))
    with refused("duplicate_customer"):
        create(kit, host, NAME, kit.scope("colleague"))
    host.commit()
    assert (orders(engine), ours(kit)) == (["between"], (2, 2, 2))


def test_a_unit_in_a_unit(kit: Kit, host: Host) -> None:
    with kit.crm.join(host, kit.scope()) as outer:
        outer.customers.create({"name": NAME})
        create(kit, host, "长风物流有限公司", kit.scope("colleague"))
        with refused("duplicate_customer"):
            create(kit, host, NAME, kit.scope("colleague"))
        outer.customers.create({"name": "碧海食品厂"})
    host.commit()
    assert ours(kit) == (3, 3, 3)
    kit.relay.drain()
    assert len(kit.recorder.events) == 3


def test_the_outer_units_failure_takes_the_inner_one_along(kit: Kit, engine: Engine, host: Host) -> None:
    _order(host, "before")
    with pytest.raises(_Regret), kit.crm.join(host, kit.scope()):
        create(kit, host)
        raise _Regret
    host.commit()
    assert (orders(engine), ours(kit)) == (["before"], (0, 0, 0))


def test_a_savepoint_of_the_hosts_is_the_hosts(kit: Kit, engine: Engine, host: Host) -> None:
    _order(host, "before")
    with pytest.raises(_Regret), host.begin_nested():
        create(kit, host)
        raise _Regret
    with host.begin_nested():
        create(kit, host, "长风物流有限公司")
    host.commit()
    assert (orders(engine), ours(kit)) == (["before"], (1, 1, 1))


def test_one_transaction_after_another(kit: Kit, host: Host) -> None:
    for number, name in enumerate(("云帆智能", "长风物流", "碧海食品"), start=1):
        create(kit, host, name)
        host.commit()
        assert ours(kit) == (number, number, number)
        create(kit, host, "百川能源")
        host.rollback()
        assert ours(kit) == (number, number, number)


# On SQLite, who has begun to read cannot write after others wrote: it says busy.
@pytest.mark.parametrize("backend", ["postgresql", "mariadb"], indirect=True)
def test_the_duplicate_check_sees_what_was_committed_since_the_host_began(kit: Kit, host: Host) -> None:
    """MariaDB's default isolation shows a transaction the world as it was at its first read."""
    host.execute(select(Order.id)).all()
    kit.given.customer(name=NAME)
    with refused("duplicate_customer"):
        create(kit, host)


def test_who_acts_is_told_by_the_scope_of_each_unit(kit: Kit, host: Host) -> None:
    create(kit, host, scope=kit.scope("manager"))
    host.commit()
    with kit.crm.engine.connect() as connection:
        actors = set(connection.scalars(select(AuditEntry.actor_id).where(AuditEntry.kind == "customer")))
    assert actors == {"manager"}


def test_a_unit_is_over_after_its_block(kit: Kit, host: Host) -> None:
    with kit.crm.join(host, kit.scope()) as unit:
        pass
    with refused("unit_closed"):
        unit.customers.create({"name": NAME})
    host.commit()
    assert ours(kit) == (0, 0, 0)


def test_a_connection_that_has_begun_and_one_that_has_not(kit: Kit, engine: Engine) -> None:
    with engine.connect() as fresh:
        assert not fresh.in_transaction()
        create(kit, fresh, "云帆智能")
        assert fresh.in_transaction(), "it is the host's to commit"
        fresh.commit()
    with engine.connect() as read_before:
        read_before.execute(select(Order.id)).all()
        create(kit, read_before, "长风物流")
        read_before.commit()
    with engine.begin() as begun:
        create(kit, begun, "碧海食品")
    assert ours(kit) == (3, 3, 3)


def test_only_a_session_or_connection_of_the_same_database_is_joined(kit: Kit, engine: Engine) -> None:
    for wrong in (engine, "sqlite://", None):
        with pytest.raises(ConfigurationError, match="Session or Connection"), kit.crm.join(wrong, kit.scope()):
            pass
    other = create_engine("sqlite://" if engine.dialect.name != "sqlite" else "postgresql+psycopg://nowhere/x")
    if other.dialect.name == "sqlite":
        with other.connect() as strange, pytest.raises(ConfigurationError, match="lives on"):
            create(kit, strange)
    other.dispose()


def test_an_async_session_is_told_what_to_do(kit: Kit) -> None:
    session = AsyncSession()
    with pytest.raises(ConfigurationError, match="run_sync"), kit.crm.join(session, kit.scope()):  # type: ignore[arg-type]
        pass
    asyncio.run(session.close())


@pytest.mark.parametrize("backend", ["postgresql", "mariadb"], indirect=True)
def test_a_lost_deadlock_in_the_hosts_transaction_is_told_as_busy(kit: Kit, engine: Engine) -> None:
    """On MariaDB a deadlock ends the whole transaction; the host must not commit half of its work unawares."""
    first, second = kit.given.customer(), kit.given.customer()
    met, codes = threading.Barrier(2), []

    def edit(mine: Any, other: Any, title: str) -> None:
        with Session(engine) as session:
            _order(session, title)
            try:
                with kit.crm.join(session, kit.scope()) as unit:
                    unit.customers.update(mine.id, {"expected_version": 1, "level": "A"})
                    met.wait(timeout=20)
                    unit.customers.update(other.id, {"expected_version": 1, "level": "B"})
            except Exception as error:
                codes.append(getattr(error, "code", repr(error)))
                session.rollback()
                return
            session.commit()

    threads = [
        threading.Thread(target=edit, args=(first, second, "one")),
        threading.Thread(target=edit, args=(second, first, "two")),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert codes == ["busy"]
    assert len(orders(engine)) == 1


def test_the_hosts_settings_of_its_connection_stay(kit: Kit, engine: Engine) -> None:
    with engine.connect() as connection:
        level = connection.get_isolation_level()
        create(kit, connection)
        connection.commit()
        assert connection.get_isolation_level() == level
        assert connection.scalar(text("SELECT count(*) FROM host_order")) == 0


class _Regret(Exception):
    """The host thinks better of it."""
