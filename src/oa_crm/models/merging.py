"""Merges of customers, and the journal by which one is taken back: nothing that a merge touches is deleted."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from oa_crm.models.base import Base, Tenanted
from oa_crm.models.personal import personal
from oa_crm.models.types import Json, PublicId, UtcDateTime, text
from oa_crm.models.when_merged import when_merged


class Merge(Tenanted, Base):
    """One customer merged into another. `state`: merged, split.

    `winner` and `loser` hold, for each column that the merge set, the value before and after.
    """

    __tablename__ = "oa_crm_merge"
    KIND = "merge"
    id: Mapped[UUID] = mapped_column(PublicId(), primary_key=True)
    winner_id: Mapped[UUID] = mapped_column(PublicId(), ForeignKey("oa_crm_customer.id"), info=when_merged("stays"))
    loser_id: Mapped[UUID] = mapped_column(PublicId(), ForeignKey("oa_crm_customer.id"), info=when_merged("stays"))
    state: Mapped[str] = mapped_column(text(10))
    winner_name: Mapped[str] = mapped_column(text(200), info=personal("words"))
    loser_name: Mapped[str] = mapped_column(text(200), info=personal("words"))
    winner: Mapped[Any] = mapped_column(Json(), info=personal("words"))
    loser: Mapped[Any] = mapped_column(Json(), info=personal("words"))
    moved: Mapped[Any] = mapped_column(Json())
    laid_aside: Mapped[Any] = mapped_column(Json())
    reason: Mapped[str | None] = mapped_column(text(500), info=personal("words"))
    merged_at: Mapped[datetime] = mapped_column(UtcDateTime())
    merged_by: Mapped[str] = mapped_column(text(64))
    split_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    split_by: Mapped[str | None] = mapped_column(text(64))
    split_because: Mapped[str | None] = mapped_column(text(500), info=personal("words"))
    __table_args__ = (
        Index(None, "tenant_id", "winner_id", "id"),
        Index(None, "tenant_id", "loser_id", "id"),
    )


class MergePart(Tenanted, Base):
    """Rows that a merge touched, by table and column. `what`: moved, laid_aside, gave_up, assigned, clock.

    `kept` holds the keys of rows that moved, whole rows that were laid aside, the values that were given up, who had
    each open plan, issue, need and strategy of both files before and after, and the protection clock of who had the
    survivor before.
    """

    __tablename__ = "oa_crm_merge_part"
    tenant_id: Mapped[str] = mapped_column(text(64), primary_key=True)
    merge_id: Mapped[UUID] = mapped_column(PublicId(), ForeignKey("oa_crm_merge.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    link: Mapped[str] = mapped_column(text(160))
    what: Mapped[str] = mapped_column(text(20))
    kept: Mapped[Any] = mapped_column(Json(), info=personal("words"))
