"""An item of a handover keeps what ended with what went into a pool: when a plan was to remind, the next contact."""

import sqlalchemy as sa
from alembic import op

from oa_crm.migrations.making import schema_of_ours
from oa_crm.models.types import UtcDateTime

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    """Make the columns."""
    schema = schema_of_ours()
    op.add_column("oa_crm_handover_item", sa.Column("remind_at", UtcDateTime(), nullable=True), schema=schema)
    op.add_column("oa_crm_handover_item", sa.Column("next_contact_on", sa.Date(), nullable=True), schema=schema)
