"""Follow-ups found by when they were and who recorded them, and what was imported marked as such."""

import sqlalchemy as sa
from alembic import op

from oa_crm.migrations.making import index, schema_of_ours
from oa_crm.models.types import PublicId

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Make the column and the indexes."""
    op.add_column("oa_crm_follow_up", sa.Column("import_id", PublicId(), nullable=True), schema=schema_of_ours())
    index("follow_up", "tenant_id", "happened_at", "id")
    index("follow_up", "tenant_id", "created_by", "happened_at", "id")
