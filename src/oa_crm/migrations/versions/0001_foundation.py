"""The foundation: people, customers, projects, contracts, expenses, outbox, audit."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from alembic.op import f

from oa_crm.models.types import BigId, Json, PublicId, UtcDateTime, long_text, text

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table."""
    schema: str | None = op.get_context().opts.get("version_table_schema")
    options: dict[str, Any] = {
        "mysql_charset": "utf8mb4",
        "mysql_collate": "utf8mb4_bin",
        "mysql_engine": "InnoDB",
        "sqlite_autoincrement": True,
        "schema": schema,
    }

    def of(column: str) -> str:
        """A column of another table of ours, in the schema that we live in."""
        return column if schema is None else f"{schema}.{column}"

    op.create_table(
        "oa_crm_approval",
        sa.Column("thing_kind", text(20), nullable=False),
        sa.Column("thing_id", PublicId(), nullable=False),
        sa.Column("state", text(20), nullable=False),
        sa.Column("requested_by", text(64), nullable=False),
        sa.Column("waiting_on", Json(), nullable=False),
        sa.Column("snapshot", Json(), nullable=False),
        sa.Column("snapshot_hash", text(64), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", text(64), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("updated_by", text(64), nullable=False),
        sa.Column("id", PublicId(), nullable=False),
        sa.Column("tenant_id", text(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f("pk_oa_crm_approval")),
        **options,
    )
    op.create_index(
        f("ix_oa_crm_approval_tenant_id_state_id"), "oa_crm_approval", ["tenant_id", "state", "id"], schema=schema
    )
    op.create_index(
        f("ix_oa_crm_approval_tenant_id_thing_kind_thing_id"),
        "oa_crm_approval",
        ["tenant_id", "thing_kind", "thing_id"],
        schema=schema,
    )
    op.create_table(
        "oa_crm_audit",
        sa.Column("id", BigId, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor_id", text(64), nullable=False),
        sa.Column("on_behalf_of", text(64), nullable=True),
        sa.Column("request_id", text(64), nullable=False),
        sa.Column("operation", text(60), nullable=False),
        sa.Column("kind", text(20), nullable=False),
        sa.Column("thing_id", text(64), nullable=False),
        sa.Column("changes", Json(), nullable=False),
        sa.Column("reason", text(500), nullable=True),
        sa.Column("tenant_id", text(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f("pk_oa_crm_audit")),
        **options,
    )
    op.create_index(f("ix_oa_crm_audit_tenant_id_at"), "oa_crm_audit", ["tenant_id", "at"], schema=schema)
    op.create_index(
        f("ix_oa_crm_audit_tenant_id_kind_thing_id_id"),
        "oa_crm_audit",
        ["tenant_id", "kind", "thing_id", "id"],
        schema=schema,
    )
    op.create_table(
        "oa_crm_counter",
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("series", text(60), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "series", name=f("pk_oa_crm_counter")),
        **options,
    )
    op.create_table(
        "oa_crm_customer",
        sa.Column("name", text(200), nullable=False),
        sa.Column("short_name", text(100), nullable=True),
        sa.Column("credit_code", text(18), nullable=True),
        sa.Column("industry", text(60), nullable=True),
        sa.Column("region", text(60), nullable=True),
        sa.Column("phone", text(40), nullable=True),
        sa.Column("level", text(20), nullable=True),
        sa.Column("source", text(60), nullable=True),
        sa.Column("owner_id", text(64), nullable=True),
        sa.Column("last_follow_up_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", text(64), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("updated_by", text(64), nullable=False),
        sa.Column("id", PublicId(), nullable=False),
        sa.Column("tenant_id", text(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f("pk_oa_crm_customer")),
        sa.UniqueConstraint("tenant_id", "credit_code", name=f("uq_oa_crm_customer_tenant_id_credit_code")),
        **options,
    )
    op.create_index(f("ix_oa_crm_customer_tenant_id_id"), "oa_crm_customer", ["tenant_id", "id"], schema=schema)
    op.create_index(
        f("ix_oa_crm_customer_tenant_id_name_id"), "oa_crm_customer", ["tenant_id", "name", "id"], schema=schema
    )
    op.create_index(
        f("ix_oa_crm_customer_tenant_id_owner_id_id"), "oa_crm_customer", ["tenant_id", "owner_id", "id"], schema=schema
    )
    op.create_table(
        "oa_crm_department",
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("id", text(64), nullable=False),
        sa.Column("name", text(200), nullable=False),
        sa.Column("parent_id", text(64), nullable=True),
        sa.Column("manager_id", text(64), nullable=True),
        sa.Column("path", text(700), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=f("pk_oa_crm_department")),
        **options,
    )
    op.create_index(f("ix_oa_crm_department_tenant_id_path"), "oa_crm_department", ["tenant_id", "path"], schema=schema)
    op.create_table(
        "oa_crm_event",
        sa.Column("id", BigId, nullable=False),
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("event_id", PublicId(), nullable=False),
        sa.Column("hook", text(60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", text(20), nullable=False),
        sa.Column("thing_id", text(64), nullable=False),
        sa.Column("lane", sa.BigInteger(), nullable=False),
        sa.Column("payload", Json(), nullable=False),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("open", sa.SmallInteger(), nullable=True),
        sa.Column("open_lane", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=f("pk_oa_crm_event")),
        sa.UniqueConstraint("event_id", name=f("uq_oa_crm_event_event_id")),
        **options,
    )
    op.create_index(f("ix_oa_crm_event_open_id"), "oa_crm_event", ["open", "id"], schema=schema)
    op.create_index(f("ix_oa_crm_event_open_lane_id"), "oa_crm_event", ["open_lane", "id"], schema=schema)
    op.create_index(
        f("ix_oa_crm_event_tenant_id_kind_thing_id_id"),
        "oa_crm_event",
        ["tenant_id", "kind", "thing_id", "id"],
        schema=schema,
    )
    op.create_table(
        "oa_crm_idempotency",
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("operation", text(60), nullable=False),
        sa.Column("key", text(100), nullable=False),
        sa.Column("fingerprint", text(64), nullable=False),
        sa.Column("answer", Json(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "operation", "key", name=f("pk_oa_crm_idempotency")),
        **options,
    )
    op.create_index(f("ix_oa_crm_idempotency_created_at"), "oa_crm_idempotency", ["created_at"], schema=schema)
    op.create_table(
        "oa_crm_link",
        sa.Column("id", PublicId(), nullable=False),
        sa.Column("kind", text(20), nullable=False),
        sa.Column("thing_id", text(64), nullable=False),
        sa.Column("plugin", text(100), nullable=False),
        sa.Column("hook", text(60), nullable=False),
        sa.Column("delivery_id", sa.BigInteger(), nullable=False),
        sa.Column("ref", text(200), nullable=False),
        sa.Column("url", text(500), nullable=True),
        sa.Column("label", text(60), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("tenant_id", text(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f("pk_oa_crm_link")),
        sa.UniqueConstraint("tenant_id", "delivery_id", name=f("uq_oa_crm_link_tenant_id_delivery_id")),
        **options,
    )
    op.create_index(
        f("ix_oa_crm_link_tenant_id_kind_thing_id"), "oa_crm_link", ["tenant_id", "kind", "thing_id"], schema=schema
    )
    op.create_table(
        "oa_crm_member",
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("id", text(64), nullable=False),
        sa.Column("name", text(200), nullable=False),
        sa.Column("department_id", text(64), nullable=True),
        sa.Column("manager_id", text(64), nullable=True),
        sa.Column("roles", Json(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=f("pk_oa_crm_member")),
        **options,
    )
    op.create_index(
        f("ix_oa_crm_member_tenant_id_department_id"), "oa_crm_member", ["tenant_id", "department_id"], schema=schema
    )
    op.create_index(
        f("ix_oa_crm_member_tenant_id_manager_id"), "oa_crm_member", ["tenant_id", "manager_id"], schema=schema
    )
    op.create_table(
        "oa_crm_plugin_switch",
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("plugin", text(100), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "plugin", name=f("pk_oa_crm_plugin_switch")),
        **options,
    )
    op.create_table(
        "oa_crm_approval_waiting",
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("member_id", text(64), nullable=False),
        sa.Column("approval_id", PublicId(), nullable=False),
        sa.ForeignKeyConstraint(
            ["approval_id"], [of("oa_crm_approval.id")], name=f("fk_oa_crm_approval_waiting_approval_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "member_id", "approval_id", name=f("pk_oa_crm_approval_waiting")),
        **options,
    )
    op.create_index(
        f("ix_oa_crm_approval_waiting_tenant_id_approval_id"),
        "oa_crm_approval_waiting",
        ["tenant_id", "approval_id"],
        schema=schema,
    )
    op.create_table(
        "oa_crm_delivery",
        sa.Column("id", BigId, nullable=False),
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("event_row_id", sa.BigInteger(), nullable=False),
        sa.Column("plugin", text(100), nullable=False),
        sa.Column("state", text(10), nullable=False),
        sa.Column("open", sa.SmallInteger(), nullable=True),
        sa.Column("open_lane", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("not_before", UtcDateTime(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("lease_token", PublicId(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("last_error", text(1000), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_row_id"], [of("oa_crm_event.id")], name=f("fk_oa_crm_delivery_event_row_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=f("pk_oa_crm_delivery")),
        sa.UniqueConstraint("event_row_id", "plugin", name=f("uq_oa_crm_delivery_event_row_id_plugin")),
        **options,
    )
    op.create_index(f("ix_oa_crm_delivery_lease_token"), "oa_crm_delivery", ["lease_token"], schema=schema)
    op.create_index(
        f("ix_oa_crm_delivery_open_lane_plugin_event_row_id"),
        "oa_crm_delivery",
        ["open_lane", "plugin", "event_row_id"],
        schema=schema,
    )
    op.create_index(
        f("ix_oa_crm_delivery_open_plugin_state_not_before_id"),
        "oa_crm_delivery",
        ["open", "plugin", "state", "not_before", "id"],
        schema=schema,
    )
    op.create_table(
        "oa_crm_duplicate_key",
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("key_hash", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("customer_id", PublicId(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            [of("oa_crm_customer.id")],
            name=f("fk_oa_crm_duplicate_key_customer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "key_hash", "customer_id", name=f("pk_oa_crm_duplicate_key")),
        **options,
    )
    op.create_index(f("ix_oa_crm_duplicate_key_customer_id"), "oa_crm_duplicate_key", ["customer_id"], schema=schema)
    op.create_table(
        "oa_crm_opinion",
        sa.Column("id", PublicId(), nullable=False),
        sa.Column("approval_id", PublicId(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("member_id", text(64), nullable=False),
        sa.Column("given_by", text(64), nullable=False),
        sa.Column("decision", text(20), nullable=False),
        sa.Column("words", long_text(), nullable=False),
        sa.Column("snapshot_hash", text(64), nullable=False),
        sa.Column("given_at", UtcDateTime(), nullable=False),
        sa.Column("tenant_id", text(64), nullable=False),
        sa.ForeignKeyConstraint(["approval_id"], [of("oa_crm_approval.id")], name=f("fk_oa_crm_opinion_approval_id")),
        sa.PrimaryKeyConstraint("id", name=f("pk_oa_crm_opinion")),
        sa.UniqueConstraint(
            "tenant_id", "approval_id", "member_id", name=f("uq_oa_crm_opinion_tenant_id_approval_id_member_id")
        ),
        sa.UniqueConstraint(
            "tenant_id", "approval_id", "position", name=f("uq_oa_crm_opinion_tenant_id_approval_id_position")
        ),
        **options,
    )
    op.create_table(
        "oa_crm_project",
        sa.Column("name", text(200), nullable=False),
        sa.Column("customer_id", PublicId(), nullable=False),
        sa.Column("owner_id", text(64), nullable=False),
        sa.Column("stage", text(40), nullable=False),
        sa.Column("state", text(20), nullable=False),
        sa.Column("currency", text(3), nullable=False),
        sa.Column("expected_minor", sa.BigInteger(), nullable=True),
        sa.Column("expected_close_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", text(64), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("updated_by", text(64), nullable=False),
        sa.Column("id", PublicId(), nullable=False),
        sa.Column("tenant_id", text(64), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], [of("oa_crm_customer.id")], name=f("fk_oa_crm_project_customer_id")),
        sa.PrimaryKeyConstraint("id", name=f("pk_oa_crm_project")),
        **options,
    )
    op.create_index(
        f("ix_oa_crm_project_tenant_id_customer_id"), "oa_crm_project", ["tenant_id", "customer_id"], schema=schema
    )
    op.create_index(f("ix_oa_crm_project_tenant_id_id"), "oa_crm_project", ["tenant_id", "id"], schema=schema)
    op.create_index(
        f("ix_oa_crm_project_tenant_id_owner_id_id"), "oa_crm_project", ["tenant_id", "owner_id", "id"], schema=schema
    )
    op.create_table(
        "oa_crm_contract",
        sa.Column("number", text(40), nullable=False),
        sa.Column("title", text(200), nullable=False),
        sa.Column("customer_id", PublicId(), nullable=False),
        sa.Column("project_id", PublicId(), nullable=False),
        sa.Column("owner_id", text(64), nullable=False),
        sa.Column("state", text(20), nullable=False),
        sa.Column("currency", text(3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("approved_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", text(64), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("updated_by", text(64), nullable=False),
        sa.Column("id", PublicId(), nullable=False),
        sa.Column("tenant_id", text(64), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], [of("oa_crm_customer.id")], name=f("fk_oa_crm_contract_customer_id")),
        sa.ForeignKeyConstraint(["project_id"], [of("oa_crm_project.id")], name=f("fk_oa_crm_contract_project_id")),
        sa.PrimaryKeyConstraint("id", name=f("pk_oa_crm_contract")),
        sa.UniqueConstraint("tenant_id", "number", name=f("uq_oa_crm_contract_tenant_id_number")),
        **options,
    )
    op.create_index(
        f("ix_oa_crm_contract_tenant_id_customer_id"), "oa_crm_contract", ["tenant_id", "customer_id"], schema=schema
    )
    op.create_index(f("ix_oa_crm_contract_tenant_id_id"), "oa_crm_contract", ["tenant_id", "id"], schema=schema)
    op.create_index(
        f("ix_oa_crm_contract_tenant_id_owner_id_id"), "oa_crm_contract", ["tenant_id", "owner_id", "id"], schema=schema
    )
    op.create_index(
        f("ix_oa_crm_contract_tenant_id_project_id_state"),
        "oa_crm_contract",
        ["tenant_id", "project_id", "state"],
        schema=schema,
    )
    op.create_table(
        "oa_crm_expense",
        sa.Column("id", PublicId(), nullable=False),
        sa.Column("project_id", PublicId(), nullable=False),
        sa.Column("customer_id", PublicId(), nullable=False),
        sa.Column("owner_id", text(64), nullable=False),
        sa.Column("category", text(40), nullable=False),
        sa.Column("currency", text(3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("description", text(500), nullable=False),
        sa.Column("reversal_of", PublicId(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", text(64), nullable=False),
        sa.Column("tenant_id", text(64), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], [of("oa_crm_customer.id")], name=f("fk_oa_crm_expense_customer_id")),
        sa.ForeignKeyConstraint(["project_id"], [of("oa_crm_project.id")], name=f("fk_oa_crm_expense_project_id")),
        sa.ForeignKeyConstraint(["reversal_of"], [of("oa_crm_expense.id")], name=f("fk_oa_crm_expense_reversal_of")),
        sa.PrimaryKeyConstraint("id", name=f("pk_oa_crm_expense")),
        sa.UniqueConstraint("tenant_id", "reversal_of", name=f("uq_oa_crm_expense_tenant_id_reversal_of")),
        **options,
    )
    op.create_index(f("ix_oa_crm_expense_tenant_id_id"), "oa_crm_expense", ["tenant_id", "id"], schema=schema)
    op.create_index(
        f("ix_oa_crm_expense_tenant_id_owner_id_id"), "oa_crm_expense", ["tenant_id", "owner_id", "id"], schema=schema
    )
    op.create_index(
        f("ix_oa_crm_expense_tenant_id_project_id_category"),
        "oa_crm_expense",
        ["tenant_id", "project_id", "category"],
        schema=schema,
    )
    op.create_table(
        "oa_crm_follow_up",
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
        sa.ForeignKeyConstraint(["customer_id"], [of("oa_crm_customer.id")], name=f("fk_oa_crm_follow_up_customer_id")),
        sa.ForeignKeyConstraint(["project_id"], [of("oa_crm_project.id")], name=f("fk_oa_crm_follow_up_project_id")),
        sa.PrimaryKeyConstraint("id", name=f("pk_oa_crm_follow_up")),
        **options,
    )
    op.create_index(
        f("ix_oa_crm_follow_up_tenant_id_customer_id_happened_at"),
        "oa_crm_follow_up",
        ["tenant_id", "customer_id", "happened_at"],
        schema=schema,
    )
    op.create_index(
        f("ix_oa_crm_follow_up_tenant_id_project_id"), "oa_crm_follow_up", ["tenant_id", "project_id"], schema=schema
    )
    op.create_table(
        "oa_crm_settlement",
        sa.Column("id", PublicId(), nullable=False),
        sa.Column("project_id", PublicId(), nullable=False),
        sa.Column("currency", text(3), nullable=False),
        sa.Column("revenue_minor", sa.BigInteger(), nullable=False),
        sa.Column("expenses_minor", sa.BigInteger(), nullable=False),
        sa.Column("by_category", Json(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=False),
        sa.Column("settled_by", text(64), nullable=False),
        sa.Column("tenant_id", text(64), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], [of("oa_crm_project.id")], name=f("fk_oa_crm_settlement_project_id")),
        sa.PrimaryKeyConstraint("id", name=f("pk_oa_crm_settlement")),
        sa.UniqueConstraint("tenant_id", "project_id", name=f("uq_oa_crm_settlement_tenant_id_project_id")),
        **options,
    )
    op.create_table(
        "oa_crm_stage_change",
        sa.Column("id", BigId, nullable=False),
        sa.Column("project_id", PublicId(), nullable=False),
        sa.Column("before", text(40), nullable=True),
        sa.Column("after", text(40), nullable=False),
        sa.Column("reason", text(500), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by", text(64), nullable=False),
        sa.Column("tenant_id", text(64), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], [of("oa_crm_project.id")], name=f("fk_oa_crm_stage_change_project_id")),
        sa.PrimaryKeyConstraint("id", name=f("pk_oa_crm_stage_change")),
        **options,
    )
    op.create_index(
        f("ix_oa_crm_stage_change_tenant_id_project_id_id"),
        "oa_crm_stage_change",
        ["tenant_id", "project_id", "id"],
        schema=schema,
    )
