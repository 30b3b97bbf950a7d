"""What hangs on a follow-up: who was met, and what was added to it. Append-only like the follow-up itself."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from oa_crm.models.base import WITHOUT_ROWID, Base, Tenanted
from oa_crm.models.personal import personal
from oa_crm.models.types import Json, PublicId, UtcDateTime, long_text, text


class FollowUpContact(Tenanted, Base):
    """In which follow-ups a contact took part. The follow-up holds the same ids, for whoever reads it."""

    __tablename__ = "oa_crm_follow_up_contact"
    tenant_id: Mapped[str] = mapped_column(text(64), primary_key=True)
    contact_id: Mapped[UUID] = mapped_column(PublicId(), ForeignKey("oa_crm_contact.id"), primary_key=True)
    follow_up_id: Mapped[UUID] = mapped_column(PublicId(), ForeignKey("oa_crm_follow_up.id"), primary_key=True)
    __table_args__ = (Index(None, "contact_id"), Index(None, "follow_up_id"), WITHOUT_ROWID)


class FollowUpNote(Tenanted, Base):
    """What somebody added to a follow-up: an "addendum" that corrects it, or a "comment". Never altered.

    `mentions` are the members whom a comment names, `reached` those among them who may see the follow-up.
    """

    __tablename__ = "oa_crm_follow_up_note"
    id: Mapped[UUID] = mapped_column(PublicId(), primary_key=True)
    follow_up_id: Mapped[UUID] = mapped_column(PublicId(), ForeignKey("oa_crm_follow_up.id"))
    what: Mapped[str] = mapped_column(text(20))
    words: Mapped[str] = mapped_column(long_text(), info=personal("words"))
    mentions: Mapped[Any] = mapped_column(Json(), nullable=True)
    reached: Mapped[Any] = mapped_column(Json(), nullable=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    created_by: Mapped[str] = mapped_column(text(64))
    __table_args__ = (Index(None, "tenant_id", "follow_up_id", "what", "id"),)
