"""The index of merged customers holds only these, where a database can: it also led to all who are not.

SQLite without statistics took it for any question that left out merged customers and named ids, and so walked through
the whole company. MariaDB has no such indexes, and always has statistics.
"""

import sqlalchemy as sa
from alembic import op
from alembic.op import f

from oa_crm.migrations.making import schema_of_ours

revision = "0031"
down_revision = "0030"

_NAME, _TABLE = "ix_oa_crm_customer_tenant_id_merged_into", "oa_crm_customer"


def upgrade() -> None:
    """Make the index anew."""
    if op.get_bind().dialect.name not in ("sqlite", "postgresql"):
        return
    op.drop_index(_NAME, _TABLE, schema=schema_of_ours())
    merged = "merged_into IS NOT NULL"
    op.create_index(
        f(_NAME), _TABLE, ["tenant_id", "merged_into"], schema=schema_of_ours(),
        sqlite_where=sa.text(merged), postgresql_where=sa.text(merged),
    )  # fmt: skip
