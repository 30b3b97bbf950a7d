"""A base of an older version is brought up to date with everything that is in it."""

from typing import Any
from uuid import UUID

import pytest
from alembic import command
from sqlalchemy import Connection, create_engine, select, text
from sqlalchemy.pool import NullPool
from tests.migration.conftest import Opened

from oa_crm import CRM, Actor
from oa_crm.errors import DuplicateKeysMissing
from oa_crm.ids import new_id
from oa_crm.models import DuplicateEntry, StageRequest, metadata_for
from oa_crm.schemas import Verdict

_OF_0001 = ("id", "tenant_id", "name", "owner_id", "version", "created_at", "created_by", "updated_at", "updated_by")


def _first_version(crm: CRM, url: str, names: list[str]) -> None:
    """The tables of version 0001, with customers and a key of that time."""
    with create_engine(url, poolclass=NullPool).begin() as connection:
        config = crm.migrations._config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for name in names:
            _customer(connection, crm, new_id(), name)


def _customer(connection: Connection, crm: CRM, id: UUID, name: str) -> None:
    table, now = metadata_for(None).tables["oa_crm_customer"], crm.clock.now()
    facts: dict[str, Any] = dict.fromkeys(_OF_0001, "li") | {"id": id, "tenant_id": "acme", "name": name, "version": 1}
    connection.execute(table.insert().values(**facts | {"created_at": now, "updated_at": now}))
    key = "INSERT INTO oa_crm_duplicate_key (tenant_id, key_hash, customer_id) SELECT tenant_id, 7, id FROM "
    connection.execute(text(key + "oa_crm_customer WHERE name = :name"), {"name": name})


def test_customers_of_the_first_version_are_there_and_wait_for_their_keys(
    bare_database_url: str, opened: Opened
) -> None:
    crm = opened(bare_database_url)
    names = ["杭州云帆智能科技有限公司", "长风物流有限公司"]
    _first_version(crm, bare_database_url, names)
    assert crm.migrate() == crm.migrations.head
    scope = crm.scope(tenant="acme", actor=Actor.system())
    with crm.engine.connect() as connection:
        assert list(connection.scalars(select(DuplicateEntry.keyed_as))) == [0, 0]
    with crm.begin(scope) as unit:
        assert {one.name for one in unit.customers.find().items} == set(names)
        with pytest.raises(DuplicateKeysMissing):
            unit.customers.check({"name": names[0]})
    assert crm.duplicates.rebuild(scope).done == 2
    with crm.begin(scope) as unit:
        assert unit.customers.check({"name": "云帆智能科技(杭州)有限公司"}).verdict is Verdict.BLOCK


def test_what_was_said_before_there_were_leads_is_there_word_for_word(bare_database_url: str, opened: Opened) -> None:
    crm, customer, said = opened(bare_database_url), new_id(), new_id()
    with create_engine(bare_database_url, poolclass=NullPool).begin() as connection:
        config = crm.migrations._config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        _customer(connection, crm, customer, "长风物流有限公司")
        table, now = metadata_for(None).tables["oa_crm_follow_up"], crm.clock.now()
        facts = {"id": said, "tenant_id": "acme", "customer_id": customer, "way": "visit", "outcome": "看过样机,要报价"}
        connection.execute(table.insert().values(**facts, happened_at=now, created_at=now, created_by="li"))
    crm.migrate()
    with crm.begin(crm.scope(tenant="acme", actor=Actor.system())) as unit:
        (kept,) = unit.followups.history(customer).items
    assert {name: getattr(kept, name) for name in ("id", "customer_id", "way", "outcome")} == {
        name: facts[name] for name in ("id", "customer_id", "way", "outcome")
    }
    assert (kept.lead_id, kept.happened_at, kept.created_by) == (None, now, "li")


def test_a_level_from_before_is_the_first_change_of_its_customer(bare_database_url: str, opened: Opened) -> None:
    crm, graded, plain = opened(bare_database_url), new_id(), new_id()
    with create_engine(bare_database_url, poolclass=NullPool).begin() as connection:
        config = crm.migrations._config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for id, name in ((graded, "云帆智能科技有限公司"), (plain, "长风物流有限公司")):
            _customer(connection, crm, id, name)
        customers = metadata_for(None).tables["oa_crm_customer"]
        connection.execute(customers.update().where(customers.c.id == graded).values(level="A"))
    crm.migrate()
    with crm.begin(crm.scope(tenant="acme", actor=Actor.system())) as unit:
        (first,) = unit.customers.class_history(graded).items
        assert (first.tree, first.before, first.after, first.cause, first.by) == ("level", None, "A", "earlier", "li")
        assert unit.customers.class_history(plain).items == ()
        unit.customers.update(graded, {"expected_version": 1, "level": "B"})
        assert [one.before for one in unit.customers.class_history(graded).items] == ["A", None]
        assert unit.customers.classes_of(graded).level_pinned is False


def test_a_request_from_before_is_of_the_pipeline_that_its_project_is_in(
    bare_database_url: str, opened: Opened
) -> None:
    crm, customer, pipeline = opened(bare_database_url), new_id(), new_id()
    projects = {new_id(): pipeline, new_id(): None}
    with create_engine(bare_database_url, poolclass=NullPool).begin() as connection:
        config = crm.migrations._config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0028")
        now, tables = crm.clock.now(), metadata_for(None).tables
        by = {"tenant_id": "acme", "version": 1, "created_by": "li", "updated_by": "li"}
        by |= {"created_at": now, "updated_at": now}
        connection.execute(tables["oa_crm_customer"].insert().values(id=customer, name="长风物流有限公司", **by))
        for id, its in projects.items():
            facts = {"name": "仓库管理", "customer_id": customer, "owner_id": "li", "stage": "met", "state": "open"}
            made = tables["oa_crm_project"].insert().values(id=id, pipeline_id=its, currency="CNY", **facts, **by)
            connection.execute(made)
            asked = {"tenant_id": "acme", "project_id": id, "stage": "offered", "reason": "要报价", "state": "granted"}
            stamp = {"requested_at": now, "requested_by": "li"}
            connection.execute(tables["oa_crm_stage_request"].insert().values(id=new_id(), **asked, **stamp))
    crm.migrate()
    with crm.engine.connect() as connection:
        assert dict(connection.execute(select(StageRequest.project_id, StageRequest.pipeline_id)).all()) == projects
