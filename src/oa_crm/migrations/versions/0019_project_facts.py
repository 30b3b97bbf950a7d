"""Amount lines, slips of the expected day, competitors and the decision chain of projects."""

import sqlalchemy as sa

from oa_crm.migrations.making import edited, index, table
from oa_crm.models.types import BigId, PublicId, UtcDateTime, long_text, text

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Make the tables. An expected amount that is on file stays; it has no lines."""
    _lines()
    _slips()
    _competitors()
    _chain()


def _lines() -> None:
    table(
        "project_line",
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("project_id", PublicId(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("code", text(60), nullable=False),
        sa.Column("name", text(200), nullable=False),
        sa.Column("product_line", text(60), nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit_price_minor", sa.BigInteger(), nullable=False),
        sa.Column("discount", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        key=("tenant_id", "project_id", "position"),
        references={"project_id": "project"},
    )
    index("project_line", "project_id")
    index("project_line", "tenant_id", "code")


def _slips() -> None:
    table(
        "project_slip",
        sa.Column("id", BigId, nullable=False),
        sa.Column("project_id", PublicId(), nullable=False),
        sa.Column("before", sa.Date(), nullable=True),
        sa.Column("after", sa.Date(), nullable=True),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by", text(64), nullable=False),
        sa.Column("tenant_id", text(64), nullable=False),
        references={"project_id": "project"},
    )
    index("project_slip", "tenant_id", "project_id", "id")


def _competitors() -> None:
    table(
        "competitor",
        sa.Column("project_id", PublicId(), nullable=False),
        sa.Column("name", text(200), nullable=False),
        sa.Column("strengths", long_text(), nullable=True),
        sa.Column("answer", long_text(), nullable=True),
        sa.Column("state", text(20), nullable=False),
        sa.Column("id", PublicId(), nullable=False),
        *edited(),
        sa.Column("tenant_id", text(64), nullable=False),
        unique=(("tenant_id", "project_id", "name"),),
        references={"project_id": "project"},
    )


def _chain() -> None:
    table(
        "chain_link",
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("project_id", PublicId(), nullable=False),
        sa.Column("contact_id", PublicId(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("role", text(20), nullable=False),
        sa.Column("attitude", text(20), nullable=False),
        sa.Column("influence", sa.Integer(), nullable=False),
        sa.Column("note", text(500), nullable=True),
        key=("tenant_id", "project_id", "contact_id"),
        references={"project_id": "project", "contact_id": "contact"},
    )
    index("chain_link", "project_id")
    index("chain_link", "contact_id")
    index("chain_link", "tenant_id", "contact_id")
