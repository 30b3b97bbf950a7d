"""Remits: for which customers somebody is responsible, by their facts; with a stamp for all of a company's together."""

from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from oa_crm.models.base import Base, Business, Tenanted
from oa_crm.models.types import Json, PublicId, text


class Remit(Business, Base):
    """What a member, a department with those below it, or a role may have to do with, beside what they reach.

    `effect` is grant or limit, `may` is read or write, `wanted` the facts that a customer must have. `state` is
    in_force or withdrawn; a row is never deleted.
    """

    __tablename__ = "oa_crm_remit"
    KIND = "remit"
    name: Mapped[str] = mapped_column(text(140))
    subject_kind: Mapped[str] = mapped_column(text(20))
    subject: Mapped[str] = mapped_column(text(64))
    effect: Mapped[str] = mapped_column(text(20))
    may: Mapped[str] = mapped_column(text(20))
    wanted: Mapped[Any] = mapped_column(Json())
    state: Mapped[str] = mapped_column(text(20))
    __table_args__ = (UniqueConstraint("tenant_id", "name"), Index(None, "tenant_id", "state", "id"))


class RemitSet(Tenanted, Base):
    """The remits of a company as they stand together: each change gives them a new stamp, read with who acts."""

    __tablename__ = "oa_crm_remit_set"
    tenant_id: Mapped[str] = mapped_column(text(64), primary_key=True)
    stamp: Mapped[UUID] = mapped_column(PublicId())
