"""Rights on built-in fields, by company: one rule a field, and a stamp for all of them together."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Integer
from sqlalchemy.orm import Mapped, mapped_column

from oa_crm.models.base import Base, Tenanted
from oa_crm.models.types import Json, PublicId, UtcDateTime, text


class FieldRule(Tenanted, Base):
    """Which roles see a field, see it masked, and fill it in."""

    __tablename__ = "oa_crm_field_rule"
    tenant_id: Mapped[str] = mapped_column(text(64), primary_key=True)
    kind: Mapped[str] = mapped_column(text(20), primary_key=True)
    field: Mapped[str] = mapped_column(text(40), primary_key=True)
    see: Mapped[Any] = mapped_column(Json())
    edit: Mapped[Any] = mapped_column(Json())
    masked: Mapped[Any] = mapped_column(Json())
    version: Mapped[int] = mapped_column(Integer)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime())
    updated_by: Mapped[str] = mapped_column(text(64))


class FieldRuleSet(Tenanted, Base):
    """The rules of a company as they stand together: each change gives them a new stamp, read with who acts."""

    __tablename__ = "oa_crm_field_rule_set"
    tenant_id: Mapped[str] = mapped_column(text(64), primary_key=True)
    stamp: Mapped[UUID] = mapped_column(PublicId())
