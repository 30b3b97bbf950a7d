"""Files that are attached to things."""

import sqlalchemy as sa

from oa_crm.migrations.making import index, table
from oa_crm.models.types import PublicId, UtcDateTime, text

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table."""
    table(
        "file",
        sa.Column("id", PublicId(), nullable=False),
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("kind", text(20), nullable=False),
        sa.Column("thing_id", PublicId(), nullable=False),
        sa.Column("name", text(200), nullable=False),
        sa.Column("media_type", text(100), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", text(64), nullable=False),
        sa.Column("store_key", text(120), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", text(64), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.Column("removed_by", text(64), nullable=True),
        sa.Column("sweep_at", UtcDateTime(), nullable=True),
    )
    index("file", "tenant_id", "kind", "thing_id", "id")
    index("file", "tenant_id", "id")
    index("file", "sweep_at")
