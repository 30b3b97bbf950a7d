"""The rows of many ids. PostgreSQL gets them as one array: a mark for each would be read anew in every statement."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, any_, bindparam, literal

from oa_crm.models.types import PublicId
from oa_crm.services.work import Work


def among(work: Work, column: Any, ids: Iterable[UUID]) -> ColumnElement[bool]:
    """The condition that a column of ids holds one of these."""
    if takes_arrays(work):
        return one_of(column, literal(list(ids), ARRAY(PublicId())))
    return column.in_(list(ids))  # type: ignore[no-any-return]


def among_given(column: Any, name: str, *, array: bool) -> ColumnElement[bool]:
    """The same for a statement that is kept: the ids come by a parameter of this name, as an `array` or not."""
    if array:
        return one_of(column, bindparam(name, type_=ARRAY(PublicId())))
    return column.in_(bindparam(name, expanding=True))  # type: ignore[no-any-return]


def one_of(column: Any, array: Any) -> ColumnElement[bool]:
    """The condition that a column holds one of an array."""
    return column == any_(array)  # type: ignore[no-any-return]


def takes_arrays(work: Work) -> bool:
    """Whether ids come as an array."""
    return work.connection.dialect.name == "postgresql"
