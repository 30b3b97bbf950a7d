"""A moment as whole seconds since 1970, worked out by the database: what is subtracted is the same on all three."""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class epoch(FunctionElement[int]):  # noqa: N801 - it reads as the function that it is
    """The seconds since 1970 of a column of times."""

    name = "epoch"
    type = BigInteger()
    inherit_cache = True

    def __init__(self, moment: ColumnElement[Any]) -> None:
        super().__init__(moment)


@compiles(epoch)
def _sqlite(element: epoch, compiler: Any, **kw: Any) -> str:
    return f"CAST(strftime('%s', {compiler.process(element.clauses, **kw)}) AS INTEGER)"


@compiles(epoch, "postgresql")
def _postgresql(element: epoch, compiler: Any, **kw: Any) -> str:
    return f"CAST(floor(extract(epoch FROM {compiler.process(element.clauses, **kw)})) AS BIGINT)"


@compiles(epoch, "mysql")
@compiles(epoch, "mariadb")
def _mysql(element: epoch, compiler: Any, **kw: Any) -> str:
    return f"timestampdiff(SECOND, '1970-01-01', {compiler.process(element.clauses, **kw)})"
