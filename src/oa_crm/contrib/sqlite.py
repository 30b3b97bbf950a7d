"""SQLite as an embedded database that several threads and processes share: `tune(engine)` sets it up."""

from oa_crm.database import tune

__all__ = ["tune"]
