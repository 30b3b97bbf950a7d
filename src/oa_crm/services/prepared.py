"""Statements that every check asks, put into the database's words once and sent as text from then on.

SQLAlchemy keeps what it compiled, but finding it again, and putting the schema in, costs more than most of these
statements take to run. The same words serve all queries of one shape: of two people's, the parameters differ.
"""

from collections import deque, namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import islice
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import BindParameter, Connection, Dialect, Select

from oa_crm.models import SCHEMA_TOKEN

# A list is filled up to one of these, so that there are few texts; beyond the last it goes as it is.
_LENGTHS = (1, 2, 4, 8, 12, 25, 50, 100, 200, 500)
_SHAPES = 256
_Process = Callable[[Any], Any] | None


@dataclass(frozen=True, slots=True)
class _Value:
    """A parameter or a list of these: its name in the text, and whether it is a list; which of the query's own it
    takes where nobody gives it. What the compiler put in by itself, as OFFSET 0, is `fixed`."""

    name: str
    many: bool
    own: int | None
    fixed: Any
    process: _Process

    def of(self, given: Mapping[str, Any], own: Sequence[Any]) -> Sequence[Any]:
        """Its values, one for each mark."""
        if self.name in given:
            value = given[self.name]
            return value if self.many else (value,)
        return (self.fixed if self.own is None else own[self.own],)


@dataclass(frozen=True, slots=True)
class _Text:
    """A statement as the driver takes it, its parameters in their order, and how what comes out is read."""

    sql: str
    named: bool
    marks: tuple[str, ...]
    values: tuple[_Value, ...]
    row: type[Any]
    read: tuple[tuple[int, Callable[[Any], Any]], ...]

    def bound(self, given: Mapping[str, Any], own: Sequence[Any]) -> Any:
        """What goes with the text."""
        found: list[Any] = []
        for one in self.values:
            values = one.of(given, own)
            found += values if one.process is None else map(one.process, values)
        return dict(zip(self.marks, found, strict=True)) if self.named else tuple(found)

    def told(self, rows: Iterable[Sequence[Any]]) -> list[Any]:
        """Rows of the driver's as rows of ours."""
        # A named tuple's own `_make` looks at each row once more.
        as_row = partial(tuple.__new__, self.row)
        if not self.read:
            return [as_row(row) for row in rows]
        found = []
        for row in rows:
            values = list(row)
            for at, process in self.read:
                if values[at] is not None:
                    values[at] = process(values[at])
            found.append(as_row(values))
        return found


@dataclass(eq=False, slots=True)
class _Texts:
    """What was compiled for one dialect: of each shape, and of each query that is still there."""

    of_shape: dict[Any, _Text] = field(default_factory=dict)
    of_query: WeakKeyDictionary["Prepared", dict[Any, _Text]] = field(default_factory=WeakKeyDictionary)
    missing: Lock = field(default_factory=Lock)


def _texts(dialect: Dialect) -> _Texts:
    """Kept at the dialect: what reads a text's values holds the dialect, and the two are to be forgotten together."""
    kept = vars(dialect)
    found: _Texts | None = kept.get("_oa_crm_texts")
    return kept.setdefault("_oa_crm_texts", _Texts()) if found is None else found


class Prepared:
    """A query that is asked often, by the values of its named parameters; a list among them has one at least."""

    def __init__(self, query: Select[*tuple[Any, ...]]) -> None:
        self.query = query

    def rows(self, connection: Connection, given: Mapping[str, Any]) -> Sequence[Any]:
        """The rows, with the names of the columns as their attributes."""
        if self._shape is None:
            return connection.execute(self.query, given).all()
        full = {name: _filled(one) if isinstance(one, list) else one for name, one in given.items()}
        text = self._text(connection, full)
        return text.told(connection.exec_driver_sql(text.sql, text.bound(full, self._own)).all())

    @cached_property
    def _shape(self) -> Any:
        """What tells queries of one shape; None where two of one shape may differ by more than what goes beside it."""
        key = self.query._generate_cache_key()
        return None if key is None or any(_in_the_words(one) for one in key.bindparams) else key

    @cached_property
    def _own(self) -> tuple[Any, ...]:
        return tuple(one.value for one in self._shape.bindparams)

    def _text(self, connection: Connection, given: Mapping[str, Any]) -> _Text:
        schemas = connection.get_execution_options().get("schema_translate_map") or {}
        lengths = (len(one) for one in given.values() if isinstance(one, list))
        texts, asked = _texts(connection.dialect), (schemas.get(SCHEMA_TOKEN), *lengths)
        mine = texts.of_query.setdefault(self, {})
        if (known := mine.get(asked)) is None:
            known = mine[asked] = self._of_shape(texts, connection.dialect, schemas, asked, given)
        return known

    def _of_shape(
        self, texts: _Texts, dialect: Dialect, schemas: Any, asked: tuple[Any, ...], given: Mapping[str, Any]
    ) -> _Text:
        shared, shape = texts.of_shape, (self._shape.key, asked)
        if (known := shared.get(shape)) is None:
            # The oldest is not to be looked for while another thread puts one in.
            with texts.missing:
                places = {one.key: at for at, one in enumerate(self._shape.bindparams)}
                known = shared[shape] = _compiled(self.query, places, dialect, schemas, given)
                if len(shared) > _SHAPES:
                    del shared[next(iter(shared))]
        return known


def _in_the_words(bind: BindParameter[Any]) -> bool:
    """Whether a value is none that goes beside the text: the words of a list change with its length (the seats of a
    person, what a remit names), a host's rule may put one into the text, or have a function tell it when it is sent."""
    is_list = isinstance(bind.value, list | tuple | set | frozenset)
    return is_list or bind.literal_execute or bind.callable is not None


def _filled(values: list[Any]) -> list[Any]:
    length = next((one for one in _LENGTHS if one >= len(values)), len(values))
    return [*values, *[values[-1]] * (length - len(values))]


def _compiled(
    query: Select[*tuple[Any, ...]], places: Mapping[str, int], dialect: Dialect, schemas: Any, given: Mapping[str, Any]
) -> _Text:
    compiled: Any = query.compile(
        dialect=dialect, schema_translate_map=schemas, render_schema_translate=SCHEMA_TOKEN in schemas
    )
    state = compiled.construct_expanded_state(given)
    of_list = {marks[0]: name for name, marks in state.parameter_expansion.items()}
    marks, values = tuple(state.positiontup if compiled.positional else state.parameters), list[_Value]()
    rest = iter(marks)
    for mark in rest:
        name = of_list.get(mark, mark)
        bind, fixed, many = compiled.binds[name], state.parameters[mark], mark in of_list
        process = bind.type.dialect_impl(dialect).bind_processor(dialect)
        values.append(_Value(name, many, places.get(bind.key), fixed, process))
        # Those of a list stand together.
        deque(islice(rest, len(given[name]) - 1 if many else 0), maxlen=0)
    columns = list(query.selected_columns)
    read = (
        (at, column.type.dialect_impl(dialect).result_processor(dialect, None)) for at, column in enumerate(columns)
    )
    row = namedtuple("Row", [str(column.key) for column in columns])  # type: ignore[misc]
    ready = tuple((at, process) for at, process in read if process is not None)
    return _Text(state.statement, not compiled.positional, marks, tuple(values), row, ready)
