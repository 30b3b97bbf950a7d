"""Reminders: a company's policy with how far its runs are, and what was told to whom."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from oa_crm.models.base import Base, Tenanted
from oa_crm.models.types import Json, PublicId, UtcDateTime, text
from oa_crm.models.when_merged import when_merged


class ReminderPolicy(Base):
    """When a company reminds, at `version`; without a document as shipped. All steps up to the company's day
    `told_to` were told. Whoever tells holds this row, so that of two runs one waits for the other."""

    __tablename__ = "oa_crm_reminder_policy"
    tenant_id: Mapped[str] = mapped_column(text(64), primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    document: Mapped[Any] = mapped_column(Json(), nullable=True)
    told_to: Mapped[date | None] = mapped_column(Date)


class Reminder(Tenanted, Base):
    """That somebody was reminded: of a plan or of a customer, once for each `anchor` and `step`. Append-only.

    `what` is due, overdue or neglected; `step` the days over, 0 when it falls due.
    """

    __tablename__ = "oa_crm_reminder"
    KIND, RIGHTS = "reminder", "customer"
    id: Mapped[UUID] = mapped_column(PublicId(), primary_key=True)
    what: Mapped[str] = mapped_column(text(20))
    kind: Mapped[str] = mapped_column(text(20))
    thing_id: Mapped[UUID] = mapped_column(PublicId(), info=when_merged("stays", kind="kind"))
    anchor: Mapped[datetime] = mapped_column(UtcDateTime())
    step: Mapped[int] = mapped_column(Integer)
    member_id: Mapped[str] = mapped_column(text(64))
    manager_id: Mapped[str | None] = mapped_column(text(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime())
    __table_args__ = (
        UniqueConstraint("tenant_id", "thing_id", "what", "anchor", "step", name="uq_oa_crm_reminder_told"),
        Index(None, "tenant_id", "member_id", "id"),
    )
