"""Who has a customer: the pools, how much one person may hold, and the ledger of who had it when.

The ledger is only added to. A row says who has the customer from `since` on, until the next row of that customer: so
the intervals have no gaps and never overlap, whatever happens.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from oa_crm.models.base import WITHOUT_ROWID, Base, Business, Tenanted
from oa_crm.models.personal import personal
from oa_crm.models.types import Json, PublicId, UtcDateTime, text
from oa_crm.models.when_merged import when_merged


class Pool(Business, Base):
    """A pool of customers that nobody owns. `position` is its place in the order in which routing looks at pools.

    `admins` and `members` are lists of [kind, id] with kind member, department or role; no members means everybody.
    `hidden` are the fields that members do not see of customers in it, `routes` the conditions under which a customer
    falls into it. `state` is open or dropped.
    """

    __tablename__ = "oa_crm_pool"
    KIND = "pool"
    name: Mapped[str] = mapped_column(text(100))
    position: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(text(20))
    admins: Mapped[Any] = mapped_column(Json())
    members: Mapped[Any] = mapped_column(Json())
    hidden: Mapped[Any] = mapped_column(Json())
    routes: Mapped[Any] = mapped_column(Json())
    claims_per_day: Mapped[int | None] = mapped_column(Integer)
    cooldown_days: Mapped[int | None] = mapped_column(Integer)
    wait_hours: Mapped[int | None] = mapped_column(Integer)
    __table_args__ = (UniqueConstraint("tenant_id", "name"), Index(None, "tenant_id", "position", "id"))


class Ownership(Tenanted, Base):
    """Who has a customer from `since` on: `owner_id`, or nobody, and then it lies in `pool_id`. Append-only.

    `number` counts from 1 for each customer; `cause` is what led to it (create, claim, release, recycle, ...).
    """

    __tablename__ = "oa_crm_ownership"
    KIND, RIGHTS = "ownership", "customer"
    tenant_id: Mapped[str] = mapped_column(text(64), primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(
        PublicId(), ForeignKey("oa_crm_customer.id"), primary_key=True, info=when_merged("stays")
    )
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    owner_id: Mapped[str | None] = mapped_column(text(64))
    pool_id: Mapped[UUID | None] = mapped_column(PublicId())
    since: Mapped[datetime] = mapped_column(UtcDateTime())
    cause: Mapped[str] = mapped_column(text(20))
    by_id: Mapped[str] = mapped_column(text(64))
    reason: Mapped[str | None] = mapped_column(text(500), info=personal("words"))
    __table_args__ = (
        Index(None, "tenant_id", "owner_id", "cause", "since"),
        Index(None, "customer_id"),
        WITHOUT_ROWID,
    )


class HoldingLimit(Business, Base):
    """How many customers a person may hold, claim a day and lock. It is for everybody, a role, a department with those
    below it, or one member; `together` counts the customers of a department's people as one sum.

    `free` names what does not count.
    """

    __tablename__ = "oa_crm_holding_limit"
    KIND = "holding_limit"
    subject_kind: Mapped[str] = mapped_column(text(20))
    subject: Mapped[str] = mapped_column(text(64))
    together: Mapped[bool] = mapped_column(Boolean)
    holding: Mapped[int | None] = mapped_column(Integer)
    claims_per_day: Mapped[int | None] = mapped_column(Integer)
    locks: Mapped[int | None] = mapped_column(Integer)
    free: Mapped[Any] = mapped_column(Json())
    __table_args__ = (UniqueConstraint("tenant_id", "subject_kind", "subject", "together"),)
