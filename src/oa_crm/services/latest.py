"""The latest of somebody's rows, by the index that leads to his.

MariaDB, asked for the first row in an order, likes to walk an index that has this order for the whole company until it
meets one of his: for a customer whom nobody called for long, that is every talk since. So it is told. SQLite that was
never told to ANALYZE does the same.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, UnaryExpression
from sqlalchemy.sql.operators import custom_op

from oa_crm.services.work import Work

OF_CUSTOMER = ("tenant_id", "customer_id", "happened_at", "id")
OF_PROJECT = ("tenant_id", "project_id", "id")
_HINTED = ("mariadb", "mysql")


def by_index(query: Select[Any], table: Any, columns: Sequence[str]) -> Select[Any]:
    """The query, which MariaDB answers by the table's index on these columns; the others find it themselves."""
    name = next(one.name for one in table.indexes if tuple(one.columns.keys()) == tuple(columns))
    for dialect in _HINTED:
        query = query.with_hint(table, f"FORCE INDEX ({name})", dialect)
    return query


def by_key(query: Select[Any], table: Any) -> Select[Any]:
    """The query for some ids, which MariaDB answers by the table's primary key: to weigh twenty other indexes takes it
    longer than to read the rows."""
    for dialect in _HINTED:
        query = query.with_hint(table, "FORCE INDEX (PRIMARY)", dialect)
    return query


def by_no_index(work: Work, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The column, for an order or a comparison that no index of SQLite is to serve: it takes none for what stands
    behind a plus. The others find the better one themselves."""
    if work.connection.dialect.name != "sqlite":
        return column
    return UnaryExpression(column, operator=custom_op("+"), type_=column.type)
