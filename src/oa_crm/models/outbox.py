"""The outbox: what happened, and its way to each plugin.

The relay works across tenants, so its indexes lead with what is NULL once a row is finished (`open`,
`open_lane`): finished rows cost the relay nothing, however many there are.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from oa_crm.models.base import Base
from oa_crm.models.personal import personal
from oa_crm.models.types import BigId, Json, PublicId, UtcDateTime, text
from oa_crm.models.when_merged import when_merged


class EventRow(Base):
    """One event, written in the transaction that made it true.

    `lane` is a hash of tenant, kind and the thing that it happened to; a merge changes `thing_id`, never the lane.
    `open` is 1 and `open_lane` the lane until it is fanned out.
    """

    __tablename__ = "oa_crm_event"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    tenant_id: Mapped[str] = mapped_column(text(64))
    event_id: Mapped[UUID] = mapped_column(PublicId())
    hook: Mapped[str] = mapped_column(text(60))
    version: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(text(20))
    thing_id: Mapped[str] = mapped_column(text(64), info=when_merged(kind="kind"))
    lane: Mapped[int] = mapped_column(BigInteger)
    payload: Mapped[dict[str, object]] = mapped_column(Json(), info=personal("words"))
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime())
    open: Mapped[int | None] = mapped_column(SmallInteger)
    open_lane: Mapped[int | None] = mapped_column(BigInteger)
    __table_args__ = (
        UniqueConstraint("event_id"),
        Index(None, "open", "id"),
        Index(None, "open_lane", "id"),
        Index(None, "tenant_id", "kind", "thing_id", "id"),
    )


class DeliveryRow(Base):
    """One event on its way to one plugin. `state`: pending, done, dead, skipped.

    `open` is 1 and `open_lane` the event's lane until it is done or skipped. Per plugin, only the oldest open
    delivery of a lane may be claimed, which is what keeps order.
    """

    __tablename__ = "oa_crm_delivery"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    tenant_id: Mapped[str] = mapped_column(text(64))
    event_row_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("oa_crm_event.id", ondelete="CASCADE"))
    plugin: Mapped[str] = mapped_column(text(100))
    state: Mapped[str] = mapped_column(text(10))
    open: Mapped[int | None] = mapped_column(SmallInteger)
    open_lane: Mapped[int | None] = mapped_column(BigInteger)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    not_before: Mapped[datetime] = mapped_column(UtcDateTime())
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime())
    lease_token: Mapped[UUID | None] = mapped_column(PublicId())
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    last_error: Mapped[str | None] = mapped_column(text(1000), info=personal("words"))
    __table_args__ = (
        UniqueConstraint("event_row_id", "plugin"),
        Index(None, "open", "plugin", "state", "not_before", "id"),
        Index(None, "open_lane", "plugin", "event_row_id"),
        Index(None, "lease_token"),
    )
