"""The mirror of the host's org chart. The host's ids are opaque strings."""

from sqlalchemy import Boolean, Index, false
from sqlalchemy.orm import Mapped, mapped_column

from oa_crm.models.base import Base
from oa_crm.models.types import Json, text


class Department(Base):
    """A department; `path` is its ancestors' ids and its own, each followed by a slash."""

    __tablename__ = "oa_crm_department"
    tenant_id: Mapped[str] = mapped_column(text(64), primary_key=True)
    id: Mapped[str] = mapped_column(text(64), primary_key=True)
    name: Mapped[str] = mapped_column(text(200))
    parent_id: Mapped[str | None] = mapped_column(text(64))
    manager_id: Mapped[str | None] = mapped_column(text(64))
    path: Mapped[str] = mapped_column(text(700))
    __table_args__ = (Index(None, "tenant_id", "path"),)


class Member(Base):
    """A person. Those who left stay, inactive: their name is on what they did. An `external` one is an outsider, such
    as an agent: he has his own only."""

    __tablename__ = "oa_crm_member"
    tenant_id: Mapped[str] = mapped_column(text(64), primary_key=True)
    id: Mapped[str] = mapped_column(text(64), primary_key=True)
    name: Mapped[str] = mapped_column(text(200))
    department_id: Mapped[str | None] = mapped_column(text(64))
    manager_id: Mapped[str | None] = mapped_column(text(64))
    roles: Mapped[list[str]] = mapped_column(Json())
    active: Mapped[bool] = mapped_column(Boolean)
    external: Mapped[bool] = mapped_column(Boolean, server_default=false())
    __table_args__ = (
        Index(None, "tenant_id", "department_id"),
        Index(None, "tenant_id", "manager_id"),
    )
