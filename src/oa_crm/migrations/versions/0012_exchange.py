"""Imports and exports."""

import sqlalchemy as sa

from oa_crm.migrations.making import index, table
from oa_crm.models.types import Json, PublicId, UtcDateTime, text

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Make the tables."""
    counts = ("position", "created", "updated", "skipped", "asked", "failed")
    table(
        "import",
        sa.Column("id", PublicId(), nullable=False),
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("what", text(20), nullable=False),
        sa.Column("state", text(20), nullable=False),
        sa.Column("actor_id", text(64), nullable=False),
        sa.Column("file_name", text(200), nullable=False),
        sa.Column("digest", text(64), nullable=False),
        sa.Column("options", Json(), nullable=False),
        sa.Column("running", sa.Integer(), nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in counts),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        unique=[("tenant_id", "digest", "running")],
    )
    index("import", "tenant_id", "id")
    table(
        "import_row",
        sa.Column("import_id", PublicId(), nullable=False),
        sa.Column("at_row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("outcome", text(20), nullable=False),
        sa.Column("problems", Json(), nullable=False),
        key=("import_id", "at_row"),
        references={"import_id": "import"},
        ondelete="CASCADE",
    )
    index("import_row", "tenant_id", "import_id", "at_row")
    table(
        "export_day",
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("actor_id", text(64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("taken", sa.BigInteger(), nullable=False),
        key=("tenant_id", "actor_id", "day"),
    )
