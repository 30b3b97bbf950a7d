"""Strategies: how we mean to win a customer or a project, every version of it, who was told, and what they said.

Versions, marks and comments are append-only; the strategy's row is the present, and equals its last version.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from oa_crm.models.base import WITHOUT_ROWID, Base, Business, Tenanted
from oa_crm.models.personal import personal
from oa_crm.models.types import Json, PublicId, UtcDateTime, long_text, text
from oa_crm.models.when_merged import when_merged


class Strategy(Business, Base):
    """The strategy of a customer, or of a project where `project_id` says so; `version` is also its last version's
    number.

    Living, it holds 1 in the marker of what it is about, which one strategy alone may. A merge takes the marker from
    the loser's where the survivor has a living one: it is set aside until a split. `ticked` holds the steps that are
    done, as their last marks say.
    """

    __tablename__ = "oa_crm_strategy"
    KIND, RIGHTS = "strategy", "customer"
    customer_id: Mapped[UUID] = mapped_column(
        PublicId(), ForeignKey("oa_crm_customer.id"), info=when_merged(gives_up="living_customer")
    )
    project_id: Mapped[UUID | None] = mapped_column(PublicId(), ForeignKey("oa_crm_project.id"))
    owner_id: Mapped[str] = mapped_column(text(64))
    goal: Mapped[str] = mapped_column(long_text(), info=personal("words"))
    approach: Mapped[str | None] = mapped_column(long_text(), info=personal("words"))
    steps: Mapped[Any] = mapped_column(Json(), info=personal("words"))
    last_step: Mapped[int] = mapped_column(Integer)
    ticked: Mapped[Any] = mapped_column(Json())
    review_on: Mapped[date | None] = mapped_column(Date)
    living_customer: Mapped[int | None] = mapped_column(Integer)
    living_project: Mapped[int | None] = mapped_column(Integer)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    ended_by: Mapped[str | None] = mapped_column(text(64))
    ended_because: Mapped[str | None] = mapped_column(text(500), info=personal("words"))
    __table_args__ = (
        UniqueConstraint("tenant_id", "customer_id", "living_customer"),
        UniqueConstraint("tenant_id", "project_id", "living_project"),
        Index(None, "tenant_id", "customer_id", "id"),
        Index(None, "tenant_id", "review_on", "id"),
        Index(None, "tenant_id", "id"),
    )


class StrategyVersion(Tenanted, Base):
    """A strategy as it was written at a time, whole. `what`: written, revised, retired. `changed` names the fields."""

    __tablename__ = "oa_crm_strategy_version"
    KIND, RIGHTS = "strategy_version", "customer"
    id: Mapped[UUID] = mapped_column(PublicId(), primary_key=True)
    strategy_id: Mapped[UUID] = mapped_column(PublicId(), ForeignKey("oa_crm_strategy.id"))
    number: Mapped[int] = mapped_column(Integer)
    what: Mapped[str] = mapped_column(text(20))
    owner_id: Mapped[str] = mapped_column(text(64))
    goal: Mapped[str] = mapped_column(long_text(), info=personal("words"))
    approach: Mapped[str | None] = mapped_column(long_text(), info=personal("words"))
    steps: Mapped[Any] = mapped_column(Json(), info=personal("words"))
    review_on: Mapped[date | None] = mapped_column(Date)
    changed: Mapped[Any] = mapped_column(Json())
    reason: Mapped[str | None] = mapped_column(text(500), info=personal("words"))
    at: Mapped[datetime] = mapped_column(UtcDateTime())
    by: Mapped[str] = mapped_column(text(64))
    __table_args__ = (UniqueConstraint("tenant_id", "strategy_id", "number"),)


class StrategyReader(Base):
    """Who was told of a version, or has acknowledged it unasked. `waits` is 1 until he acknowledges, once."""

    __tablename__ = "oa_crm_strategy_reader"
    tenant_id: Mapped[str] = mapped_column(text(64), primary_key=True)
    strategy_id: Mapped[UUID] = mapped_column(PublicId(), ForeignKey("oa_crm_strategy.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    member_id: Mapped[str] = mapped_column(text(64), primary_key=True)
    waits: Mapped[int | None] = mapped_column(Integer)
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    __table_args__ = (Index(None, "tenant_id", "member_id", "waits"), Index(None, "strategy_id"), WITHOUT_ROWID)


class StrategyMark(Tenanted, Base):
    """A step ticked off, or opened again: its last mark decides. Append-only."""

    __tablename__ = "oa_crm_strategy_mark"
    id: Mapped[UUID] = mapped_column(PublicId(), primary_key=True)
    strategy_id: Mapped[UUID] = mapped_column(PublicId(), ForeignKey("oa_crm_strategy.id"))
    step: Mapped[int] = mapped_column(Integer)
    done: Mapped[bool] = mapped_column(Boolean)
    note: Mapped[str | None] = mapped_column(text(500), info=personal("words"))
    at: Mapped[datetime] = mapped_column(UtcDateTime())
    by: Mapped[str] = mapped_column(text(64))
    __table_args__ = (Index(None, "tenant_id", "strategy_id", "id"),)


class StrategyComment(Tenanted, Base):
    """What somebody said to a version, and whom he named. Append-only."""

    __tablename__ = "oa_crm_strategy_comment"
    id: Mapped[UUID] = mapped_column(PublicId(), primary_key=True)
    strategy_id: Mapped[UUID] = mapped_column(PublicId(), ForeignKey("oa_crm_strategy.id"))
    number: Mapped[int] = mapped_column(Integer)
    words: Mapped[str] = mapped_column(long_text(), info=personal("words"))
    mentions: Mapped[Any] = mapped_column(Json())
    at: Mapped[datetime] = mapped_column(UtcDateTime())
    by: Mapped[str] = mapped_column(text(64))
    __table_args__ = (Index(None, "tenant_id", "strategy_id", "id"),)
