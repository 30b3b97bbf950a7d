"""A host's Session keeps its objects: what is dirty stays dirty, what is loaded stays loaded."""

import pytest
from sqlalchemy import Engine, event, insert, inspect, select
from sqlalchemy.orm import Session
from tests.integration.join.host import Order, create, orders, ours
from tests.integration.services.acting import refused

from oa_crm.testing import Kit


@pytest.fixture
def loaded(engine: Engine, session: Session) -> Order:
    """An order that the host has loaded."""
    with Session(engine) as other, other.begin():
        other.add(Order(title="as it was"))
    return session.scalars(select(Order)).one()


def test_what_is_dirty_stays_dirty_and_is_the_hosts_to_flush(
    kit: Kit, engine: Engine, session: Session, loaded: Order
) -> None:
    new = Order(title="new")
    loaded.title = "changed"
    session.add(new)
    create(kit, session)
    assert (loaded in session.dirty, new in session.new) == (True, True)
    assert inspect(loaded).attrs.title.history.deleted == ["as it was"]
    assert set(session.identity_map.values()) == {loaded}, "nothing of ours is in the host's session"
    session.commit()
    assert (orders(engine), ours(kit)) == (["changed", "new"], (1, 1, 1))


def test_what_is_loaded_stays_loaded_also_when_we_refuse(kit: Kit, session: Session, loaded: Order) -> None:
    create(kit, session)
    loaded.title = "changed"
    session.flush()
    with refused("duplicate_customer"):
        create(kit, session)
    assert not inspect(loaded).expired
    assert loaded.title == "changed"
    session.commit()
    assert session.scalars(select(Order.title)).all() == ["changed"]


def test_the_hosts_session_sees_no_event_of_ours(kit: Kit, session: Session, loaded: Order) -> None:
    heard: list[str] = []
    for name in ("before_flush", "after_flush", "after_commit", "after_rollback", "after_soft_rollback"):
        event.listen(session, name, lambda *_, name=name: heard.append(name))
    loaded.title = "changed"
    create(kit, session)
    with refused("duplicate_customer"):
        create(kit, session)
    assert heard == []


def test_a_session_that_begins_by_itself_or_in_a_block(kit: Kit, engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        session.add(Order(title="one"))
        create(kit, session, "云帆智能")
    with Session(engine, autobegin=False) as session:
        session.begin()
        create(kit, session, "长风物流")
        session.commit()
    with Session(engine, expire_on_commit=False) as session:
        create(kit, session, "碧海食品")
        session.commit()
    assert (orders(engine), ours(kit)) == (["one"], (3, 3, 3))


def test_a_session_on_a_hosts_connection_is_not_over_before_that_is(kit: Kit, engine: Engine) -> None:
    heard: list[object] = []
    kit.crm.signals["on_customer_created"].connect(heard.append, weak=False)
    with engine.connect() as connection:
        connection.execute(insert(Order), {"title": "the connection's own"})
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            create(kit, session)
            session.commit()
        assert (ours(kit), heard) == ((0, 0, 0), [])
        connection.rollback()
    assert (ours(kit), heard) == ((0, 0, 0), [])
