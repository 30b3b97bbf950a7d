"""Of two who put the same customer on file at once, one goes first and the other sees what he did.

A writer locks a row for each name and number that two truly equal customers share, until his transaction ends.
Then he looks. SQLite needs no gate: its writers take turns from the start.
"""

from collections.abc import Iterable, Sequence
from importlib import import_module

from oa_crm.database import READ_COMMITTED
from oa_crm.duplicates import Draft
from oa_crm.models import DuplicateGate, table_of
from oa_crm.services import raw
from oa_crm.services.work import Work

_AT_ONCE = 1000


def wait_for_equals(work: Work, draft: Draft) -> None:
    """Hold the gate of this customer until the transaction ends. Raises `busy` when the wait is too long."""
    wait_for_many(work, [draft])


def wait_for_many(work: Work, drafts: Sequence[Draft]) -> None:
    """Hold the gates of many, locked in one order, so that two who do so never wait for each other."""
    engine, tenant = work.runtime.matching.engine, work.scope.tenant
    if work.connection.dialect.name != "sqlite":
        hold(work, (one for draft in drafts for one in engine.race_keys(draft, tenant)))


def hold(work: Work, names: Iterable[int]) -> None:
    """Hold the gates of these hashes until the transaction ends, locked in one order for all."""
    name = work.connection.dialect.name
    hashes = [] if name == "sqlite" else sorted(set(names))
    for at in range(0, len(hashes), _AT_ONCE):
        _hold(work, name, hashes[at : at + _AT_ONCE])


def _hold(work: Work, name: str, hashes: Sequence[int]) -> None:
    # Not "do nothing": a row that is there already must be locked as well.
    if name == "postgresql":
        statement = _HOLD.format(table=raw.full_name(work.connection, table_of(DuplicateGate)))
        work.connection.exec_driver_sql(statement, (raw.array(hashes),))
        return
    insert = import_module("sqlalchemy.dialects.mysql").insert
    rows = insert(table_of(DuplicateGate)).values([{"key_hash": one} for one in hashes])
    work.connection.execute(rows.on_duplicate_key_update(key_hash=rows.inserted.key_hash))


# It holds no input but the name of our table. SQLAlchemy would compile a statement for each number of rows.
_HOLD = (
    "INSERT INTO {table} (key_hash) "
    "SELECT key_hash FROM unnest(CAST(%s AS bigint[])) WITH ORDINALITY AS given (key_hash, nth) ORDER BY nth "
    "ON CONFLICT (key_hash) DO UPDATE SET key_hash = excluded.key_hash"
)


def sees_old(work: Work) -> bool:
    """Whether plain reads look at a snapshot from before we passed the gate: a host's MariaDB default."""
    connection = work.connection
    if connection.dialect.name not in ("mysql", "mariadb"):
        return False
    options = connection.get_execution_options()
    asked_for = "READ COMMITTED" if options.get(READ_COMMITTED) else options.get("isolation_level")
    return (asked_for or connection.get_isolation_level()) in ("REPEATABLE READ", "SERIALIZABLE")
