"""The protection clock: rules, warnings, extensions, struck talks, and the deadline on each customer.

The deadlines of customers that are on file are worked out by the first sweep, which warns before it takes anything.
"""

import sqlalchemy as sa
from alembic import op

from oa_crm.migrations.making import index, schema_of_ours, table
from oa_crm.models.types import Json, PublicId, UtcDateTime, text

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make the tables and the columns, and have every company's customers walked through."""
    _rules()
    _warnings()
    _extensions()
    table(
        "struck_follow_up",
        sa.Column("follow_up_id", PublicId(), nullable=False),
        sa.Column("reason", text(500), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by", text(64), nullable=False),
        sa.Column("tenant_id", text(64), nullable=False),
        key=("follow_up_id",),
        references={"follow_up_id": "follow_up"},
    )
    index("struck_follow_up", "tenant_id", "follow_up_id")
    schema = schema_of_ours()
    for column in _columns():
        op.add_column("oa_crm_customer", column, schema=schema)
    index("customer", "tenant_id", "protected_until", "id")
    index("customer", "tenant_id", "sweep_at", "id")
    _to_be_walked(schema)


def _rules() -> None:
    table(
        "protection",
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", Json(), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", text(64), nullable=False),
        sa.Column("waiting", sa.Boolean(), nullable=False),
        sa.Column("walked_to", PublicId(), nullable=True),
        key=("tenant_id",),
    )
    table(
        "protection_run",
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("swept_at", UtcDateTime(), nullable=False),
        sa.Column("held_until", UtcDateTime(), nullable=True),
        key=("tenant_id",),
    )


def _warnings() -> None:
    table(
        "protection_warning",
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("customer_id", PublicId(), nullable=False),
        sa.Column("deadline", UtcDateTime(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("owner_id", text(64), nullable=False),
        sa.Column("manager_id", text(64), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        key=("tenant_id", "customer_id", "deadline", "days"),
        references={"customer_id": "customer"},
        sqlite_with_rowid=False,
    )
    index("protection_warning", "customer_id")


def _extensions() -> None:
    table(
        "protection_extension",
        sa.Column("id", PublicId(), nullable=False),
        sa.Column("customer_id", PublicId(), nullable=False),
        sa.Column("owner_no", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("reason", text(500), nullable=False),
        sa.Column("state", text(20), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=True),
        sa.Column("requested_at", UtcDateTime(), nullable=False),
        sa.Column("requested_by", text(64), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by", text(64), nullable=True),
        sa.Column("comment", text(500), nullable=True),
        sa.Column("tenant_id", text(64), nullable=False),
        references={"customer_id": "customer"},
    )
    index("protection_extension", "tenant_id", "customer_id", "owner_no")
    index("protection_extension", "tenant_id", "requested_by", "id")
    index("protection_extension", "tenant_id", "state", "id")


def _columns() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("protected_until", UtcDateTime(), nullable=True),
        sa.Column("protected_by", text(100), nullable=True),
        sa.Column("warned_for", UtcDateTime(), nullable=True),
        sa.Column("warned_days", sa.Integer(), nullable=True),
        sa.Column("warned_at", UtcDateTime(), nullable=True),
        sa.Column("sweep_at", UtcDateTime(), nullable=True),
    )


def _to_be_walked(schema: str | None) -> None:
    rules = sa.table(
        "oa_crm_protection",
        sa.column("tenant_id"),
        sa.column("version"),
        sa.column("changed_at", UtcDateTime()),
        sa.column("changed_by"),
        sa.column("waiting", sa.Boolean()),
        schema=schema,
    )
    columns: tuple[sa.ColumnClause[object], ...] = (
        sa.column("tenant_id"),
        sa.column("created_at", UtcDateTime()),
    )
    customers = sa.table("oa_crm_customer", *columns, schema=schema)
    # A moment that the database has: a literal one would be text to PostgreSQL in the statements for a DBA.
    since = sa.func.min(customers.c.created_at)
    each = sa.select(customers.c.tenant_id, sa.literal(0), since, sa.literal("system"), sa.true())
    each = each.group_by(customers.c.tenant_id)
    op.execute(sa.insert(rules).from_select([one.name for one in rules.columns], each))
