"""Plans of follow-ups, key issues and needs."""

import sqlalchemy as sa

from oa_crm.migrations.making import edited, index, table
from oa_crm.models.types import PublicId, UtcDateTime, long_text, text

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Make the tables."""
    _plans()
    _matters()


def _plans() -> None:
    table(
        "plan",
        sa.Column("customer_id", PublicId(), nullable=True),
        sa.Column("lead_id", PublicId(), nullable=True),
        sa.Column("project_id", PublicId(), nullable=True),
        sa.Column("assignee_id", text(64), nullable=False),
        sa.Column("way", text(20), nullable=False),
        sa.Column("purpose", long_text(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("remind_before", sa.Integer(), nullable=False),
        sa.Column("remind_at", UtcDateTime(), nullable=True),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.Column("state", text(20), nullable=False),
        sa.Column("follow_up_id", PublicId(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_because", text(500), nullable=True),
        sa.Column("id", PublicId(), nullable=False),
        *edited(),
        sa.Column("tenant_id", text(64), nullable=False),
        sa.CheckConstraint("customer_id IS NOT NULL OR lead_id IS NOT NULL", name="ck_oa_crm_plan_of"),
        references={
            "customer_id": "customer", "lead_id": "lead", "project_id": "project", "follow_up_id": "follow_up",
        },
    )  # fmt: skip
    index("plan", "tenant_id", "assignee_id", "state", "due_at", "id")
    index("plan", "tenant_id", "customer_id", "state", "due_on")
    index("plan", "tenant_id", "lead_id", "state", "due_on")
    index("plan", "tenant_id", "state", "due_at", "id")
    index("plan", "tenant_id", "remind_at", "id")


def _matters() -> None:
    table(
        "matter",
        sa.Column("what", text(20), nullable=False),
        sa.Column("customer_id", PublicId(), nullable=False),
        sa.Column("project_id", PublicId(), nullable=True),
        sa.Column("follow_up_id", PublicId(), nullable=True),
        sa.Column("words", long_text(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("product_line", text(60), nullable=True),
        sa.Column("assignee_id", text(64), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("state", text(20), nullable=False),
        sa.Column("id", PublicId(), nullable=False),
        *edited(),
        sa.Column("tenant_id", text(64), nullable=False),
        references={"customer_id": "customer", "project_id": "project", "follow_up_id": "follow_up"},
    )
    index("matter", "tenant_id", "customer_id")
    index("matter", "tenant_id", "what", "customer_id", "state", "id")
    index("matter", "tenant_id", "what", "project_id", "state", "id")
    index("matter", "tenant_id", "what", "assignee_id", "state", "id")
    index("matter", "tenant_id", "what", "state", "id")
    table(
        "matter_note",
        sa.Column("id", PublicId(), nullable=False),
        sa.Column("matter_id", PublicId(), nullable=False),
        sa.Column("what", text(20), nullable=False),
        sa.Column("words", long_text(), nullable=True),
        sa.Column("follow_up_id", PublicId(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", text(64), nullable=False),
        sa.Column("tenant_id", text(64), nullable=False),
        references={"matter_id": "matter", "follow_up_id": "follow_up"},
    )
    index("matter_note", "tenant_id", "matter_id", "id")
