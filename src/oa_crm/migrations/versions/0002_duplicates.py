"""The duplicate check: keys by a short number, name prefixes, policies, searches, overrides, scans.

Keys of version 0001 are dropped; every customer gets an entry that says "not keyed yet", and the check
refuses to answer until `crm.duplicates.rebuild()` has run.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from alembic.op import f

from oa_crm.models.types import BigId, Json, PublicId, UtcDateTime, text

revision = "0002"
down_revision = "0001"

_NEW_FACTS = {"email": text(254), "website": text(200), "address": text(200), "former_names": Json(), "aliases": Json()}


def upgrade() -> None:
    """Make the tables, and an entry for every customer."""
    schema: str | None = op.get_context().opts.get("version_table_schema")
    for name, type_ in _NEW_FACTS.items():
        op.add_column("oa_crm_customer", sa.Column(name, type_, nullable=True), schema=schema)
    op.drop_table("oa_crm_duplicate_key", schema=schema)
    _keys(schema)
    _rules(schema)
    _scans(schema)
    at = "" if schema is None else f"{schema}."
    op.execute(
        f"INSERT INTO {at}oa_crm_duplicate_entry (tenant_id, customer_id, keyed_as) "  # noqa: S608 (no input)
        f"SELECT tenant_id, id, 0 FROM {at}oa_crm_customer ORDER BY tenant_id, id"
    )


def _keys(schema: str | None) -> None:
    _table(
        schema,
        "duplicate_entry",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("customer_id", PublicId(), nullable=False),
        sa.Column("keyed_as", sa.Integer(), nullable=False),
        _customer(schema, "duplicate_entry", "customer_id"),
        sa.PrimaryKeyConstraint("id", name=f("pk_oa_crm_duplicate_entry")),
        sa.UniqueConstraint("customer_id", name=f("uq_oa_crm_duplicate_entry_customer_id")),
    )
    _index(schema, "duplicate_entry", "tenant_id", "keyed_as", "id")
    _table(
        schema,
        "duplicate_key",
        sa.Column("key_hash", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("key_hash", "entry_id", name=f("pk_oa_crm_duplicate_key")),
        sqlite_with_rowid=False,
    )
    _table(
        schema,
        "duplicate_gate",
        sa.Column("key_hash", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("key_hash", name=f("pk_oa_crm_duplicate_gate")),
        sqlite_autoincrement=False,
    )
    _table(
        schema,
        "name_prefix",
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("typed", text(60), nullable=False),
        sa.Column("customer_id", PublicId(), nullable=False),
        _customer(schema, "name_prefix", "customer_id"),
        sa.PrimaryKeyConstraint("tenant_id", "typed", "customer_id", name=f("pk_oa_crm_name_prefix")),
        sqlite_with_rowid=False,
    )
    _index(schema, "name_prefix", "customer_id")


def _rules(schema: str | None) -> None:
    _table(
        schema,
        "duplicate_policy",
        sa.Column("tenant_id", text(64), nullable=False),
        sa.Column("entrance", text(20), nullable=False),
        sa.Column("policy", Json(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("updated_by", text(64), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "entrance", name=f("pk_oa_crm_duplicate_policy")),
    )
    _table(
        schema,
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
        sa.PrimaryKeyConstraint("id", name=f("pk_oa_crm_duplicate_search")),
    )
    _index(schema, "duplicate_search", "tenant_id", "actor_id", "at")
    _index(schema, "duplicate_search", "tenant_id", "at")
    _table(
        schema,
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
        sa.PrimaryKeyConstraint("id", name=f("pk_oa_crm_duplicate_override")),
    )
    _index(schema, "duplicate_override", "tenant_id", "state", "id")


def _scans(schema: str | None) -> None:
    _table(
        schema,
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
        sa.PrimaryKeyConstraint("tenant_id", "shard", "shards", name=f("pk_oa_crm_duplicate_scan")),
    )
    _table(
        schema,
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
        _customer(schema, "duplicate_pair", "one_id"),
        _customer(schema, "duplicate_pair", "other_id"),
        sa.PrimaryKeyConstraint("tenant_id", "one_id", "other_id", name=f("pk_oa_crm_duplicate_pair")),
    )
    _index(schema, "duplicate_pair", "one_id")
    _index(schema, "duplicate_pair", "other_id")
    _index(schema, "duplicate_pair", "tenant_id", "other_id")
    _index(schema, "duplicate_pair", "tenant_id", "likeness")


def _table(schema: str | None, name: str, *parts: Any, **options: Any) -> None:
    op.create_table(
        f"oa_crm_{name}",
        *parts,
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
        schema=schema,
        **{"sqlite_autoincrement": True, **options},
    )


def _index(schema: str | None, table: str, *columns: str) -> None:
    name = f(f"ix_oa_crm_{table}_{'_'.join(columns)}")
    op.create_index(name, f"oa_crm_{table}", list(columns), schema=schema)


def _customer(schema: str | None, table: str, column: str) -> sa.ForeignKeyConstraint:
    to = "oa_crm_customer.id" if schema is None else f"{schema}.oa_crm_customer.id"
    return sa.ForeignKeyConstraint([column], [to], name=f(f"fk_oa_crm_{table}_{column}"), ondelete="CASCADE")
