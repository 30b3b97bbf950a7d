"""An id as the audit writes it, in SQL: rows hold ids as small as the database allows, the audit holds them as text."""

from typing import Any

from sqlalchemy import ColumnElement, func
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from oa_crm.models.types import text


class IdText(FunctionElement[str]):
    """The text of a public id: lower case, with its four hyphens."""

    name = "id_text"
    type = text(64)
    inherit_cache = True

    def __init__(self, id: ColumnElement[Any]) -> None:
        super().__init__(id)


@compiles(IdText)
def _from_bytes(element: IdText, compiler: Any, **kw: Any) -> str:
    (id,) = element.clauses
    digits = func.lower(func.hex(id))
    parts = [func.substr(digits, at, many) for at, many in ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))]
    told = parts[0].concat("-")
    for part in parts[1:-1]:
        told = told.concat(part).concat("-")
    return str(compiler.process(told.concat(parts[-1]), **kw))


@compiles(IdText, "postgresql")
def _from_uuid(element: IdText, compiler: Any, **kw: Any) -> str:
    (id,) = element.clauses
    return f"CAST({compiler.process(id, **kw)} AS TEXT)"
