"""Runs the migrations on an engine: `upgrade`, `check`, `sql`."""

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from oa_crm.database import ensure_begun
from oa_crm.errors import SchemaOutdated
from oa_crm.models import PREFIX, VERSION_TABLE, metadata_for

_LOCK = 6_202_601
# alembic hands its context to env.py and to the versions through globals of the process.
_ALEMBIC = threading.Lock()


class Migrations:
    """The tables' versions. On MariaDB each statement commits by itself: take a backup before an upgrade."""

    def __init__(self, engine: Engine, schema: str | None = None) -> None:
        self._engine, self._schema = engine, schema

    def upgrade(self) -> str:
        """Bring the tables to this code's version, creating them if there are none. Harmless to repeat.

        Returns the version. Several processes may call it at once: they take turns. At every start of a host it costs
        one look at the version.
        """
        if self._found() == self.head:
            return self.head
        with _ALEMBIC, self._engine.begin() as connection, _one_at_a_time(connection):
            self._refuse_newer(connection)
            config = self._config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
        return self.head

    def check(self) -> None:
        """Raise `schema_outdated` unless the tables are at this code's version."""
        found = self._found()
        if found != self.head:
            raise SchemaOutdated(found, self.head)

    def differences(self) -> list[Any]:
        """What the tables in the database lack or have beyond the models, as alembic operations."""
        with self._engine.connect() as connection:
            found = compare_metadata(self._context(connection), metadata_for(self._schema))
        return list(found)

    def sql(self) -> str:
        """The statements that would make every table from nothing, for a DBA to read and run."""
        out = io.StringIO()
        config = self._config(output_buffer=out)
        config.attributes["dialect_name"] = self._engine.dialect.name
        with _ALEMBIC:
            command.upgrade(config, "head", sql=True)
        return out.getvalue()

    def _refuse_newer(self, connection: Connection) -> None:
        found = self._context(connection).get_current_revision()
        if found is not None and found not in _versions():
            raise SchemaOutdated(found, self.head)

    def _found(self) -> str | None:
        with self._engine.connect() as connection:
            return self._context(connection).get_current_revision()

    @property
    def head(self) -> str:
        """The version that this code needs."""
        return _versions()[0]

    def _config(self, **options: Any) -> Config:
        config = _config(**options)
        config.attributes["schema"] = self._schema
        return config

    def _context(self, connection: Connection) -> MigrationContext:
        return MigrationContext.configure(connection, opts=context_options(self._schema))


def _config(**options: Any) -> Config:
    config = Config(**options)
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


@cache
def _versions() -> tuple[str, ...]:
    """Every version that this code knows, the newest first. Read once: alembic compiles all of them to tell."""
    return tuple(one.revision for one in ScriptDirectory.from_config(_config()).walk_revisions())


def context_options(schema: str | None) -> dict[str, Any]:
    """How alembic looks at our tables, here and in `env.py`."""

    def ours(name: str | None, type_: str, _parents: Any) -> bool:
        if type_ == "schema":
            return name == schema
        return type_ != "table" or (name is not None and name.startswith(PREFIX) and name != VERSION_TABLE)

    return {
        "version_table": VERSION_TABLE,
        "version_table_schema": schema,
        "include_name": ours,
        "include_schemas": schema is not None,
        "compare_type": False,
    }


@contextmanager
def _one_at_a_time(connection: Connection) -> Iterator[None]:
    """Let one process migrate and the others wait for it."""
    name = connection.dialect.name
    if name == "sqlite":
        ensure_begun(connection)
    elif name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    else:
        connection.execute(text("SELECT GET_LOCK(:lock, 600)"), {"lock": f"{PREFIX}{_LOCK}"})
    try:
        yield
    finally:
        if name not in ("sqlite", "postgresql"):
            connection.execute(text("SELECT RELEASE_LOCK(:lock)"), {"lock": f"{PREFIX}{_LOCK}"})
