"""People at customers. A person and his posts are two tables: he may stand at several customers over time."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from oa_crm.models.base import WITHOUT_ROWID, Base, Business, Tenanted
from oa_crm.models.personal import personal
from oa_crm.models.types import Json, PublicId, long_text, text
from oa_crm.models.when_merged import when_merged


class Contact(Business, Base):
    """A person. He has no owner: who may see or change him follows from the customers where he stands."""

    __tablename__ = "oa_crm_contact"
    KIND, RIGHTS = "contact", "customer"
    name: Mapped[str] = mapped_column(text(200), info=personal("named"))
    name_key: Mapped[str] = mapped_column(text(200), info=personal("named"))
    mobile: Mapped[str | None] = mapped_column(text(40), info=personal())
    phones: Mapped[Any] = mapped_column(Json(), nullable=True, info=personal())
    emails: Mapped[Any] = mapped_column(Json(), nullable=True, info=personal())
    wechat: Mapped[str | None] = mapped_column(text(64), info=personal())
    birthday: Mapped[str | None] = mapped_column(text(10), info=personal())
    gender: Mapped[str | None] = mapped_column(text(10), info=personal())
    salutation: Mapped[str | None] = mapped_column(text(40), info=personal())
    notes: Mapped[str | None] = mapped_column(long_text(), info=personal())
    __table_args__ = (Index(None, "tenant_id", "id"), Index(None, "tenant_id", "name_key", "id"))


class ContactPhone(Tenanted, Base):
    """By which numbers a person is found: his mobile and his other phones, without their extensions."""

    __tablename__ = "oa_crm_contact_phone"
    tenant_id: Mapped[str] = mapped_column(text(64), primary_key=True)
    phone: Mapped[str] = mapped_column(text(16), primary_key=True, info=personal("derived"))
    contact_id: Mapped[UUID] = mapped_column(
        PublicId(), ForeignKey("oa_crm_contact.id", ondelete="CASCADE"), primary_key=True
    )
    __table_args__ = (Index(None, "contact_id"), WITHOUT_ROWID)


class Post(Business, Base):
    """What a person is at a customer, and since when. `is_current` and `is_primary` are 1 or None, so that each is
    unique where it is set: one current post per person and customer, one primary contact per customer."""

    __tablename__ = "oa_crm_post"
    KIND, RIGHTS = "post", "customer"
    contact_id: Mapped[UUID] = mapped_column(PublicId(), ForeignKey("oa_crm_contact.id"))
    customer_id: Mapped[UUID] = mapped_column(
        PublicId(), ForeignKey("oa_crm_customer.id"), info=when_merged(gives_up="is_primary")
    )
    title: Mapped[str | None] = mapped_column(text(100), info=personal())
    department: Mapped[str | None] = mapped_column(text(100), info=personal())
    role: Mapped[str | None] = mapped_column(text(20))
    reports_to: Mapped[UUID | None] = mapped_column(PublicId(), ForeignKey("oa_crm_contact.id"))
    started_on: Mapped[date | None] = mapped_column(Date)
    ended_on: Mapped[date | None] = mapped_column(Date)
    status: Mapped[str] = mapped_column(text(10))
    is_current: Mapped[int | None] = mapped_column(Integer)
    is_primary: Mapped[int | None] = mapped_column(Integer)
    __table_args__ = (
        UniqueConstraint("tenant_id", "customer_id", "contact_id", "is_current"),
        UniqueConstraint("tenant_id", "customer_id", "is_primary"),
        Index(None, "tenant_id", "contact_id"),
    )
