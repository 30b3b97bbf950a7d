"""Migrations: our tables made and brought up to date by alembic, inside the package.

They keep their own version table, so that the host's alembic and ours never meet. `Migrations` is what
`crm.migrations` gives.
"""

from oa_crm.migrations.runner import Migrations

__all__ = ["Migrations"]
