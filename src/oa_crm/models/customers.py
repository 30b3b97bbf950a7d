"""Customers, and what was said to them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from oa_crm.models.base import Base, Business, Tenanted
from oa_crm.models.types import Json, PublicId, UtcDateTime, long_text, text


class Customer(Business, Base):
    """A customer of the company; `owner_id` is None in the pool."""

    __tablename__ = "oa_crm_customer"
    KIND = "customer"
    MATCHED = frozenset(
        {"name", "short_name", "credit_code", "phone", "email", "website", "address", "former_names", "aliases"}
    )
    """What the duplicate check looks at: when one of these changes, the keys change."""
    name: Mapped[str] = mapped_column(text(200))
    short_name: Mapped[str | None] = mapped_column(text(100))
    credit_code: Mapped[str | None] = mapped_column(text(18))
    industry: Mapped[str | None] = mapped_column(text(60))
    region: Mapped[str | None] = mapped_column(text(60))
    phone: Mapped[str | None] = mapped_column(text(40))
    email: Mapped[str | None] = mapped_column(text(254))
    website: Mapped[str | None] = mapped_column(text(200))
    address: Mapped[str | None] = mapped_column(text(200))
    former_names: Mapped[Any] = mapped_column(Json(), nullable=True)
    aliases: Mapped[Any] = mapped_column(Json(), nullable=True)
    level: Mapped[str | None] = mapped_column(text(20))
    source: Mapped[str | None] = mapped_column(text(60))
    owner_id: Mapped[str | None] = mapped_column(text(64))
    last_follow_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    __table_args__ = (
        UniqueConstraint("tenant_id", "credit_code"),
        Index(None, "tenant_id", "owner_id", "id"),
        Index(None, "tenant_id", "name", "id"),
        Index(None, "tenant_id", "id"),
    )


class FollowUp(Tenanted, Base):
    """What was said to a customer. Append-only."""

    __tablename__ = "oa_crm_follow_up"
    KIND, RIGHTS = "follow_up", "customer"
    id: Mapped[UUID] = mapped_column(PublicId(), primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(PublicId(), ForeignKey("oa_crm_customer.id"))
    project_id: Mapped[UUID | None] = mapped_column(PublicId(), ForeignKey("oa_crm_project.id"))
    way: Mapped[str] = mapped_column(text(20))
    outcome: Mapped[str] = mapped_column(long_text())
    key_issue: Mapped[str | None] = mapped_column(long_text())
    next_contact_on: Mapped[date | None] = mapped_column(Date)
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime())
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    created_by: Mapped[str] = mapped_column(text(64))
    __table_args__ = (
        Index(None, "tenant_id", "customer_id", "happened_at"),
        Index(None, "tenant_id", "project_id"),
    )
