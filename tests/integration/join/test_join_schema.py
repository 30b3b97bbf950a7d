"""Our tables in a schema of their own on PostgreSQL, the host's in public, on one connection."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, inspect, select, text
from sqlalchemy.orm import Session
from tests.integration.join.host import Order, create, host_engine, orders, ours

from oa_crm import Settings
from oa_crm.testing import CrmKit, Kit

pytestmark = pytest.mark.parametrize("backend", ["postgresql"], indirect=True)


@pytest.fixture
def engine(bare_database_url: str) -> Iterator[Engine]:
    """The host's engine, on a database in which there is only the host and an empty schema."""
    made = host_engine(bare_database_url)
    with made.begin() as connection:
        connection.execute(text("CREATE SCHEMA crm"))
    yield made
    made.dispose()


@pytest.fixture
def kit(engine: Engine, crm_kit: CrmKit) -> Kit:
    return crm_kit(database=engine, settings=Settings(db_schema="crm"))


def test_every_table_of_ours_is_in_the_schema(kit: Kit, engine: Engine) -> None:
    found = inspect(engine)
    assert found.get_table_names("public") == ["host_order"]
    names = found.get_table_names("crm")
    assert "oa_crm_customer" in names
    assert all(name.startswith("oa_crm_") for name in names)
    kit.crm.migrations.check()
    assert kit.crm.migrations.differences() == []


def test_host_and_crm_share_a_connection_and_each_finds_its_own(kit: Kit, engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(text("CREATE TABLE public.oa_crm_customer (id int)"))  # a trap for an unqualified name
        session = Session(connection)
        session.add(Order(title="before"))
        session.flush()
        create(kit, connection)
        assert connection.execute(select(Order.title)).scalars().all() == ["before"]
        assert connection.scalar(text("SELECT count(*) FROM public.oa_crm_customer")) == 0
        session.close()
        connection.rollback()
        create(kit, connection)
        connection.commit()
    assert (orders(engine), ours(kit)) == ([], (1, 1, 1))


def test_the_whole_sale_in_a_schema(kit: Kit) -> None:
    contract = kit.given.approved_contract()
    kit.given.expense()
    with kit.unit("manager") as unit:
        assert unit.settlements.settle(contract.project_id).revenue == contract.amount
    kit.relay.drain()
    assert kit.recorder.hooks.count("on_project_settled") == 1


def test_a_search_path_of_the_hosts_does_not_matter(kit: Kit, bare_database_url: str) -> None:
    other = create_engine(bare_database_url, connect_args={"options": "-c search_path=pg_catalog"})
    with other.connect() as connection:
        create(kit, connection)
        connection.commit()
    other.dispose()
    assert ours(kit) == (1, 1, 1)
