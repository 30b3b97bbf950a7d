"""Seats on the teams of customers and projects, and shares of the credit for projects."""

import sqlalchemy as sa

from oa_crm.migrations.making import index, table
from oa_crm.models.types import PublicId, UtcDateTime, text

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Make the tables."""
    _seats()
    _credit()


def _seats() -> None:
    table(
        "team_seat",
        sa.Column("id", PublicId(), nullable=False),
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("kind", text(20), nullable=False),
        sa.Column("thing_id", PublicId(), nullable=False),
        sa.Column("member_id", text(64), nullable=False),
        sa.Column("level", text(20), nullable=False),
        sa.Column("role", text(40), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("ends_at", UtcDateTime(), nullable=True),
        sa.Column("open", sa.SmallInteger(), nullable=True),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("by_id", text(64), nullable=False),
        sa.Column("reason", text(500), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_by", text(64), nullable=True),
        sa.Column("ended_how", text(20), nullable=True),
        sa.Column("ended_because", text(500), nullable=True),
        unique=(("tenant_id", "kind", "thing_id", "member_id", "open"),),
    )
    index("team_seat", "tenant_id", "kind", "thing_id", "id")
    index("team_seat", "tenant_id", "member_id", "open", "id")


def _credit() -> None:
    table(
        "credit_split",
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("project_id", PublicId(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("by_id", text(64), nullable=False),
        sa.Column("reason", text(500), nullable=True),
        key=("tenant_id", "project_id", "number"),
        references={"project_id": "project"},
        sqlite_with_rowid=False,
    )
    index("credit_split", "project_id")
    table(
        "credit_share",
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("project_id", PublicId(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("member_id", text(64), nullable=False),
        sa.Column("hundredths", sa.Integer(), nullable=False),
        key=("tenant_id", "project_id", "number", "member_id"),
        references={"project_id": "project"},
        sqlite_with_rowid=False,
    )
    index("credit_share", "project_id")
