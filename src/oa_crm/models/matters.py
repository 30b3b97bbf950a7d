"""What lives on from follow-up to follow-up: key issues until they are resolved, needs until they are answered."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from oa_crm.models.base import Base, Business, Tenanted
from oa_crm.models.personal import personal
from oa_crm.models.types import PublicId, UtcDateTime, long_text, text
from oa_crm.models.when_merged import when_merged


class Matter(Business, Base):
    """A key issue or a need of a customer (`what`). `weight` is 1 to 3, the weightiest 3. An issue is open or resolved,
    a need open, answered or dropped. `follow_up_id` is where it was raised, if it was in one."""

    __tablename__ = "oa_crm_matter"
    KIND, RIGHTS = "matter", "customer"
    what: Mapped[str] = mapped_column(text(20))
    customer_id: Mapped[UUID] = mapped_column(PublicId(), ForeignKey("oa_crm_customer.id"), info=when_merged())
    project_id: Mapped[UUID | None] = mapped_column(PublicId(), ForeignKey("oa_crm_project.id"))
    follow_up_id: Mapped[UUID | None] = mapped_column(PublicId(), ForeignKey("oa_crm_follow_up.id"))
    words: Mapped[str] = mapped_column(long_text(), info=personal("words"))
    weight: Mapped[int] = mapped_column(Integer)
    product_line: Mapped[str | None] = mapped_column(text(60))
    assignee_id: Mapped[str | None] = mapped_column(text(64))
    due_on: Mapped[date | None] = mapped_column(Date)
    state: Mapped[str] = mapped_column(text(20))
    __table_args__ = (
        Index(None, "tenant_id", "customer_id"),
        Index(None, "tenant_id", "what", "customer_id", "state", "id"),
        Index(None, "tenant_id", "what", "project_id", "state", "id"),
        Index(None, "tenant_id", "what", "assignee_id", "state", "id"),
        Index(None, "tenant_id", "what", "state", "id"),
    )


class MatterNote(Tenanted, Base):
    """What was said to a matter: a comment, a follow-up that spoke of it, how it was closed, why it was reopened.
    Append-only."""

    __tablename__ = "oa_crm_matter_note"
    id: Mapped[UUID] = mapped_column(PublicId(), primary_key=True)
    matter_id: Mapped[UUID] = mapped_column(PublicId(), ForeignKey("oa_crm_matter.id"))
    what: Mapped[str] = mapped_column(text(20))
    words: Mapped[str | None] = mapped_column(long_text(), info=personal("words"))
    follow_up_id: Mapped[UUID | None] = mapped_column(PublicId(), ForeignKey("oa_crm_follow_up.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    created_by: Mapped[str] = mapped_column(text(64))
    __table_args__ = (Index(None, "tenant_id", "matter_id", "id"),)
