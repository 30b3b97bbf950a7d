"""Leads, and what was said to them."""

import sqlalchemy as sa
from alembic import op
from alembic.op import f

from oa_crm.migrations.making import edited, index, schema_of_ours, table
from oa_crm.models.types import Json, PublicId, UtcDateTime, long_text, text

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the table, then let a follow-up be of a lead."""
    _leads()
    _follow_ups()


def _leads() -> None:
    table(
        "lead",
        sa.Column("id", PublicId(), nullable=False),
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("company_name", text(200), nullable=False),
        sa.Column("person_name", text(200), nullable=True),
        sa.Column("phone", text(40), nullable=True),
        sa.Column("email", text(254), nullable=True),
        sa.Column("source", text(60), nullable=True),
        sa.Column("region", text(60), nullable=True),
        sa.Column("industry", text(60), nullable=True),
        sa.Column("need", long_text(), nullable=True),
        sa.Column("currency", text(3), nullable=False),
        sa.Column("budget_minor", sa.BigInteger(), nullable=True),
        sa.Column("notes", long_text(), nullable=True),
        sa.Column("owner_id", text(64), nullable=True),
        sa.Column("state", text(20), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("scored", Json(), nullable=False),
        sa.Column("invalid_because", text(40), nullable=True),
        sa.Column("last_follow_up_at", UtcDateTime(), nullable=True),
        sa.Column("customer_id", PublicId(), nullable=True),
        sa.Column("contact_id", PublicId(), nullable=True),
        sa.Column("project_id", PublicId(), nullable=True),
        *edited(),
        references={"customer_id": "customer", "contact_id": "contact", "project_id": "project"},
    )
    index("lead", "tenant_id", "owner_id", "id")
    index("lead", "tenant_id", "owner_id", "score", "id")
    index("lead", "tenant_id", "score", "id")
    index("lead", "tenant_id", "customer_id")
    index("lead", "tenant_id", "id")


def _follow_ups() -> None:
    # SQLite changes no column in place: there the table is copied, from what it is here, which needs no database.
    full, schema = "oa_crm_follow_up", schema_of_ours()
    with op.batch_alter_table(full, schema=schema, copy_from=_as_it_was(full, schema)) as batch:
        batch.add_column(sa.Column("lead_id", PublicId(), nullable=True))
        batch.alter_column("customer_id", existing_type=PublicId(), nullable=True)
        batch.create_foreign_key(f(f"fk_{full}_lead_id"), "oa_crm_lead", ["lead_id"], ["id"], referent_schema=schema)
        batch.create_check_constraint(f(f"ck_{full}_of"), "customer_id IS NOT NULL OR lead_id IS NOT NULL")
    index("follow_up", "tenant_id", "lead_id", "happened_at")


def _as_it_was(full: str, schema: str | None) -> sa.Table:
    at = "" if schema is None else f"{schema}."
    return sa.Table(
        full,
        sa.MetaData(),
        sa.Column("id", PublicId(), nullable=False),
        sa.Column("customer_id", PublicId(), nullable=False),
        sa.Column("project_id", PublicId(), nullable=True),
        sa.Column("way", text(20), nullable=False),
        sa.Column("outcome", long_text(), nullable=False),
        sa.Column("key_issue", long_text(), nullable=True),
        sa.Column("next_contact_on", sa.Date(), nullable=True),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", text(64), nullable=False),
        sa.Column("tenant_id", text(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f(f"pk_{full}")),
        *(
            sa.ForeignKeyConstraint([column], [f"{at}oa_crm_{to}.id"], name=f(f"fk_{full}_{column}"))
            for column, to in (("customer_id", "customer"), ("project_id", "project"))
        ),
        sa.Index(f(f"ix_{full}_tenant_id_customer_id_happened_at"), "tenant_id", "customer_id", "happened_at"),
        sa.Index(f(f"ix_{full}_tenant_id_project_id"), "tenant_id", "project_id"),
        schema=schema,
    )
