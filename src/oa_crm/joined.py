"""What a joined unit has to tell, kept until the host's transaction has truly committed.

SQLAlchemy's "commit" event comes before the COMMIT, and a Session's `after_commit` also where the Session only took
part in somebody's connection. So the connection's own transactions are watched, by a subclass of their public class.
What waits hangs on them, and not on the connection, which outlives them: whatever ends otherwise takes it along.
"""

from collections.abc import Callable, Iterator
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, NestedTransaction, RootTransaction, Transaction, TwoPhaseTransaction

Tell = Callable[[], None]


class _Waiting:
    """What one unit has to tell, until its savepoint or the host's is rolled back."""

    # No reference to a transaction: it would keep alive the key under which this is kept.
    __slots__ = ("tell",)

    def __init__(self, tell: Tell) -> None:
        self.tell: Tell | None = tell


_waiting: WeakKeyDictionary[Transaction, list[_Waiting]] = WeakKeyDictionary()


def when_committed(connection: Connection, tell: Tell) -> None:
    """Call `tell` right after the connection's transaction has committed what was done so far; else never.

    It is called when nothing can be undone any more, and must not raise. A rollback to a savepoint that was open at
    this call takes it back.
    """
    one = _Waiting(tell)
    for transaction in _around(connection):
        _watch(transaction)
        _waiting.setdefault(transaction, []).append(one)


def forget(connection: Connection) -> None:
    """Tell nothing of what was done in this transaction so far."""
    if root := connection.get_transaction():
        _take_back(root)


def _around(connection: Connection) -> Iterator[Transaction]:
    """The transactions that must all hold for what is done now to hold, innermost first."""
    savepoint = connection.get_nested_transaction()
    while savepoint is not None:
        yield savepoint
        savepoint = savepoint._previous_nested
    if root := connection.get_transaction():
        yield root


def _watch(transaction: Transaction) -> None:
    kind = type(transaction)
    transaction.__class__ = _WATCHED.get(kind, kind)


def _take_back(transaction: Transaction) -> None:
    for one in _waiting.pop(transaction, ()):
        one.tell = None


def _committed(root: RootTransaction, commit: Callable[[], None]) -> None:
    holds = root.is_valid and _will_hold(root.connection)
    commit()
    for one in _waiting.pop(root, ()):
        if holds and one.tell is not None:
            one.tell()


def _will_hold(connection: Connection) -> bool:
    """False when PostgreSQL will answer the COMMIT with a silent rollback, as it does after an error."""
    driver = connection.connection.driver_connection
    return getattr(getattr(driver, "info", None), "transaction_status", None) != _PQTRANS_INERROR


_PQTRANS_INERROR = 3  # libpq's number, as psycopg tells it


class _Root(RootTransaction):
    __slots__ = ()

    def commit(self) -> None:
        _committed(self, super().commit)


class _TwoPhase(TwoPhaseTransaction):
    __slots__ = ()

    def commit(self) -> None:
        _committed(self, super().commit)


class _Savepoint(NestedTransaction):
    __slots__ = ()

    def rollback(self) -> None:
        if self.is_active:
            _take_back(self)
        super().rollback()

    def close(self) -> None:
        if self.is_active:
            _take_back(self)
        super().close()


_WATCHED: dict[type[Transaction], type[Transaction]] = {
    RootTransaction: _Root,
    TwoPhaseTransaction: _TwoPhase,
    NestedTransaction: _Savepoint,
}
