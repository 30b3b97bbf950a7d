"""From keys to the entries that share the most weight, in one statement with a limit for each key.

Cost does not grow with the base: a strong key is followed to 300 entries; a weak one that leads to 32
or more says nothing, is left out, and is remembered as common for a while. Each database gets the form that its planner
takes key by key: a chain of limited selects, or on PostgreSQL a lateral join.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain, islice
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection

from oa_crm.duplicates import Key
from oa_crm.models import DuplicateKey, table_of
from oa_crm.services import raw
from oa_crm.services.matching import CommonKeys

STRONG_ROWS, WEAK_ROWS = 300, 32
THOROUGH = 10
"""How many times deeper a thorough probe goes."""
KEPT = 50
# SQLite chains at most 500 selects; a customer with twenty former names has more keys.
_AT_ONCE = 200
_LATERAL_AT_ONCE = 5000
_HASH = attrgetter("hash")


def candidates(
    connection: Connection, keys: Iterable[Key], common: CommonKeys, *, thorough: bool = False, locking: bool = False
) -> dict[int, float]:
    """The entries that agree in the most weight, and in how much; best first, at most 50."""
    deeper = THOROUGH if thorough else 1
    asked = sorted((one for one in keys if thorough or one.strong or one.hash not in common), key=_HASH)
    caps = {one.hash: _cap(one, deeper) for one in asked}
    return _nominated(_found(connection, caps, locking), asked, common, deeper)


def candidates_of_many(
    connection: Connection, many: Sequence[Iterable[Key]], common: CommonKeys, *, locking: bool = False
) -> list[dict[int, float]]:
    """The same for many at once, each as if it were asked alone; what several ask is asked once."""
    asked = [sorted([one for one in keys if one.strong or one.hash not in common], key=_HASH) for keys in many]
    # Where one holds a key strong and another weak, it is followed as far as the strong one goes.
    caps = {one.hash: WEAK_ROWS for keys in asked for one in keys}
    caps.update((one.hash, STRONG_ROWS) for keys in asked for one in keys if one.strong)
    found = _found(connection, dict(sorted(caps.items())), locking)
    return [_nominated(found, keys, common, 1) for keys in asked]


def _found(connection: Connection, caps: Mapping[int, int], locking: bool) -> dict[int, list[int]]:
    """The entries of each hash that leads to any, at most as many as its cap; most lead to none."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    at_once = _LATERAL_AT_ONCE if connection.dialect.name == "postgresql" else _AT_ONCE
    asked = iter(caps.items())
    while some := list(islice(asked, at_once)):
        for place, entry in _asked(connection, some, locking):
            found[some[place][0]].append(entry)
    return found


def _nominated(
    found: Mapping[int, list[int]], asked: Sequence[Key], common: CommonKeys, deeper: int
) -> dict[int, float]:
    mine = [(key, found[key.hash]) for key in asked if key.hash in found]
    for key, entries in mine:
        if says_nothing(key, entries, deeper):
            common.add(key.hash)
    return nominated(mine, deeper) if mine else {}


def nominated(found: Iterable[tuple[Key, Sequence[int]]], deeper: int = 1) -> dict[int, float]:
    """Who shares the most weight of the keys that say something, and how much; best first."""
    votes: defaultdict[int, float] = defaultdict(float)
    for key, those in found:
        if not says_nothing(key, those, deeper):
            for one in those[: _cap(key, deeper)]:
                votes[one] += key.weight
    best = sorted(votes.items(), key=lambda vote: (-vote[1], vote[0]))
    return dict(best[: KEPT * deeper])


def says_nothing(key: Key, those: Sequence[int], deeper: int = 1) -> bool:
    """Whether a weak key is shared by too many."""
    return not key.strong and len(those) >= _cap(key, deeper)


def _cap(key: Key, deeper: int) -> int:
    return deeper * (STRONG_ROWS if key.strong else WEAK_ROWS)


def _asked(connection: Connection, asked: Sequence[tuple[int, int]], locking: bool) -> Iterable[Any]:
    """Pairs of a key's place and an entry that has it; `asked` are hashes and caps."""
    table, dialect = raw.full_name(connection, table_of(DuplicateKey)), connection.dialect
    if dialect.name == "postgresql":
        given: tuple[Any, ...] = tuple(map(raw.array, zip(*asked, strict=True)))
        return connection.exec_driver_sql(_lateral(table), given).all()
    mark = "?" if dialect.paramstyle == "qmark" else "%s"
    given = tuple(chain.from_iterable(asked))
    statement = _chain(table, len(asked), mark, dialect.name != "sqlite", locking)
    return connection.exec_driver_sql(statement, given).all()


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
