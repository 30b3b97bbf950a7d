"""The foundation: people, customers, projects, contracts, expenses, outbox, audit."""

import sqlalchemy as sa

from oa_crm.migrations.making import edited, index, table
from oa_crm.models.types import BigId, Json, PublicId, UtcDateTime, long_text, text

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table."""
    table(
        "approval",
        sa.Column("thing_kind", text(20), nullable=False),
        sa.Column("thing_id", PublicId(), nullable=False),
        sa.Column("state", text(20), nullable=False),
        sa.Column("requested_by", text(64), nullable=False),
        sa.Column("waiting_on", Json(), nullable=False),
        sa.Column("snapshot", Json(), nullable=False),
        sa.Column("snapshot_hash", text(64), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        *edited(),
        sa.Column("id", PublicId(), nullable=False),
        sa.Column("tenant_id", text(64), nullable=False),
    )
    index("approval", "tenant_id", "state", "id")
    index("approval", "tenant_id", "thing_kind", "thing_id")
    table(
        "audit",
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
    )
    index("audit", "tenant_id", "at")
    index("audit", "tenant_id", "kind", "thing_id", "id")
    table(
        "counter",
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("series", text(60), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        key=("tenant_id", "series"),
    )
    table(
        "customer",
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
        *edited(),
        sa.Column("id", PublicId(), nullable=False),
        sa.Column("tenant_id", text(64), nullable=False),
        unique=(("tenant_id", "credit_code"),),
    )
    index("customer", "tenant_id", "id")
    index("customer", "tenant_id", "name", "id")
    index("customer", "tenant_id", "owner_id", "id")
    table(
        "department",
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("id", text(64), nullable=False),
        sa.Column("name", text(200), nullable=False),
        sa.Column("parent_id", text(64), nullable=True),
        sa.Column("manager_id", text(64), nullable=True),
        sa.Column("path", text(700), nullable=False),
        key=("tenant_id", "id"),
    )
    index("department", "tenant_id", "path")
    table(
        "event",
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
        unique=(("event_id",),),
    )
    index("event", "open", "id")
    index("event", "open_lane", "id")
    index("event", "tenant_id", "kind", "thing_id", "id")
    table(
        "idempotency",
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("operation", text(60), nullable=False),
        sa.Column("key", text(100), nullable=False),
        sa.Column("fingerprint", text(64), nullable=False),
        sa.Column("answer", Json(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        key=("tenant_id", "operation", "key"),
    )
    index("idempotency", "created_at")
    table(
        "link",
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
        unique=(("tenant_id", "delivery_id"),),
    )
    index("link", "tenant_id", "kind", "thing_id")
    table(
        "member",
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("id", text(64), nullable=False),
        sa.Column("name", text(200), nullable=False),
        sa.Column("department_id", text(64), nullable=True),
        sa.Column("manager_id", text(64), nullable=True),
        sa.Column("roles", Json(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        key=("tenant_id", "id"),
    )
    index("member", "tenant_id", "department_id")
    index("member", "tenant_id", "manager_id")
    table(
        "plugin_switch",
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("plugin", text(100), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        key=("tenant_id", "plugin"),
    )
    table(
        "approval_waiting",
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("member_id", text(64), nullable=False),
        sa.Column("approval_id", PublicId(), nullable=False),
        key=("tenant_id", "member_id", "approval_id"),
        references={"approval_id": "approval"},
    )
    index("approval_waiting", "tenant_id", "approval_id")
    table(
        "delivery",
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
        unique=(("event_row_id", "plugin"),),
        references={"event_row_id": "event"},
        ondelete="CASCADE",
    )
    index("delivery", "lease_token")
    index("delivery", "open_lane", "plugin", "event_row_id")
    index("delivery", "open", "plugin", "state", "not_before", "id")
    table(
        "duplicate_key",
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("key_hash", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("customer_id", PublicId(), nullable=False),
        key=("tenant_id", "key_hash", "customer_id"),
        references={"customer_id": "customer"},
        ondelete="CASCADE",
    )
    index("duplicate_key", "customer_id")
    table(
        "opinion",
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
        unique=(("tenant_id", "approval_id", "member_id"), ("tenant_id", "approval_id", "position")),
        references={"approval_id": "approval"},
    )
    table(
        "project",
        sa.Column("name", text(200), nullable=False),
        sa.Column("customer_id", PublicId(), nullable=False),
        sa.Column("owner_id", text(64), nullable=False),
        sa.Column("stage", text(40), nullable=False),
        sa.Column("state", text(20), nullable=False),
        sa.Column("currency", text(3), nullable=False),
        sa.Column("expected_minor", sa.BigInteger(), nullable=True),
        sa.Column("expected_close_on", sa.Date(), nullable=True),
        *edited(),
        sa.Column("id", PublicId(), nullable=False),
        sa.Column("tenant_id", text(64), nullable=False),
        references={"customer_id": "customer"},
    )
    index("project", "tenant_id", "customer_id")
    index("project", "tenant_id", "id")
    index("project", "tenant_id", "owner_id", "id")
    table(
        "contract",
        sa.Column("number", text(40), nullable=False),
        sa.Column("title", text(200), nullable=False),
        sa.Column("customer_id", PublicId(), nullable=False),
        sa.Column("project_id", PublicId(), nullable=False),
        sa.Column("owner_id", text(64), nullable=False),
        sa.Column("state", text(20), nullable=False),
        sa.Column("currency", text(3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("approved_at", UtcDateTime(), nullable=True),
        *edited(),
        sa.Column("id", PublicId(), nullable=False),
        sa.Column("tenant_id", text(64), nullable=False),
        unique=(("tenant_id", "number"),),
        references={"customer_id": "customer", "project_id": "project"},
    )
    index("contract", "tenant_id", "customer_id")
    index("contract", "tenant_id", "id")
    index("contract", "tenant_id", "owner_id", "id")
    index("contract", "tenant_id", "project_id", "state")
    table(
        "expense",
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
        unique=(("tenant_id", "reversal_of"),),
        references={"customer_id": "customer", "project_id": "project", "reversal_of": "expense"},
    )
    index("expense", "tenant_id", "id")
    index("expense", "tenant_id", "owner_id", "id")
    index("expense", "tenant_id", "project_id", "category")
    table(
        "follow_up",
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
        references={"customer_id": "customer", "project_id": "project"},
    )
    index("follow_up", "tenant_id", "customer_id", "happened_at")
    index("follow_up", "tenant_id", "project_id")
    table(
        "settlement",
        sa.Column("id", PublicId(), nullable=False),
        sa.Column("project_id", PublicId(), nullable=False),
        sa.Column("currency", text(3), nullable=False),
        sa.Column("revenue_minor", sa.BigInteger(), nullable=False),
        sa.Column("expenses_minor", sa.BigInteger(), nullable=False),
        sa.Column("by_category", Json(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=False),
        sa.Column("settled_by", text(64), nullable=False),
        sa.Column("tenant_id", text(64), nullable=False),
        unique=(("tenant_id", "project_id"),),
        references={"project_id": "project"},
    )
    table(
        "stage_change",
        sa.Column("id", BigId, nullable=False),
        sa.Column("project_id", PublicId(), nullable=False),
        sa.Column("before", text(40), nullable=True),
        sa.Column("after", text(40), nullable=False),
        sa.Column("reason", text(500), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by", text(64), nullable=False),
        sa.Column("tenant_id", text(64), nullable=False),
        references={"project_id": "project"},
    )
    index("stage_change", "tenant_id", "project_id", "id")
