"""Sales expenses. A booking is never edited: a mistake is reversed by a second row with the other sign."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Date, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from oa_crm.models.base import Base, Tenanted
from oa_crm.models.types import PublicId, UtcDateTime, text
from oa_crm.models.when_merged import when_merged


class Expense(Tenanted, Base):
    """One booked expense, or the reversal of one. Append-only.

    The unique `reversal_of` is what lets a booking be reversed only once, however many try.
    """

    __tablename__ = "oa_crm_expense"
    KIND = "expense"
    id: Mapped[UUID] = mapped_column(PublicId(), primary_key=True)
    project_id: Mapped[UUID] = mapped_column(PublicId(), ForeignKey("oa_crm_project.id"))
    customer_id: Mapped[UUID] = mapped_column(PublicId(), ForeignKey("oa_crm_customer.id"), info=when_merged())
    owner_id: Mapped[str] = mapped_column(text(64))
    category: Mapped[str] = mapped_column(text(40))
    currency: Mapped[str] = mapped_column(text(3))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    occurred_on: Mapped[date] = mapped_column(Date)
    description: Mapped[str] = mapped_column(text(500))
    reversal_of: Mapped[UUID | None] = mapped_column(PublicId(), ForeignKey("oa_crm_expense.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    created_by: Mapped[str] = mapped_column(text(64))
    __table_args__ = (
        UniqueConstraint("tenant_id", "reversal_of"),
        Index(None, "tenant_id", "project_id", "category"),
        Index(None, "tenant_id", "project_id", "created_at", "id"),
        Index(None, "tenant_id", "customer_id", "created_at", "id"),
        Index(None, "tenant_id", "owner_id", "id"),
        Index(None, "tenant_id", "id"),
    )
