"""Units on an engine that a host has set up in his own way: all or nothing, and his settings stay."""

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event
from tests.integration.services.acting import doing, everything

from oa_crm import CRM
from oa_crm.testing import Kit

HostEngine = Callable[..., Engine]


@pytest.fixture
def host_engine(database_url: str) -> Iterator[HostEngine]:
    made: list[Engine] = []

    def make(**how: Any) -> Engine:
        made.append(create_engine(database_url, **how))
        return made[-1]

    yield make
    for one in made:
        one.dispose()


_ALONE = {"pool_size": 1, "max_overflow": 0}
_AUTOCOMMIT = {
    "the dialect's": {"isolation_level": "AUTOCOMMIT"},
    "without a rollback": {"isolation_level": "AUTOCOMMIT", "skip_autocommit_rollback": True},
    "the driver's": {"connect_args": {"autocommit": True}},
}


def _autocommit(engine: Engine) -> bool:
    with engine.connect() as host:
        return engine.dialect.detect_autocommit_setting(host.connection.dbapi_connection)  # type: ignore[arg-type]


@pytest.mark.parametrize("backend", ["mariadb"], indirect=True)
@pytest.mark.parametrize("how", _AUTOCOMMIT.values(), ids=_AUTOCOMMIT)
def test_a_unit_is_all_or_nothing_where_the_host_commits_each_statement(
    kit: Kit, host_engine: HostEngine, how: dict[str, Any]
) -> None:
    engine = host_engine(**_ALONE, **how)
    crm, before = CRM(engine, clock=kit.clock), everything(kit)
    with pytest.raises(ZeroDivisionError), crm.begin(kit.scope("seller")) as unit:
        unit.customers.create({"name": "长风物流有限公司"})
        1 / 0  # noqa: B018
    assert everything(kit) == before
    with crm.begin(kit.scope("seller")) as unit:
        customer = unit.customers.create({"name": "长风物流有限公司"})
    assert doing(kit, "seller", lambda unit: unit.customers.get(customer.id)).name == "长风物流有限公司"
    assert _autocommit(engine)


def _look_something_up(driver: Any, *_: object) -> None:
    with closing(driver.cursor()) as cursor:
        cursor.execute("SELECT count(*) FROM oa_crm_member")


@pytest.mark.parametrize("backend", ["mariadb"], indirect=True)
@pytest.mark.parametrize("how", [{}, *_AUTOCOMMIT.values()], ids=["usual", *_AUTOCOMMIT])
@pytest.mark.parametrize("looks", [False, True])
def test_a_unit_sees_what_others_committed_whatever_its_engine_does_first(
    kit: Kit, host_engine: HostEngine, how: dict[str, Any], looks: bool
) -> None:
    engine = host_engine(**_ALONE, **how)
    if looks:
        event.listen(engine, "checkout", _look_something_up)
    with CRM(engine, clock=kit.clock).begin(kit.scope("seller"), read_only=True) as unit:
        before = unit.customers.find().items
        doing(kit, "seller", lambda unit: unit.customers.create({"name": "长风物流有限公司"}))
        after = unit.customers.find().items
    assert [len(before), len(after)] == [0, 1]


@pytest.mark.parametrize("backend", ["postgresql", "mariadb"], indirect=True)
@pytest.mark.parametrize("level", ["AUTOCOMMIT", "SERIALIZABLE"])
def test_an_isolation_that_a_host_gave_his_engine_by_an_option_is_his_alone(
    kit: Kit, host_engine: HostEngine, level: str
) -> None:
    engine = host_engine(**_ALONE).execution_options(isolation_level=level)
    crm, before = CRM(engine, clock=kit.clock), everything(kit)
    with pytest.raises(ZeroDivisionError), crm.begin(kit.scope("seller")) as unit:
        unit.customers.create({"name": "长风物流有限公司"})
        1 / 0  # noqa: B018
    assert everything(kit) == before
    with crm.begin(kit.scope("seller"), read_only=True) as unit:
        assert not unit.customers.find().items
        doing(kit, "seller", lambda unit: unit.customers.create({"name": "长风物流有限公司"}))
        assert len(unit.customers.find().items) == 1
    assert _autocommit(engine) == (level == "AUTOCOMMIT")
