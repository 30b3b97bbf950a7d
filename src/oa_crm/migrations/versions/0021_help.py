"""Requests for help, and everything that was done with them."""

import sqlalchemy as sa

from oa_crm.migrations.making import edited, index, table
from oa_crm.models.types import Json, PublicId, UtcDateTime, long_text, text

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Make the tables."""
    table(
        "help_request",
        sa.Column("id", PublicId(), nullable=False),
        sa.Column("customer_id", PublicId(), nullable=False),
        sa.Column("project_id", PublicId(), nullable=True),
        sa.Column("title", text(200), nullable=False),
        sa.Column("question", long_text(), nullable=True),
        sa.Column("to_kind", text(20), nullable=False),
        sa.Column("to_id", text(64), nullable=False),
        sa.Column("helper_id", text(64), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("open_due", sa.Date(), nullable=True),
        sa.Column("shown", Json(), nullable=False),
        sa.Column("state", text(20), nullable=False),
        sa.Column("answer", long_text(), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("answered_by", text(64), nullable=True),
        *edited(),
        sa.Column("tenant_id", text(64), nullable=False),
        references={"customer_id": "customer", "project_id": "project"},
    )
    index("help_request", "tenant_id", "customer_id", "id")
    index("help_request", "tenant_id", "open_due", "id")
    index("help_request", "tenant_id", "to_kind", "to_id", "id")
    index("help_request", "tenant_id", "helper_id", "id")
    table(
        "help_entry",
        sa.Column("id", PublicId(), nullable=False),
        sa.Column("request_id", PublicId(), nullable=False),
        sa.Column("what", text(20), nullable=False),
        sa.Column("words", long_text(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by", text(64), nullable=False),
        sa.Column("tenant_id", text(64), nullable=False),
        references={"request_id": "help_request"},
    )
    index("help_entry", "tenant_id", "request_id", "id")
