"""The transaction in which handlers write and their marks are made; opened by the first who asks.

A rollback in the middle would leave its neighbours marked done and their effects gone. A handler may ask for one
against the rules; MariaDB makes one at a deadlock, SQLite at some errors, and both carry on in a new transaction
as if nothing had happened. For these a savepoint is set at the beginning: if it is missing at the end, nothing counts.
"""

import time
from contextlib import ExitStack

from sqlalchemy import Connection, Engine, RootTransaction, event
from sqlalchemy.exc import DBAPIError

from oa_crm.database import ensure_begun

_WITNESS = "oa_crm_relay"


class TransactionLost(Exception):
    """The transaction was rolled back, and a handler went on."""

    def __init__(self) -> None:
        super().__init__("what was written through delivery.connection was rolled back, and the handler went on")


class SharedTransaction:
    """One after the other on connections of the pool: between commit and the next `open` none is held."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._stack: ExitStack | None = None
        self._connection: Connection | None = None
        self._root: RootTransaction | None = None
        self._witnessed = self._taken_back = False
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
            # PostgreSQL refuses every statement after an error, which is witness enough.
            self._witnessed = witness and connection.dialect.name != "postgresql"
            if witness:
                event.listen(connection, "rollback", self._see_rollback)
            if self._witnessed:
                connection.exec_driver_sql(f"SAVEPOINT {_WITNESS}")
            self._connection, self._opened_at = connection, time.monotonic()
        return self._connection

    def commit(self) -> None:
        """Commit, unless part of it was taken back before. Raises `TransactionLost`."""
        connection = self._connection
        if connection is None:
            return
        if self._taken_back:
            raise TransactionLost
        # A handler that broke the rules and committed by itself has ended the witness as well.
        if self._witnessed and self._root is not None and self._root.is_active:
            try:
                connection.exec_driver_sql(f"RELEASE SAVEPOINT {_WITNESS}")
            except DBAPIError as error:
                raise TransactionLost from error
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
        self._taken_back = False

    def _see_rollback(self, _connection: Connection) -> None:
        self._taken_back = True
