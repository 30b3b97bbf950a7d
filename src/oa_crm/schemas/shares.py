"""Facts that are shared with somebody outside the file, an agent above all."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from oa_crm.schemas.base import HostId, In, Line, Out, Prose, Record
from oa_crm.schemas.times import Moment

_SHOW = "facts to share, such as customer.industry or project.stage"
_EXPIRES = "an aware time, within a year from now; left out, 30 days"


class ShareIn(In):
    """What is shared, with whom, until when. `show` names the facts; they are kept as they are now."""

    customer_id: UUID | None = None
    project_id: UUID | None = None
    receiver_id: HostId
    title: Line
    note: Prose | None = None
    show: Annotated[tuple[str, ...], Field(min_length=1, max_length=40)] = Field(description=_SHOW)
    expires_at: Moment | None = Field(default=None, description=_EXPIRES)


class ShareFilter(In):
    """Which shares to list; every given field must match."""

    customer_id: UUID | None = None
    project_id: UUID | None = None
    receiver_id: HostId | None = None


class ShareOut(Record):
    """A share as those who see its customer or project know it; `created_by` gave it."""

    customer_id: UUID
    project_id: UUID | None
    receiver_id: str
    title: str
    note: str | None
    facts: Mapping[str, str | None]
    expires_at: datetime
    revoked_at: datetime | None
    revoked_by: str | None
    revoked_because: str | None


class ReceivedShare(Out):
    """A share in its receiver's list; `shares.read` shows what is in it."""

    id: UUID
    title: str
    shared_by: str
    shared_at: datetime
    expires_at: datetime


class SharedFacts(ReceivedShare):
    """What its receiver reads. It names nothing by which more of the file could be asked for."""

    note: str | None
    facts: Mapping[str, str | None]


class ShareLookOut(Out):
    """That the receiver read a share."""

    id: UUID
    share_id: UUID
    at: datetime
    by: str
    request_id: str
