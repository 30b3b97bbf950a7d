"""How many statements a check takes, and that one which only reads keeps its search all the same."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, event, func, select
from sqlalchemy.exc import DBAPIError
from tests.integration.services.acting import doing, listening
from tests.integration.services.plugins import Books

from oa_crm.models import Customer, DuplicateSearch, table_of
from oa_crm.services.clashes.gate import sees_old
from oa_crm.services.noted import insert_unhurried
from oa_crm.testing import CrmKit, Kit

FULL = {"name": "杭州云帆智能科技有限公司"}


@pytest.fixture
def untouched(database_url: str) -> Iterator[Engine]:
    """A host's engine of two connections that we have not used yet."""
    engine = create_engine(database_url, pool_size=2, max_overflow=0)
    yield engine
    engine.dispose()


def _settings(engine: Engine, ask: str) -> set[str]:
    """What both connections of an engine say."""
    with engine.connect() as one, engine.connect() as other:
        return {str(each.exec_driver_sql(ask).scalar()) for each in (one, other)}


def _words(sent: list[str]) -> list[str]:
    """What each statement is about: its verb, or the table of ours that it names first."""
    tables = ("member", "duplicate_policy", "duplicate_key", "duplicate_entry", "duplicate_search")
    return [min((sql.find(one) % 10**6, one) for one in tables)[1] if "oa_crm_" in sql else sql for sql in sent]


def test_a_check_asks_who_then_his_limit_with_the_policy_then_keys_then_candidates(kit: Kit) -> None:
    kit.given.customer(**FULL)
    doing(kit, "colleague", lambda unit: unit.customers.check(FULL))
    with listening(kit.crm.engine) as sent, kit.unit("colleague", read_only=True) as unit:
        assert unit.customers.check(FULL).verdict == "block"
        first = _words(sent)
        sent.clear()
        assert unit.customers.check(FULL).verdict == "block"
        assert _words(sent) == ["duplicate_search", "duplicate_key", "duplicate_entry"]
        sent.clear()
    begun = ["BEGIN"] if kit.crm.engine.dialect.name == "sqlite" else []
    assert first == [*begun, "member", "duplicate_policy", "duplicate_key", "duplicate_entry"]
    assert _words(sent)[:-1] == (["BEGIN IMMEDIATE"] if begun else _unhurried(kit, 2))
    assert _words(sent)[-1] == "duplicate_search"


def _unhurried(kit: Kit, searches: int) -> list[str]:
    """One search takes PostgreSQL's setting along; of several, the setting is a statement of its own."""
    own = kit.crm.engine.dialect.name == "postgresql" and searches > 1
    return ["SET LOCAL synchronous_commit = off"] if own else []


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_one_search_is_written_with_a_commit_that_does_not_wait_for_the_disk(
    untouched: Engine, crm_kit: CrmKit
) -> None:
    usual = _settings(untouched, "SHOW synchronous_commit")
    kit = crm_kit(Books(), database=untouched)
    with listening(kit.crm.engine) as sent, kit.unit("colleague", read_only=True) as unit:
        unit.customers.check(FULL)
        sent.clear()
    assert _words(sent) == ["duplicate_search"]
    row = {"tenant_id": kit.scope().tenant, "at": kit.clock.now(), "actor_id": "colleague", "request_id": "r"}
    row |= {"entrance": "create", "name": "长风物流 100 %", "verdict": "clear", "shown": 0}
    with kit.crm.engine.connect() as connection:
        setting = lambda: connection.exec_driver_sql("SHOW synchronous_commit").scalar()  # noqa: E731
        insert_unhurried(connection, table_of(DuplicateSearch), row)
        assert setting() == "off"
        connection.commit()
    assert _settings(untouched, "SHOW synchronous_commit") == usual != {"off"}
    kept = doing(kit, "admin", lambda unit: unit.duplicates.searches())
    assert {(one.name, one.at) for one in kept} >= {(row["name"], row["at"])}
    assert len(kept) == 2


def test_a_policy_that_came_with_the_limit_is_the_one_of_its_entrance(kit: Kit) -> None:
    kit.given.customer(**FULL)
    for entrance, certain in (("any", "warn"), ("api", "clear")):
        change = {"entrance": entrance, "expected_version": 0, "policy": {"certain": certain, "suspected": "clear"}}
        doing(kit, "admin", lambda unit, change=change: unit.duplicates.set_policy(change))
    with kit.unit("colleague", read_only=True) as unit:
        told = {one: unit.customers.check(FULL, entrance=one).verdict.value for one in ("api", "create", "api")}
        assert unit.duplicates.policy("api").version == 1
    assert told == {"api": "clear", "create": "warn"}


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_search_is_kept_where_its_own_transaction_can_write_no_more(kit: Kit) -> None:
    with kit.unit("colleague", read_only=True) as unit:
        unit.customers.check(FULL)
        with pytest.raises(DBAPIError):
            unit._work.connection.exec_driver_sql("SELECT 1 / 0")
    kept = doing(kit, "admin", lambda unit: unit.duplicates.searches())
    assert [one.actor_id for one in kept] == ["colleague"]


@pytest.mark.parametrize("backend", ["postgresql", "mariadb"], indirect=True)
def test_a_unit_sees_what_others_committed_and_the_hosts_sessions_stay_as_they_were(
    untouched: Engine, crm_kit: CrmKit
) -> None:
    ask = {"postgresql": "SHOW default_transaction_isolation"}.get(untouched.dialect.name, "SELECT @@tx_isolation")
    before = _settings(untouched, ask)
    kit = crm_kit(database=untouched)
    many = select(func.count()).select_from(table_of(Customer))
    with kit.crm.engine.connect() as ours:
        counted = []
        for _ in range(2):
            with ours.begin():
                counted.append(ours.scalar(many))
                doing(kit, "seller", lambda unit: unit.customers.create({"name": f"长风{len(counted)}物流有限公司"}))
                counted.append(ours.scalar(many))
    assert counted == [0, 1, 1, 2]
    assert _settings(untouched, ask) == before


@pytest.mark.parametrize("backend", ["postgresql", "mariadb"], indirect=True)
def test_a_search_goes_with_the_one_commit_of_the_unit_that_read(kit: Kit) -> None:
    seen: list[str] = []
    for name in ("begin", "commit", "rollback"):
        event.listen(kit.crm.engine, name, lambda _connection, name=name: seen.append(name))
    with kit.unit("colleague", read_only=True) as unit:
        unit.customers.check(FULL)
    assert seen == ["begin", "commit"]


@pytest.mark.parametrize("backend", ["mariadb"], indirect=True)
def test_only_a_unit_in_the_hosts_transaction_may_look_at_an_old_snapshot(kit: Kit, untouched: Engine) -> None:
    with kit.unit("colleague") as unit:
        assert not sees_old(unit._work)
    with untouched.connect() as host, kit.crm.join(host, kit.scope("colleague")) as unit:
        assert sees_old(unit._work)
