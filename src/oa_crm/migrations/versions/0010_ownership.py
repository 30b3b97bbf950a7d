"""Pools, holding limits, and the ledger of who had a customer when.

Every customer that is on file gets its first row in the ledger; those that nobody has get into a pool with the first
that the company opens.
"""

import sqlalchemy as sa
from alembic import op

from oa_crm.migrations.making import edited, index, schema_of_ours, table
from oa_crm.models.types import Json, PublicId, UtcDateTime, text

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the tables, add the columns, then write the ledger's first rows."""
    _pools()
    _ledger()
    _limits()
    schema = schema_of_ours()
    for column in _columns():
        op.add_column("oa_crm_customer", column, schema=schema)
    _first_rows(schema)
    index("customer", "tenant_id", "pool_id", "owner_since", "id")


def _pools() -> None:
    table(
        "pool",
        sa.Column("id", PublicId(), nullable=False),
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("name", text(100), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", text(20), nullable=False),
        sa.Column("admins", Json(), nullable=False),
        sa.Column("members", Json(), nullable=False),
        sa.Column("hidden", Json(), nullable=False),
        sa.Column("routes", Json(), nullable=False),
        sa.Column("claims_per_day", sa.Integer(), nullable=True),
        sa.Column("cooldown_days", sa.Integer(), nullable=True),
        sa.Column("wait_hours", sa.Integer(), nullable=True),
        *edited(),
        unique=(("tenant_id", "name"),),
    )
    index("pool", "tenant_id", "position", "id")


def _ledger() -> None:
    table(
        "ownership",
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("customer_id", PublicId(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("owner_id", text(64), nullable=True),
        sa.Column("pool_id", PublicId(), nullable=True),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("cause", text(20), nullable=False),
        sa.Column("by_id", text(64), nullable=False),
        sa.Column("reason", text(500), nullable=True),
        key=("tenant_id", "customer_id", "number"),
        references={"customer_id": "customer"},
        sqlite_with_rowid=False,
    )
    index("ownership", "tenant_id", "owner_id", "cause", "since")
    index("ownership", "customer_id")


def _limits() -> None:
    table(
        "holding_limit",
        sa.Column("id", PublicId(), nullable=False),
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("subject_kind", text(20), nullable=False),
        sa.Column("subject", text(64), nullable=False),
        sa.Column("together", sa.Boolean(), nullable=False),
        sa.Column("holding", sa.Integer(), nullable=True),
        sa.Column("claims_per_day", sa.Integer(), nullable=True),
        sa.Column("locks", sa.Integer(), nullable=True),
        sa.Column("free", Json(), nullable=False),
        *edited(),
        unique=(("tenant_id", "subject_kind", "subject", "together"),),
    )


def _columns() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("owner_since", UtcDateTime(), nullable=True),
        sa.Column("owner_no", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("pool_id", PublicId(), nullable=True),
        sa.Column("locked_at", UtcDateTime(), nullable=True),
    )


def _customers(schema: str | None) -> sa.TableClause:
    return sa.table(
        "oa_crm_customer",
        sa.column("id", PublicId()),
        sa.column("tenant_id", text(64)),
        sa.column("owner_id", text(64)),
        sa.column("owner_since", UtcDateTime()),
        sa.column("owner_no", sa.Integer()),
        sa.column("pool_id", PublicId()),
        sa.column("created_at", UtcDateTime()),
        schema=schema,
    )


def _first_rows(schema: str | None) -> None:
    customers = _customers(schema)
    op.execute(sa.update(customers).values(owner_since=customers.c.created_at, owner_no=1))
    ledger = sa.table(
        "oa_crm_ownership",
        *(
            sa.column(name)
            for name in ("tenant_id", "customer_id", "number", "owner_id", "pool_id", "since", "cause", "by_id")
        ),
        schema=schema,
    )
    c = customers.c
    rows = sa.select(
        c.tenant_id, c.id, c.owner_no, c.owner_id, c.pool_id, c.owner_since, sa.literal("create"), sa.literal("system")
    )
    names = ["tenant_id", "customer_id", "number", "owner_id", "pool_id", "since", "cause", "by_id"]
    op.execute(sa.insert(ledger).from_select(names, rows))
