"""From keys to the entries that share the most weight, in one statement with a limit for each key.

Cost does not grow with the base: a strong key is followed to 300 entries; a weak one that leads to 32
or more says nothing, is left out, and is remembered as common for a while. Each database gets the form that its planner
takes key by key: a chain of limited selects, or on PostgreSQL a lateral join.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection

from oa_crm.duplicates import Key
from oa_crm.models import SCHEMA_TOKEN, DuplicateKey, table_of
from oa_crm.services.matching import CommonKeys

STRONG_ROWS, WEAK_ROWS = 300, 32
THOROUGH = 10
"""How many times deeper a thorough probe goes."""
KEPT = 50


def candidates(
    connection: Connection, keys: Iterable[Key], common: CommonKeys, *, thorough: bool = False, locking: bool = False
) -> list[int]:
    """The entries that agree in the most weight, best first, at most 50."""
    deeper = THOROUGH if thorough else 1
    asked = sorted((one for one in keys if thorough or one.strong or one.hash not in common), key=lambda one: one.hash)
    caps = [deeper * (STRONG_ROWS if one.strong else WEAK_ROWS) for one in asked]
    found: list[list[int]] = [[] for _ in asked]
    for slot, entry in _agreeing(connection, [one.hash for one in asked], caps, locking):
        found[slot].append(entry)
    votes: Counter[int] = Counter()
    for key, cap, entries in zip(asked, caps, found, strict=True):
        if not key.strong and len(entries) >= cap:
            common.add(key.hash)
            continue
        for entry in entries:
            votes[entry] += key.weight  # type: ignore[assignment]
    best = sorted(votes.items(), key=lambda vote: (-vote[1], vote[0]))
    return [entry for entry, _ in best[: KEPT * deeper]]


def _agreeing(
    connection: Connection, hashes: Sequence[int], caps: Sequence[int], locking: bool
) -> Iterable[tuple[int, int]]:
    """Pairs of a key's place and an entry that has it."""
    if not hashes:
        return ()
    table, dialect = _key_table(connection), connection.dialect
    if dialect.name == "postgresql":
        asked: tuple[Any, ...] = (list(hashes), list(caps))
        return connection.exec_driver_sql(_lateral(table), asked).all()
    mark = "?" if dialect.paramstyle == "qmark" else "%s"
    asked = tuple(value for pair in zip(hashes, caps, strict=True) for value in pair)
    statement = _chain(table, len(hashes), mark, dialect.name != "sqlite", locking)
    return connection.exec_driver_sql(statement, asked).all()


def _key_table(connection: Connection) -> str:
    schema = (connection.get_execution_options().get("schema_translate_map") or {}).get(SCHEMA_TOKEN)
    name = table_of(DuplicateKey).name
    return name if schema is None else f"{connection.dialect.identifier_preparer.quote(schema)}.{name}"


# The statements hold no input: a table's name, and marks for parameters.
@lru_cache(maxsize=256)
def _chain(table: str, count: int, mark: str, bracketed: bool, locking: bool) -> str:
    lock = " LOCK IN SHARE MODE" if locking else ""
    one = f"entry_id FROM {table} WHERE key_hash = {mark} LIMIT {mark}{lock}"
    if bracketed:
        return " UNION ALL ".join(f"(SELECT {slot}, {one})" for slot in range(count))
    return " UNION ALL ".join(f"SELECT {slot}, entry_id FROM (SELECT {one})" for slot in range(count))  # noqa: S608


@lru_cache(maxsize=16)
def _lateral(table: str) -> str:
    return (
        "SELECT CAST(asked.slot - 1 AS int), found.entry_id "  # noqa: S608
        "FROM unnest(CAST(%s AS bigint[]), CAST(%s AS int[])) WITH ORDINALITY AS asked (hash, cap, slot) "
        f"CROSS JOIN LATERAL (SELECT entry_id FROM {table} WHERE key_hash = asked.hash LIMIT asked.cap) AS found"
    )
