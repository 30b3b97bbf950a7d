"""Requests to enter a stage say of which pipeline it is. Those on file are of the pipeline that their project is in."""

import sqlalchemy as sa
from alembic import op

from oa_crm.migrations.making import schema_of_ours
from oa_crm.models.types import PublicId

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Make the column and fill it in."""
    schema = schema_of_ours()
    op.add_column("oa_crm_stage_request", sa.Column("pipeline_id", PublicId(), nullable=True), schema=schema)
    project = sa.table("oa_crm_project", sa.column("id"), sa.column("pipeline_id"), schema=schema)
    asked = sa.table("oa_crm_stage_request", sa.column("project_id"), sa.column("pipeline_id"), schema=schema)
    its = sa.select(project.c.pipeline_id).where(project.c.id == asked.c.project_id).scalar_subquery()
    op.execute(sa.update(asked).values(pipeline_id=its))
