"""The envelope that every event has."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Event(BaseModel):
    """The envelope that every event has. `id` is the same for every plugin and every retry."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)
    HOOK: ClassVar[str]
    VERSION: ClassVar[int] = 1
    KIND: ClassVar[str]
    AGGREGATE: ClassVar[str]

    id: UUID
    tenant: str
    actor: str
    on_behalf_of: str | None = None
    request_id: str
    occurred_at: datetime

    @classmethod
    def upcast(cls, version: int, data: dict[str, Any]) -> dict[str, Any]:
        """Bring the stored `data` of an older `version` to `VERSION`; override when VERSION rises."""
        return data

    @property
    def thing_id(self) -> str:
        """The id of the aggregate, as text."""
        return str(getattr(self, self.AGGREGATE))
