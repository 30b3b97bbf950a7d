"""Insert or update in one statement, so that two who come first at once neither fail nor deadlock."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from sqlalchemy import Connection, Table


def upsert(connection: Connection, table: Table, key: Mapping[str, Any], values: Mapping[str, Any], **new: Any) -> None:
    """Set `values` on the row with this primary key; if there is none, insert it with `new` instead."""
    name = "mysql" if connection.dialect.name in ("mysql", "mariadb") else connection.dialect.name
    insert = import_module(f"sqlalchemy.dialects.{name}").insert(table).values({**key, **(new or values)})
    if name == "mysql":
        connection.execute(insert.on_duplicate_key_update(**values))
    else:
        connection.execute(insert.on_conflict_do_update(index_elements=list(key), set_=dict(values)))
