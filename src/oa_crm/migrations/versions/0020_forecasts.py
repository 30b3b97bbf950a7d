"""Frozen forecasts."""

import sqlalchemy as sa

from oa_crm.migrations.making import index, table
from oa_crm.models.types import PublicId, UtcDateTime, text

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Make the tables."""
    table(
        "forecast",
        sa.Column("id", PublicId(), nullable=False),
        sa.Column("name", text(200), nullable=False),
        sa.Column("closes_from", sa.Date(), nullable=True),
        sa.Column("closes_to", sa.Date(), nullable=True),
        sa.Column("projects", sa.Integer(), nullable=False),
        sa.Column("frozen_at", UtcDateTime(), nullable=False),
        sa.Column("frozen_by", text(64), nullable=False),
        sa.Column("tenant_id", text(64), nullable=False),
    )
    index("forecast", "tenant_id", "id")
    table(
        "forecast_line",
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("forecast_id", PublicId(), nullable=False),
        sa.Column("project_id", PublicId(), nullable=False),
        sa.Column("owner_id", text(64), nullable=False),
        sa.Column("department_id", text(64), nullable=True),
        sa.Column("pipeline_id", PublicId(), nullable=True),
        sa.Column("stage", text(40), nullable=False),
        sa.Column("win_rate", sa.Integer(), nullable=False),
        sa.Column("currency", text(3), nullable=False),
        sa.Column("expected_minor", sa.BigInteger(), nullable=True),
        sa.Column("expected_close_on", sa.Date(), nullable=True),
        key=("tenant_id", "forecast_id", "project_id"),
        references={"forecast_id": "forecast", "project_id": "project"},
    )
    index("forecast_line", "forecast_id")
    index("forecast_line", "project_id")
