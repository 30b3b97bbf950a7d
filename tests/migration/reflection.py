"""What a database really holds, as plain values that can be compared: reflection plus the catalogue's own words."""

from typing import Any

from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.pool import NullPool

# What SQLAlchemy does not reflect: collation, precision, extras such as auto_increment.
_CATALOGUE = {
    "mysql": """SELECT table_name, column_name, column_type, is_nullable, column_default, extra, collation_name
                FROM information_schema.columns WHERE table_schema = DATABASE()""",
    "postgresql": """SELECT table_name, column_name, udt_name, is_nullable, column_default, collation_name,
                     character_maximum_length, datetime_precision, is_identity
                     FROM information_schema.columns WHERE table_schema = :schema""",
    "sqlite": "SELECT name, sql LIKE '%AUTOINCREMENT%' FROM sqlite_master WHERE type = 'table'",
}


def tables(url: str, schema: str | None = None, *, prefix: str = "oa_crm_") -> dict[str, Any]:
    """Every table whose name starts with `prefix`: columns, primary key, indexes, uniques, foreign keys."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        found = inspect(connection)
        names = [name for name in sorted(found.get_table_names(schema)) if name.startswith(prefix)]
        details = {name: _table(found, name, schema) for name in names}
        return {"tables": details, "catalogue": _catalogue(connection, schema, prefix)}


def names(url: str, schema: str | None = None) -> set[str]:
    """Every table, ours or not."""
    with create_engine(url, poolclass=NullPool).connect() as connection:
        return set(inspect(connection).get_table_names(schema))


def _table(found: Any, name: str, schema: str | None) -> dict[str, Any]:
    return {
        "columns": dict(sorted((column["name"], _plain(column)) for column in found.get_columns(name, schema))),
        "primary key": found.get_pk_constraint(name, schema),
        "indexes": _sorted(found.get_indexes(name, schema)),
        "uniques": _sorted(found.get_unique_constraints(name, schema)),
        "foreign keys": _sorted(found.get_foreign_keys(name, schema)),
    }


def _plain(column: dict[str, Any]) -> dict[str, Any]:
    return {key: repr(value) for key, value in sorted(column.items())}


def _sorted(items: list[dict[str, Any]]) -> list[str]:
    return sorted(repr(sorted((key, _told(value)) for key, value in item.items())) for item in items)


def _told(value: Any) -> Any:
    """Options by their words: the condition of a partial index is an object."""
    return {key: str(one) for key, one in sorted(value.items())} if isinstance(value, dict) else value


def _catalogue(connection: Connection, schema: str | None, prefix: str) -> list[tuple[Any, ...]]:
    statement = text(_CATALOGUE[connection.dialect.name])
    given = {"schema": schema or "public"} if ":schema" in str(statement) else {}
    rows = [tuple(row) for row in connection.execute(statement, given)]
    return sorted((row for row in rows if row[0].startswith(prefix)), key=repr)
