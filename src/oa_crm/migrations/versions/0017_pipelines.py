"""Pipelines of a company's own, requests to enter a stage, and where a project stands in its pipeline.

Projects on file stay in the pipeline of the settings; on the board they stand in the order in which they began.
"""

import sqlalchemy as sa
from alembic import op

from oa_crm.migrations.making import edited, index, schema_of_ours, table
from oa_crm.models.types import Json, PublicId, Seconds, UtcDateTime, text

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Make the tables and the columns, and give each project its place on the board."""
    _pipelines()
    _requests()
    schema = schema_of_ours()
    for column in _columns():
        op.add_column("oa_crm_project", column, schema=schema)
    op.add_column("oa_crm_stage_change", sa.Column("step", sa.Integer(), nullable=True), schema=schema)
    op.add_column("oa_crm_stage_change", sa.Column("pipeline_id", PublicId(), nullable=True), schema=schema)
    index("project", "tenant_id", "stalls_at", "id")
    index("project", "tenant_id", "pipeline_id", "stage", "board_rank", "id")
    _places(schema)


def _columns() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("type", text(40), nullable=True),
        sa.Column("pipeline_id", PublicId(), nullable=True),
        sa.Column("stalls_at", Seconds(), nullable=True),
        sa.Column("board_rank", text(100), nullable=True),
    )


def _pipelines() -> None:
    table(
        "pipeline",
        sa.Column("name", text(40), nullable=False),
        sa.Column("labels", Json(), nullable=False),
        sa.Column("departments", Json(), nullable=False),
        sa.Column("types", Json(), nullable=False),
        sa.Column("stages", Json(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", text(20), nullable=False),
        sa.Column("id", PublicId(), nullable=False),
        *edited(),
        sa.Column("tenant_id", text(64), nullable=False),
        unique=(("tenant_id", "name"),),
    )
    index("pipeline", "tenant_id", "id")


def _requests() -> None:
    table(
        "stage_request",
        sa.Column("id", PublicId(), nullable=False),
        sa.Column("project_id", PublicId(), nullable=False),
        sa.Column("stage", text(40), nullable=False),
        sa.Column("reason", text(500), nullable=False),
        sa.Column("state", text(20), nullable=False),
        sa.Column("requested_at", UtcDateTime(), nullable=False),
        sa.Column("requested_by", text(64), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by", text(64), nullable=True),
        sa.Column("comment", text(500), nullable=True),
        sa.Column("tenant_id", text(64), nullable=False),
        references={"project_id": "project"},
    )
    index("stage_request", "tenant_id", "project_id", "stage", "state")
    index("stage_request", "tenant_id", "requested_by", "id")
    index("stage_request", "tenant_id", "state", "id")


def _places(schema: str | None) -> None:
    """The id's hexadecimal digits: ids are ordered by time."""
    projects = sa.table(
        "oa_crm_project", sa.column("id", PublicId()), sa.column("board_rank", text(100)), schema=schema
    )
    if op.get_context().dialect.name == "postgresql":
        digits = sa.func.replace(sa.cast(projects.c.id, sa.Text()), "-", "")
    else:
        digits = sa.func.lower(sa.func.hex(projects.c.id))
    op.execute(sa.update(projects).values(board_rank=digits))
