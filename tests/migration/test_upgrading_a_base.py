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
from oa_crm.models import DuplicateEntry, metadata_for
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
