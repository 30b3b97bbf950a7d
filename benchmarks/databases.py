"""Scratch databases for the benchmarks, on the servers that the tests use; gone at the end.

Durability is what the tests run with: none on PostgreSQL and MariaDB (no fsync), SQLite's own default
(every commit synced) and, as `sqlite-nosync`, SQLite without it. Both sides of a comparison share an engine.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from tests.support.databases import Databases, ServerDatabases, SqliteFiles, migrate
from tests.support.recipes import HOW, given_url, program
from tests.support.servers import Run, ServerStartError

from oa_crm.contrib.sqlite import tune

KINDS = ("sqlite", "sqlite-nosync", "postgresql", "mariadb")


@dataclass(frozen=True, slots=True)
class Place:
    """A migrated, empty database."""

    kind: str
    url: str

    def engine(self) -> Engine:
        """An engine as a host would make it."""
        if not self.kind.startswith("sqlite"):
            return create_engine(self.url)
        engine = tune(create_engine(self.url))
        if self.kind == "sqlite-nosync":
            event.listen(engine, "connect", _without_sync)
        return engine


class Places:
    """Starts servers when they are first asked for."""

    def __init__(self) -> None:
        self._run: Run | None = None
        self._sources: dict[str, Databases] = {}
        self._folder = tempfile.TemporaryDirectory(prefix="oa_crm_benchmarks_")

    @contextmanager
    def fresh(self, kind: str) -> Iterator[Place]:
        """A database for one benchmark."""
        source = self._source(kind)
        url = source.create()
        try:
            migrate(url)
            yield Place(kind, url)
        finally:
            source.drop(url)

    def why_not(self, kind: str) -> str | None:
        """What is missing for this kind of database, if anything."""
        if kind.startswith("sqlite"):
            return None
        if not (given_url(kind) or program(kind)):
            return f"{kind} is missing; to have it: {HOW[kind]}"
        try:
            self._source(kind)
        except ServerStartError as error:
            return str(error)
        return None

    def close(self) -> None:
        """Drop what is left and stop the servers."""
        for source in self._sources.values():
            source.close()
        if self._run is not None:
            self._run.end()
        self._folder.cleanup()

    def _source(self, kind: str) -> Databases:
        if kind not in self._sources:
            self._sources[kind] = self._files() if kind.startswith("sqlite") else self._server(kind)
        return self._sources[kind]

    def _files(self) -> Databases:
        return SqliteFiles(Path(tempfile.mkdtemp(dir=self._folder.name)))

    def _server(self, kind: str) -> Databases:
        self._run = self._run or Run.begin()
        return ServerDatabases(self._run.server(kind), f"{self._run.token}_bench")


def _without_sync(dbapi_connection: Any, _record: Any) -> None:
    dbapi_connection.execute("PRAGMA synchronous = OFF")
