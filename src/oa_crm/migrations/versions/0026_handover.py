"""Handovers with their receivers and items, and from when a customer's clock counts where one was kept."""

import sqlalchemy as sa
from alembic import op

from oa_crm.migrations.making import edited, index, schema_of_ours, table
from oa_crm.models.types import Json, PublicId, UtcDateTime, long_text, text

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Make the tables and the column."""
    table(
        "handover",
        sa.Column("leaver_id", text(64), nullable=False),
        sa.Column("cause", text(20), nullable=False),
        sa.Column("state", text(20), nullable=False),
        sa.Column("superior_id", text(64), nullable=True),
        sa.Column("due_mark", text(64), nullable=True),
        sa.Column("event_id", PublicId(), nullable=True),
        sa.Column("clock", text(20), nullable=True),
        sa.Column("counts", Json(), nullable=True),
        sa.Column("reason", text(500), nullable=True),
        sa.Column("executed_at", UtcDateTime(), nullable=True),
        sa.Column("executed_by", text(64), nullable=True),
        sa.Column("undo_until", UtcDateTime(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("closed_by", text(64), nullable=True),
        sa.Column("closed_because", text(500), nullable=True),
        sa.Column("id", PublicId(), nullable=False),
        sa.Column("tenant_id", text(64), nullable=False),
        *edited(),
        unique=(("tenant_id", "due_mark"), ("tenant_id", "event_id")),
    )
    index("handover", "tenant_id", "leaver_id", "id")
    index("handover", "tenant_id", "id")
    _receivers()
    _items()
    op.add_column("oa_crm_customer", sa.Column("clock_from", UtcDateTime(), nullable=True), schema=schema_of_ours())


def _receivers() -> None:
    table(
        "handover_receiver",
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("handover_id", PublicId(), nullable=False),
        sa.Column("member_id", text(64), nullable=False),
        sa.Column("counts", Json(), nullable=False),
        sa.Column("acknowledged_at", UtcDateTime(), nullable=True),
        sa.Column("words", text(500), nullable=True),
        key=("tenant_id", "handover_id", "member_id"),
        references={"handover_id": "handover"},
        sqlite_with_rowid=False,
    )
    index("handover_receiver", "tenant_id", "member_id", "handover_id")
    index("handover_receiver", "handover_id")


def _items() -> None:
    table(
        "handover_item",
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("handover_id", PublicId(), nullable=False),
        sa.Column("kind", text(20), nullable=False),
        sa.Column("thing_id", PublicId(), nullable=False),
        sa.Column("receiver_id", text(64), nullable=True),
        sa.Column("pool_id", PublicId(), nullable=True),
        sa.Column("customer_id", PublicId(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("updated_by", text(64), nullable=False),
        sa.Column("kept", long_text(), nullable=True),
        sa.Column("owner_no", sa.Integer(), nullable=True),
        sa.Column("since", UtcDateTime(), nullable=True),
        sa.Column("clock_from", UtcDateTime(), nullable=True),
        sa.Column("locked_at", UtcDateTime(), nullable=True),
        sa.Column("warned_for", UtcDateTime(), nullable=True),
        sa.Column("warned_days", sa.Integer(), nullable=True),
        sa.Column("warned_at", UtcDateTime(), nullable=True),
        sa.Column("put_back", sa.Integer(), nullable=True),
        key=("tenant_id", "handover_id", "kind", "thing_id"),
        sqlite_with_rowid=False,
    )
