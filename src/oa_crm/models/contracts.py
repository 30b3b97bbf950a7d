"""Contracts, their approvals, and every opinion that was given."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from oa_crm.models.base import Base, Business, Tenanted
from oa_crm.models.types import Json, PublicId, UtcDateTime, long_text, text
from oa_crm.models.when_merged import when_merged


class Contract(Business, Base):
    """A sales contract. `state`: draft, in_approval, approved, rejected."""

    __tablename__ = "oa_crm_contract"
    KIND = "contract"
    number: Mapped[str] = mapped_column(text(40))
    title: Mapped[str] = mapped_column(text(200))
    customer_id: Mapped[UUID] = mapped_column(PublicId(), ForeignKey("oa_crm_customer.id"), info=when_merged())
    project_id: Mapped[UUID] = mapped_column(PublicId(), ForeignKey("oa_crm_project.id"))
    owner_id: Mapped[str] = mapped_column(text(64))
    state: Mapped[str] = mapped_column(text(20))
    currency: Mapped[str] = mapped_column(text(3))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    __table_args__ = (
        UniqueConstraint("tenant_id", "number"),
        Index(None, "tenant_id", "project_id", "state"),
        Index(None, "tenant_id", "customer_id"),
        Index(None, "tenant_id", "owner_id", "id"),
        Index(None, "tenant_id", "id"),
    )


class Approval(Business, Base):
    """One round of approval of one thing. `state`: waiting, approved, rejected, withdrawn.

    `snapshot` is what is being approved, `snapshot_hash` fixes it.
    """

    __tablename__ = "oa_crm_approval"
    KIND = "approval"
    thing_kind: Mapped[str] = mapped_column(text(20))
    thing_id: Mapped[UUID] = mapped_column(PublicId(), info=when_merged(kind="thing_kind"))
    state: Mapped[str] = mapped_column(text(20))
    requested_by: Mapped[str] = mapped_column(text(64))
    waiting_on: Mapped[list[str]] = mapped_column(Json())
    snapshot: Mapped[dict[str, object]] = mapped_column(Json())
    snapshot_hash: Mapped[str] = mapped_column(text(64))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    __table_args__ = (
        Index(None, "tenant_id", "thing_kind", "thing_id"),
        Index(None, "tenant_id", "state", "id"),
    )


class Waiting(Base):
    """Whom a waiting approval waits on, so that a person's list costs what is on it and no more."""

    __tablename__ = "oa_crm_approval_waiting"
    tenant_id: Mapped[str] = mapped_column(text(64), primary_key=True)
    member_id: Mapped[str] = mapped_column(text(64), primary_key=True)
    approval_id: Mapped[UUID] = mapped_column(PublicId(), ForeignKey("oa_crm_approval.id"), primary_key=True)
    __table_args__ = (Index(None, "tenant_id", "approval_id"),)


class Opinion(Tenanted, Base):
    """One approver's word, in full. Append-only; one per person and round."""

    __tablename__ = "oa_crm_opinion"
    id: Mapped[UUID] = mapped_column(PublicId(), primary_key=True)
    approval_id: Mapped[UUID] = mapped_column(PublicId(), ForeignKey("oa_crm_approval.id"))
    position: Mapped[int] = mapped_column(Integer)
    member_id: Mapped[str] = mapped_column(text(64))
    given_by: Mapped[str] = mapped_column(text(64))
    decision: Mapped[str] = mapped_column(text(20))
    words: Mapped[str] = mapped_column(long_text())
    snapshot_hash: Mapped[str] = mapped_column(text(64))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime())
    __table_args__ = (
        UniqueConstraint("tenant_id", "approval_id", "member_id"),
        UniqueConstraint("tenant_id", "approval_id", "position"),
    )
