"""Follow-ups that say who took part, where it was and how it ended, and what is added to them."""

import sqlalchemy as sa
from alembic import op

from oa_crm.migrations.making import index, schema_of_ours, table
from oa_crm.models.types import Degrees, Json, PublicId, UtcDateTime, long_text, text

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Make the columns and the tables."""
    for column in _columns():
        op.add_column("oa_crm_follow_up", column, schema=schema_of_ours())
    table(
        "follow_up_contact",
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("contact_id", PublicId(), nullable=False),
        sa.Column("follow_up_id", PublicId(), nullable=False),
        key=("tenant_id", "contact_id", "follow_up_id"),
        references={"contact_id": "contact", "follow_up_id": "follow_up"},
        sqlite_with_rowid=False,
    )
    index("follow_up_contact", "contact_id")
    index("follow_up_contact", "follow_up_id")
    table(
        "follow_up_note",
        sa.Column("id", PublicId(), nullable=False),
        sa.Column("follow_up_id", PublicId(), nullable=False),
        sa.Column("what", text(20), nullable=False),
        sa.Column("words", long_text(), nullable=False),
        sa.Column("mentions", Json(), nullable=True),
        sa.Column("reached", Json(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", text(64), nullable=False),
        sa.Column("tenant_id", text(64), nullable=False),
        references={"follow_up_id": "follow_up"},
    )
    index("follow_up_note", "tenant_id", "follow_up_id", "what", "id")


def _columns() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("result", text(20), nullable=True),
        sa.Column("members", Json(), nullable=True),
        sa.Column("met", Json(), nullable=True),
        sa.Column("place", text(200), nullable=True),
        sa.Column("latitude", Degrees(), nullable=True),
        sa.Column("longitude", Degrees(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
    )
