"""Rights on built-in fields."""

import sqlalchemy as sa

from oa_crm.migrations.making import table
from oa_crm.models.types import Json, PublicId, UtcDateTime, text

revision = "0010"
down_revision = "0008"


def upgrade() -> None:
    """Make the tables."""
    table(
        "field_rule",
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("kind", text(20), nullable=False),
        sa.Column("field", text(40), nullable=False),
        sa.Column("see", Json(), nullable=False),
        sa.Column("edit", Json(), nullable=False),
        sa.Column("masked", Json(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("updated_by", text(64), nullable=False),
        key=("tenant_id", "kind", "field"),
    )
    table(
        "field_rule_set",
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("stamp", PublicId(), nullable=False),
        key=("tenant_id",),
    )
