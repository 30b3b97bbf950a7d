"""Handovers: what somebody held goes to others in one act, and what every thing was before, so that it can be undone.

An item is written once. All that is ever set on it is `put_back`, by the one undoing; receivers acknowledge once.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from oa_crm.models.base import WITHOUT_ROWID, Base, Business, Tenanted
from oa_crm.models.personal import personal
from oa_crm.models.types import Json, PublicId, UtcDateTime, long_text, text
from oa_crm.models.when_merged import when_merged


class Handover(Business, Base):
    """One handover of what `leaver_id` held. `state`: due, executed, undone, dismissed; `cause`: asked, left, moved.

    While it is due `due_mark` holds the leaver, so that there is one due for each; `event_id` is the event that opened
    it. `superior_id` was told of it and may run it, also when the leaver is out of his reach by now.
    """

    __tablename__ = "oa_crm_handover"
    KIND = "handover"
    leaver_id: Mapped[str] = mapped_column(text(64))
    cause: Mapped[str] = mapped_column(text(20))
    state: Mapped[str] = mapped_column(text(20))
    superior_id: Mapped[str | None] = mapped_column(text(64))
    due_mark: Mapped[str | None] = mapped_column(text(64))
    event_id: Mapped[UUID | None] = mapped_column(PublicId())
    clock: Mapped[str | None] = mapped_column(text(20))
    counts: Mapped[Any] = mapped_column(Json(), nullable=True)
    reason: Mapped[str | None] = mapped_column(text(500), info=personal("words"))
    executed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    executed_by: Mapped[str | None] = mapped_column(text(64))
    undo_until: Mapped[datetime | None] = mapped_column(UtcDateTime())
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    closed_by: Mapped[str | None] = mapped_column(text(64))
    closed_because: Mapped[str | None] = mapped_column(text(500), info=personal("words"))
    __table_args__ = (
        UniqueConstraint("tenant_id", "due_mark"),
        UniqueConstraint("tenant_id", "event_id"),
        Index(None, "tenant_id", "leaver_id", "id"),
        Index(None, "tenant_id", "id"),
    )


class HandoverReceiver(Tenanted, Base):
    """Somebody who received something, how much of each kind, and that he has taken note of it."""

    __tablename__ = "oa_crm_handover_receiver"
    tenant_id: Mapped[str] = mapped_column(text(64), primary_key=True)
    handover_id: Mapped[UUID] = mapped_column(PublicId(), ForeignKey("oa_crm_handover.id"), primary_key=True)
    member_id: Mapped[str] = mapped_column(text(64), primary_key=True)
    counts: Mapped[Any] = mapped_column(Json())
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    words: Mapped[str | None] = mapped_column(text(500), info=personal("words"))
    __table_args__ = (
        Index(None, "tenant_id", "member_id", "handover_id"),
        Index(None, "handover_id"),
        WITHOUT_ROWID,
    )


class HandoverItem(Tenanted, Base):
    """One thing that went to `receiver_id`, or into `pool_id`, or to nobody; and what it was before.

    `kept` is what the handover changed besides the owner, as it was. `put_back` is set by the undoing: 1 for what it
    found as the handover left it, 2 for what was edited since and stays so.
    """

    __tablename__ = "oa_crm_handover_item"
    tenant_id: Mapped[str] = mapped_column(text(64), primary_key=True)
    handover_id: Mapped[UUID] = mapped_column(PublicId(), primary_key=True)
    kind: Mapped[str] = mapped_column(text(20), primary_key=True)
    thing_id: Mapped[UUID] = mapped_column(PublicId(), primary_key=True, info=when_merged("stays", kind="kind"))
    receiver_id: Mapped[str | None] = mapped_column(text(64))
    pool_id: Mapped[UUID | None] = mapped_column(PublicId())
    customer_id: Mapped[UUID | None] = mapped_column(PublicId(), info=when_merged("stays"))
    version: Mapped[int] = mapped_column(Integer)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime())
    updated_by: Mapped[str] = mapped_column(text(64))
    kept: Mapped[str | None] = mapped_column(long_text())
    remind_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    owner_no: Mapped[int | None] = mapped_column(Integer)
    since: Mapped[datetime | None] = mapped_column(UtcDateTime())
    clock_from: Mapped[datetime | None] = mapped_column(UtcDateTime())
    locked_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    warned_for: Mapped[datetime | None] = mapped_column(UtcDateTime())
    warned_days: Mapped[int | None] = mapped_column(Integer)
    warned_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    next_contact_on: Mapped[date | None] = mapped_column(Date)
    put_back: Mapped[int | None] = mapped_column(Integer)
    __table_args__ = (WITHOUT_ROWID,)
