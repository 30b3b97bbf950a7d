"""Rights on built-in fields, who looked at whom, and who was erased."""

import sqlalchemy as sa

from oa_crm.migrations.making import index, table
from oa_crm.models.types import Json, PublicId, UtcDateTime, text

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make the tables."""
    _rules()
    _looks()
    _erasures()


def _rules() -> None:
    table(
        "field_rule",
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("kind", text(20), nullable=False),
        sa.Column("field", text(40), nullable=False),
        sa.Column("see", Json(), nullable=False),
        sa.Column("edit", Json(), nullable=False),
        sa.Column("masked", Json(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("updated_by", text(64), nullable=False),
        key=("tenant_id", "kind", "field"),
    )
    table(
        "field_rule_set",
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("stamp", PublicId(), nullable=False),
        key=("tenant_id",),
    )


def _looks() -> None:
    table(
        "look",
        sa.Column("id", PublicId(), nullable=False),
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor_id", text(64), nullable=False),
        sa.Column("on_behalf_of", text(64), nullable=True),
        sa.Column("request_id", text(64), nullable=False),
        sa.Column("what", text(20), nullable=False),
        sa.Column("kind", text(20), nullable=False),
        sa.Column("thing_id", PublicId(), nullable=True),
        sa.Column("fields", Json(), nullable=False),
        sa.Column("many", sa.Integer(), nullable=False),
        sa.Column("detail", text(200), nullable=True),
        sa.Column("reason", text(500), nullable=True),
    )
    index("look", "tenant_id", "at", "id")
    index("look", "tenant_id", "actor_id", "at", "id")
    index("look", "tenant_id", "kind", "thing_id", "at", "id")
    index("look", "at")


def _erasures() -> None:
    table(
        "erasure",
        sa.Column("id", PublicId(), nullable=False),
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("kind", text(20), nullable=False),
        sa.Column("thing_id", PublicId(), nullable=False),
        sa.Column("erased", Json(), nullable=False),
        sa.Column("stays", Json(), nullable=False),
        sa.Column("reason", text(500), nullable=False),
        sa.Column("attachments", sa.Boolean(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by", text(64), nullable=False),
    )
    index("erasure", "tenant_id", "id")
    index("erasure", "tenant_id", "kind", "thing_id", "id")
