"""The sources of a timeline as one statement, and the page that it gives.

Each source is limited by itself: it starts behind the last entry of the page before and reads one page at most. What
they give together is put in order and cut by the database. The statement holds no value, so that it may be kept.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    false,
    func,
    or_,
    select,
    type_coerce,
)

from oa_crm.errors import InvalidInput
from oa_crm.models import table_of
from oa_crm.models.types import PublicId, UtcDateTime
from oa_crm.services import access, cursors, together
from oa_crm.services.base import Service
from oa_crm.services.timeline.place import Place
from oa_crm.services.timeline.source import Source
from oa_crm.services.timeline.sources import BY_NAME, SOURCES
from oa_crm.services.together import Line, Together, nothing

_SORT = "timeline"
_TYPES: dict[str, Any] = {"id": PublicId(), "number": BigInteger(), "moment": UtcDateTime()}
_FIRST = {"id": UUID(int=0), "number": -(2**63 - 1), "moment": datetime(1000, 1, 1, tzinfo=UTC)}
_LAST = {"id": UUID(int=2**128 - 1), "number": 2**63 - 1, "moment": datetime(9999, 12, 31, tzinfo=UTC)}
_PLACES = {"id": "id", "number": "number", "moment": "time"}
FOR_EVER = datetime(9999, 12, 31, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class End:
    """Where a page ended: the time, the source and the keys of its last entry."""

    at: datetime
    source: str
    keys: Mapping[str, Any]


def wanted(service: Service, place: Place, kinds: frozenset[str] | None) -> tuple[Source, ...]:
    """The sources that the actor reads at a place, of these kinds."""
    at_place = (one for one in SOURCES if one.has(place) and (kinds is None or one.kind in kinds))
    return tuple(one for one in at_place if not one.withheld(service))


def read(
    service: Service, place: Place, sources: tuple[Source, ...], named: Mapping[str, Any], *,
    end: End | None, then: datetime | None, most: int,
) -> list[tuple[Source, Line]]:  # fmt: skip
    """At most `most` entries behind `end` that were on file `then`, newest first."""
    if not sources:
        return []
    before = FOR_EVER if end is None else end.at
    given = {**named, "most": most, "then": then or FOR_EVER, "before": before if then is None else min(before, then)}
    starts = end if end is not None and given["before"] == end.at else None
    given |= {name: value for one in sources for name, value in _from(one, starts)}
    return [(BY_NAME[name], line) for name, line in _made(service, place, sources).lines(service.work, given)]


def write_end(source: Source, line: Line) -> str:
    """The cursor behind an entry."""
    keys = {**_FIRST, **{what: line._mapping[f"key_{what}"] for what, _ in source.keys}}
    told = (keys["moment"].isoformat(), str(keys["number"]), str(keys["id"]))
    return cursors.write(_SORT, [line.at.isoformat(), source.name, *told])


def read_end(cursor: str | None) -> End | None:
    """What a cursor says. Raises `invalid_input` for one that is not ours."""
    if cursor is None:
        return None
    at, source, moment, number, id = cursors.read(_SORT, cursor, 5)
    if source not in BY_NAME:
        raise InvalidInput.of("after", "foreign_cursor")
    keys = {"moment": cursors.value(cursors.moment, moment), "number": cursors.value(cursors.number, number)}
    return End(cursors.value(cursors.moment, at), source, {**keys, "id": UUID(id)})


def _from(source: Source, end: End | None) -> Iterator[tuple[str, Any]]:
    """The keys at which a source starts: behind the last entry in its own, at either end of a moment in others."""
    names, later = [one.name for one in SOURCES], _LAST
    if end is not None and names.index(source.name) <= names.index(end.source):
        later = dict(end.keys) if source.name == end.source else _FIRST
    for what, _ in source.keys:
        yield _key(source, what), later[what]


def _key(source: Source, what: str) -> str:
    return f"{source.name.replace('.', '_')}_{what}"


def _made(service: Service, place: Place, sources: tuple[Source, ...]) -> Together:
    """The statement, as it was made before for the same rights: making it takes longer than reading."""
    work = service.work
    on, unread, names = work.connection.dialect.name, access.unread(work), tuple(one.name for one in sources)
    if unread is None:
        return _make(service, place, sources, on)
    # A customer's things are read through it, whoever asks; a project's as far as he reaches.
    reached = (work.who, access.reaches(work), work.remits_stamp, work.seats_of(work.who))
    who = work.who.is_system if place.is_customer else reached
    kept = _kept(work.scope.tenant, who, unread, on, place.is_customer, names)
    if not kept:
        kept.append(_make(service, place, sources, on))
    return kept[0]


@lru_cache(maxsize=1024)
def _kept(*of: Any) -> list[Together]:  # noqa: ARG001 - what it is kept by
    return []


def _make(service: Service, place: Place, sources: tuple[Source, ...], on: str) -> Together:
    made = together.made({one.name: _newest(service, place, one) for one in sources}, on)
    body = made.statement.subquery("timeline")
    order = (body.c.time_0.desc(), body.c.list, body.c.id_0.desc(), body.c.number_0.desc(), body.c.time_2.desc())
    return replace(made, statement=select(body).order_by(*order).limit(bindparam("most", type_=Integer)))


def _newest(service: Service, place: Place, source: Source) -> Select[Any]:
    c = table_of(source.model).c
    recorded = c[source.recorded or source.at]
    # What is found by the things it is of is never found by its time: some would walk the whole company's audit.
    at = func.coalesce(c[source.at], None, type_=UtcDateTime()) if source.scattered else c[source.at]
    query = source.rows(service, place, _columns(source, service.work.connection.dialect.name))
    then, before = bindparam("then", type_=UtcDateTime()), bindparam("before", type_=UtcDateTime())
    behind = or_(at != before, _below(source, source.keys))
    on_file = [] if source.recorded is None else [recorded <= then]
    keys = [column.desc() for _, column in source.keys]
    return (
        query.where(and_(at <= before, behind, *on_file))
        .order_by(at.desc(), *keys)
        .limit(bindparam("most", type_=Integer))
    )


def _below(source: Source, keys: Sequence[tuple[str, Any]]) -> ColumnElement[bool]:
    """Rows whose keys come behind those where the source starts."""
    if not keys:
        return false()
    (what, column), *rest = keys
    start = bindparam(_key(source, what), type_=_TYPES[what])
    return or_(column < start, and_(column == start, _below(source, rest))) if rest else column < start


def _columns(source: Source, on: str) -> tuple[Any, ...]:
    c, keys = table_of(source.model).c, dict(source.keys)
    times = [c[source.at].label("at"), c[source.recorded or source.at].label("recorded_at")]
    told = [
        (keys[what] if what in keys else type_coerce(nothing(place, on), _TYPES[what])).label(f"key_{what}")
        for what, place in _PLACES.items()
    ]
    by = [] if source.by is None else [c[source.by].label("by")]
    facts = [c[name].label(f"fact_{name}") for name in source.facts]
    more = {"reason": source.reason, "project_id": source.project, "thing_id": source.thing_id}
    if source.audited:
        more |= dict.fromkeys(("operation", "changes", "on_behalf_of")) | {"thing_text": "thing_id"}
        more = {name: column or name for name, column in more.items() if name != "project_id" and name != "thing_id"}
    found = [c[column].label(name) for name, column in more.items() if column is not None]
    return (*times, *told, *by, *facts, *found)
