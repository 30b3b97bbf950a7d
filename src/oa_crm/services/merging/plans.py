"""What a merge would do to the rows of one link: who moves, who is laid aside, who gives something up.

Reads only. One statement for the losers' rows, and one for the survivors' where a unique key could be hit.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Column, select

from oa_crm.services.merging.links import LinkTo
from oa_crm.services.work import Work

Found = Mapping[Any, Any]


@dataclass(frozen=True)
class Pair:
    """Who is merged into whom, by id."""

    merge_id: UUID
    winner_id: UUID
    loser_id: UUID


@dataclass
class Plan:
    """The rows of one link and one pair."""

    pair: Pair
    moved: list[Found] = field(default_factory=list)
    laid_aside: list[Found] = field(default_factory=list)
    gave_up: list[tuple[Found, str]] = field(default_factory=list)


def plans(work: Work, link: LinkTo, pairs: Sequence[Pair]) -> list[Plan]:
    """A plan for each pair that the link has rows of, in the pairs' order."""
    by_loser = {link.stored(one.loser_id): Plan(one) for one in pairs}
    rows: dict[Any, list[Found]] = {id: [] for id in by_loser}
    for row in _rows(work, link, list(by_loser)):
        rows[row[link.column]].append(row)
    seats = _Seats(work, link, pairs) if link.uniques and link.rule.how == "moves" else None
    for id, plan in by_loser.items():
        for row in rows[id]:
            _place(link, plan, row, seats)
    return [plan for plan in by_loser.values() if plan.moved or plan.laid_aside or plan.gave_up]


def _place(link: LinkTo, plan: Plan, row: Found, seats: "_Seats | None") -> None:
    if link.rule.how == "parts":
        plan.laid_aside.append(row)
    elif link.of_customer and row[link.table.c.id] == plan.pair.winner_id:
        # A survivor does not point to itself.
        plan.gave_up.append((row, link.column.name))
    elif seats is None or seats.take(plan.pair, row):
        plan.moved.append(row)
    elif link.rule.gives_up is not None and seats.take(plan.pair, row, without=link.rule.gives_up):
        plan.gave_up.append((row, link.rule.gives_up))
        plan.moved.append(row)
    else:
        plan.laid_aside.append(row)


def _rows(work: Work, link: LinkTo, ids: Sequence[Any]) -> list[Found]:
    whole = bool(link.uniques) or link.rule.how == "parts"
    some = [link.column, *link.key, *([] if link.version is None else [link.version])]
    columns: Sequence[Column[Any]] = list(link.table.columns) if whole else some
    mine = select(*columns).where(link.of_tenant(work), link.column.in_(ids))
    ordered = mine.order_by(*(link.key or (link.column,)))
    return [row._mapping for row in work.connection.execute(ordered)]


class _Seats:
    """The places that unique keys leave on each survivor."""

    def __init__(self, work: Work, link: LinkTo, pairs: Sequence[Pair]) -> None:
        self._link, self._taken = link, defaultdict[Any, set[tuple[Any, ...]]](set)
        winners = list({link.stored(one.winner_id) for one in pairs})
        needed = list({one for key in link.uniques for one in key})
        theirs = select(*needed).where(link.of_tenant(work), link.column.in_(winners))
        for row in work.connection.execute(theirs):
            self._taken[row._mapping[link.column]] |= set(self._keys(row._mapping, row._mapping[link.column], None))

    def take(self, pair: Pair, row: Found, without: str | None = None) -> bool:
        """Whether the row, led to the survivor, has a place there; it is taken then."""
        winner = self._link.stored(pair.winner_id)
        wanted = set(self._keys(row, winner, without))
        if wanted & self._taken[winner]:
            return False
        self._taken[winner] |= wanted
        return True

    def _keys(self, row: Found, winner: Any, without: str | None) -> list[tuple[Any, ...]]:
        keys = []
        for number, columns in enumerate(self._link.uniques):
            values = [None if one.name == without else row[one] for one in columns if one is not self._link.column]
            # Where a part is NULL, no two rows are equal.
            if None not in values:
                keys.append((number, winner, *values))
        return keys
