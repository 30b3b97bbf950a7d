"""The timeline: indexes by which the newest of a customer or project are read, whatever else there is.

An index that a longer one begins with goes; nothing is lost with it.
"""

from alembic import op

from oa_crm.migrations.making import index, schema_of_ours

revision = "0027"
down_revision = "0026"

_LONGER = {
    ("follow_up", ("tenant_id", "customer_id", "happened_at")): ("id",),
    ("follow_up", ("tenant_id", "project_id")): ("happened_at", "id"),
    ("expense", ("tenant_id", "customer_id")): ("created_at", "id"),
}


def upgrade() -> None:
    """Make the longer indexes before the shorter ones go, so that a foreign key always has one."""
    index("audit", "tenant_id", "kind", "thing_id", "operation", "at", "id")
    index("expense", "tenant_id", "project_id", "created_at", "id")
    for (table, columns), more in _LONGER.items():
        index(table, *columns, *more)
        op.drop_index(f"ix_oa_crm_{table}_{'_'.join(columns)}", f"oa_crm_{table}", schema=schema_of_ours())
