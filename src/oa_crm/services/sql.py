"""What each database calls by another name: an id as text, a fresh id, and one word in a list that is kept as JSON."""

from functools import reduce
from typing import Any

import pydantic_core
from sqlalchemy import ColumnElement, Text, case, cast, func, literal, type_coerce

from oa_crm.models.types import PublicId, long_text, text
from oa_crm.services.work import Work

_PARTS = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))


def id_as_text(work: Work, column: Any) -> ColumnElement[Any]:
    """An id as it is written: 8-4-4-4-12."""
    if work.connection.dialect.name == "postgresql":
        return cast(column, Text())
    digits = func.lower(func.hex(column), type_=text(36))
    first, *rest = (func.substr(digits, at, many, type_=text(36)) for at, many in _PARTS)
    return reduce(lambda written, part: written.concat("-").concat(part), rest, cast(first, text(36)))


def fresh_id(work: Work) -> ColumnElement[Any]:
    """A new id for every row. By chance and not by time: what has it is read by other columns."""
    name = work.connection.dialect.name
    if name == "postgresql":
        return func.gen_random_uuid(type_=PublicId())
    if name == "sqlite":
        return func.randomblob(16, type_=PublicId())
    return func.unhex(func.replace(func.uuid(), "-", ""), type_=PublicId())


def as_json(value: Any) -> ColumnElement[Any]:
    """A value as our JSON columns hold it, as text."""
    return literal(pydantic_core.to_json(value).decode(), long_text())


def as_text(column: Any) -> ColumnElement[Any]:
    """What a JSON column holds, as the text that it is."""
    return type_coerce(column, long_text())


def has(column: Any, word: Any) -> ColumnElement[bool]:
    """Whether a list that is kept as JSON has this word in it."""
    return func.replace(as_text(column), as_json(word), "", type_=long_text()) != as_text(column)


def instead(column: Any, old: Any, new: Any) -> ColumnElement[Any]:
    """The list with `new` in the place of `old`; if `new` is in it already, without `old`."""
    held, word = as_text(column), pydantic_core.to_json(old).decode()
    put = func.replace(held, word, as_json(new), type_=long_text())
    less = func.replace(func.replace(held, "," + word, ""), word + ",", "", type_=long_text())
    return case((has(column, new), less), else_=put)
