"""Leads: who may become a customer, until he does or turns out to be none."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from oa_crm.models.base import Base, Business
from oa_crm.models.personal import personal
from oa_crm.models.types import Json, PublicId, UtcDateTime, long_text, text
from oa_crm.models.when_merged import when_merged


class Lead(Business, Base):
    """Somebody who may buy; `owner_id` is None in the pool. `state` is new, following, converted or invalid.

    `scored` holds the rules that `score` is the sum of, as [name, points]. What it was converted to is kept with it.
    """

    __tablename__ = "oa_crm_lead"
    KIND = "lead"
    company_name: Mapped[str] = mapped_column(text(200), info=personal("words"))
    person_name: Mapped[str | None] = mapped_column(text(200), info=personal())
    phone: Mapped[str | None] = mapped_column(text(40), info=personal())
    email: Mapped[str | None] = mapped_column(text(254), info=personal())
    source: Mapped[str | None] = mapped_column(text(60))
    region: Mapped[str | None] = mapped_column(text(60))
    industry: Mapped[str | None] = mapped_column(text(60))
    need: Mapped[str | None] = mapped_column(long_text(), info=personal("words"))
    currency: Mapped[str] = mapped_column(text(3))
    budget_minor: Mapped[int | None] = mapped_column(BigInteger)
    notes: Mapped[str | None] = mapped_column(long_text(), info=personal())
    owner_id: Mapped[str | None] = mapped_column(text(64))
    state: Mapped[str] = mapped_column(text(20))
    score: Mapped[int] = mapped_column(Integer)
    scored: Mapped[Any] = mapped_column(Json())
    invalid_because: Mapped[str | None] = mapped_column(text(40))
    last_follow_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    customer_id: Mapped[UUID | None] = mapped_column(PublicId(), ForeignKey("oa_crm_customer.id"), info=when_merged())
    contact_id: Mapped[UUID | None] = mapped_column(PublicId(), ForeignKey("oa_crm_contact.id"))
    project_id: Mapped[UUID | None] = mapped_column(PublicId(), ForeignKey("oa_crm_project.id"))
    __table_args__ = (
        Index(None, "tenant_id", "owner_id", "id"),
        Index(None, "tenant_id", "owner_id", "score", "id"),
        Index(None, "tenant_id", "score", "id"),
        Index(None, "tenant_id", "customer_id"),
        Index(None, "tenant_id", "id"),
    )
