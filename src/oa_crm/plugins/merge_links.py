"""What is wrong with a merge link. One that fits nothing would fail in a merge, long after the start."""

from typing import Any

from sqlalchemy import String, Table, TypeDecorator, Uuid

from oa_crm.hooks.answers import MergeLink
from oa_crm.models import SCHEMA_TOKEN


def misfit(link: MergeLink) -> str | None:
    """Why this link could never be followed, or None."""
    table: Any = link.table
    if not isinstance(table, Table):
        return f"of {table!r}, which is no sqlalchemy Table (of a mapped class, it is `Class.__table__`)"
    if not isinstance(link.name, str) or not 1 <= len(link.name) <= 100:
        return "whose name has not 1 to 100 characters"
    if table.schema == SCHEMA_TOKEN:
        return f"of {table.name}, which is a table of ours and follows by itself"
    if not list(table.primary_key):
        return f"of {table.name}, which has no primary key"
    for name in (link.column, link.tenant_column):
        if name is not None and name not in table.c:
            return f"of {table.name}, which has no column {name!r}; it has {', '.join(table.c.keys())}"
    return _no_id(table, link.column)


def _no_id(table: Table, name: str) -> str | None:
    type_ = table.c[name].type
    kept = type_.impl_instance if isinstance(type_, TypeDecorator) else type_
    if isinstance(kept, String) and (kept.length is None or kept.length >= 36):
        return None
    if isinstance(kept, Uuid) and kept.as_uuid:
        return None
    return f"of {table.name}.{name}, which is {kept!r} and holds no id of a customer: text of 36, or Uuid()"
