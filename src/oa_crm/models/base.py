"""The declarative base: prefix, naming, and what every business row carries.

Rows never leave a unit; services read them into schemas. Statements are built in `services/base.py` only.
"""

from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import Integer, MetaData, Table, literal_column
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from oa_crm.models.types import PublicId, UtcDateTime, text

PREFIX = "oa_crm_"
VERSION_TABLE = f"{PREFIX}alembic_version"
SCHEMA_TOKEN = "oa_crm"
"""Stands for `settings.db_schema` in our tables and in no table of the host's, so that the translation which
every connection of ours carries leaves the host's statements on the same connection alone."""

_NAMES = {
    "pk": "pk_%(table_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
}


class Base(DeclarativeBase):
    """Every table of ours."""

    metadata = MetaData(naming_convention=_NAMES, schema=SCHEMA_TOKEN)


# Without the last one SQLite gives a deleted last number out again, and a receipt would find another's link.
_DIALECT_OPTIONS = {
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
    "mysql_engine": "InnoDB",
    "sqlite_autoincrement": True,
}
# Indexes of some rows alone, where a database has such. Of all, SQLite without statistics takes this one for customers
# who are not merged, and walks through the company.
_OF_SOME = {"ix_oa_crm_customer_tenant_id_merged_into": "merged_into IS NOT NULL"}


WITHOUT_ROWID = {"info": {"sqlite_with_rowid": False}}
"""For `__table_args__` of a table that is all key: SQLite keeps it once instead of twice."""

NOT_COUNTED = {"info": {"sqlite_autoincrement": False}}
"""For one whose single key is a number that we give."""


class Tenanted:
    """A row that belongs to one company."""

    tenant_id: Mapped[str] = mapped_column(text(64))


class Business(Tenanted):
    """A row people work on: a public id, a version for optimistic locking, who made it and when."""

    KIND = ""

    @declared_attr
    @classmethod
    def id(cls) -> Mapped[UUID]:
        return mapped_column(PublicId(), primary_key=True)

    version: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    created_by: Mapped[str] = mapped_column(text(64))
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime())
    updated_by: Mapped[str] = mapped_column(text(64))


def table_of(model: type[Base]) -> Table:
    """The table of `model`, for statements that are built from columns."""
    return cast(Table, model.__table__)


def kind_of(model: type[Base]) -> str:
    """The word for one row of `model`, as permissions, audit and errors use it."""
    return str(model.KIND)  # type: ignore[attr-defined]


def rights_of(model: type[Base]) -> str:
    """The kind whose rights decide on rows of `model`: its own, or that of the thing it belongs to."""
    return str(getattr(model, "RIGHTS", kind_of(model)))


def metadata_for(schema: str | None) -> MetaData:
    """The tables as they lie in a database: in `schema`, or where the connection looks first."""
    real = MetaData(naming_convention=_NAMES, schema=schema)
    for table in Base.metadata.sorted_tables:
        # Its annotation forgets that None is allowed, which means: in no schema.
        copied = table.to_metadata(real, schema=cast(str, schema))
        # Here and not on the models: naming a dialect's option imports the dialect.
        copied.dialect_kwargs.update({**_DIALECT_OPTIONS, **table.info})
        for index in copied.indexes:
            if some := _OF_SOME.get(str(index.name)):
                index.dialect_kwargs.update(
                    {"sqlite_where": literal_column(some), "postgresql_where": literal_column(some)}
                )
    return real
