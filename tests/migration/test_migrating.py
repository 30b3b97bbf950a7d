"""Migrated equals fresh on every database; migrating is explicit, repeatable, and safe from several processes."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool
from tests.migration import reflection
from tests.migration.conftest import Opened

from oa_crm import CRM, Actor, Settings
from oa_crm.errors import SchemaOutdated
from oa_crm.models import VERSION_TABLE, metadata_for

MIGRATE = "import sys; from oa_crm import CRM; print(CRM(sys.argv[1]).migrate())"


def _run(url: str, *statements: str) -> None:
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def _create_all(url: str, schema: str | None = None) -> None:
    metadata_for(schema).create_all(create_engine(url, poolclass=NullPool))


def test_a_migrated_database_equals_a_fresh_one(bare_database_url: str, other_bare_url: str, opened: Opened) -> None:
    migrated = opened(bare_database_url)
    migrated.migrate()
    _create_all(other_bare_url)
    _run(bare_database_url, f"DROP TABLE {VERSION_TABLE}")
    held = reflection.tables(bare_database_url)
    assert held == reflection.tables(other_bare_url)
    assert set(held["tables"]) == set(metadata_for(None).tables)
    assert migrated.migrations.differences() == []


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_migrated_schema_equals_a_fresh_one(bare_database_url: str, opened: Opened, backend: str) -> None:
    _run(bare_database_url, "CREATE SCHEMA migrated", "CREATE SCHEMA fresh")
    crm = opened(bare_database_url, settings=Settings(db_schema="migrated"))
    crm.migrate()
    _create_all(bare_database_url, "fresh")
    held, fresh = reflection.tables(bare_database_url, "migrated"), reflection.tables(bare_database_url, "fresh")
    del held["tables"][VERSION_TABLE]
    held["catalogue"] = [row for row in held["catalogue"] if row[0] != VERSION_TABLE]
    assert repr(held).replace("migrated", "fresh") == repr(fresh)
    assert crm.migrations.differences() == []
    assert reflection.names(bare_database_url) == set()


@pytest.mark.parametrize(
    "damage",
    [
        "DROP TABLE oa_crm_audit",
        "ALTER TABLE oa_crm_audit DROP COLUMN reason",
        "ALTER TABLE oa_crm_audit ADD COLUMN surplus INTEGER",
        "CREATE INDEX ix_oa_crm_surplus ON oa_crm_audit (actor_id)",
        "CREATE TABLE oa_crm_surplus (id INTEGER)",
    ],
)
def test_a_difference_between_tables_and_models_is_told(sqlite_url: str, opened: Opened, damage: str) -> None:
    crm = opened(sqlite_url)
    assert crm.migrations.differences() == []
    _run(sqlite_url, damage)
    assert len(crm.migrations.differences()) >= 1


def test_migrating_again_changes_nothing_and_keeps_every_row(bare_database_url: str, opened: Opened) -> None:
    crm = opened(bare_database_url)
    first = crm.migrate()
    with crm.begin(crm.scope(tenant="acme", actor=Actor.system())) as unit:
        unit.directory.save_member({"id": "li.na", "name": "李娜", "roles": ("salesperson",)})
    before = reflection.tables(bare_database_url)
    assert crm.migrate() == first == crm.migrations.head
    assert opened(bare_database_url).migrate() == first
    assert reflection.tables(bare_database_url) == before
    with crm.begin(crm.scope(tenant="acme", actor=Actor.system()), read_only=True) as unit:
        assert [one.name for one in unit.directory.members()] == ["李娜"]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_four_processes_may_migrate_at_once(bare_database_url: str, opened: Opened, backend: str) -> None:
    command = [sys.executable, "-W", "error", "-c", MIGRATE, bare_database_url]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    ended = [(*process.communicate(timeout=120), process.returncode) for process in running]
    crm = opened(bare_database_url)
    assert [(out.strip(), code) for out, _, code in ended] == [(crm.migrations.head, 0)] * 4, ended
    crm.migrations.check()
    assert crm.migrations.differences() == []


def test_four_threads_may_migrate_at_once(bare_database_url: str, opened: Opened) -> None:
    crms = [opened(bare_database_url) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        versions = list(threads.map(CRM.migrate, crms))
    assert versions == [crms[0].migrations.head] * 4
    assert crms[0].migrations.differences() == []


def test_threads_may_migrate_a_database_each(bare_database_url: str, other_bare_url: str, opened: Opened) -> None:
    crms = [opened(bare_database_url), opened(other_bare_url)]
    with ThreadPoolExecutor(2) as threads:
        versions = list(threads.map(CRM.migrate, crms))
    assert versions == [crms[0].migrations.head] * 2
    assert [crm.migrations.differences() for crm in crms] == [[], []]


def test_check_complains_before_and_is_silent_after(bare_database_url: str, opened: Opened) -> None:
    crm = opened(bare_database_url)
    with pytest.raises(SchemaOutdated, match=r"crm\.migrate\(\)") as before:
        crm.migrations.check()
    assert before.value.details == {"found": "-", "needed": crm.migrations.head}
    crm.migrate()
    crm.migrations.check()


def test_a_unit_without_tables_says_what_to_do(bare_database_url: str, opened: Opened) -> None:
    crm = opened(bare_database_url)
    scope = crm.scope(tenant="acme", actor="zhang.wei")
    with pytest.raises(SchemaOutdated, match=r"crm\.migrate\(\)"), crm.begin(scope) as unit:
        unit.customers.find()
    host = create_engine(bare_database_url)
    with host.connect() as connection:
        with pytest.raises(SchemaOutdated), crm.join(connection, scope) as unit:
            unit.customers.find()
        connection.rollback()
    host.dispose()
    crm.migrate()
    _run(bare_database_url, "ALTER TABLE oa_crm_member DROP COLUMN external")
    with pytest.raises(DBAPIError), crm.begin(scope) as unit:  # the version is right: the database's own words stay
        unit.customers.find()


def test_a_unit_on_older_tables_says_what_to_do(bare_database_url: str, opened: Opened) -> None:
    crm = opened(bare_database_url)
    crm.migrate()
    _run(bare_database_url, "ALTER TABLE oa_crm_member DROP COLUMN external")
    _run(bare_database_url, f"UPDATE {VERSION_TABLE} SET version_num = '0001'")
    with pytest.raises(SchemaOutdated, match="at 0001"), crm.begin(crm.scope(tenant="acme", actor="zhang.wei")) as unit:
        unit.customers.find()


def test_tables_that_are_newer_than_the_code_are_refused(sqlite_url: str, opened: Opened) -> None:
    crm = opened(sqlite_url)
    _run(sqlite_url, f"UPDATE {VERSION_TABLE} SET version_num = '9999'")
    with pytest.raises(SchemaOutdated, match="9999"):
        crm.migrations.check()
    with pytest.raises(SchemaOutdated, match="9999") as newer:
        crm.migrate()
    assert "crm.migrate()" not in newer.value.text("en"), "which has just refused"
    assert "install that version" in newer.value.text("en")
    assert "更高版本" in newer.value.text("zh-CN")


def test_making_a_crm_and_looking_at_it_creates_no_table(bare_database_url: str, opened: Opened) -> None:
    crm = opened(bare_database_url)
    with pytest.raises(SchemaOutdated):
        crm.migrations.check()
    crm.migrations.sql()
    assert crm.migrations.differences() != []
    assert reflection.names(bare_database_url) == set()


# On MariaDB each statement commits by itself, as the docstring of Migrations says.
@pytest.mark.parametrize("backend", ["sqlite", "postgresql"], indirect=True)
def test_a_migration_that_fails_half_way_leaves_nothing(bare_database_url: str, opened: Opened, backend: str) -> None:
    _run(bare_database_url, "CREATE TABLE oa_crm_settlement (id INTEGER)")
    crm = opened(bare_database_url)
    with pytest.raises(Exception, match="oa_crm_settlement"):
        crm.migrate()
    assert reflection.names(bare_database_url) == {"oa_crm_settlement"}
    _run(bare_database_url, "DROP TABLE oa_crm_settlement")
    crm.migrate()
    assert crm.migrations.differences() == []


def test_the_statements_for_a_dba_make_the_same_tables(
    bare_database_url: str, other_bare_url: str, opened: Opened
) -> None:
    opened(other_bare_url).migrate()
    crm = opened(bare_database_url)
    _run(bare_database_url, *_statements(crm.migrations.sql()))
    crm.migrations.check()
    assert crm.migrations.differences() == []
    assert reflection.tables(bare_database_url) == reflection.tables(other_bare_url)


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_the_statements_for_a_dba_name_the_schema(bare_database_url: str, opened: Opened, backend: str) -> None:
    crm = opened(bare_database_url, settings=Settings(db_schema="crm"))
    _run(bare_database_url, "CREATE SCHEMA crm", *_statements(crm.migrations.sql()))
    crm.migrations.check()
    assert crm.migrations.differences() == []
    assert reflection.names(bare_database_url) == set()


def _statements(script: str) -> list[str]:
    lines = [line for line in script.splitlines() if not line.startswith("--")]
    return [one.strip() for one in "\n".join(lines).split(";") if one.strip()]


def test_the_version_table_is_our_own(bare_database_url: str, opened: Opened) -> None:
    opened(bare_database_url).migrate()
    engine = create_engine(bare_database_url, poolclass=NullPool)
    with engine.connect() as connection:
        names = set(inspect(connection).get_table_names())
        version = connection.scalar(text("SELECT version_num FROM oa_crm_alembic_version"))
    assert version == opened(bare_database_url).migrations.head
    assert "alembic_version" not in names
    assert all(name.startswith("oa_crm_") for name in names)
