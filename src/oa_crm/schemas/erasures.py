"""Erasing a person: what is asked for, what would go and what stays, and that it was done."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from oa_crm.schemas.base import In, Out, Reason


class ErasureIn(In):
    """A person to erase: a contact, a customer of the kind person, or a lead. `attachments` takes his files along."""

    kind: str = Field(max_length=20, description="the kind of thing, such as customer")
    thing_id: UUID
    reason: Reason = Field(description="whose request it is, such as the number of a letter")
    attachments: bool = False


class Staying(Out):
    """What stays, and why: it is a matter of a `contract`; the law on `accounting` wants it; it is `history` that
    names nobody any more; it is `proof` of what was done; it was `not_asked` for; or tells of `another_person`."""

    kind: str
    count: int
    why: Literal["contract", "accounting", "history", "proof", "not_asked", "another_person"]


class ErasurePreview(Out):
    """What an erasure would do: `erased` counts rows by column, such as "contact.name"."""

    kind: str
    thing_id: UUID
    erased: Mapping[str, int]
    stays: tuple[Staying, ...]


class ErasureOut(ErasurePreview):
    """An erasure as it was done. It holds nothing of what there was."""

    id: UUID
    reason: str
    attachments: bool
    at: datetime
    by: str
