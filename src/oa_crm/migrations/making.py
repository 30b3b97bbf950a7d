"""How versions make tables: our prefix, our names for keys and indexes, our options on each database.

Frozen with the versions: what is changed here changes what they made.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op
from alembic.op import f

from oa_crm.models.types import UtcDateTime, text

_OPTIONS: dict[str, Any] = {
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
    "mysql_engine": "InnoDB",
    "sqlite_autoincrement": True,
}


def schema_of_ours() -> str | None:
    """The schema that the tables of this run lie in."""
    schema: str | None = op.get_context().opts.get("version_table_schema")
    return schema


def table(
    name: str,
    *columns: sa.Column[Any] | sa.Constraint,
    key: Sequence[str] = ("id",),
    unique: Sequence[Sequence[str]] = (),
    references: Mapping[str, str] | None = None,
    ondelete: str | None = None,
    **options: Any,
) -> None:
    """Make a table; `references` leads from a column to another table of ours, by its `id`."""
    full, schema = f"oa_crm_{name}", schema_of_ours()
    at = "" if schema is None else f"{schema}."
    keys = (
        sa.ForeignKeyConstraint([column], [f"{at}oa_crm_{to}.id"], name=f(f"fk_{full}_{column}"), ondelete=ondelete)
        for column, to in (references or {}).items()
    )
    op.create_table(
        full,
        *columns,
        *keys,
        sa.PrimaryKeyConstraint(*key, name=f(f"pk_{full}")),
        *(sa.UniqueConstraint(*one, name=f(f"uq_{full}_{'_'.join(one)}")) for one in unique),
        schema=schema,
        **{**_OPTIONS, **options},
    )


def index(table_name: str, *columns: str) -> None:
    """Make an index."""
    full = f"oa_crm_{table_name}"
    op.create_index(f(f"ix_{full}_{'_'.join(columns)}"), full, list(columns), schema=schema_of_ours())


def edited() -> tuple[sa.Column[Any], ...]:
    """The columns of a row that people work on."""
    return (
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", text(64), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("updated_by", text(64), nullable=False),
    )
