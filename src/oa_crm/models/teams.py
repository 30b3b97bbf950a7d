"""Who helps with a customer or a project, and whose the credit for a project is.

Both are histories. A seat is never altered: a change ends it and begins the next, so what was so at a moment is what
began before it and had not ended. A split of credit is whole: every one sums to a hundred percent.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, ForeignKey, Index, Integer, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from oa_crm.models.base import WITHOUT_ROWID, Base, Tenanted
from oa_crm.models.personal import personal
from oa_crm.models.types import PublicId, UtcDateTime, text
from oa_crm.models.when_merged import when_merged


class TeamSeat(Tenanted, Base):
    """A member on the team of a customer or project, from `since` until `ended_at`. `level` is read or write.

    `open` is 1 until it ended and then NULL, so that a member has one open seat on a thing at most. `ends_at` is the
    end of the day `until_on` in the company: from then on it gives nothing, though nobody ended it.
    """

    __tablename__ = "oa_crm_team_seat"
    KIND = "team_seat"
    id: Mapped[UUID] = mapped_column(PublicId(), primary_key=True)
    kind: Mapped[str] = mapped_column(text(20))
    thing_id: Mapped[UUID] = mapped_column(PublicId(), info=when_merged(kind="kind"))
    member_id: Mapped[str] = mapped_column(text(64))
    level: Mapped[str] = mapped_column(text(20))
    role: Mapped[str] = mapped_column(text(40))
    until_on: Mapped[date | None] = mapped_column(Date)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    open: Mapped[int | None] = mapped_column(SmallInteger)
    since: Mapped[datetime] = mapped_column(UtcDateTime())
    by_id: Mapped[str] = mapped_column(text(64))
    reason: Mapped[str | None] = mapped_column(text(500), info=personal("words"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    ended_by: Mapped[str | None] = mapped_column(text(64))
    ended_how: Mapped[str | None] = mapped_column(text(20))
    ended_because: Mapped[str | None] = mapped_column(text(500), info=personal("words"))
    __table_args__ = (
        UniqueConstraint("tenant_id", "kind", "thing_id", "member_id", "open"),
        Index(None, "tenant_id", "kind", "thing_id", "id"),
        Index(None, "tenant_id", "member_id", "open", "id"),
    )


class CreditSplit(Tenanted, Base):
    """One division of the credit for a project, from `since` until the next one. Append-only."""

    __tablename__ = "oa_crm_credit_split"
    tenant_id: Mapped[str] = mapped_column(text(64), primary_key=True)
    project_id: Mapped[UUID] = mapped_column(PublicId(), ForeignKey("oa_crm_project.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    since: Mapped[datetime] = mapped_column(UtcDateTime())
    by_id: Mapped[str] = mapped_column(text(64))
    reason: Mapped[str | None] = mapped_column(text(500), info=personal("words"))
    __table_args__ = (Index(None, "project_id"), WITHOUT_ROWID)


class CreditShare(Tenanted, Base):
    """What one member has of a split, in hundredths of a percent: those of one split sum to 10,000. Append-only."""

    __tablename__ = "oa_crm_credit_share"
    tenant_id: Mapped[str] = mapped_column(text(64), primary_key=True)
    project_id: Mapped[UUID] = mapped_column(PublicId(), ForeignKey("oa_crm_project.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    member_id: Mapped[str] = mapped_column(text(64), primary_key=True)
    hundredths: Mapped[int] = mapped_column(Integer)
    __table_args__ = (Index(None, "project_id"), WITHOUT_ROWID)
