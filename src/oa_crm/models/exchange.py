"""Imports and exports: how far a file is taken in, what became of its rows, and who took out how much."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Date, ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from oa_crm.models.base import Base, Tenanted
from oa_crm.models.personal import personal
from oa_crm.models.types import Json, PublicId, UtcDateTime, text


class Import(Tenanted, Base):
    """A file on its way in. `position` is the last row that is done: a slice moves it in its own transaction."""

    __tablename__ = "oa_crm_import"
    KIND = "import"
    id: Mapped[UUID] = mapped_column(PublicId(), primary_key=True)
    what: Mapped[str] = mapped_column(text(20))
    state: Mapped[str] = mapped_column(text(20))
    actor_id: Mapped[str] = mapped_column(text(64))
    file_name: Mapped[str] = mapped_column(text(200))
    digest: Mapped[str] = mapped_column(text(64))
    """SHA-256 of the file and of how it is read, so that only the same import goes on where it stopped."""
    options: Mapped[Any] = mapped_column(Json())
    running: Mapped[int | None] = mapped_column(Integer)
    """1 until it is finished: one person has one running import of a file."""
    position: Mapped[int] = mapped_column(Integer)
    created: Mapped[int] = mapped_column(Integer)
    updated: Mapped[int] = mapped_column(Integer)
    skipped: Mapped[int] = mapped_column(Integer)
    asked: Mapped[int] = mapped_column(Integer)
    failed: Mapped[int] = mapped_column(Integer)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime())
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    __table_args__ = (UniqueConstraint("tenant_id", "digest", "running"), Index(None, "tenant_id", "id"))


class ImportRow(Tenanted, Base):
    """A row that did not simply go on file, and why. `at_row` counts as a spreadsheet does."""

    __tablename__ = "oa_crm_import_row"
    import_id: Mapped[UUID] = mapped_column(
        PublicId(), ForeignKey("oa_crm_import.id", ondelete="CASCADE"), primary_key=True
    )
    at_row: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    tenant_id: Mapped[str] = mapped_column(text(64))
    outcome: Mapped[str] = mapped_column(text(20))
    problems: Mapped[Any] = mapped_column(Json(), info=personal("words"))
    __table_args__ = (Index(None, "tenant_id", "import_id", "at_row"),)


class ExportDay(Tenanted, Base):
    """How many customers, contacts and follow-ups a person took out on a day (UTC)."""

    __tablename__ = "oa_crm_export_day"
    tenant_id: Mapped[str] = mapped_column(text(64), primary_key=True)
    actor_id: Mapped[str] = mapped_column(text(64), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    taken: Mapped[int] = mapped_column(BigInteger)
