"""The databases the tests work in: made, migrated, emptied and dropped here.

Each worker makes its own, all named `oa_crm_test_...`, and nothing else on a server is ever touched.
Starting servers is servers.py; what emptying means is emptying.py.
"""

import contextlib
import itertools
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import NullPool

from tests.support.emptying import Emptier

PREFIX = "oa_crm_test_"


def migrate(url: str) -> None:
    """Bring the database at `url` to the library's newest schema."""
    from oa_crm import CRM

    with closing(CRM(url)) as crm:
        crm.migrate()


class Databases(Protocol):
    """What a worker can ask of one backend."""

    def take(self) -> str:
        """The URL of a migrated, empty database, to be given back after the test."""

    def give_back(self, url: str) -> None: ...

    def create(self) -> str:
        """The URL of a database without any table, to be dropped after the test."""

    def drop(self, url: str) -> None: ...

    def close(self) -> None: ...


class SqliteFiles:
    """A file per test, copied from one that was migrated once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)
        self._template: Path | None = None

    def take(self) -> str:
        template = self._template or self._migrated()
        url = self.create()
        shutil.copyfile(template, _file(url))
        return url

    def give_back(self, url: str) -> None:
        self.drop(url)

    def create(self) -> str:
        return f"sqlite:///{self._folder / f'{PREFIX}{next(self._numbers)}.db'}"

    def drop(self, url: str) -> None:
        for end in ("", "-wal", "-shm", "-journal"):
            Path(f"{_file(url)}{end}").unlink(missing_ok=True)

    def close(self) -> None:
        """Nothing to do: pytest removes the folder."""

    def _migrated(self) -> Path:
        url = self.create()
        migrate(url)
        self._template = _file(url)
        # In WAL mode the tables may still be in the file beside it, which is not copied.
        with closing(sqlite3.connect(self._template)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return self._template


class ServerDatabases:
    """One worker's databases on one server: a migrated one that is emptied after each test, and bare ones."""

    def __init__(self, server: URL, owner: str) -> None:
        self._server = server
        self._engine = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        self._names = (f"{PREFIX}{owner}_{number}" for number in itertools.count(1))
        self._made: set[str] = set()
        self._migrated: tuple[str, Emptier] | None = None

    def take(self) -> str:
        if self._migrated is None:
            url = self.create()
            migrate(url)
            self._migrated = url, Emptier(url)
        return self._migrated[0]

    def give_back(self, url: str) -> None:
        """Empty the database; one that resists is replaced, and the test that left it so gets the error."""
        assert self._migrated
        try:
            usable = self._migrated[1].empty()
        except DBAPIError as error:
            self._discard()
            raise AssertionError("the test left its database locked: a transaction is still open") from error
        if not usable:
            self._discard()

    def create(self) -> str:
        name = next(self._names)
        with self._engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        self._made.add(name)
        return self._server.set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        name = make_url(url).database
        assert name in self._made, f"{name} is not a database of this test run"
        with self._engine.connect() as connection:
            for statement in _dropping(connection, name):
                connection.execute(text(statement))
        self._made.remove(name)

    def close(self) -> None:
        if self._migrated:
            self._discard()
        for name in list(self._made):
            self.drop(self._server.set(database=name).render_as_string(hide_password=False))

    def _discard(self) -> None:
        assert self._migrated
        (url, emptier), self._migrated = self._migrated, None
        emptier.close()
        self.drop(url)


def _dropping(connection: Connection, name: str) -> Iterator[str]:
    if connection.dialect.name == "postgresql":
        yield f"DROP DATABASE {name} WITH (FORCE)"
        return
    users = text("SELECT id FROM information_schema.processlist WHERE db = :name")
    for user in connection.scalars(users, {"name": name}).all():
        with contextlib.suppress(OperationalError):  # it may have gone by itself meanwhile
            connection.execute(text(f"KILL {user}"))
    yield f"DROP DATABASE {name}"


def _file(url: str) -> Path:
    path = make_url(url).database
    assert path
    return Path(path)
