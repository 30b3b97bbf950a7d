"""The tables: migrated equals fresh, on every database, beside a host's own."""

import threading

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from oa_crm import CRM, Actor, Settings, include_name
from oa_crm.errors import SchemaOutdated
from oa_crm.models import VERSION_TABLE, metadata_for


def _shape(url: str) -> dict[str, object]:
    engine = sa.create_engine(url)
    inspector = sa.inspect(engine)
    names = [name for name in inspector.get_table_names() if name.startswith("oa_crm_") and name != VERSION_TABLE]
    shape: dict[str, object] = {}
    for name in names:
        shape[name] = (
            [(one["name"], str(one["type"]), one["nullable"]) for one in inspector.get_columns(name)],
            sorted((one["name"], tuple(one["column_names"])) for one in inspector.get_indexes(name)),
            sorted(tuple(one["column_names"]) for one in inspector.get_unique_constraints(name)),
            sorted(
                (tuple(one["constrained_columns"]), one["referred_table"]) for one in inspector.get_foreign_keys(name)
            ),
            inspector.get_pk_constraint(name)["constrained_columns"],
        )
    engine.dispose()
    return shape


def test_fresh_equals_migrated(bare_database_url: str) -> None:
    crm = CRM(bare_database_url)
    crm.migrate()
    migrated = _shape(bare_database_url)
    assert crm.migrations.differences() == []
    tables = metadata_for(None)
    tables.drop_all(crm.engine)
    tables.create_all(crm.engine)
    assert _shape(bare_database_url) == migrated
    assert len(migrated) == len(tables.tables)
    crm.close()


def test_check_knows_before_and_after_and_a_repeat_is_harmless(bare_database_url: str) -> None:
    crm = CRM(bare_database_url)
    with pytest.raises(SchemaOutdated, match="migrate"):
        crm.migrations.check()
    assert crm.migrate() == crm.migrate() == crm.migrations.head
    crm.migrations.check()
    crm.close()


def test_several_may_migrate_at_once(bare_database_url: str) -> None:
    failed: list[Exception] = []

    def migrate() -> None:
        crm = CRM(bare_database_url)
        try:
            crm.migrate()
        except Exception as error:
            failed.append(error)
        finally:
            crm.close()

    threads = [threading.Thread(target=migrate) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_the_printed_statements_make_the_same_tables(bare_database_url: str) -> None:
    engine = sa.create_engine(bare_database_url)
    crm = CRM(engine)
    lines = [line for line in crm.migrations.sql().splitlines() if not line.startswith("--")]
    with engine.begin() as connection:
        for statement in "\n".join(lines).split(";"):
            if statement.strip() and statement.strip() not in ("BEGIN", "COMMIT"):
                connection.exec_driver_sql(statement)
    crm.migrations.check()
    assert crm.migrations.differences() == []
    engine.dispose()


def test_the_hosts_alembic_leaves_us_alone(bare_database_url: str) -> None:
    crm = CRM(bare_database_url)
    crm.migrate()
    host = sa.MetaData()
    sa.Table("host_invoice", host, sa.Column("id", sa.Integer, primary_key=True))
    with crm.engine.begin() as connection:
        host.create_all(connection)
        context = MigrationContext.configure(connection, opts={"include_name": include_name})
        assert compare_metadata(context, host) == []
    crm.close()


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_schema_of_its_own_beside_the_hosts_tables(bare_database_url: str) -> None:
    host = sa.Table("host_note", sa.MetaData(), sa.Column("words", sa.String(20)))
    engine = sa.create_engine(bare_database_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE SCHEMA crm")
        host.create(connection)
    crm = CRM(engine, settings=Settings(db_schema="crm"))
    crm.migrate()
    assert crm.migrations.differences() == []
    with engine.connect() as connection:
        connection.execute(host.insert(), {"words": "before"})
        with crm.join(connection, crm.scope(tenant="acme", actor=Actor.system())) as unit:
            unit.directory.save_member({"id": "a", "name": "A"})
            connection.execute(host.insert(), {"words": "within"})
        connection.commit()
        assert connection.scalar(sa.select(sa.func.count()).select_from(host)) == 2
    inspector = sa.inspect(engine)
    assert "oa_crm_member" in inspector.get_table_names(schema="crm")
    assert [name for name in inspector.get_table_names() if name.startswith("oa_crm")] == []
    engine.dispose()
