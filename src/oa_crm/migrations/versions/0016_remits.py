"""Remits, and members who are outsiders."""

import sqlalchemy as sa
from alembic import op

from oa_crm.migrations.making import edited, index, schema_of_ours, table
from oa_crm.models.types import Json, PublicId, text

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Make the tables and the column. Nobody was an outsider before."""
    table(
        "remit",
        sa.Column("name", text(140), nullable=False),
        sa.Column("subject_kind", text(20), nullable=False),
        sa.Column("subject", text(64), nullable=False),
        sa.Column("effect", text(20), nullable=False),
        sa.Column("may", text(20), nullable=False),
        sa.Column("wanted", Json(), nullable=False),
        sa.Column("state", text(20), nullable=False),
        *edited(),
        sa.Column("id", PublicId(), nullable=False),
        sa.Column("tenant_id", text(64), nullable=False),
        unique=[("tenant_id", "name")],
    )
    index("remit", "tenant_id", "state", "id")
    table(
        "remit_set",
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("stamp", PublicId(), nullable=False),
        key=("tenant_id",),
    )
    op.add_column(
        "oa_crm_member",
        sa.Column("external", sa.Boolean(), server_default=sa.false(), nullable=False),
        schema=schema_of_ours(),
    )
