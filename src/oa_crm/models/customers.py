"""Customers, and what was said to them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Index, Integer, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from oa_crm.models.base import WITHOUT_ROWID, Base, Business, Tenanted
from oa_crm.models.personal import personal
from oa_crm.models.types import Degrees, Json, PublicId, UtcDateTime, long_text, text
from oa_crm.models.when_merged import when_merged


class Customer(Business, Base):
    """A customer of the company; `owner_id` is None in a pool, which is `pool_id` then. `merged_into` leads to the
    customer that it became."""

    __tablename__ = "oa_crm_customer"
    KIND = "customer"
    MATCHED = frozenset(
        {
            "name", "short_name", "foreign_name", "credit_code", "numbers", "phone", "phones", "email", "website",
            "address", "former_names", "aliases",
        }
    )  # fmt: skip
    """What the duplicate check looks at: when one of these changes, the keys change."""
    kind: Mapped[str] = mapped_column(text(20), server_default="enterprise")
    name: Mapped[str] = mapped_column(text(200), info=personal("named"))
    short_name: Mapped[str | None] = mapped_column(text(100), info=personal())
    foreign_name: Mapped[str | None] = mapped_column(text(200), info=personal())
    credit_code: Mapped[str | None] = mapped_column(text(18), info=personal())
    numbers: Mapped[Any] = mapped_column(Json(), nullable=True, info=personal())
    industry: Mapped[str | None] = mapped_column(text(60))
    region: Mapped[str | None] = mapped_column(text(60))
    size: Mapped[str | None] = mapped_column(text(20))
    status: Mapped[str] = mapped_column(text(20), server_default="active")
    phone: Mapped[str | None] = mapped_column(text(40), info=personal())
    phones: Mapped[Any] = mapped_column(Json(), nullable=True, info=personal())
    email: Mapped[str | None] = mapped_column(text(254), info=personal())
    website: Mapped[str | None] = mapped_column(text(200), info=personal())
    address: Mapped[str | None] = mapped_column(text(200), info=personal())
    former_names: Mapped[Any] = mapped_column(Json(), nullable=True, info=personal())
    aliases: Mapped[Any] = mapped_column(Json(), nullable=True, info=personal())
    latitude: Mapped[Decimal | None] = mapped_column(Degrees(), info=personal())
    longitude: Mapped[Decimal | None] = mapped_column(Degrees(), info=personal())
    invoice: Mapped[Any] = mapped_column(Json(), nullable=True, info=personal())
    tags: Mapped[Any] = mapped_column(Json(), nullable=True)
    level: Mapped[str | None] = mapped_column(text(20))
    level_pinned: Mapped[bool] = mapped_column(Boolean, server_default=false())
    source: Mapped[str | None] = mapped_column(text(60))
    owner_id: Mapped[str | None] = mapped_column(text(64))
    owner_since: Mapped[datetime | None] = mapped_column(UtcDateTime(), info=when_merged("stays"))
    """Since when its owner has it, or it lies in its pool: the `since` of its last row in the ledger."""
    owner_no: Mapped[int] = mapped_column(Integer, server_default="0", info=when_merged("stays"))
    """The number of its last row in the ledger of ownership."""
    clock_from: Mapped[datetime | None] = mapped_column(UtcDateTime(), info=when_merged("stays"))
    """From when the protection clock counts, where a handover kept it from beginning anew."""
    pool_id: Mapped[UUID | None] = mapped_column(PublicId(), info=when_merged("stays"))
    locked_at: Mapped[datetime | None] = mapped_column(UtcDateTime(), info=when_merged("stays"))
    """Since when its owner keeps it from being recycled."""
    protected_until: Mapped[datetime | None] = mapped_column(UtcDateTime(), info=when_merged("stays"))
    """The deadline of the protection clock, worked out from facts; None where the clock does not run."""
    protected_by: Mapped[str | None] = mapped_column(text(100), info=when_merged("stays"))
    """The rule that the deadline comes from."""
    warned_for: Mapped[datetime | None] = mapped_column(UtcDateTime(), info=when_merged("stays"))
    """The deadline that its owner was warned of last, first at `warned_at`, last `warned_days` before."""
    warned_days: Mapped[int | None] = mapped_column(Integer, info=when_merged("stays"))
    warned_at: Mapped[datetime | None] = mapped_column(UtcDateTime(), info=when_merged("stays"))
    sweep_at: Mapped[datetime | None] = mapped_column(UtcDateTime(), info=when_merged("stays"))
    """When the next sweep has to do with it: to warn, or to recycle."""
    parent_id: Mapped[UUID | None] = mapped_column(PublicId(), info=when_merged("stays"))
    group_id: Mapped[UUID | None] = mapped_column(PublicId(), info=when_merged("stays"))
    """The topmost customer above it; None for one that has nobody above."""
    custom: Mapped[Any] = mapped_column(Json(), nullable=True, info=personal("words"))
    last_follow_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    next_contact_on: Mapped[date | None] = mapped_column(Date)
    merged_into: Mapped[UUID | None] = mapped_column(PublicId(), info=when_merged())
    __table_args__ = (
        UniqueConstraint("tenant_id", "credit_code"),
        Index(None, "tenant_id", "owner_id", "id"),
        Index(None, "tenant_id", "owner_id", "name", "id"),
        Index(None, "tenant_id", "owner_id", "next_contact_on", "id"),
        Index(None, "tenant_id", "pool_id", "owner_since", "id"),
        Index(None, "tenant_id", "name", "id"),
        Index(None, "tenant_id", "id"),
        Index(None, "tenant_id", "parent_id", "id"),
        Index(None, "tenant_id", "group_id", "id"),
        Index(None, "tenant_id", "industry", "id"),
        Index(None, "tenant_id", "region", "id"),
        Index(None, "tenant_id", "level", "id"),
        Index(None, "tenant_id", "status", "id"),
        Index(None, "tenant_id", "created_at", "id"),
        Index(None, "tenant_id", "updated_at", "id"),
        Index(None, "tenant_id", "last_follow_up_at", "id"),
        Index(None, "tenant_id", "next_contact_on", "id"),
        Index(None, "tenant_id", "merged_into"),
        Index(None, "tenant_id", "protected_until", "id"),
        Index(None, "tenant_id", "sweep_at", "id"),
    )


class CustomerNumber(Tenanted, Base):
    """An identity number beside the credit code; one number is one customer."""

    __tablename__ = "oa_crm_customer_number"
    tenant_id: Mapped[str] = mapped_column(text(64), primary_key=True)
    scheme: Mapped[str] = mapped_column(text(20), primary_key=True, info=personal("derived"))
    number: Mapped[str] = mapped_column(text(40), primary_key=True, info=personal("derived"))
    customer_id: Mapped[UUID] = mapped_column(
        PublicId(), ForeignKey("oa_crm_customer.id", ondelete="CASCADE"), info=when_merged("derived")
    )
    __table_args__ = (Index(None, "customer_id"),)


class CustomerTag(Tenanted, Base):
    """A word that somebody put on a customer."""

    __tablename__ = "oa_crm_customer_tag"
    tenant_id: Mapped[str] = mapped_column(text(64), primary_key=True)
    tag: Mapped[str] = mapped_column(text(40), primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(
        PublicId(), ForeignKey("oa_crm_customer.id", ondelete="CASCADE"), primary_key=True, info=when_merged("derived")
    )
    __table_args__ = (Index(None, "customer_id"), WITHOUT_ROWID)


class Favourite(Tenanted, Base):
    """A customer that a member keeps at hand."""

    __tablename__ = "oa_crm_favourite"
    tenant_id: Mapped[str] = mapped_column(text(64), primary_key=True)
    member_id: Mapped[str] = mapped_column(text(64), primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(
        PublicId(), ForeignKey("oa_crm_customer.id", ondelete="CASCADE"), primary_key=True, info=when_merged()
    )
    __table_args__ = (Index(None, "customer_id"), WITHOUT_ROWID)


class View(Business, Base):
    """A list of customers as somebody wants it: filter, sort and columns. `shared`: nobody, department, everybody."""

    __tablename__ = "oa_crm_view"
    KIND = "view"
    owner_id: Mapped[str] = mapped_column(text(64))
    name: Mapped[str] = mapped_column(text(100))
    shared: Mapped[str] = mapped_column(text(20))
    department_id: Mapped[str | None] = mapped_column(text(64))
    wanted: Mapped[Any] = mapped_column(Json(), info=personal("words"))
    fields: Mapped[Any] = mapped_column(Json())
    __table_args__ = (UniqueConstraint("tenant_id", "owner_id", "name"), Index(None, "tenant_id", "shared", "id"))


class FollowUp(Tenanted, Base):
    """What was said to a customer, or to a lead before it became one; then both are set. Append-only."""

    __tablename__ = "oa_crm_follow_up"
    KIND, RIGHTS = "follow_up", "customer"
    id: Mapped[UUID] = mapped_column(PublicId(), primary_key=True)
    customer_id: Mapped[UUID | None] = mapped_column(PublicId(), ForeignKey("oa_crm_customer.id"), info=when_merged())
    lead_id: Mapped[UUID | None] = mapped_column(PublicId(), ForeignKey("oa_crm_lead.id"))
    project_id: Mapped[UUID | None] = mapped_column(PublicId(), ForeignKey("oa_crm_project.id"))
    way: Mapped[str] = mapped_column(text(20))
    outcome: Mapped[str] = mapped_column(long_text(), info=personal("words"))
    key_issue: Mapped[str | None] = mapped_column(long_text(), info=personal("words"))
    next_contact_on: Mapped[date | None] = mapped_column(Date)
    result: Mapped[str | None] = mapped_column(text(20))
    members: Mapped[Any] = mapped_column(Json(), nullable=True)
    """Ids of our people who took part, beside who recorded it."""
    met: Mapped[Any] = mapped_column(Json(), nullable=True)
    """Ids of the contacts who took part; `FollowUpContact` finds them the other way."""
    place: Mapped[str | None] = mapped_column(text(200), info=personal("own"))
    latitude: Mapped[Decimal | None] = mapped_column(Degrees(), info=personal("own"))
    longitude: Mapped[Decimal | None] = mapped_column(Degrees(), info=personal("own"))
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime())
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    created_by: Mapped[str] = mapped_column(text(64))
    import_id: Mapped[UUID | None] = mapped_column(PublicId())
    """The import that it came with, whose actor is not its author."""
    __table_args__ = (
        Index(None, "tenant_id", "customer_id", "happened_at", "id"),
        Index(None, "tenant_id", "happened_at", "id"),
        Index(None, "tenant_id", "created_by", "happened_at", "id"),
        Index(None, "tenant_id", "lead_id", "happened_at"),
        Index(None, "tenant_id", "project_id", "happened_at", "id"),
        CheckConstraint("customer_id IS NOT NULL OR lead_id IS NOT NULL", name="ck_oa_crm_follow_up_of"),
    )
