"""Where the lists of a file begin: at a customer who is named when the statement is read, not when it is made."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam

from oa_crm.models.types import PublicId, UtcDateTime, text


@dataclass(frozen=True, slots=True)
class At:
    """The customer's id as rows have it and as the audit has it, and the moment of reading."""

    id: Any
    text: Any
    now: Any


CUSTOMER = At(
    bindparam("customer", type_=PublicId()),
    bindparam("customer_text", type_=text(64)),
    bindparam("now", type_=UtcDateTime()),
)


def named(id: UUID, now: datetime) -> dict[str, Any]:
    """What a statement at `CUSTOMER` is read with."""
    return {"customer": id, "customer_text": str(id), "now": now}
