"""Shares of facts, and who read them when."""

import sqlalchemy as sa

from oa_crm.migrations.making import edited, index, table
from oa_crm.models.types import Json, PublicId, UtcDateTime, long_text, text

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Make the tables."""
    table(
        "share",
        sa.Column("id", PublicId(), nullable=False),
        sa.Column("customer_id", PublicId(), nullable=False),
        sa.Column("project_id", PublicId(), nullable=True),
        sa.Column("receiver_id", text(64), nullable=False),
        sa.Column("title", text(200), nullable=False),
        sa.Column("note", long_text(), nullable=True),
        sa.Column("facts", Json(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.Column("revoked_by", text(64), nullable=True),
        sa.Column("revoked_because", text(500), nullable=True),
        *edited(),
        sa.Column("tenant_id", text(64), nullable=False),
        references={"customer_id": "customer", "project_id": "project"},
    )
    index("share", "tenant_id", "customer_id", "id")
    index("share", "tenant_id", "receiver_id", "id")
    table(
        "share_look",
        sa.Column("id", PublicId(), nullable=False),
        sa.Column("share_id", PublicId(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by", text(64), nullable=False),
        sa.Column("request_id", text(64), nullable=False),
        sa.Column("tenant_id", text(64), nullable=False),
        references={"share_id": "share"},
    )
    index("share_look", "tenant_id", "share_id", "id")
