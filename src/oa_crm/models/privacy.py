"""Privacy, by company: rules on fields with a stamp for all of them together, who looked at whom, who was erased."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from oa_crm.models.base import Base, Tenanted
from oa_crm.models.personal import personal
from oa_crm.models.types import Json, PublicId, UtcDateTime, text
from oa_crm.models.when_merged import when_merged


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


class Look(Tenanted, Base):
    """That somebody was shown personal data: opened a file, searched by a number, exported. Append-only.

    `what` is opened, searched or exported; `fields` names what was shown, never its values. `many` counts the things.
    """

    __tablename__ = "oa_crm_look"
    id: Mapped[UUID] = mapped_column(PublicId(), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime())
    actor_id: Mapped[str] = mapped_column(text(64))
    on_behalf_of: Mapped[str | None] = mapped_column(text(64))
    request_id: Mapped[str] = mapped_column(text(64))
    what: Mapped[str] = mapped_column(text(20))
    kind: Mapped[str] = mapped_column(text(20))
    thing_id: Mapped[UUID | None] = mapped_column(PublicId(), info=when_merged("stays", kind="kind"))
    fields: Mapped[Any] = mapped_column(Json())
    many: Mapped[int] = mapped_column(Integer)
    detail: Mapped[str | None] = mapped_column(text(200), info=personal("words"))
    reason: Mapped[str | None] = mapped_column(text(500), info=personal("words"))
    __table_args__ = (
        Index(None, "tenant_id", "at", "id"),
        Index(None, "tenant_id", "actor_id", "at", "id"),
        Index(None, "tenant_id", "kind", "thing_id", "at", "id"),
        Index(None, "at"),
    )


class Erasure(Tenanted, Base):
    """That a person was erased on request. Counts by column and nothing of what was there; `reason` as the request."""

    __tablename__ = "oa_crm_erasure"
    KIND = "erasure"
    id: Mapped[UUID] = mapped_column(PublicId(), primary_key=True)
    kind: Mapped[str] = mapped_column(text(20))
    thing_id: Mapped[UUID] = mapped_column(PublicId(), info=when_merged("stays", kind="kind"))
    erased: Mapped[Any] = mapped_column(Json())
    stays: Mapped[Any] = mapped_column(Json())
    reason: Mapped[str] = mapped_column(text(500), info=personal("words"))
    attachments: Mapped[bool] = mapped_column(Boolean)
    at: Mapped[datetime] = mapped_column(UtcDateTime())
    by: Mapped[str] = mapped_column(text(64))
    __table_args__ = (Index(None, "tenant_id", "id"), Index(None, "tenant_id", "kind", "thing_id", "id"))
