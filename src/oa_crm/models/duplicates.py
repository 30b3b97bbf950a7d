"""What the duplicate check keeps: keys by which a customer is found again, policies, searches, scans.

A key's hash holds tenant, kind and text, so a key row names no tenant; every row that a key leads to does.
Keys whose entry is gone lead nowhere and are swept by a rebuild.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from oa_crm.models.base import NOT_COUNTED, WITHOUT_ROWID, Base, Tenanted
from oa_crm.models.personal import personal
from oa_crm.models.types import BigId, Json, PublicId, UtcDateTime, text
from oa_crm.models.when_merged import when_merged


class DuplicateEntry(Tenanted, Base):
    """A customer as it was keyed; a short number stands for it in the keys. Keyed anew, it gets a new one."""

    __tablename__ = "oa_crm_duplicate_entry"
    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    customer_id: Mapped[UUID] = mapped_column(
        PublicId(), ForeignKey("oa_crm_customer.id", ondelete="CASCADE"), info=when_merged("derived")
    )
    keyed_as: Mapped[int] = mapped_column(Integer)
    __table_args__ = (
        UniqueConstraint("customer_id"),
        Index(None, "tenant_id", "keyed_as", "id"),
    )


class DuplicateKey(Base):
    """One way in which a customer may agree with another."""

    __tablename__ = "oa_crm_duplicate_key"
    key_hash: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    entry_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    __table_args__ = WITHOUT_ROWID


class DuplicateGate(Base):
    """A row to lock: of two who put the same name or number on file at once, the second waits here."""

    __tablename__ = "oa_crm_duplicate_gate"
    key_hash: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    __table_args__ = NOT_COUNTED


class NamePrefix(Tenanted, Base):
    """A way to begin to type a customer's name: the name, its core, short names, pinyin, initials."""

    __tablename__ = "oa_crm_name_prefix"
    tenant_id: Mapped[str] = mapped_column(text(64), primary_key=True)
    typed: Mapped[str] = mapped_column(text(60), primary_key=True, info=personal("derived"))
    customer_id: Mapped[UUID] = mapped_column(
        PublicId(), ForeignKey("oa_crm_customer.id", ondelete="CASCADE"), primary_key=True, info=when_merged("derived")
    )
    __table_args__ = (Index(None, "customer_id"), WITHOUT_ROWID)


class DuplicatePolicy(Tenanted, Base):
    """A company's rules for one entrance; `*` holds for those that have none of their own."""

    __tablename__ = "oa_crm_duplicate_policy"
    tenant_id: Mapped[str] = mapped_column(text(64), primary_key=True)
    entrance: Mapped[str] = mapped_column(text(20), primary_key=True)
    policy: Mapped[Any] = mapped_column(Json())
    version: Mapped[int] = mapped_column(Integer)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime())
    updated_by: Mapped[str] = mapped_column(text(64))


class DuplicateSearch(Tenanted, Base):
    """Who looked for whom. Append-only."""

    __tablename__ = "oa_crm_duplicate_search"
    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime())
    actor_id: Mapped[str] = mapped_column(text(64))
    request_id: Mapped[str] = mapped_column(text(64))
    entrance: Mapped[str] = mapped_column(text(20))
    name: Mapped[str] = mapped_column(text(200), info=personal("words"))
    verdict: Mapped[str] = mapped_column(text(10))
    shown: Mapped[int] = mapped_column(Integer)
    __table_args__ = (Index(None, "tenant_id", "actor_id", "at"), Index(None, "tenant_id", "at"))


class DuplicateOverride(Tenanted, Base):
    """A request to put a customer on file in spite of a clash, and what was decided on it."""

    __tablename__ = "oa_crm_duplicate_override"
    id: Mapped[UUID] = mapped_column(PublicId(), primary_key=True)
    state: Mapped[str] = mapped_column(text(20))
    name: Mapped[str] = mapped_column(text(200), info=personal("words"))
    draft: Mapped[Any] = mapped_column(Json(), info=personal("words"))
    report: Mapped[Any] = mapped_column(Json(), info=personal("words"))
    reason: Mapped[str] = mapped_column(text(500), info=personal("words"))
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime())
    requested_by: Mapped[str] = mapped_column(text(64))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    decided_by: Mapped[str | None] = mapped_column(text(64))
    comment: Mapped[str | None] = mapped_column(text(500), info=personal("words"))
    customer_id: Mapped[UUID | None] = mapped_column(PublicId(), info=when_merged())
    __table_args__ = (Index(None, "tenant_id", "state", "id"), Index(None, "tenant_id", "customer_id"))


class DuplicateScan(Tenanted, Base):
    """How far a worker is in looking through the whole base; `upto` is the last entry it will look at."""

    __tablename__ = "oa_crm_duplicate_scan"
    tenant_id: Mapped[str] = mapped_column(text(64), primary_key=True)
    shard: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    shards: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    after: Mapped[int] = mapped_column(BigInteger)
    upto: Mapped[int] = mapped_column(BigInteger)
    looked_at: Mapped[int] = mapped_column(BigInteger)
    found: Mapped[int] = mapped_column(BigInteger)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime())
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime())


class DuplicatePair(Tenanted, Base):
    """Two customers on file that may be one. `likeness` is in thousandths; a dismissed pair stays dismissed."""

    __tablename__ = "oa_crm_duplicate_pair"
    tenant_id: Mapped[str] = mapped_column(text(64), primary_key=True)
    one_id: Mapped[UUID] = mapped_column(
        PublicId(), ForeignKey("oa_crm_customer.id", ondelete="CASCADE"), primary_key=True, info=when_merged("parts")
    )
    other_id: Mapped[UUID] = mapped_column(
        PublicId(), ForeignKey("oa_crm_customer.id", ondelete="CASCADE"), primary_key=True, info=when_merged("parts")
    )
    likeness: Mapped[int] = mapped_column(Integer)
    tier: Mapped[str] = mapped_column(text(10))
    reasons: Mapped[Any] = mapped_column(Json(), info=personal("derived"))
    found_at: Mapped[datetime] = mapped_column(UtcDateTime())
    dismissed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    dismissed_by: Mapped[str | None] = mapped_column(text(64))
    dismissed_because: Mapped[str | None] = mapped_column(text(500), info=personal("derived"))
    __table_args__ = (
        Index(None, "one_id"),
        Index(None, "other_id"),
        Index(None, "tenant_id", "other_id"),
        Index(None, "tenant_id", "likeness"),
    )
