"""Pipelines as a company defines them, and requests to enter a stage that asks for a grant.

A company without a row works by the pipeline of the settings; a project in that one has no `pipeline_id`.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from oa_crm.models.base import Base, Business, Tenanted
from oa_crm.models.personal import personal
from oa_crm.models.types import Json, PublicId, UtcDateTime, text


class Pipeline(Business, Base):
    """Ordered stages, as a document, for projects of these types and departments. `state`: in_use, retired.

    Whoever puts a project into a stage holds this row, so that nobody takes the stage away meanwhile.
    """

    __tablename__ = "oa_crm_pipeline"
    KIND = "pipeline"
    name: Mapped[str] = mapped_column(text(40))
    labels: Mapped[Any] = mapped_column(Json())
    departments: Mapped[Any] = mapped_column(Json())
    types: Mapped[Any] = mapped_column(Json())
    stages: Mapped[Any] = mapped_column(Json())
    position: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(text(20))
    __table_args__ = (UniqueConstraint("tenant_id", "name"), Index(None, "tenant_id", "id"))


class StageRequest(Tenanted, Base):
    """Somebody's request to enter a stage of a pipeline: another one's stage of the same name is another stage.

    `state`: requested, granted, refused; a granted one is used by one entry.
    """

    __tablename__ = "oa_crm_stage_request"
    KIND, RIGHTS = "stage_request", "project"
    id: Mapped[UUID] = mapped_column(PublicId(), primary_key=True)
    project_id: Mapped[UUID] = mapped_column(PublicId(), ForeignKey("oa_crm_project.id"))
    pipeline_id: Mapped[UUID | None] = mapped_column(PublicId())
    stage: Mapped[str] = mapped_column(text(40))
    reason: Mapped[str] = mapped_column(text(500), info=personal("words"))
    state: Mapped[str] = mapped_column(text(20))
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime())
    requested_by: Mapped[str] = mapped_column(text(64))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    decided_by: Mapped[str | None] = mapped_column(text(64))
    comment: Mapped[str | None] = mapped_column(text(500), info=personal("words"))
    __table_args__ = (
        Index(None, "tenant_id", "project_id", "stage", "state"),
        Index(None, "tenant_id", "requested_by", "id"),
        Index(None, "tenant_id", "state", "id"),
    )
