"""Several short lists in one statement: one way to the database, one moment, however many lists there are.

Each list's columns are laid into places by their type, and taken out again under their own names. A list is bounded
by its query; what is read is what the lists hold together.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Boolean,
    CompoundSelect,
    Date,
    Integer,
    Select,
    String,
    Subquery,
    cast,
    literal_column,
    null,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.types import TypeEngine

from oa_crm.models.types import Degrees, Json, PublicId, Seconds, UtcDateTime, long_text
from oa_crm.services.work import Work

_TYPES: dict[str, TypeEngine[Any]] = {
    "id": PublicId(),
    "time": UtcDateTime(),
    "json": Json(),
    "flag": Boolean(),
    "degrees": Degrees(),
    "number": Integer(),
    "seconds": Seconds(),
    "day": Date(),
    "words": long_text(),
}


class Line:
    """A row of one list, under the names of its own query."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._mapping = values

    def __getattr__(self, name: str) -> Any:
        try:
            return self._mapping[name]
        except KeyError:
            raise AttributeError(name) from None


Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Together:
    """Lists made into one statement; `columns` says for each where its columns are. It holds no row, so that it may be
    kept and read again with other parameters."""

    names: tuple[str, ...]
    columns: tuple[tuple[tuple[str, int], ...], ...]
    statement: Select[Any] | CompoundSelect[Any]

    def read(self, work: Work, given: Mapping[str, Any]) -> dict[str, list[Line]]:
        """The rows of every list, in no order."""
        found: dict[str, list[Line]] = {name: [] for name in self.names}
        for name, line in self.lines(work, given):
            found[name].append(line)
        return found

    def lines(self, work: Work, given: Mapping[str, Any]) -> Iterator[tuple[str, Line]]:
        """Each row with the name of its list, as the statement orders them."""
        for row in work.connection.execute(self.statement, given):
            yield self.names[row[0]], Line({name: row[at] for name, at in self.columns[row[0]]})


def made(lists: Mapping[str, Select[Any]], on: str) -> Together:
    """One statement of these lists for a dialect."""
    bodies = [query.subquery(f"list_{number}") for number, query in enumerate(lists.values())]
    layouts = [_layout(body) for body in bodies]
    places = sorted({place for layout in layouts for place in layout.values()})
    numbered = {place: at for at, place in enumerate(places, start=1)}
    columns = tuple(tuple((name, numbered[place]) for name, place in layout.items()) for layout in layouts)
    parts = [_part(number, body, layouts[number], places, on) for number, body in enumerate(bodies)]
    return Together(tuple(lists), columns, union_all(*parts))


def _layout(body: Subquery) -> dict[str, Place]:
    """Where each column goes: the first free place of its type."""
    taken: Counter[str] = Counter()
    layout = {}
    for column in body.c:
        kind = _kind(column.type)
        layout[column.name] = (kind, taken[kind])
        taken[kind] += 1
    return layout


def _kind(type_: TypeEngine[Any]) -> str:
    """Of a list's column. Raises `AssertionError` for a type that has no place yet."""
    for kind, known in _TYPES.items():
        if isinstance(type_, type(known)):
            return kind
    if isinstance(type_, String):
        return "words"
    raise AssertionError(f"there is no place for {type_!r}")


def _part(number: int, body: Subquery, layout: Mapping[str, Place], places: list[Place], on: str) -> Select[Any]:
    filled = {place: body.c[name] for name, place in layout.items()}
    columns = [
        type_coerce(filled[place] if place in filled else nothing(place[0], on), _TYPES[place[0]]).label(
            f"{place[0]}_{place[1]}"
        )
        for place in places
    ]
    return select(literal_column(str(number), Integer).label("list"), *columns).select_from(body)


def nothing(kind: str, on: str) -> Any:
    """No value, in a place of this kind."""
    if on != "postgresql":
        return null()
    # PostgreSQL takes an untyped NULL for text; and no cast may name a collation.
    return cast(null(), String() if kind in ("words", "json") else _TYPES[kind])
