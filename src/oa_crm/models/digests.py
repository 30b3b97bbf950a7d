"""Digests: the changes that somebody who leads should know of, who wants which, and what he was told when."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from oa_crm.models.base import WITHOUT_ROWID, Base, Business, Tenanted
from oa_crm.models.personal import personal
from oa_crm.models.types import Json, PublicId, UtcDateTime, text
from oa_crm.models.when_merged import when_merged


class KeyChange(Tenanted, Base):
    """A change of a thing that digests tell of, as the audit has it. Append-only."""

    __tablename__ = "oa_crm_key_change"
    id: Mapped[UUID] = mapped_column(PublicId(), primary_key=True)
    what: Mapped[str] = mapped_column(text(40))
    kind: Mapped[str] = mapped_column(text(20))
    thing_id: Mapped[UUID] = mapped_column(PublicId(), info=when_merged(kind="kind"))
    field: Mapped[str] = mapped_column(text(60))
    before: Mapped[Any] = mapped_column(Json(), nullable=True)
    after: Mapped[Any] = mapped_column(Json(), nullable=True)
    reason: Mapped[str | None] = mapped_column(text(500), info=personal("words"))
    at: Mapped[datetime] = mapped_column(UtcDateTime())
    by: Mapped[str] = mapped_column(text(64))
    __table_args__ = (Index(None, "tenant_id", "at", "id"), Index(None, "tenant_id", "kind", "thing_id"))


class DigestSubscription(Business, Base):
    """Which changes a member wants to be told of, how far around him, and up to when he was."""

    __tablename__ = "oa_crm_digest_subscription"
    KIND = "subscription"
    member_id: Mapped[str] = mapped_column(text(64))
    kinds: Mapped[Any] = mapped_column(Json())
    reach: Mapped[str] = mapped_column(text(20))
    state: Mapped[str] = mapped_column(text(20))
    since: Mapped[datetime] = mapped_column(UtcDateTime())
    built_at: Mapped[datetime] = mapped_column(UtcDateTime())
    __table_args__ = (UniqueConstraint("tenant_id", "member_id"), Index(None, "tenant_id", "state", "id"))


class Digest(Tenanted, Base):
    """What a member is told at once. Its lines never change; it is acknowledged once."""

    __tablename__ = "oa_crm_digest"
    KIND = "digest"
    id: Mapped[UUID] = mapped_column(PublicId(), primary_key=True)
    member_id: Mapped[str] = mapped_column(text(64))
    since: Mapped[datetime] = mapped_column(UtcDateTime())
    built_at: Mapped[datetime] = mapped_column(UtcDateTime())
    changes: Mapped[int] = mapped_column(Integer)
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    __table_args__ = (Index(None, "tenant_id", "member_id", "id"),)


class DigestLine(Tenanted, Base):
    """One change in a digest; nobody is told of one twice."""

    __tablename__ = "oa_crm_digest_line"
    tenant_id: Mapped[str] = mapped_column(text(64), primary_key=True)
    digest_id: Mapped[UUID] = mapped_column(PublicId(), ForeignKey("oa_crm_digest.id"), primary_key=True)
    change_id: Mapped[UUID] = mapped_column(PublicId(), ForeignKey("oa_crm_key_change.id"), primary_key=True)
    member_id: Mapped[str] = mapped_column(text(64))
    __table_args__ = (
        UniqueConstraint("tenant_id", "member_id", "change_id"),
        Index(None, "change_id"),
        WITHOUT_ROWID,
    )
