"""How a company classes its customers: category trees, what each customer is in them, every change, and the rules.

A customer's level and category are what the last change of its history says; nothing writes one without the other.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from oa_crm.models.base import WITHOUT_ROWID, Base, Business, Tenanted
from oa_crm.models.personal import personal
from oa_crm.models.types import Json, PublicId, UtcDateTime, text
from oa_crm.models.when_merged import when_merged


class CategoryTree(Business, Base):
    """One way to class customers, such as by type. `state`: in_use, retired."""

    __tablename__ = "oa_crm_category_tree"
    KIND = "tree"
    name: Mapped[str] = mapped_column(text(40))
    labels: Mapped[Any] = mapped_column(Json())
    position: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(text(20))
    __table_args__ = (UniqueConstraint("tenant_id", "name"), Index(None, "tenant_id", "id"))


class Category(Business, Base):
    """One node of a tree. A retired one keeps its name and the customers that are in it."""

    __tablename__ = "oa_crm_category"
    KIND = "category"
    tree_id: Mapped[UUID] = mapped_column(PublicId(), ForeignKey("oa_crm_category_tree.id"))
    parent_id: Mapped[UUID | None] = mapped_column(PublicId(), ForeignKey("oa_crm_category.id"))
    name: Mapped[str] = mapped_column(text(40))
    labels: Mapped[Any] = mapped_column(Json())
    position: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(text(20))
    __table_args__ = (UniqueConstraint("tenant_id", "tree_id", "name"), Index(None, "tenant_id", "id"))


class CustomerClass(Tenanted, Base):
    """What a customer is in a tree now: without a row nothing; a row without category is a pinned nothing."""

    __tablename__ = "oa_crm_customer_class"
    tenant_id: Mapped[str] = mapped_column(text(64), primary_key=True)
    tree_id: Mapped[UUID] = mapped_column(PublicId(), ForeignKey("oa_crm_category_tree.id"), primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(
        PublicId(), ForeignKey("oa_crm_customer.id"), primary_key=True, info=when_merged()
    )
    category_id: Mapped[UUID | None] = mapped_column(PublicId(), ForeignKey("oa_crm_category.id"))
    pinned: Mapped[bool] = mapped_column(Boolean)
    version: Mapped[int] = mapped_column(Integer)
    __table_args__ = (
        Index(None, "tenant_id", "customer_id"),
        Index(None, "tenant_id", "category_id", "customer_id"),
        WITHOUT_ROWID,
    )


class ClassChange(Tenanted, Base):
    """One change of a customer's level (`tree` is "level") or of its category in a tree. Append-only.

    `number` counts a customer's changes, so that their order is the order in which they were made. They stay with the
    id that they were made on: a survivor's own history is not mixed with that of whom it took in.
    """

    __tablename__ = "oa_crm_class_change"
    id: Mapped[UUID] = mapped_column(PublicId(), primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(PublicId(), ForeignKey("oa_crm_customer.id"), info=when_merged("stays"))
    number: Mapped[int] = mapped_column(Integer)
    tree: Mapped[str] = mapped_column(text(40))
    before: Mapped[str | None] = mapped_column(text(40))
    after: Mapped[str | None] = mapped_column(text(40))
    pinned: Mapped[bool] = mapped_column(Boolean)
    cause: Mapped[str] = mapped_column(text(20))
    rule: Mapped[str | None] = mapped_column(text(40))
    reason: Mapped[str | None] = mapped_column(text(500), info=personal("words"))
    at: Mapped[datetime] = mapped_column(UtcDateTime())
    by: Mapped[str] = mapped_column(text(64))
    __table_args__ = (
        UniqueConstraint("tenant_id", "customer_id", "number"),
        Index(None, "tenant_id", "customer_id", "tree", "number"),
        Index(None, "tenant_id", "customer_id", "id"),
    )


class ClassRule(Business, Base):
    """Conditions on facts of a customer, and what it is when all of them hold. The first rule by position decides."""

    __tablename__ = "oa_crm_class_rule"
    KIND = "class_rule"
    name: Mapped[str] = mapped_column(text(40))
    tree: Mapped[str] = mapped_column(text(40))
    gives: Mapped[str] = mapped_column(text(40))
    labels: Mapped[Any] = mapped_column(Json())
    conditions: Mapped[Any] = mapped_column(Json())
    position: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(text(20))
    __table_args__ = (UniqueConstraint("tenant_id", "name"), Index(None, "tenant_id", "id"))
