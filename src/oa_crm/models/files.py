"""Files that are attached to things. The row is the truth; the content lies in the file store under `store_key`."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column

from oa_crm.models.base import Base, Tenanted
from oa_crm.models.personal import personal
from oa_crm.models.types import PublicId, UtcDateTime, text
from oa_crm.models.when_merged import when_merged


class File(Tenanted, Base):
    """One file, attached to one thing and seen by whoever sees that. `sweep_at` is set from its removal until its
    content is gone."""

    __tablename__ = "oa_crm_file"
    KIND, RIGHTS = "file", "customer"
    id: Mapped[UUID] = mapped_column(PublicId(), primary_key=True)
    kind: Mapped[str] = mapped_column(text(20))
    thing_id: Mapped[UUID] = mapped_column(PublicId(), info=when_merged(kind="kind"))
    name: Mapped[str] = mapped_column(text(200), info=personal("words"))
    media_type: Mapped[str] = mapped_column(text(100))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(text(64))
    store_key: Mapped[str] = mapped_column(text(120))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    created_by: Mapped[str] = mapped_column(text(64))
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    removed_by: Mapped[str | None] = mapped_column(text(64))
    sweep_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    __table_args__ = (
        Index(None, "tenant_id", "kind", "thing_id", "id"),
        Index(None, "tenant_id", "id"),
        Index(None, "sweep_at"),
    )
