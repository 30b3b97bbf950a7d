"""The rows of many ids. A mark for each would be read anew in every statement, so they come as one value if they can.

PostgreSQL gets an array, SQLite all of them in one string of bytes, which it takes apart itself. MariaDB gets marks.
"""

from collections.abc import Collection, Iterable
from enum import Enum, auto
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, LargeBinary, any_, bindparam, column, text
from sqlalchemy.sql.elements import BindParameter

from oa_crm.models.types import PublicId
from oa_crm.services.work import Work

_FEW = 20
_TAKEN_APART = """
WITH RECURSIVE here(at) AS (SELECT 1 UNION ALL SELECT at + 16 FROM here WHERE at + 16 < length(:{name}))
SELECT substr(:{name}, at, 16) AS id FROM here
"""


class Form(Enum):
    """How ids come to a statement."""

    ARRAY = auto()
    PACKED = auto()
    MARKS = auto()


_BOUND: dict[Form, dict[str, Any]] = {
    Form.ARRAY: {"type_": ARRAY(PublicId())},
    Form.PACKED: {"type_": LargeBinary()},
    Form.MARKS: {"type_": PublicId(), "expanding": True},
}


def form_of(work: Work, ids: Collection[UUID]) -> Form:
    """The form that suits this database and as many ids."""
    database = work.connection.dialect.name
    if database == "postgresql":
        return Form.ARRAY
    return Form.PACKED if database == "sqlite" and len(ids) > _FEW else Form.MARKS


def among(work: Work, column: Any, ids: Iterable[UUID]) -> ColumnElement[bool]:
    """The condition that a column of ids holds one of these."""
    some = list(ids)
    form = form_of(work, some)
    return _among(column, form, "ids", bindparam("ids", in_form(form, some), unique=True, **_BOUND[form]))


def among_given(column: Any, name: str, form: Form) -> ColumnElement[bool]:
    """The same for a statement that is kept: the ids come `in_form` by a parameter of this name."""
    return _among(column, form, name, bindparam(name, **_BOUND[form]))


def in_form(form: Form, ids: Collection[UUID]) -> list[UUID] | bytes:
    """These ids as a parameter of this form."""
    return b"".join([id.bytes for id in ids]) if form is Form.PACKED else list(ids)


def _among(of: Any, form: Form, name: str, ids: BindParameter[Any]) -> ColumnElement[bool]:
    if form is Form.ARRAY:
        return of == any_(ids)  # type: ignore[no-any-return]
    if form is Form.PACKED:
        apart = text(_TAKEN_APART.format(name=name)).bindparams(ids)
        return of.in_(apart.columns(column("id", PublicId())))  # type: ignore[no-any-return]
    return of.in_(ids)  # type: ignore[no-any-return]
