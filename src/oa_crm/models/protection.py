"""The protection clock: a company's rules, what was warned of, extensions, and talks that do not count.

The deadline itself stands on the customer (`protected_until`); here is what it is worked out from, and what was said.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from oa_crm.models.base import WITHOUT_ROWID, Base, Tenanted
from oa_crm.models.personal import personal
from oa_crm.models.types import Json, PublicId, UtcDateTime, text
from oa_crm.models.when_merged import when_merged


class Protection(Base):
    """A company's rules as one document, at `version`; without a row the shipped ones hold.

    After a change it is `waiting` while `walked_to` goes through the customers' ids and their deadlines are worked out
    anew. Whoever works out a deadline holds this row, so that a change waits for him and he for it.
    """

    __tablename__ = "oa_crm_protection"
    tenant_id: Mapped[str] = mapped_column(text(64), primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    document: Mapped[Any] = mapped_column(Json(), nullable=True)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime())
    changed_by: Mapped[str] = mapped_column(text(64))
    waiting: Mapped[bool] = mapped_column(Boolean)
    walked_to: Mapped[UUID | None] = mapped_column(PublicId())


class ProtectionRun(Base):
    """When a company was swept last. Nothing is recycled before `held_until`: the clock had jumped."""

    __tablename__ = "oa_crm_protection_run"
    tenant_id: Mapped[str] = mapped_column(text(64), primary_key=True)
    swept_at: Mapped[datetime] = mapped_column(UtcDateTime())
    held_until: Mapped[datetime | None] = mapped_column(UtcDateTime())


class ProtectionWarning(Base):
    """A warning that was given: so many `days` before a deadline. Append-only, the first of each deadline and stage;
    what is given of them anew is in the audit."""

    __tablename__ = "oa_crm_protection_warning"
    KIND, RIGHTS = "warning", "customer"
    tenant_id: Mapped[str] = mapped_column(text(64), primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(
        PublicId(), ForeignKey("oa_crm_customer.id"), primary_key=True, info=when_merged("stays")
    )
    deadline: Mapped[datetime] = mapped_column(UtcDateTime(), primary_key=True)
    days: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    owner_id: Mapped[str] = mapped_column(text(64))
    manager_id: Mapped[str | None] = mapped_column(text(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime())
    __table_args__ = (Index(None, "customer_id"), WITHOUT_ROWID)


class ProtectionExtension(Tenanted, Base):
    """Somebody's request for more days. `state`: requested, granted, refused; granted, it holds to `until`, for the
    owner who asked and his present term (`owner_no`) alone."""

    __tablename__ = "oa_crm_protection_extension"
    KIND, RIGHTS = "extension", "customer"
    id: Mapped[UUID] = mapped_column(PublicId(), primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(PublicId(), ForeignKey("oa_crm_customer.id"), info=when_merged("stays"))
    owner_no: Mapped[int] = mapped_column(Integer)
    days: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(text(500), info=personal("words"))
    state: Mapped[str] = mapped_column(text(20))
    until: Mapped[datetime | None] = mapped_column(UtcDateTime())
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime())
    requested_by: Mapped[str] = mapped_column(text(64))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    decided_by: Mapped[str | None] = mapped_column(text(64))
    comment: Mapped[str | None] = mapped_column(text(500), info=personal("words"))
    __table_args__ = (
        Index(None, "tenant_id", "customer_id", "owner_no"),
        Index(None, "tenant_id", "requested_by", "id"),
        Index(None, "tenant_id", "state", "id"),
    )


class StruckFollowUp(Tenanted, Base):
    """A talk that a manager found to be none: the clock passes over it. The talk itself is never altered."""

    __tablename__ = "oa_crm_struck_follow_up"
    follow_up_id: Mapped[UUID] = mapped_column(PublicId(), ForeignKey("oa_crm_follow_up.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(text(500), info=personal("words"))
    at: Mapped[datetime] = mapped_column(UtcDateTime())
    by: Mapped[str] = mapped_column(text(64))
    __table_args__ = (Index(None, "tenant_id", "follow_up_id"),)
