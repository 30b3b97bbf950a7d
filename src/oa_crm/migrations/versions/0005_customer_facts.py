"""Facts of a customer: kind, numbers, tags, phones, invoice, group, place; favourites and saved views.

Industry and region keep what they hold: text that is no code stays text until somebody edits it.
"""

import sqlalchemy as sa
from alembic import op

from oa_crm.migrations.making import edited, index, schema_of_ours, table
from oa_crm.models.types import Degrees, Json, PublicId, text

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the columns and their indexes, then the tables."""
    schema = schema_of_ours()
    for column in _facts():
        op.add_column("oa_crm_customer", column, schema=schema)
    for field in _LISTED:
        index("customer", "tenant_id", field, "id")
    _numbers_and_tags()
    _favourites()
    _views()


_LISTED = (
    "parent_id", "group_id", "industry", "region", "level", "status", "created_at", "updated_at", "last_follow_up_at",
    "next_contact_on",
)  # fmt: skip


def _facts() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("kind", text(20), nullable=False, server_default="enterprise"),
        sa.Column("foreign_name", text(200), nullable=True),
        sa.Column("numbers", Json(), nullable=True),
        sa.Column("size", text(20), nullable=True),
        sa.Column("status", text(20), nullable=False, server_default="active"),
        sa.Column("phones", Json(), nullable=True),
        sa.Column("latitude", Degrees(), nullable=True),
        sa.Column("longitude", Degrees(), nullable=True),
        sa.Column("invoice", Json(), nullable=True),
        sa.Column("tags", Json(), nullable=True),
        sa.Column("parent_id", PublicId(), nullable=True),
        sa.Column("group_id", PublicId(), nullable=True),
        sa.Column("next_contact_on", sa.Date(), nullable=True),
    )


def _numbers_and_tags() -> None:
    table(
        "customer_number",
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("scheme", text(20), nullable=False),
        sa.Column("number", text(40), nullable=False),
        sa.Column("customer_id", PublicId(), nullable=False),
        key=("tenant_id", "scheme", "number"),
        references={"customer_id": "customer"},
        ondelete="CASCADE",
    )
    index("customer_number", "customer_id")
    table(
        "customer_tag",
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("tag", text(40), nullable=False),
        sa.Column("customer_id", PublicId(), nullable=False),
        key=("tenant_id", "tag", "customer_id"),
        references={"customer_id": "customer"},
        ondelete="CASCADE",
        sqlite_with_rowid=False,
    )
    index("customer_tag", "customer_id")


def _favourites() -> None:
    table(
        "favourite",
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("member_id", text(64), nullable=False),
        sa.Column("customer_id", PublicId(), nullable=False),
        key=("tenant_id", "member_id", "customer_id"),
        references={"customer_id": "customer"},
        ondelete="CASCADE",
        sqlite_with_rowid=False,
    )
    index("favourite", "customer_id")


def _views() -> None:
    table(
        "view",
        sa.Column("id", PublicId(), nullable=False),
        sa.Column("owner_id", text(64), nullable=False),
        sa.Column("name", text(100), nullable=False),
        sa.Column("shared", text(20), nullable=False),
        sa.Column("department_id", text(64), nullable=True),
        sa.Column("wanted", Json(), nullable=False),
        sa.Column("fields", Json(), nullable=False),
        *edited(),
        sa.Column("tenant_id", text(64), nullable=False),
        unique=(("tenant_id", "owner_id", "name"),),
    )
    index("view", "tenant_id", "shared", "id")
