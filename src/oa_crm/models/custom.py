"""Custom fields: their definitions, and the index by which their values are found and sorted.

The values themselves lie as JSON on the row of their thing, so that reading one needs no join.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Date, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from oa_crm.models.base import WITHOUT_ROWID, Base, Business, Tenanted
from oa_crm.models.personal import personal
from oa_crm.models.types import Json, PublicId, UtcDateTime, text
from oa_crm.models.when_merged import when_merged


class CustomFieldRow(Business, Base):
    """One field that a company added to a kind of thing. A retired one keeps its name and its values."""

    __tablename__ = "oa_crm_custom_field"
    KIND = "field"
    kind: Mapped[str] = mapped_column(text(20))
    name: Mapped[str] = mapped_column(text(40))
    state: Mapped[str] = mapped_column(text(20))
    definition: Mapped[Any] = mapped_column(Json())
    __table_args__ = (UniqueConstraint("tenant_id", "kind", "name"), Index(None, "tenant_id", "id"))


class CustomSet(Tenanted, Base):
    """The fields of one kind as they stand together: each change gives them a new stamp.

    Whoever writes values holds this row shared, whoever changes a definition holds it alone.
    """

    __tablename__ = "oa_crm_custom_set"
    tenant_id: Mapped[str] = mapped_column(text(64), primary_key=True)
    kind: Mapped[str] = mapped_column(text(20), primary_key=True)
    stamp: Mapped[UUID] = mapped_column(PublicId())


class CustomValue(Tenanted, Base):
    """A value as a key: for filters, sorting and uniqueness. Of a multi-choice, one row for each option.

    `unique_mark` is 1 where the field is unique, else NULL, which no unique constraint minds.
    """

    __tablename__ = "oa_crm_custom_value"
    tenant_id: Mapped[str] = mapped_column(text(64), primary_key=True)
    kind: Mapped[str] = mapped_column(text(20), primary_key=True)
    field: Mapped[str] = mapped_column(text(40), primary_key=True)
    thing_id: Mapped[UUID] = mapped_column(PublicId(), primary_key=True, info=when_merged("derived", kind="kind"))
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    text_key: Mapped[str] = mapped_column(text(200), info=personal("derived"))
    number_key: Mapped[int | None] = mapped_column(BigInteger)
    date_key: Mapped[date | None] = mapped_column(Date)
    unique_mark: Mapped[int | None] = mapped_column(Integer)
    __table_args__ = (
        UniqueConstraint("tenant_id", "kind", "field", "text_key", "unique_mark"),
        Index(None, "tenant_id", "kind", "field", "text_key", "thing_id"),
        Index(None, "tenant_id", "kind", "field", "number_key", "thing_id"),
        Index(None, "tenant_id", "kind", "field", "date_key", "thing_id"),
        Index(None, "tenant_id", "thing_id"),
        WITHOUT_ROWID,
    )


class CustomRebuild(Tenanted, Base):
    """A field whose index is being made anew, and up to which thing. While it is here, the index is not asked."""

    __tablename__ = "oa_crm_custom_rebuild"
    tenant_id: Mapped[str] = mapped_column(text(64), primary_key=True)
    kind: Mapped[str] = mapped_column(text(20), primary_key=True)
    field: Mapped[str] = mapped_column(text(40), primary_key=True)
    after: Mapped[UUID | None] = mapped_column(PublicId())
    done: Mapped[int] = mapped_column(BigInteger)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime())
