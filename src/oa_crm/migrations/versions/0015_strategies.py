"""Strategies: their present, every version, who was told, ticked steps, comments."""

import sqlalchemy as sa

from oa_crm.migrations.making import edited, index, table
from oa_crm.models.types import Json, PublicId, UtcDateTime, long_text, text

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Make the tables."""
    _strategies()
    _versions()
    _readers()
    table(
        "strategy_mark",
        sa.Column("id", PublicId(), nullable=False),
        sa.Column("strategy_id", PublicId(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("note", text(500), nullable=True),
        *_said(),
        references={"strategy_id": "strategy"},
    )
    index("strategy_mark", "tenant_id", "strategy_id", "id")
    table(
        "strategy_comment",
        sa.Column("id", PublicId(), nullable=False),
        sa.Column("strategy_id", PublicId(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("words", long_text(), nullable=False),
        sa.Column("mentions", Json(), nullable=False),
        *_said(),
        references={"strategy_id": "strategy"},
    )
    index("strategy_comment", "tenant_id", "strategy_id", "id")


def _strategies() -> None:
    table(
        "strategy",
        sa.Column("id", PublicId(), nullable=False),
        sa.Column("customer_id", PublicId(), nullable=False),
        sa.Column("project_id", PublicId(), nullable=True),
        *_content(),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("ticked", Json(), nullable=False),
        sa.Column("living_customer", sa.Integer(), nullable=True),
        sa.Column("living_project", sa.Integer(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_by", text(64), nullable=True),
        sa.Column("ended_because", text(500), nullable=True),
        *edited(),
        sa.Column("tenant_id", text(64), nullable=False),
        unique=(("tenant_id", "customer_id", "living_customer"), ("tenant_id", "project_id", "living_project")),
        references={"customer_id": "customer", "project_id": "project"},
    )
    index("strategy", "tenant_id", "customer_id", "id")
    index("strategy", "tenant_id", "review_on", "id")
    index("strategy", "tenant_id", "id")


def _versions() -> None:
    table(
        "strategy_version",
        sa.Column("id", PublicId(), nullable=False),
        sa.Column("strategy_id", PublicId(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("what", text(20), nullable=False),
        *_content(),
        sa.Column("changed", Json(), nullable=False),
        sa.Column("reason", text(500), nullable=True),
        *_said(),
        unique=(("tenant_id", "strategy_id", "number"),),
        references={"strategy_id": "strategy"},
    )


def _readers() -> None:
    table(
        "strategy_reader",
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("strategy_id", PublicId(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("member_id", text(64), nullable=False),
        sa.Column("waits", sa.Integer(), nullable=True),
        sa.Column("acknowledged_at", UtcDateTime(), nullable=True),
        key=("tenant_id", "strategy_id", "number", "member_id"),
        references={"strategy_id": "strategy"},
        sqlite_with_rowid=False,
    )
    index("strategy_reader", "tenant_id", "member_id", "waits")
    index("strategy_reader", "strategy_id")


def _content() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("owner_id", text(64), nullable=False),
        sa.Column("goal", long_text(), nullable=False),
        sa.Column("approach", long_text(), nullable=True),
        sa.Column("steps", Json(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=True),
    )


def _said() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by", text(64), nullable=False),
        sa.Column("tenant_id", text(64), nullable=False),
    )
