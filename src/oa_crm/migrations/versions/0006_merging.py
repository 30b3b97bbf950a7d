"""Merge and split: where a merged customer leads, the journal of merges, and indexes by which its rows are found."""

import sqlalchemy as sa
from alembic import op

from oa_crm.migrations.making import index, schema_of_ours, table
from oa_crm.models.types import Json, PublicId, UtcDateTime, text

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the tables, the pointer and the indexes."""
    op.add_column("oa_crm_customer", sa.Column("merged_into", PublicId(), nullable=True), schema=schema_of_ours())
    index("customer", "tenant_id", "merged_into")
    index("expense", "tenant_id", "customer_id")
    index("duplicate_override", "tenant_id", "customer_id")
    _merges()
    _parts()


def _merges() -> None:
    table(
        "merge",
        sa.Column("id", PublicId(), nullable=False),
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("winner_id", PublicId(), nullable=False),
        sa.Column("loser_id", PublicId(), nullable=False),
        sa.Column("state", text(10), nullable=False),
        sa.Column("winner_name", text(200), nullable=False),
        sa.Column("loser_name", text(200), nullable=False),
        sa.Column("winner", Json(), nullable=False),
        sa.Column("loser", Json(), nullable=False),
        sa.Column("moved", Json(), nullable=False),
        sa.Column("laid_aside", Json(), nullable=False),
        sa.Column("reason", text(500), nullable=True),
        sa.Column("merged_at", UtcDateTime(), nullable=False),
        sa.Column("merged_by", text(64), nullable=False),
        sa.Column("split_at", UtcDateTime(), nullable=True),
        sa.Column("split_by", text(64), nullable=True),
        sa.Column("split_because", text(500), nullable=True),
        references={"winner_id": "customer", "loser_id": "customer"},
    )
    index("merge", "tenant_id", "winner_id", "id")
    index("merge", "tenant_id", "loser_id", "id")


def _parts() -> None:
    table(
        "merge_part",
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("merge_id", PublicId(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("link", text(160), nullable=False),
        sa.Column("what", text(20), nullable=False),
        sa.Column("kept", Json(), nullable=False),
        key=("tenant_id", "merge_id", "number"),
        references={"merge_id": "merge"},
    )
