"""Shares: facts of a customer or project, frozen, that one person outside its file may read for a while."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from oa_crm.models.base import Base, Business, Tenanted
from oa_crm.models.personal import personal
from oa_crm.models.types import Json, PublicId, UtcDateTime, long_text, text
from oa_crm.models.when_merged import when_merged


class Share(Business, Base):
    """Facts that `receiver_id` may read until `expires_at`, unless they are revoked before. The facts never change."""

    __tablename__ = "oa_crm_share"
    KIND, RIGHTS = "share", "customer"
    customer_id: Mapped[UUID] = mapped_column(PublicId(), ForeignKey("oa_crm_customer.id"), info=when_merged())
    project_id: Mapped[UUID | None] = mapped_column(PublicId(), ForeignKey("oa_crm_project.id"))
    receiver_id: Mapped[str] = mapped_column(text(64))
    title: Mapped[str] = mapped_column(text(200), info=personal("words"))
    note: Mapped[str | None] = mapped_column(long_text(), info=personal("words"))
    facts: Mapped[Any] = mapped_column(Json(), info=personal("words"))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime())
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    revoked_by: Mapped[str | None] = mapped_column(text(64))
    revoked_because: Mapped[str | None] = mapped_column(text(500), info=personal("words"))
    __table_args__ = (
        Index(None, "tenant_id", "customer_id", "id"),
        Index(None, "tenant_id", "receiver_id", "id"),
    )


class ShareLook(Tenanted, Base):
    """That the receiver read it. Append-only."""

    __tablename__ = "oa_crm_share_look"
    id: Mapped[UUID] = mapped_column(PublicId(), primary_key=True)
    share_id: Mapped[UUID] = mapped_column(PublicId(), ForeignKey("oa_crm_share.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime())
    by: Mapped[str] = mapped_column(text(64))
    request_id: Mapped[str] = mapped_column(text(64))
    __table_args__ = (Index(None, "tenant_id", "share_id", "id"),)
