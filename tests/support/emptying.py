"""Puts a migrated database back as its migration left it, in milliseconds.

Only tables with rows are emptied, and tables a test added are dropped. What cannot be put back (a missing
table, a changed row of those the migration itself wrote) is reported, so that the database is replaced.
"""

from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError

# A transaction that a test left open must not stop the whole run.
_PATIENCE = {
    "postgresql": ["SET lock_timeout = '5s'"],
    "mysql": ["SET lock_wait_timeout = 5", "SET innodb_lock_wait_timeout = 5"],
}
_WITHOUT_FOREIGN_KEYS = {
    "postgresql": ["SET session_replication_role = replica"],
    "mysql": ["SET foreign_key_checks = 0"],
}


class Emptier:
    """Knows the tables of one database as they were right after its migration."""

    def __init__(self, url: str) -> None:
        # One connection is kept open: on a new one PostgreSQL first has to read its catalogue again.
        self._engine = create_engine(url, isolation_level="AUTOCOMMIT", pool_size=1, pool_pre_ping=True)
        with self._engine.connect() as connection:
            self._tables = _table_names(connection)
            self._written = {name: _rows(connection, name) for name in _filled(connection, self._tables)}

    def empty(self) -> bool:
        """Empty the database; False when it is not as the migration left it even so."""
        with self._engine.connect() as connection:
            family = _family(connection)
            for statement in _PATIENCE[family]:
                connection.execute(text(statement))
            tables = _table_names(connection)
            _drop(connection, tables - self._tables)
            _clear(connection, _filled(connection, tables & self._tables) - self._written.keys())
            return tables >= self._tables and all(
                _rows(connection, name) == rows for name, rows in self._written.items()
            )

    def close(self) -> None:
        self._engine.dispose()


def _clear(connection: Connection, names: set[str]) -> None:
    if not names:
        return
    quote = connection.dialect.identifier_preparer.quote
    try:
        # In one transaction: a commit for each table took most of the time.
        for statement in (*_WITHOUT_FOREIGN_KEYS[_family(connection)], "BEGIN"):
            connection.exec_driver_sql(statement)
        for name in names:
            connection.exec_driver_sql(f"DELETE FROM {quote(name)}")
        connection.exec_driver_sql("COMMIT")
    except DBAPIError:
        # No right to switch foreign keys off, or a trigger that forbids DELETE; ten times slower.
        connection.exec_driver_sql("ROLLBACK")
        cascade = " CASCADE" if _family(connection) == "postgresql" else ""
        for name in names:
            connection.execute(text(f"TRUNCATE TABLE {quote(name)}{cascade}"))


def _drop(connection: Connection, names: set[str]) -> None:
    if not names:
        return
    quote = connection.dialect.identifier_preparer.quote
    if _family(connection) == "mysql":
        connection.execute(text("SET foreign_key_checks = 0"))
    for name in names:
        connection.execute(text(f"DROP TABLE {quote(name)} CASCADE"))


def _filled(connection: Connection, names: set[str]) -> set[str]:
    if not names:
        return set()
    quote = connection.dialect.identifier_preparer.quote
    probes = (f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {quote(name)})" for name in sorted(names))
    return set(connection.exec_driver_sql(" UNION ALL ".join(probes)).scalars())


def _rows(connection: Connection, name: str) -> list[str]:
    quoted = connection.dialect.identifier_preparer.quote(name)
    return sorted(repr(tuple(row)) for row in connection.execute(text(f"SELECT * FROM {quoted}")))


def _table_names(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


def _family(connection: Connection) -> str:
    return "postgresql" if connection.dialect.name == "postgresql" else "mysql"
