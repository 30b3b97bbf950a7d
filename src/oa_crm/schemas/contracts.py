"""Contracts, approvals and opinions."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from oa_crm.hooks.ports import Decision
from oa_crm.money import Money
from oa_crm.schemas.base import Amount, HostId, In, Line, Out, Patch, Prose, Record


class ContractIn(In):
    """A contract to draw up, in its project's currency."""

    KIND = "contract"

    project_id: UUID = Field(description="the id of a project")
    title: Line = Field(description="what the contract is about, 1 to 200 characters")
    amount: Amount = Field(description="an exact amount, such as '1280.00'")
    owner_id: HostId | None = None


class ContractPatch(Patch):
    """Facts to change on a draft or a rejected contract."""

    KIND = "contract"

    title: Line | None = None
    amount: Amount | None = Field(default=None, description="an exact amount, such as '1280.00'")


class ContractOut(Record):
    """A contract as it stands. `state` is draft, in_approval, approved or rejected; `amount` is None for those who may
    not see it."""

    KIND = "contract"

    number: str
    title: str
    customer_id: UUID
    project_id: UUID
    owner_id: str
    state: str
    amount: Money | None
    approved_at: datetime | None


class ContractFilter(In):
    """Which contracts to list; every given field must match."""

    customer_id: UUID | None = None
    project_id: UUID | None = None
    owner_id: HostId | None = None
    state: Literal["draft", "in_approval", "approved", "rejected"] | None = None


class DecisionIn(In):
    """One approver's word. `words` are kept in full; a rejection needs them."""

    decision: Decision
    words: Prose | None = None


class OpinionOut(Out):
    """An opinion as it was given. `given_by` differs from `member_id` when somebody acted on his behalf."""

    member_id: str
    given_by: str
    decision: Decision
    words: str
    given_at: datetime


class ApprovalOut(Record):
    """An approval with all its opinions, oldest first. `state`: waiting, approved, rejected, withdrawn."""

    thing_kind: str
    thing_id: UUID
    state: str
    requested_by: str
    waiting_on: tuple[str, ...]
    snapshot: dict[str, object]
    snapshot_hash: str
    decided_at: datetime | None
    opinions: tuple[OpinionOut, ...]
