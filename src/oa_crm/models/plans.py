"""What is due: plans of follow-ups, and the reminders that were given."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from oa_crm.models.base import Base, Business
from oa_crm.models.personal import personal
from oa_crm.models.types import PublicId, UtcDateTime, long_text, text
from oa_crm.models.when_merged import when_merged


class Plan(Business, Base):
    """A follow-up that is due, of a customer or of a lead. `state` is planned, done or cancelled; done, `follow_up_id`
    is the follow-up that did it. `due_on` is the company's day of `due_at`."""

    __tablename__ = "oa_crm_plan"
    KIND, RIGHTS = "plan", "customer"
    customer_id: Mapped[UUID | None] = mapped_column(PublicId(), ForeignKey("oa_crm_customer.id"), info=when_merged())
    lead_id: Mapped[UUID | None] = mapped_column(PublicId(), ForeignKey("oa_crm_lead.id"))
    project_id: Mapped[UUID | None] = mapped_column(PublicId(), ForeignKey("oa_crm_project.id"))
    assignee_id: Mapped[str] = mapped_column(text(64))
    way: Mapped[str] = mapped_column(text(20))
    purpose: Mapped[str] = mapped_column(long_text(), info=personal("words"))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime())
    due_on: Mapped[date] = mapped_column(Date)
    remind_before: Mapped[int] = mapped_column(Integer)
    """Minutes."""
    remind_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    """When the next reminder of it is due; None when there is none to come."""
    moved: Mapped[int] = mapped_column(Integer)
    """How often it was rescheduled."""
    state: Mapped[str] = mapped_column(text(20))
    follow_up_id: Mapped[UUID | None] = mapped_column(PublicId(), ForeignKey("oa_crm_follow_up.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    ended_because: Mapped[str | None] = mapped_column(text(500), info=personal("words"))
    __table_args__ = (
        Index(None, "tenant_id", "assignee_id", "state", "due_at", "id"),
        Index(None, "tenant_id", "customer_id", "state", "due_on"),
        Index(None, "tenant_id", "lead_id", "state", "due_on"),
        Index(None, "tenant_id", "state", "due_at", "id"),
        Index(None, "tenant_id", "remind_at", "id"),
        CheckConstraint("customer_id IS NOT NULL OR lead_id IS NOT NULL", name="ck_oa_crm_plan_of"),
    )
