"""Files that are attached to things."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from oa_crm.schemas.base import In, Out


class FileIn(In):
    """A file to attach. `kind` is customer, contact, follow_up, project, contract or expense."""

    kind: str = Field(max_length=20)
    thing_id: UUID
    name: str = Field(description="a file's name with its extension, without a folder")


class FileOut(Out):
    """An attached file. `size` is in bytes, `sha256` in hexadecimal, `media_type` what the content was found to be."""

    id: UUID
    kind: str
    thing_id: UUID
    name: str
    media_type: str
    size: int
    sha256: str
    created_at: datetime
    created_by: str
    removed_at: datetime | None
    removed_by: str | None
