"""Why a project ended, by a word of the dictionary: on the project, and on the line of its history."""

import sqlalchemy as sa
from alembic import op

from oa_crm.migrations.making import schema_of_ours
from oa_crm.models.types import text

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Add the columns. What ended before has no such word, and keeps its reason."""
    schema = schema_of_ours()
    op.add_column("oa_crm_project", sa.Column("end_reason", text(40), nullable=True), schema=schema)
    op.add_column("oa_crm_stage_change", sa.Column("because", text(40), nullable=True), schema=schema)
