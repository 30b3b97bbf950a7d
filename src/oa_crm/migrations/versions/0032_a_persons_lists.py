"""Indexes of a person's own customers by name and by next contact: his page no longer sorts what he has, and PostgreSQL
no longer walks through the company by name to find it."""

from oa_crm.migrations.making import index

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    """Make them."""
    index("customer", "tenant_id", "owner_id", "name", "id")
    index("customer", "tenant_id", "owner_id", "next_contact_on", "id")
