"""The duplicate check: keys by a short number, name prefixes, policies, searches, overrides, scans.

Keys of version 0001 are dropped; every customer gets an entry that says "not keyed yet", and the check
refuses to answer until `crm.duplicates.rebuild()` has run.
"""

import sqlalchemy as sa
from alembic import op

from oa_crm.migrations.making import index, schema_of_ours, table
from oa_crm.models.types import BigId, Json, PublicId, UtcDateTime, text

revision = "0002"
down_revision = "0001"

_NEW_FACTS = {"email": text(254), "website": text(200), "address": text(200), "former_names": Json(), "aliases": Json()}


def upgrade() -> None:
    """Make the tables, and an entry for every customer."""
    schema = schema_of_ours()
    for name, type_ in _NEW_FACTS.items():
        op.add_column("oa_crm_customer", sa.Column(name, type_, nullable=True), schema=schema)
    op.drop_table("oa_crm_duplicate_key", schema=schema)
    _keys()
    _rules()
    _scans()
    _say_not_keyed_yet(schema)


def _say_not_keyed_yet(schema: str | None) -> None:
    facts = ("tenant_id", "customer_id", "keyed_as")
    entry = sa.table("oa_crm_duplicate_entry", *map(sa.column, facts), schema=schema)
    customer = sa.table("oa_crm_customer", sa.column("tenant_id"), sa.column("id"), schema=schema)
    everybody = sa.select(customer.c.tenant_id, customer.c.id, sa.literal(0))
    op.execute(sa.insert(entry).from_select(facts, everybody.order_by(customer.c.tenant_id, customer.c.id)))


def _keys() -> None:
    table(
        "duplicate_entry",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("customer_id", PublicId(), nullable=False),
        sa.Column("keyed_as", sa.Integer(), nullable=False),
        unique=(("customer_id",),),
        references={"customer_id": "customer"},
        ondelete="CASCADE",
    )
    index("duplicate_entry", "tenant_id", "keyed_as", "id")
    table(
        "duplicate_key",
        sa.Column("key_hash", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.BigInteger(), autoincrement=False, nullable=False),
        key=("key_hash", "entry_id"),
        sqlite_with_rowid=False,
    )
    table(
        "duplicate_gate",
        sa.Column("key_hash", sa.BigInteger(), autoincrement=False, nullable=False),
        key=("key_hash",),
        sqlite_autoincrement=False,
    )
    table(
        "name_prefix",
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("typed", text(60), nullable=False),
        sa.Column("customer_id", PublicId(), nullable=False),
        key=("tenant_id", "typed", "customer_id"),
        references={"customer_id": "customer"},
        ondelete="CASCADE",
        sqlite_with_rowid=False,
    )
    index("name_prefix", "customer_id")


def _rules() -> None:
    table(
        "duplicate_policy",
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("entrance", text(20), nullable=False),
        sa.Column("policy", Json(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("updated_by", text(64), nullable=False),
        key=("tenant_id", "entrance"),
    )
    table(
        "duplicate_search",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor_id", text(64), nullable=False),
        sa.Column("request_id", text(64), nullable=False),
        sa.Column("entrance", text(20), nullable=False),
        sa.Column("name", text(200), nullable=False),
        sa.Column("verdict", text(10), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
    )
    index("duplicate_search", "tenant_id", "actor_id", "at")
    index("duplicate_search", "tenant_id", "at")
    table(
        "duplicate_override",
        sa.Column("id", PublicId(), nullable=False),
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("state", text(20), nullable=False),
        sa.Column("name", text(200), nullable=False),
        sa.Column("draft", Json(), nullable=False),
        sa.Column("report", Json(), nullable=False),
        sa.Column("reason", text(500), nullable=False),
        sa.Column("requested_at", UtcDateTime(), nullable=False),
        sa.Column("requested_by", text(64), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by", text(64), nullable=True),
        sa.Column("comment", text(500), nullable=True),
        sa.Column("customer_id", PublicId(), nullable=True),
    )
    index("duplicate_override", "tenant_id", "state", "id")


def _scans() -> None:
    table(
        "duplicate_scan",
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("shard", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("shards", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("after", sa.BigInteger(), nullable=False),
        sa.Column("upto", sa.BigInteger(), nullable=False),
        sa.Column("looked_at", sa.BigInteger(), nullable=False),
        sa.Column("found", sa.BigInteger(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        key=("tenant_id", "shard", "shards"),
    )
    table(
        "duplicate_pair",
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("one_id", PublicId(), nullable=False),
        sa.Column("other_id", PublicId(), nullable=False),
        sa.Column("likeness", sa.Integer(), nullable=False),
        sa.Column("tier", text(10), nullable=False),
        sa.Column("reasons", Json(), nullable=False),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.Column("dismissed_at", UtcDateTime(), nullable=True),
        sa.Column("dismissed_by", text(64), nullable=True),
        sa.Column("dismissed_because", text(500), nullable=True),
        key=("tenant_id", "one_id", "other_id"),
        references={"one_id": "customer", "other_id": "customer"},
        ondelete="CASCADE",
    )
    index("duplicate_pair", "one_id")
    index("duplicate_pair", "other_id")
    index("duplicate_pair", "tenant_id", "other_id")
    index("duplicate_pair", "tenant_id", "likeness")
