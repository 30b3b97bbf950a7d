"""Forecasts as they were frozen: a head, and a line for each open project that it took in. Never changed."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Date, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from oa_crm.models.base import Base, Tenanted
from oa_crm.models.types import PublicId, UtcDateTime, text


class Forecast(Tenanted, Base):
    """What was expected of a period when it was frozen, as far as who froze it reached."""

    __tablename__ = "oa_crm_forecast"
    KIND = "forecast"
    id: Mapped[UUID] = mapped_column(PublicId(), primary_key=True)
    name: Mapped[str] = mapped_column(text(200))
    closes_from: Mapped[date | None] = mapped_column(Date)
    closes_to: Mapped[date | None] = mapped_column(Date)
    projects: Mapped[int] = mapped_column(Integer)
    frozen_at: Mapped[datetime] = mapped_column(UtcDateTime())
    frozen_by: Mapped[str] = mapped_column(text(64))
    __table_args__ = (Index(None, "tenant_id", "id"),)


class ForecastLine(Tenanted, Base):
    """A project as it stood in a forecast. `win_rate` is that of its stage then, in percent."""

    __tablename__ = "oa_crm_forecast_line"
    KIND, RIGHTS = "forecast_line", "project"
    tenant_id: Mapped[str] = mapped_column(text(64), primary_key=True)
    forecast_id: Mapped[UUID] = mapped_column(PublicId(), ForeignKey("oa_crm_forecast.id"), primary_key=True)
    project_id: Mapped[UUID] = mapped_column(PublicId(), ForeignKey("oa_crm_project.id"), primary_key=True)
    owner_id: Mapped[str] = mapped_column(text(64))
    department_id: Mapped[str | None] = mapped_column(text(64))
    pipeline_id: Mapped[UUID | None] = mapped_column(PublicId())
    stage: Mapped[str] = mapped_column(text(40))
    win_rate: Mapped[int] = mapped_column(Integer)
    currency: Mapped[str] = mapped_column(text(3))
    expected_minor: Mapped[int | None] = mapped_column(BigInteger)
    expected_close_on: Mapped[date | None] = mapped_column(Date)
    __table_args__ = (Index(None, "forecast_id"), Index(None, "project_id"))
