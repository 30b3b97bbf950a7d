"""Classes of customers with their history, and digests. A level from before becomes its customer's first change."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from oa_crm.migrations.making import edited, index, schema_of_ours, table
from oa_crm.models.types import Json, PublicId, UtcDateTime, text

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the tables, then begin the history of those that have a level."""
    pinned: sa.Column[bool] = sa.Column("level_pinned", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("oa_crm_customer", pinned, schema=schema_of_ours())
    _trees()
    _classes()
    _rules()
    _key_changes()
    _digests()
    _first_changes()


def _id() -> sa.Column[object]:
    return sa.Column("id", PublicId(), nullable=False)


def _tenant() -> sa.Column[object]:
    return sa.Column("tenant_id", text(64), nullable=False)


def _node() -> tuple[sa.Column[object], ...]:
    return (
        _id(),
        _tenant(),
        sa.Column("name", text(40), nullable=False),
        sa.Column("labels", Json(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", text(20), nullable=False),
        *edited(),
    )


def _trees() -> None:
    table("category_tree", *_node(), unique=(("tenant_id", "name"),))
    index("category_tree", "tenant_id", "id")
    table(
        "category",
        *_node(),
        sa.Column("tree_id", PublicId(), nullable=False),
        sa.Column("parent_id", PublicId(), nullable=True),
        unique=(("tenant_id", "tree_id", "name"),),
        references={"tree_id": "category_tree", "parent_id": "category"},
    )
    index("category", "tenant_id", "id")


def _classes() -> None:
    table(
        "customer_class",
        _tenant(),
        sa.Column("tree_id", PublicId(), nullable=False),
        sa.Column("customer_id", PublicId(), nullable=False),
        sa.Column("category_id", PublicId(), nullable=True),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        key=("tenant_id", "tree_id", "customer_id"),
        references={"tree_id": "category_tree", "customer_id": "customer", "category_id": "category"},
        sqlite_with_rowid=False,
    )
    index("customer_class", "tenant_id", "customer_id")
    index("customer_class", "tenant_id", "category_id", "customer_id")
    table(
        "class_change",
        _id(),
        _tenant(),
        sa.Column("customer_id", PublicId(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("tree", text(40), nullable=False),
        sa.Column("before", text(40), nullable=True),
        sa.Column("after", text(40), nullable=True),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("cause", text(20), nullable=False),
        sa.Column("rule", text(40), nullable=True),
        sa.Column("reason", text(500), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by", text(64), nullable=False),
        unique=(("tenant_id", "customer_id", "number"),),
        references={"customer_id": "customer"},
    )
    index("class_change", "tenant_id", "customer_id", "tree", "number")
    index("class_change", "tenant_id", "customer_id", "id")


def _rules() -> None:
    table(
        "class_rule",
        *_node(),
        sa.Column("tree", text(40), nullable=False),
        sa.Column("gives", text(40), nullable=False),
        sa.Column("conditions", Json(), nullable=False),
        unique=(("tenant_id", "name"),),
    )
    index("class_rule", "tenant_id", "id")


def _key_changes() -> None:
    table(
        "key_change",
        _id(),
        _tenant(),
        sa.Column("what", text(40), nullable=False),
        sa.Column("kind", text(20), nullable=False),
        sa.Column("thing_id", PublicId(), nullable=False),
        sa.Column("field", text(60), nullable=False),
        sa.Column("before", Json(), nullable=True),
        sa.Column("after", Json(), nullable=True),
        sa.Column("reason", text(500), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by", text(64), nullable=False),
    )
    index("key_change", "tenant_id", "at", "id")
    index("key_change", "tenant_id", "kind", "thing_id")


def _digests() -> None:
    table(
        "digest_subscription",
        _id(),
        _tenant(),
        sa.Column("member_id", text(64), nullable=False),
        sa.Column("kinds", Json(), nullable=False),
        sa.Column("reach", text(20), nullable=False),
        sa.Column("state", text(20), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("built_at", UtcDateTime(), nullable=False),
        *edited(),
        unique=(("tenant_id", "member_id"),),
    )
    index("digest_subscription", "tenant_id", "state", "id")
    table(
        "digest",
        _id(),
        _tenant(),
        sa.Column("member_id", text(64), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("built_at", UtcDateTime(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("acknowledged_at", UtcDateTime(), nullable=True),
    )
    index("digest", "tenant_id", "member_id", "id")
    table(
        "digest_line",
        _tenant(),
        sa.Column("digest_id", PublicId(), nullable=False),
        sa.Column("change_id", PublicId(), nullable=False),
        sa.Column("member_id", text(64), nullable=False),
        key=("tenant_id", "digest_id", "change_id"),
        unique=(("tenant_id", "member_id", "change_id"),),
        references={"digest_id": "digest", "change_id": "key_change"},
        sqlite_with_rowid=False,
    )
    index("digest_line", "change_id")


def _first_changes() -> None:
    """The customer's own id stands for the change: there is one each, and none of them has another yet."""
    schema = schema_of_ours()
    customer = sa.table(
        "oa_crm_customer",
        *(sa.column(name) for name in ("id", "tenant_id", "level", "created_at", "created_by")),
        schema=schema,
    )
    names = ("id", "tenant_id", "customer_id", "number", "tree", "after", "pinned", "cause", "at", "by")
    change = sa.table("oa_crm_class_change", *(sa.column(name) for name in names), schema=schema)
    c, said = customer.c, sa.literal_column
    of_each: tuple[sa.ColumnElement[Any], ...] = (said("1"), said("'level'"), c.level, sa.false(), said("'earlier'"))
    levels = sa.select(c.id, c.tenant_id, c.id, *of_each, c.created_at, c.created_by).where(c.level.is_not(None))
    op.execute(sa.insert(change).from_select(list(names), levels))
