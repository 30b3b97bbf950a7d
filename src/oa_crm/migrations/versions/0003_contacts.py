"""People at customers: persons, the numbers by which they are found, their posts."""

import sqlalchemy as sa

from oa_crm.migrations.making import edited, index, table
from oa_crm.models.types import Json, PublicId, long_text, text

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables."""
    _persons()
    _posts()


def _persons() -> None:
    table(
        "contact",
        sa.Column("id", PublicId(), nullable=False),
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("name", text(200), nullable=False),
        sa.Column("name_key", text(200), nullable=False),
        sa.Column("mobile", text(40), nullable=True),
        sa.Column("phones", Json(), nullable=True),
        sa.Column("emails", Json(), nullable=True),
        sa.Column("wechat", text(64), nullable=True),
        sa.Column("birthday", text(10), nullable=True),
        sa.Column("gender", text(10), nullable=True),
        sa.Column("salutation", text(40), nullable=True),
        sa.Column("notes", long_text(), nullable=True),
        *edited(),
    )
    index("contact", "tenant_id", "id")
    index("contact", "tenant_id", "name_key", "id")
    table(
        "contact_phone",
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("phone", text(16), nullable=False),
        sa.Column("contact_id", PublicId(), nullable=False),
        key=("tenant_id", "phone", "contact_id"),
        references={"contact_id": "contact"},
        ondelete="CASCADE",
        sqlite_with_rowid=False,
    )
    index("contact_phone", "contact_id")


def _posts() -> None:
    table(
        "post",
        sa.Column("id", PublicId(), nullable=False),
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("contact_id", PublicId(), nullable=False),
        sa.Column("customer_id", PublicId(), nullable=False),
        sa.Column("title", text(100), nullable=True),
        sa.Column("department", text(100), nullable=True),
        sa.Column("role", text(20), nullable=True),
        sa.Column("reports_to", PublicId(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("status", text(10), nullable=False),
        sa.Column("is_current", sa.Integer(), nullable=True),
        sa.Column("is_primary", sa.Integer(), nullable=True),
        *edited(),
        unique=(("tenant_id", "customer_id", "contact_id", "is_current"), ("tenant_id", "customer_id", "is_primary")),
        references={"contact_id": "contact", "customer_id": "customer", "reports_to": "contact"},
    )
    index("post", "tenant_id", "contact_id")
