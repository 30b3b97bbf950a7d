"""What a check is asked about: the facts of something not yet written, and who wants to write it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from oa_crm.hooks.ports import Who
from oa_crm.money import Money

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class CheckContext:
    """Who asks, when, and a connection inside the running transaction. Read with it; never write."""

    who: Who
    now: datetime
    request_id: str
    connection: "Connection"


@dataclass(frozen=True, slots=True)
class CustomerDraft:
    """A customer about to be created."""

    name: str
    owner_id: str | None
    industry: str | None
    region: str | None
    credit_code: str | None
    source: str | None


@dataclass(frozen=True, slots=True)
class OwnerChangeDraft:
    """A customer about to come to somebody (`owner_id`) or into a pool (`pool_id`); one of the two is None.

    `cause` is claim, assign, transfer, release, move, recycle or handover.
    """

    customer_id: UUID
    name: str
    cause: str
    owner_id: str | None
    pool_id: UUID | None
    former_owner_id: str | None
    former_pool_id: UUID | None
    region: str | None
    industry: str | None
    level: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class ContractDraft:
    """A contract about to be submitted for approval."""

    contract_id: UUID
    number: str
    title: str
    customer_id: UUID
    project_id: UUID
    owner_id: str
    amount: Money


@dataclass(frozen=True, slots=True)
class ExpenseDraft:
    """An expense about to be booked."""

    project_id: UUID
    customer_id: UUID
    category: str
    amount: Money
    occurred_on: date
    claimant_id: str
    description: str


@dataclass(frozen=True, slots=True)
class ReversalDraft:
    """A booked expense about to be reversed."""

    expense_id: UUID
    project_id: UUID
    amount: Money
    occurred_on: date
    reason: str
