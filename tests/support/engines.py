"""One engine per database and worker, as a host has one: statements are compiled once for all tests, and connections
stay. A new one costs PostgreSQL more than most acts: it reads the catalogue of our hundred tables again."""

import sqlite3

from sqlalchemy import Engine, create_engine, make_url

from oa_crm.contrib.sqlite import tune


class Engines:
    """A worker's engines by URL. On SQLite each test has a file of its own, and the engine moves on to it."""

    def __init__(self) -> None:
        self._file = ""
        self._sqlite = tune(create_engine("sqlite:///each-test-has-a-file-of-its-own.db", creator=self._connect))
        self._others: dict[str, Engine] = {}

    def on(self, url: str) -> Engine:
        """The engine, on this database."""
        parsed = make_url(url)
        if parsed.get_backend_name() != "sqlite":
            if url not in self._others:
                self._others[url] = create_engine(url, pool_pre_ping=True)
            return self._others[url]
        self._sqlite.dispose()
        self._file = str(parsed.database)
        return self._sqlite

    def close(self) -> None:
        """Give every connection back."""
        for engine in (self._sqlite, *self._others.values()):
            engine.dispose()

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._file, check_same_thread=False)
