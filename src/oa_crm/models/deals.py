"""What is known of a sales project beside its stage: amount lines, slips, competitors, the decision chain."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Date, ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from oa_crm.models.base import Base, Business, Tenanted
from oa_crm.models.personal import personal
from oa_crm.models.types import BigId, PublicId, UtcDateTime, long_text, text


class ProjectLine(Tenanted, Base):
    """A product in a project's expected amount. `quantity` is in thousandths, `discount` in hundredths of a percent.

    While a project has lines, its expected amount is the sum of theirs; both change in one act.
    """

    __tablename__ = "oa_crm_project_line"
    tenant_id: Mapped[str] = mapped_column(text(64), primary_key=True)
    project_id: Mapped[UUID] = mapped_column(PublicId(), ForeignKey("oa_crm_project.id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(text(60))
    name: Mapped[str] = mapped_column(text(200))
    product_line: Mapped[str | None] = mapped_column(text(60))
    quantity: Mapped[int] = mapped_column(BigInteger)
    unit_price_minor: Mapped[int] = mapped_column(BigInteger)
    discount: Mapped[int] = mapped_column(Integer)
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    __table_args__ = (Index(None, "project_id"), Index(None, "tenant_id", "code"))


class ProjectSlip(Tenanted, Base):
    """One change of the day on which a project is expected to close. Append-only; `days` later, or sooner below 0."""

    __tablename__ = "oa_crm_project_slip"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    project_id: Mapped[UUID] = mapped_column(PublicId(), ForeignKey("oa_crm_project.id"))
    before: Mapped[date | None] = mapped_column(Date)
    after: Mapped[date | None] = mapped_column(Date)
    days: Mapped[int | None] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(UtcDateTime())
    by: Mapped[str] = mapped_column(text(64))
    __table_args__ = (Index(None, "tenant_id", "project_id", "id"),)


class Competitor(Business, Base):
    """Who else would win a project. `state`: competing, ahead, behind, out."""

    __tablename__ = "oa_crm_competitor"
    KIND, RIGHTS = "competitor", "project"
    project_id: Mapped[UUID] = mapped_column(PublicId(), ForeignKey("oa_crm_project.id"))
    name: Mapped[str] = mapped_column(text(200), info=personal("words"))
    strengths: Mapped[str | None] = mapped_column(long_text(), info=personal("words"))
    answer: Mapped[str | None] = mapped_column(long_text(), info=personal("words"))
    state: Mapped[str] = mapped_column(text(20))
    __table_args__ = (UniqueConstraint("tenant_id", "project_id", "name"),)


class ChainLink(Tenanted, Base):
    """A person in the decision on a project: his role, his attitude, how much he says. One line a person."""

    __tablename__ = "oa_crm_chain_link"
    tenant_id: Mapped[str] = mapped_column(text(64), primary_key=True)
    project_id: Mapped[UUID] = mapped_column(PublicId(), ForeignKey("oa_crm_project.id"), primary_key=True)
    contact_id: Mapped[UUID] = mapped_column(PublicId(), ForeignKey("oa_crm_contact.id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer)
    role: Mapped[str] = mapped_column(text(20))
    attitude: Mapped[str] = mapped_column(text(20))
    influence: Mapped[int] = mapped_column(Integer)
    note: Mapped[str | None] = mapped_column(text(500), info=personal("words"))
    __table_args__ = (Index(None, "project_id"), Index(None, "contact_id"), Index(None, "tenant_id", "contact_id"))
