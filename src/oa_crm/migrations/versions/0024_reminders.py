"""Reminders: a company's rules for them, and what was told."""

import sqlalchemy as sa

from oa_crm.migrations.making import index, table
from oa_crm.models.types import Json, PublicId, UtcDateTime, text

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Make the tables."""
    table(
        "reminder_policy",
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", Json(), nullable=True),
        sa.Column("told_to", sa.Date(), nullable=True),
        key=("tenant_id",),
    )
    table(
        "reminder",
        sa.Column("id", PublicId(), nullable=False),
        sa.Column("what", text(20), nullable=False),
        sa.Column("kind", text(20), nullable=False),
        sa.Column("thing_id", PublicId(), nullable=False),
        sa.Column("anchor", UtcDateTime(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("member_id", text(64), nullable=False),
        sa.Column("manager_id", text(64), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("tenant_id", text(64), nullable=False),
        sa.UniqueConstraint("tenant_id", "thing_id", "what", "anchor", "step", name="uq_oa_crm_reminder_told"),
    )
    index("reminder", "tenant_id", "member_id", "id")
