"""The transaction in which handlers write and their marks are made; opened by the first who asks.

MariaDB ends a whole transaction at a deadlock, SQLite at some errors, and both carry on in a new one as if
nothing had happened. If a handler swallowed that error, its neighbours would be marked done and their effects
be gone. So a savepoint is set at the beginning and asked for at the end: if it is missing, nothing counts.
"""

import time
from contextlib import ExitStack

from sqlalchemy import Connection, Engine, RootTransaction
from sqlalchemy.exc import DBAPIError

from oa_crm.database import ensure_begun

_WITNESS = "oa_crm_relay"


class TransactionLost(Exception):
    """The database rolled the transaction back, and a handler went on."""


class SharedTransaction:
    """One after the other on connections of the pool: between commit and the next `open` none is held."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._stack: ExitStack | None = None
        self._connection: Connection | None = None
        self._root: RootTransaction | None = None
        self._witnessed = False
        self._opened_at = 0.0

    @property
    def begun(self) -> bool:
        """Whether it is open, or failed to open."""
        return self._stack is not None

    @property
    def age(self) -> float:
        """Seconds since it was opened; 0 when it is not open."""
        return time.monotonic() - self._opened_at if self._connection is not None else 0.0

    def open(self, *, witness: bool = True) -> Connection:
        """The connection, in the transaction. The relay's own marks alone need no witness."""
        if self._connection is None:
            self.rollback()
            self._stack = ExitStack()
            connection = self._stack.enter_context(self._engine.connect())
            self._root = connection.begin()
            ensure_begun(connection)
            # After any error PostgreSQL refuses every further statement, which is witness enough.
            self._witnessed = witness and connection.dialect.name != "postgresql"
            if self._witnessed:
                connection.exec_driver_sql(f"SAVEPOINT {_WITNESS}")
            self._connection, self._opened_at = connection, time.monotonic()
        return self._connection

    def commit(self) -> None:
        """Commit, unless the database took part of it back before. Raises `TransactionLost`."""
        connection = self._connection
        if connection is None:
            return
        # A handler that broke the rules and committed by itself has ended the witness as well.
        if self._witnessed and self._root is not None and self._root.is_active:
            try:
                connection.exec_driver_sql(f"RELEASE SAVEPOINT {_WITNESS}")
            except DBAPIError as error:
                raise TransactionLost("the database rolled back what a handler wrote, and it went on") from error
        connection.commit()
        self.rollback()

    def rollback(self) -> None:
        """Take back what was not committed, and give the connection to the pool."""
        stack, connection = self._stack, self._connection
        self._stack = self._connection = self._root = None
        if stack is not None:
            with stack:
                # SQLite keeps a transaction whose commit failed. Told to roll back, the pool will really do so.
                if connection is not None:
                    connection.rollback()
