"""Custom fields: definitions, the JSON on customers and projects, and the index of its values."""

import sqlalchemy as sa
from alembic import op

from oa_crm.migrations.making import edited, index, schema_of_ours, table
from oa_crm.models.types import Json, PublicId, UtcDateTime, text

revision = "0007"
down_revision = "0006"

_KEY = ("tenant_id", "kind", "field")


def upgrade() -> None:
    """Make the tables; no thing has a value yet."""
    for kind in ("customer", "project"):
        op.add_column(f"oa_crm_{kind}", sa.Column("custom", Json(), nullable=True), schema=schema_of_ours())
    _definitions()
    _values()


def _definitions() -> None:
    table(
        "custom_field",
        sa.Column("id", PublicId(), nullable=False),
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("kind", text(20), nullable=False),
        sa.Column("name", text(40), nullable=False),
        sa.Column("state", text(20), nullable=False),
        sa.Column("definition", Json(), nullable=False),
        *edited(),
        unique=(("tenant_id", "kind", "name"),),
    )
    index("custom_field", "tenant_id", "id")
    table(
        "custom_set",
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("kind", text(20), nullable=False),
        sa.Column("stamp", PublicId(), nullable=False),
        key=("tenant_id", "kind"),
    )


def _values() -> None:
    table(
        "custom_value",
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("kind", text(20), nullable=False),
        sa.Column("field", text(40), nullable=False),
        sa.Column("thing_id", PublicId(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text_key", text(200), nullable=False),
        sa.Column("number_key", sa.BigInteger(), nullable=True),
        sa.Column("date_key", sa.Date(), nullable=True),
        sa.Column("unique_mark", sa.Integer(), nullable=True),
        key=(*_KEY, "thing_id", "position"),
        unique=((*_KEY, "text_key", "unique_mark"),),
        sqlite_with_rowid=False,
    )
    for column in ("text_key", "number_key", "date_key"):
        index("custom_value", *_KEY, column, "thing_id")
    index("custom_value", "tenant_id", "thing_id")
    table(
        "custom_rebuild",
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("kind", text(20), nullable=False),
        sa.Column("field", text(40), nullable=False),
        sa.Column("after", PublicId(), nullable=True),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        key=_KEY,
    )
