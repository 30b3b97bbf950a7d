"""Transactions that mean what they say, on the CRM's engine and on a host's that we did not make.

Python's sqlite3 begins a transaction only at the first write, and a savepoint outside of one commits when it
is released. So on SQLite we begin ourselves, with the write lock, before anything else.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import StaticPool

from oa_crm.errors import Busy, ConfigurationError
from oa_crm.models import SCHEMA_TOKEN

_LIKE = "such as 'postgresql+psycopg://user@host/name', 'mysql+pymysql://user@host/name' or 'sqlite:///crm.db'"
_OURS = ("sqlite", "postgresql", "mysql", "mariadb")


def engine_of(database: str | URL | Engine) -> Engine:
    """The engine of a CRM: the host's own, or one made from a URL. Raises `ConfigurationError` for what is neither,
    for a driver that is missing, and for a database that is none of the three. Nothing connects."""
    engine = database if isinstance(database, Engine) else make_engine(database)
    if engine.dialect.name not in _OURS:
        raise ConfigurationError(f"oa_crm lives on SQLite, PostgreSQL and MariaDB, not on {engine.dialect.name}")
    if engine.dialect.is_async:
        raise ConfigurationError(f"{engine.dialect.driver} is an asynchronous driver; give a synchronous one, {_LIKE}")
    return engine


def make_engine(url: str | URL) -> Engine:
    """The engine of a CRM that was given a URL: SQLite tuned, others checked before use."""
    if not isinstance(url, str | URL):
        raise ConfigurationError(f"a database is a URL or an Engine of SQLAlchemy, not {type(url).__name__}; {_LIKE}")
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise ConfigurationError(f"the URL of the database cannot be read; write one {_LIKE}") from None
    try:
        return _made(parsed)
    except ArgumentError:
        raise ConfigurationError(f"{parsed.drivername!r} names no database; write a URL {_LIKE}") from None
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"{parsed.drivername!r} needs the package {error.name}; `pip install 'oa-crm[postgres]'` brings psycopg, "
            f"`pip install 'oa-crm[mysql]'` brings pymysql, and a URL names it, {_LIKE}"
        ) from error


def _made(parsed: URL) -> Engine:
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_pre_ping=True)
    if parsed.database in (None, "", ":memory:"):
        # One connection for all, else each would see a database of its own.
        return tune(create_engine(parsed, poolclass=StaticPool, connect_args={"check_same_thread": False}))
    return tune(create_engine(parsed))


READ_COMMITTED = "oa_crm_read_committed"
"""The execution option of connections whose transactions are so, where SQLAlchemy's own does not say it."""


def read_committed(engine: Engine) -> Engine:
    """The same engine at the isolation that all three databases share: a statement sees what is committed.

    MariaDB's default would hide what others committed after the first read. There each transaction asks for it: a
    session that is set, and set back for the host, takes four ways to the server instead of one."""
    if engine.dialect.name == "sqlite":
        return engine
    if engine.dialect.name not in ("mysql", "mariadb"):
        ours = engine.execution_options(isolation_level="READ COMMITTED")
        if "isolation_level" in engine.get_execution_options():
            event.listen(ours, "begin", _read_committed_after_all)
        return ours
    ours = engine.execution_options(**{READ_COMMITTED: True})
    event.listen(ours, "begin", _read_committed_once)
    event.listen(ours, "rollback", _roll_back_unskipped)
    return ours


def _read_committed_after_all(connection: Connection) -> None:
    """A level that a host gave his engine by an option is set after ours. What is set here, the pool sets back."""
    driver: Any = connection.connection.dbapi_connection
    connection.dialect.set_isolation_level(driver, "READ COMMITTED")


_ASK = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED"
# "Transaction characteristics can't be changed while a transaction is in progress".
_BEGUN_ALREADY = 1568


def _read_committed_once(connection: Connection) -> None:
    driver = connection.connection
    with closing(driver.cursor()) as cursor:
        try:
            cursor.execute(_ASK)
        except Exception as error:
            if error.args[:1] != (_BEGUN_ALREADY,):
                raise
            # A host's pool looked something up when it lent the connection: a snapshot that no unit may start from.
            driver.rollback()
            cursor.execute(_ASK)
        if _in_autocommit(connection):
            # The host's setting stays, and what was asked holds for the transaction that begins here.
            cursor.execute("START TRANSACTION")


def _roll_back_unskipped(connection: Connection) -> None:
    """A host may tell SQLAlchemy that in autocommit there is nothing to roll back. Of ours there is."""
    if connection.dialect.skip_autocommit_rollback and _in_autocommit(connection):
        connection.connection.rollback()


def _in_autocommit(connection: Connection) -> bool:
    driver = connection.connection.dbapi_connection
    return driver is not None and connection.dialect.detect_autocommit_setting(driver)


def ensure_begun(connection: Connection, *, write: bool = True) -> None:
    """Make sure that the driver really is in a transaction, before a savepoint relies on it."""
    if connection.dialect.name == "sqlite" and not connection.connection.driver_connection.in_transaction:  # type: ignore[union-attr]
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


# PostgreSQL: serialization failure, deadlock, lock not available. MariaDB: lock wait timeout, deadlock, record changed.
_BUSY_STATES, _BUSY_NUMBERS = {"40001", "40P01", "55P03"}, {1205, 1213, 1020}


@contextmanager
def busy_said_plainly() -> Iterator[None]:
    """Turn the databases' words for "somebody else holds it" into our `Busy`."""
    try:
        yield
    except DBAPIError as error:
        if means_busy(error):
            raise Busy from error
        raise


def means_busy(error: BaseException | None) -> bool:
    """Whether a lock is behind it. A deadlock on MariaDB hides: the savepoint it took along is missed next."""
    if error is None:
        return False
    driver = error.orig if isinstance(error, DBAPIError) else None
    number = driver.args[0] if driver is not None and driver.args else None
    locked = isinstance(driver, sqlite3.OperationalError) and "locked" in str(driver)
    if locked or getattr(driver, "sqlstate", None) in _BUSY_STATES or number in _BUSY_NUMBERS:
        return True
    return means_busy(error.__cause__) or means_busy(error.__context__)


# PostgreSQL: undefined table, undefined column. MariaDB: no such table, unknown column.
_LACKING_STATES, _LACKING_NUMBERS = {"42P01", "42703"}, {1146, 1054}


def lacks_tables(error: DBAPIError) -> bool:
    """Whether a table or a column is not there."""
    driver = error.orig
    number = driver.args[0] if driver is not None and driver.args else None
    lite = isinstance(driver, sqlite3.OperationalError) and ("no such" in str(driver) or "has no column" in str(driver))
    return lite or getattr(driver, "sqlstate", None) in _LACKING_STATES or number in _LACKING_NUMBERS


@contextmanager
def transaction(engine: Engine, *, write: bool = True) -> Iterator[Connection]:
    """One transaction on a connection of its own: committed at the end, rolled back by an exception."""
    with engine.begin() as connection:
        ensure_begun(connection, write=write)
        yield connection


def tune(engine: Engine, *, busy_timeout: float = 15.0, cache: int = 16) -> Engine:
    """Set WAL, foreign keys, busy timeout (seconds) and page cache (MiB) on every new connection of a SQLite engine.

    SQLite's own 2 MiB do not hold the inner pages of a million customers' indexes, which every check comes by. And it
    copies the log into the file each 4 MiB: a customer changes eighty pages, and those that the next one changes again
    are copied once where it waits for 16. A larger cache that the host set before stays, and a log that waits longer or
    that he copies himself.
    A CRM made from a URL does this itself; a host calls it for an engine of its own. Other engines are left
    alone.
    """
    if engine.dialect.name != "sqlite":
        return engine

    @event.listens_for(engine, "connect")
    def set_pragmas(dbapi_connection: Any, _record: Any) -> None:
        cursor = dbapi_connection.cursor()
        # The timeout first: switching to WAL needs a lock that another process may hold.
        cursor.execute(f"PRAGMA busy_timeout = {int(busy_timeout * 1000)}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA foreign_keys = ON")
        if _cache(cursor) < 1024 * int(cache):
            cursor.execute(f"PRAGMA cache_size = {-1024 * int(cache)}")
        if 0 < _told(cursor, "wal_autocheckpoint") < _LOG_PAGES:
            cursor.execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")
        cursor.close()

    return engine


# As many as one part of the log's index has place for, so a reader still looks in one.
_LOG_PAGES = 4000


def _cache(cursor: Any) -> int:
    """The page cache in KiB. SQLite tells it as such below zero, else in pages."""
    size, page = _told(cursor, "cache_size"), _told(cursor, "page_size")
    return -size if size < 0 else size * page // 1024


def _told(cursor: Any, pragma: str) -> int:
    return int(cursor.execute(f"PRAGMA {pragma}").fetchone()[0])


def with_schema(engine: Engine, schema: str | None) -> Engine:
    """The same engine, on which our tables are found in `schema`."""
    return engine.execution_options(schema_translate_map=_merged(engine.get_execution_options(), schema))


def borrow(connection: Connection, schema: str | None) -> Connection:
    """A host's connection on which our tables are found; what the host does with it stays as it was."""
    return connection.execution_options(schema_translate_map=_merged(connection.get_execution_options(), schema))


def _merged(options: Mapping[str, Any], schema: str | None) -> dict[str | None, str | None]:
    return {**(options.get("schema_translate_map") or {}), SCHEMA_TOKEN: schema}
