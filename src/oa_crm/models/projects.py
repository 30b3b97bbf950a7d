"""Sales projects, the history of their stages, and their frozen profit and loss."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Date, ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from oa_crm.models.base import Base, Business, Tenanted
from oa_crm.models.personal import personal
from oa_crm.models.types import BigId, Json, PublicId, Seconds, UtcDateTime, text
from oa_crm.models.when_merged import when_merged

WON_STEP = 1000
"""Further than any stage of a pipeline."""


class Project(Business, Base):
    """A sales project for life: an opportunity before signing, a job to settle after it.

    `state` is open, won, lost, invalid or settled; `stage` is the pipeline's stage while it is open. Without
    `pipeline_id` the pipeline is that of the settings. `stalls_at` is when its stage takes too long, `board_rank` its
    place among the others of its stage, `end_reason` the word for why it ended.
    """

    __tablename__ = "oa_crm_project"
    KIND = "project"
    name: Mapped[str] = mapped_column(text(200), info=personal("words"))
    customer_id: Mapped[UUID] = mapped_column(PublicId(), ForeignKey("oa_crm_customer.id"), info=when_merged())
    owner_id: Mapped[str] = mapped_column(text(64))
    stage: Mapped[str] = mapped_column(text(40))
    state: Mapped[str] = mapped_column(text(20))
    currency: Mapped[str] = mapped_column(text(3))
    expected_minor: Mapped[int | None] = mapped_column(BigInteger)
    expected_close_on: Mapped[date | None] = mapped_column(Date)
    custom: Mapped[Any] = mapped_column(Json(), nullable=True, info=personal("words"))
    type: Mapped[str | None] = mapped_column(text(40))
    end_reason: Mapped[str | None] = mapped_column(text(40))
    pipeline_id: Mapped[UUID | None] = mapped_column(PublicId())
    stalls_at: Mapped[datetime | None] = mapped_column(Seconds())
    board_rank: Mapped[str | None] = mapped_column(text(100))
    __table_args__ = (
        Index(None, "tenant_id", "customer_id"),
        Index(None, "tenant_id", "owner_id", "id"),
        Index(None, "tenant_id", "stalls_at", "id"),
        Index(None, "tenant_id", "pipeline_id", "stage", "board_rank", "id"),
        Index(None, "tenant_id", "id"),
    )


class StageChange(Tenanted, Base):
    """One move of a project; together they explain where it stands. Append-only.

    `step` is how far `after` was in its pipeline then: its place from 0, `WON_STEP` for won, nothing for lost and
    invalid. A move from before there were pipelines has none, and stands where the settings say.
    """

    __tablename__ = "oa_crm_stage_change"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    project_id: Mapped[UUID] = mapped_column(PublicId(), ForeignKey("oa_crm_project.id"))
    before: Mapped[str | None] = mapped_column(text(40))
    after: Mapped[str] = mapped_column(text(40))
    reason: Mapped[str | None] = mapped_column(text(500), info=personal("words"))
    because: Mapped[str | None] = mapped_column(text(40))
    step: Mapped[int | None] = mapped_column(Integer)
    pipeline_id: Mapped[UUID | None] = mapped_column(PublicId())
    at: Mapped[datetime] = mapped_column(UtcDateTime())
    by: Mapped[str] = mapped_column(text(64))
    __table_args__ = (Index(None, "tenant_id", "project_id", "id"),)


class Settlement(Tenanted, Base):
    """A project's profit and loss as it was frozen. Never changed."""

    __tablename__ = "oa_crm_settlement"
    id: Mapped[UUID] = mapped_column(PublicId(), primary_key=True)
    project_id: Mapped[UUID] = mapped_column(PublicId(), ForeignKey("oa_crm_project.id"))
    currency: Mapped[str] = mapped_column(text(3))
    revenue_minor: Mapped[int] = mapped_column(BigInteger)
    expenses_minor: Mapped[int] = mapped_column(BigInteger)
    by_category: Mapped[dict[str, int]] = mapped_column(Json())
    settled_at: Mapped[datetime] = mapped_column(UtcDateTime())
    settled_by: Mapped[str] = mapped_column(text(64))
    __table_args__ = (UniqueConstraint("tenant_id", "project_id"),)
