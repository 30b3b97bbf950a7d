"""What is written beside the data: audit, idempotency keys, counters, links, plugin switches."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from oa_crm.models.base import Base, Tenanted
from oa_crm.models.personal import personal
from oa_crm.models.types import BigId, Json, PublicId, UtcDateTime, text
from oa_crm.models.when_merged import when_merged


class AuditEntry(Tenanted, Base):
    """Who did what to which thing, and what it changed. Append-only."""

    __tablename__ = "oa_crm_audit"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime())
    actor_id: Mapped[str] = mapped_column(text(64))
    on_behalf_of: Mapped[str | None] = mapped_column(text(64))
    request_id: Mapped[str] = mapped_column(text(64))
    operation: Mapped[str] = mapped_column(text(60))
    kind: Mapped[str] = mapped_column(text(20))
    thing_id: Mapped[str] = mapped_column(text(64), info=when_merged(kind="kind"))
    changes: Mapped[dict[str, list[object]]] = mapped_column(Json(), info=personal("words"))
    reason: Mapped[str | None] = mapped_column(text(500), info=personal("words"))
    __table_args__ = (
        Index(None, "tenant_id", "kind", "thing_id", "id"),
        Index(None, "tenant_id", "kind", "thing_id", "operation", "at", "id"),
        Index(None, "tenant_id", "at"),
    )


class IdempotencyKey(Base):
    """An act that was done under a caller's key, with its answer."""

    __tablename__ = "oa_crm_idempotency"
    tenant_id: Mapped[str] = mapped_column(text(64), primary_key=True)
    operation: Mapped[str] = mapped_column(text(60), primary_key=True)
    key: Mapped[str] = mapped_column(text(100), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(text(64))
    answer: Mapped[object | None] = mapped_column(Json(), info=personal("words"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    __table_args__ = (Index(None, "created_at"),)


class Counter(Base):
    """The last number given out in a series. Held by its row lock until commit, hence gap-free."""

    __tablename__ = "oa_crm_counter"
    tenant_id: Mapped[str] = mapped_column(text(64), primary_key=True)
    series: Mapped[str] = mapped_column(text(60), primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger)


class Link(Tenanted, Base):
    """Where a thing is known elsewhere: the receipt that a plugin returned (voucher number, process id)."""

    __tablename__ = "oa_crm_link"
    id: Mapped[UUID] = mapped_column(PublicId(), primary_key=True)
    kind: Mapped[str] = mapped_column(text(20))
    thing_id: Mapped[str] = mapped_column(text(64), info=when_merged(kind="kind"))
    plugin: Mapped[str] = mapped_column(text(100))
    hook: Mapped[str] = mapped_column(text(60))
    delivery_id: Mapped[int] = mapped_column(BigInteger)
    ref: Mapped[str] = mapped_column(text(200))
    url: Mapped[str | None] = mapped_column(text(500))
    label: Mapped[str | None] = mapped_column(text(60))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    __table_args__ = (
        UniqueConstraint("tenant_id", "delivery_id"),
        Index(None, "tenant_id", "kind", "thing_id"),
    )


class PluginSwitch(Base):
    """A plugin turned off (or on again) for one company. No row means on."""

    __tablename__ = "oa_crm_plugin_switch"
    tenant_id: Mapped[str] = mapped_column(text(64), primary_key=True)
    plugin: Mapped[str] = mapped_column(text(100), primary_key=True)
    enabled: Mapped[bool] = mapped_column(Boolean)
