"""Keys kept in step with the customers they lead to, in the customer's own transaction.

An entry is never changed: a customer keyed anew gets a new entry, so an entry's number tells how fresh it is.
Old keys are made again from the old facts and deleted; those of an older engine are left to the sweep.
"""

import zlib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain, repeat
from operator import itemgetter
from typing import Any, TypeVar, cast
from uuid import UUID

from sqlalchemy import Connection, and_, delete, insert, select

from oa_crm.duplicates import Draft, Engine
from oa_crm.duplicates.prefixes import prefixes
from oa_crm.models import DuplicateEntry, DuplicateKey, NamePrefix, table_of
from oa_crm.services import raw
from oa_crm.services.bulk import insert_columns
from oa_crm.services.clashes.inner_words import inner_words
from oa_crm.services.work import Work

NOT_KEYED = 0
"""`keyed_as` of a customer that has no keys yet."""
_AT_ONCE, _NUMBERED = 100, 5000
_Owner = TypeVar("_Owner", int, UUID)
_Owned = TypeVar("_Owned", int, str)


def keyed_as(engine: Engine) -> int:
    """31 bits that stand for the matchers and their versions; never `NOT_KEYED`."""
    return zlib.crc32(engine.version.encode()) >> 1 or 1


def keep(work: Work, customers: Sequence[tuple[UUID, Draft]]) -> None:
    """Key customers that have no entry, set-based."""
    write(work.connection, work.runtime.matching.engine, work.scope.tenant, customers)


def write(connection: Connection, engine: Engine, tenant: str, customers: Sequence[tuple[UUID, Draft]]) -> None:
    """The same without a unit, as a rebuild does it."""
    if not customers:
        return
    numbers = _numbered(connection, tenant, [id for id, _ in customers], keyed_as(engine))
    # In hash order, so that two writers lock in the same order.
    hashes = [(numbers[id], _hashes(engine, draft, tenant)) for id, draft in customers]
    owners, keys = _in_order(hashes)
    insert_columns(connection, table_of(DuplicateKey), {"key_hash": keys, "entry_id": owners})
    ids, texts = _in_order([(id, prefixes(draft) | inner_words(draft)) for id, draft in customers])
    beginnings: dict[str, Sequence[Any]] = {"tenant_id": [tenant] * len(texts), "typed": texts, "customer_id": ids}
    insert_columns(connection, table_of(NamePrefix), beginnings)


def forget(work: Work, customer_id: UUID, draft: Draft) -> None:
    """Take the keys of a customer away; `draft` is what they were made of."""
    forget_many(work, [(customer_id, draft)])


def forget_many(work: Work, customers: Sequence[tuple[UUID, Draft]]) -> None:
    """The same for many, set-based."""
    entry, prefix, engine = table_of(DuplicateEntry), table_of(NamePrefix), work.runtime.matching.engine
    ids = [id for id, _ in customers]
    mine = and_(entry.c.tenant_id == work.scope.tenant, entry.c.customer_id.in_(ids))
    held = select(entry.c.customer_id, entry.c.id).where(mine, entry.c.keyed_as == keyed_as(engine))
    entries = {row.customer_id: row.id for row in work.connection.execute(held)}
    keyed = [(entries[id], _hashes(engine, draft, work.scope.tenant)) for id, draft in customers if id in entries]
    for at in range(0, len(keyed), _AT_ONCE):
        _delete_keys(work, keyed[at : at + _AT_ONCE])
    work.connection.execute(delete(entry).where(mine))
    begun = and_(prefix.c.tenant_id == work.scope.tenant, prefix.c.customer_id.in_(ids))
    work.connection.execute(delete(prefix).where(begun))


def _in_order(owned: Iterable[tuple[_Owner, Iterable[_Owned]]]) -> tuple[list[_Owner], list[_Owned]]:
    """Owners and what each of them owns as two columns, ordered by what is owned and then by its owner."""
    owners: list[_Owner] = []
    every: list[_Owned] = []
    for owner, those in sorted(owned, key=itemgetter(0)):
        before = len(every)
        every.extend(those)
        owners.extend(repeat(owner, len(every) - before))
    # The places are ordered, and not pairs: those of a slice would be tens of thousands.
    order = sorted(range(len(every)), key=every.__getitem__)
    return [owners[at] for at in order], [every[at] for at in order]


def _delete_keys(work: Work, keyed: Sequence[tuple[int, set[int]]]) -> None:
    # Each hash with each entry, since all of both go: SQLite would look through the whole table for pairs of them.
    key, hashes = table_of(DuplicateKey), sorted({one for _, those in keyed for one in those})
    these = and_(key.c.key_hash.in_(hashes), key.c.entry_id.in_([entry for entry, _ in keyed]))
    work.connection.execute(delete(key).where(these))


def _hashes(engine: Engine, draft: Draft, tenant: str) -> set[int]:
    return {key.hash for key in engine.keys(draft, tenant)}


def _numbered(connection: Connection, tenant: str, ids: Sequence[UUID], version: int) -> dict[UUID, int]:
    """Insert entries; the number that each customer got."""
    table = table_of(DuplicateEntry)
    if connection.dialect.name == "sqlite" and connection.dialect.insert_returning:
        return _numbered_at_once(connection, tenant, ids, version)
    entries = [{"tenant_id": tenant, "customer_id": id, "keyed_as": version} for id in ids]
    if len(entries) == 1:
        key = connection.execute(insert(table), entries[0]).inserted_primary_key
        return {ids[0]: cast(int, key and key[0])}
    answer = connection.execute(insert(table).returning(table.c.customer_id, table.c.id), entries)
    return {row.customer_id: row.id for row in answer}


def _numbered_at_once(connection: Connection, tenant: str, ids: Sequence[UUID], version: int) -> dict[UUID, int]:
    """The same past SQLAlchemy, which looks at each row four times."""
    table, found = raw.full_name(connection, table_of(DuplicateEntry)), dict[bytes, int]()
    for at in range(0, len(ids), _NUMBERED):
        some = ids[at : at + _NUMBERED]
        given = tuple(chain.from_iterable((tenant, id.bytes, version) for id in some))
        found.update(map(tuple, connection.exec_driver_sql(_entries(table, len(some)), given)))
    return {id: found[id.bytes] for id in ids}


# It holds no input: the name of our table, and marks for parameters.
@lru_cache(maxsize=64)
def _entries(table: str, count: int) -> str:
    rows = ", ".join(["(?, ?, ?)"] * count)
    return f"INSERT INTO {table} (tenant_id, customer_id, keyed_as) VALUES {rows} RETURNING customer_id, id"  # noqa: S608
