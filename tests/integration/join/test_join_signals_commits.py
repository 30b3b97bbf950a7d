"""Which commit it is that signals wait for, and what takes them back: sessions in connections, savepoints, pools."""

import gc
import weakref
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, create_engine, insert, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from tests.integration.join.host import Order, create, host_engine, ours

from oa_crm import CRM
from oa_crm.errors import Busy
from oa_crm.hooks.payloads import Event
from oa_crm.joined import when_committed
from oa_crm.testing import Kit

Host = Session | Connection


@pytest.fixture
def heard(kit: Kit) -> list[str]:
    """The names of the customers that were signalled."""
    return _listen(kit.crm)


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """A connection of the host's."""
    with engine.connect() as made:
        yield made


def _listen(crm: CRM) -> list[str]:
    names: list[str] = []

    def hear(event: Event) -> None:
        names.append(event.name)  # type: ignore[attr-defined]

    crm.signals["on_customer_created"].connect(hear, weak=False)
    return names


@pytest.mark.parametrize("mode", ["conditional_savepoint", "rollback_only", "create_savepoint"])
def test_a_session_on_a_connection_waits_for_the_connections_commit(
    kit: Kit, connection: Connection, heard: list[str], mode: str
) -> None:
    outer = connection.begin()
    with Session(connection, join_transaction_mode=mode) as session:  # type: ignore[arg-type]
        create(kit, session, "kept")
        session.commit()
        assert heard == []
    outer.commit()
    assert (heard, ours(kit)) == (["kept"], (1, 1, 1))


def test_a_session_on_a_connection_that_it_controls_commits_it(
    kit: Kit, connection: Connection, heard: list[str]
) -> None:
    connection.begin()
    with Session(connection, join_transaction_mode="control_fully") as session:
        create(kit, session, "kept")
        session.commit()
    assert heard == ["kept"]


def test_a_session_that_rolls_back_its_savepoint_takes_its_own_back(
    kit: Kit, connection: Connection, heard: list[str]
) -> None:
    create(kit, connection, "kept")
    for end in (Session.rollback, Session.close):
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            create(kit, session, f"gone by {end.__name__}")
            end(session)
    connection.commit()
    assert (heard, ours(kit)) == (["kept"], (1, 1, 1))


def test_blocks_that_commit_by_themselves(kit: Kit, engine: Engine, heard: list[str]) -> None:
    with Session(engine) as session, session.begin():
        create(kit, session, "session")
        assert heard == []
    with engine.begin() as connection:
        create(kit, connection, "engine")
    with engine.connect() as connection, connection.begin():
        create(kit, connection, "connection")
    with pytest.raises(_Regret), Session(engine) as session, session.begin():
        create(kit, session, "gone")
        raise _Regret
    with pytest.raises(_Regret), engine.begin() as connection:
        create(kit, connection, "gone")
        raise _Regret
    assert heard == ["session", "engine", "connection"]


def test_two_crms_in_one_transaction_tell_their_own(kit: Kit, engine: Engine, host: Host, heard: list[str]) -> None:
    other = CRM(engine)
    heard_by_other = _listen(other)
    create(kit, host, "first")
    with other.join(host, kit.scope()) as unit:
        unit.customers.create({"name": "second"})
    assert (heard, heard_by_other) == ([], [])
    host.commit()
    assert (heard, heard_by_other) == (["first"], ["second"])


def test_a_released_savepoint_is_taken_back_by_the_one_around_it(kit: Kit, host: Host, heard: list[str]) -> None:
    create(kit, host, "before")
    outer = host.begin_nested()
    with host.begin_nested():
        create(kit, host, "released")
    outer.rollback()
    create(kit, host, "after")
    host.commit()
    assert heard == ["before", "after"]


def test_a_savepoint_takes_back_no_more_than_what_is_in_it(kit: Kit, host: Host, heard: list[str]) -> None:
    outer = host.begin_nested()
    create(kit, host, "in the outer one")
    for end in ("rollback", "commit"):
        inner = host.begin_nested()
        create(kit, host, f"inner {end}")
        getattr(inner, end)()
    outer.commit()
    assert heard == []
    host.commit()
    assert heard == ["in the outer one", "inner commit"]


def test_a_released_savepoint_is_nothing_when_all_is_rolled_back(kit: Kit, host: Host, heard: list[str]) -> None:
    with host.begin_nested():
        create(kit, host, "gone")
    host.rollback()
    create(kit, host, "kept")
    host.commit()
    assert heard == ["kept"]


def test_a_savepoint_left_open_is_committed_with_the_rest(kit: Kit, host: Host, heard: list[str]) -> None:
    host.begin_nested()
    create(kit, host, "kept")
    if isinstance(host, Session):
        host.get_transaction().commit()  # type: ignore[union-attr]
    else:
        host.commit()
    assert (heard, ours(kit)) == (["kept"], (1, 1, 1))


def test_a_failed_unit_takes_the_unit_in_it_back(kit: Kit, host: Host, heard: list[str]) -> None:
    with pytest.raises(_Regret), kit.crm.join(host, kit.scope()):
        create(kit, host, "gone")
        raise _Regret
    with kit.crm.join(host, kit.scope()) as unit:
        create(kit, host, "inner")
        unit.customers.create({"name": "outer"})
    host.commit()
    assert heard == ["inner", "outer"]


def test_a_pooled_connection_brings_nothing_along(kit: Kit, database_url: str, heard: list[str]) -> None:
    pool = create_engine(database_url, pool_size=1, max_overflow=0)
    for _ in range(2):
        with pool.connect() as connection:
            create(kit, connection, "gone with the connection")
        with Session(pool) as session:
            create(kit, session, "gone with the session")
    with pool.connect() as connection:
        connection.execute(insert(Order), {"title": "later"})
        connection.commit()
        create(kit, connection, "kept")
        connection.commit()
    pool.dispose()
    assert (heard, ours(kit)) == (["kept"], (1, 1, 1))


def test_what_waits_is_kept_no_longer_than_its_transaction(sqlite_url: str) -> None:
    class Told:
        def __call__(self) -> None:
            raise AssertionError("nothing was committed")

    engine = host_engine(sqlite_url)
    with engine.connect() as connection:
        for _ in range(3):
            told = Told()
            kept = weakref.ref(told)
            connection.begin()
            with connection.begin_nested():
                when_committed(connection, told)
            del told
            connection.rollback()
            gc.collect()
            assert kept() is None
    engine.dispose()


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_commit_that_postgresql_turns_into_a_rollback_is_not_signalled(
    kit: Kit, host: Host, heard: list[str]
) -> None:
    """After an error that nobody rolled back, PostgreSQL answers COMMIT with ROLLBACK, and no driver says so."""
    create(kit, host)
    with pytest.raises(DBAPIError):
        host.execute(text("SELECT * FROM no_such_table"))
    host.commit()
    assert (heard, ours(kit)) == ([], (0, 0, 0))


def test_after_busy_nothing_of_that_transaction_is_signalled(kit: Kit, host: Host, heard: list[str]) -> None:
    """On MariaDB a deadlock has rolled all of it back, also what was done before."""
    create(kit, host, "before")
    with pytest.raises(Busy), kit.crm.join(host, kit.scope()):
        raise Busy
    host.commit()
    assert heard == []
    create(kit, host, "the next transaction")
    host.commit()
    assert heard == ["the next transaction"]


def test_a_receiver_may_open_a_unit_and_leaves_the_hosts_connection_alone(
    kit: Kit, host: Host, heard: list[str]
) -> None:
    def note(event: Event) -> None:
        with kit.unit() as unit:
            unit.followups.log({"customer_id": event.customer_id, "way": "phone", "outcome": "好"})  # type: ignore[attr-defined]

    kit.crm.signals["on_customer_created"].connect(note, weak=False)
    customer = create(kit, host, "kept")
    host.commit()
    host.execute(insert(Order), {"title": "the host goes on"})
    host.commit()
    with kit.unit(read_only=True) as unit:
        assert len(unit.followups.history(customer.id).items) == 1


@pytest.mark.parametrize("backend", ["mariadb"], indirect=True)
def test_a_session_that_commits_in_two_phases(kit: Kit, engine: Engine, heard: list[str]) -> None:
    with Session(engine, twophase=True) as session:
        create(kit, session, "kept")
        session.commit()
        create(kit, session, "gone")
        session.rollback()
    assert (heard, ours(kit)) == (["kept"], (1, 1, 1))


class _Regret(Exception):
    """The host thinks better of it."""
