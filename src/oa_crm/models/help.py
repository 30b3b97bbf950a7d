"""Requests for help: what somebody inside the company is asked, by when, and what he answered."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from oa_crm.models.base import Base, Business, Tenanted
from oa_crm.models.personal import personal
from oa_crm.models.types import Json, PublicId, UtcDateTime, long_text, text
from oa_crm.models.when_merged import when_merged


class HelpRequest(Business, Base):
    """Help that somebody asked for. `state`: asked, accepted, declined, answered, closed.

    It is asked of `to_id`: a member, a department or a role, as `to_kind` says; `helper_id` is who took it up. `shown`
    holds the facts that the asker chose, as they were. `open_due` is the day while an answer is owed.
    """

    __tablename__ = "oa_crm_help_request"
    KIND, RIGHTS = "help_request", "customer"
    customer_id: Mapped[UUID] = mapped_column(PublicId(), ForeignKey("oa_crm_customer.id"), info=when_merged())
    project_id: Mapped[UUID | None] = mapped_column(PublicId(), ForeignKey("oa_crm_project.id"))
    title: Mapped[str] = mapped_column(text(200), info=personal("words"))
    question: Mapped[str | None] = mapped_column(long_text(), info=personal("words"))
    to_kind: Mapped[str] = mapped_column(text(20))
    to_id: Mapped[str] = mapped_column(text(64))
    helper_id: Mapped[str | None] = mapped_column(text(64))
    due_on: Mapped[date] = mapped_column(Date)
    open_due: Mapped[date | None] = mapped_column(Date)
    shown: Mapped[Any] = mapped_column(Json(), info=personal("words"))
    state: Mapped[str] = mapped_column(text(20))
    answer: Mapped[str | None] = mapped_column(long_text(), info=personal("words"))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    answered_by: Mapped[str | None] = mapped_column(text(64))
    __table_args__ = (
        Index(None, "tenant_id", "customer_id", "id"),
        Index(None, "tenant_id", "open_due", "id"),
        Index(None, "tenant_id", "to_kind", "to_id", "id"),
        Index(None, "tenant_id", "helper_id", "id"),
    )


class HelpEntry(Tenanted, Base):
    """One thing that was done with a request, in words. Append-only.

    `what`: asked, accepted, declined, answered, closed, reopened.
    """

    __tablename__ = "oa_crm_help_entry"
    id: Mapped[UUID] = mapped_column(PublicId(), primary_key=True)
    request_id: Mapped[UUID] = mapped_column(PublicId(), ForeignKey("oa_crm_help_request.id"))
    what: Mapped[str] = mapped_column(text(20))
    words: Mapped[str | None] = mapped_column(long_text(), info=personal("words"))
    at: Mapped[datetime] = mapped_column(UtcDateTime())
    by: Mapped[str] = mapped_column(text(64))
    __table_args__ = (Index(None, "tenant_id", "request_id", "id"),)
